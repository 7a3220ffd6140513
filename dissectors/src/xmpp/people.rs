//! Buddy lists (RFC 6121 section 2), block lists (XEP-0191, XEP-0016), and what is known of whom.

use std::collections::{BTreeMap, BTreeSet};

use super::element::Element;
use super::jid::Jid;
use super::talk::Talk;
use crate::event::{Client, Contact, Roster, RosterOp};
use crate::heard::hash;
use crate::{Event, Out, Who};

/// What was told of people, so that it is told once.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The buddy list: a hash of each entry, by that of its address.
    list: BTreeMap<u64, u64>,
    /// Programs told, as hashes.
    programs: BTreeSet<u64>,
}

/// Entries of a buddy list, and programs, that are remembered; changes of further ones are told each
/// time they are heard.
const ENTRIES: usize = 4096;
const PROGRAMS: usize = 4096;
/// Groups that one entry is told in.
const GROUPS: usize = 32;

impl Talk {
    /// The buddy list, whole.
    pub(super) fn list(&mut self, query: &Element<'_>, out: &mut Out) {
        let mut contacts = Vec::new();
        for (jid, item) in items(query) {
            self.remember(&jid, item);
            contacts.extend(entries(&jid, item));
        }
        self.roster(RosterOp::List, contacts, true, out);
    }

    /// A change of the buddy list, as the server tells it. Subscriptions change in several steps, of
    /// which the list itself knows only the first.
    pub(super) fn pushed(&mut self, query: &Element<'_>, out: &mut Out) {
        for (jid, item) in items(query) {
            if item.is("subscription", "remove") {
                self.people.list.remove(&hash(&[jid.bare.as_bytes()]));
                self.roster(RosterOp::Remove, entries(&jid, item), false, out);
            } else if self.remember(&jid, item) {
                self.roster(RosterOp::Add, entries(&jid, item), false, out);
            }
        }
    }

    /// An entry; whether it is news.
    fn remember(&mut self, jid: &Jid, item: &Element<'_>) -> bool {
        let name = item.attribute("name").unwrap_or_default();
        let groups = groups(item);
        let mut fields = vec![name.as_bytes()];
        fields.extend(groups.iter().map(|group| group.as_bytes()));
        let (whose, entry) = (hash(&[jid.bare.as_bytes()]), hash(&fields));
        if self.people.list.get(&whose) == Some(&entry) {
            return false;
        }
        if self.people.list.len() < ENTRIES || self.people.list.contains_key(&whose) {
            self.people.list.insert(whose, entry);
        }
        true
    }

    /// Tells a list, or a change of one.
    pub(super) fn roster(
        &self,
        op: RosterOp,
        contacts: Vec<Contact>,
        complete: bool,
        out: &mut Out,
    ) {
        if !contacts.is_empty() || complete {
            out.emit(Event::Roster(Roster { who: self.own(), op, contacts, complete }));
        }
    }

    /// A program, told once for each of its owners.
    pub(super) fn program(
        &mut self,
        who: Who,
        product: &str,
        version: Option<&str>,
        source: &'static str,
        out: &mut Out,
    ) {
        let owner = who.account().map(|account| account.name.as_bytes()).unwrap_or_default();
        let words =
            [owner, product.as_bytes(), version.unwrap_or_default().as_bytes(), source.as_bytes()];
        let known =
            self.people.programs.len() >= PROGRAMS || !self.people.programs.insert(hash(&words));
        if product.is_empty() || known {
            return;
        }
        let (product, version) = (product.to_owned(), version.map(str::to_owned));
        out.emit(Event::Client(Client { who, product, version, source }));
    }
}

/// The entries of a list, with their addresses.
fn items<'a, 'b>(query: &'a Element<'b>) -> impl Iterator<Item = (Jid, &'a Element<'b>)> {
    let items = query.children.iter().filter(|child| child.name == "item");
    items.filter_map(|item| Some((Jid::read(&item.said("jid")?)?, item)))
}

fn groups<'a>(item: &'a Element<'_>) -> Vec<&'a str> {
    let groups = item.children.iter().filter(|child| child.name == "group");
    groups.map(|group| group.text.trim()).filter(|group| !group.is_empty()).take(GROUPS).collect()
}

/// One entry for each group somebody is kept in.
fn entries(jid: &Jid, item: &Element<'_>) -> Vec<Contact> {
    let alias = item.said("name").map(std::borrow::Cow::into_owned);
    let contact = |group: Option<&str>| Contact {
        who: jid.who(),
        alias: alias.clone(),
        group: group.map(str::to_owned),
    };
    match groups(item).as_slice() {
        [] => vec![contact(None)],
        groups => groups.iter().map(|group| contact(Some(group))).collect(),
    }
}

/// The people of a block list (XEP-0191), or those a privacy list denies (XEP-0016).
pub(super) fn blocked(list: &Element<'_>) -> Vec<Contact> {
    let denied = |item: &&Element<'_>| {
        item.attribute("action").is_none_or(|action| action == "deny")
            && item.attribute("type").is_none_or(|kind| kind == "jid")
    };
    let items = list.children.iter().filter(|child| child.name == "item").filter(denied);
    items
        .filter_map(|item| Jid::read(&item.said("jid").or_else(|| item.said("value"))?))
        .map(|jid| Contact { who: jid.who(), alias: None, group: None })
        .collect()
}
