//! Accounts: what they use, whom they know, and where they are.

use std::collections::BTreeMap;
use std::net::IpAddr;

use overhear_analysis::Time;
use overhear_analysis::told::{Contact, Head, Roster};
use overhear_dissectors::Name;
use overhear_dissectors::event::{Outcome, RosterOp, Status};
use overhear_sensor::output::scrub::Shown;

use super::shown;

/// An account.
#[derive(Clone, Debug)]
pub struct Person {
    /// Its network.
    pub network: Shown,
    /// Its name, as its owner spells it.
    pub name: Shown,
    /// Sayings of it.
    pub said: u64,
    /// Sign-ons taken and refused.
    pub signed_on: [u64; 2],
    /// Its presence, as last told.
    pub status: Option<Status>,
    /// Programs it used.
    pub clients: Vec<Shown>,
    /// Where it spoke from: addresses, and the resources it named.
    pub devices: Vec<Shown>,
    /// Servers it signed on to, and protocols.
    pub services: Vec<Shown>,
    /// Rooms it was in.
    pub rooms: Vec<Shown>,
    /// Its contacts, by account.
    pub contacts: BTreeMap<Name, Buddy>,
    /// Contacts there was no room for.
    pub more_contacts: u64,
    /// The list was told whole.
    pub complete: bool,
    /// When it was first and last heard of.
    pub span: Option<(Time, Time)>,
    /// Numbers of lines about it, the first few.
    pub lines: Vec<u64>,
}

/// A contact on somebody's list.
#[derive(Clone, Debug)]
pub struct Buddy {
    /// Who.
    pub name: Shown,
    /// The owner's own name for them.
    pub alias: Shown,
    /// Their group.
    pub group: Shown,
    /// They are blocked.
    pub blocked: bool,
}

impl Person {
    /// An account nothing is known of yet.
    pub fn new(network: &str, name: &str) -> Self {
        Self {
            network: shown(network),
            name: shown(name),
            said: 0,
            signed_on: [0; 2],
            status: None,
            clients: Vec::new(),
            devices: Vec::new(),
            services: Vec::new(),
            rooms: Vec::new(),
            contacts: BTreeMap::new(),
            more_contacts: 0,
            complete: false,
            span: None,
            lines: Vec::new(),
        }
    }

    /// Heard of in a line.
    pub fn heard(&mut self, head: &Head, line: u64) {
        if self.lines.len() < LINES {
            self.lines.push(line);
        }
        if let Some(at) = head.timestamp {
            let (from, to) = self.span.unwrap_or((at, at));
            self.span = Some((from.min(at), to.max(at)));
        }
        if let Some(protocol) = head.app_proto.as_deref() {
            add(&mut self.services, protocol);
        }
    }

    /// What came of a sign-on.
    pub fn outcome(&mut self, outcome: Outcome) {
        let [taken, refused] = &mut self.signed_on;
        match outcome {
            Outcome::Success => *taken += 1,
            Outcome::Failure => *refused += 1,
            Outcome::Attempt | Outcome::Replaced => {}
        }
    }

    /// It spoke from there.
    pub fn at(&mut self, address: Option<IpAddr>, resource: Option<&str>) {
        match (address, resource) {
            (Some(address), Some(resource)) => {
                add(&mut self.devices, &format!("{address} as {resource}"));
            }
            (Some(address), None) => {
                let address = address.to_string();
                let known = |one: &Shown| one.as_str().split(' ').next() == Some(&*address);
                if !self.devices.iter().any(known) {
                    add(&mut self.devices, &address);
                }
            }
            (None, _) => {}
        }
    }

    /// It uses a program. `xchat` and `xchat 2.8.8` are one: the longer name says more.
    pub fn uses(&mut self, client: &str) {
        let client = shown(client);
        let same = |known: &&mut Shown| {
            known.as_str().starts_with(client.as_str())
                || client.as_str().starts_with(known.as_str())
        };
        match self.clients.iter_mut().find(same) {
            Some(known) if known.as_str().len() < client.as_str().len() => *known = client,
            Some(_) => {}
            None => self.clients.push(client),
        }
        self.clients.truncate(FEW);
    }

    /// Its list changed.
    pub fn roster(&mut self, roster: &Roster) {
        self.complete |= roster.complete;
        for contact in &roster.contacts {
            if roster.op == RosterOp::Remove {
                self.contacts.remove(&contact.account);
            } else if self.contacts.len() < CONTACTS || self.contacts.contains_key(&contact.account)
            {
                let buddy = Buddy::of(contact, roster.op == RosterOp::Block);
                self.contacts.insert(contact.account.clone(), buddy);
            } else {
                self.more_contacts += 1;
            }
        }
    }
}

impl Buddy {
    fn of(contact: &Contact, blocked: bool) -> Self {
        Self {
            name: shown(contact.display.as_ref().unwrap_or(&contact.account)),
            alias: shown(contact.alias.as_deref().unwrap_or_default()),
            group: shown(contact.group.as_deref().unwrap_or_default()),
            blocked,
        }
    }
}

/// Adds a word to the first few of its kind.
pub(super) fn add(words: &mut Vec<Shown>, word: &str) {
    if words.len() < FEW && !word.is_empty() && !words.iter().any(|one| one.as_str() == word) {
        let word = shown(word);
        if !words.contains(&word) {
            words.push(word);
        }
    }
}

/// Words of one kind that are kept of an account.
const FEW: usize = 12;

/// Lines remembered of an account.
const LINES: usize = 100;

/// Contacts kept of a list.
const CONTACTS: usize = 2_000;
