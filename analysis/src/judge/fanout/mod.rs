//! `worm_fanout`, `file_propagation`: accounts that spread something, and what they spread.
//!
//! ```text
//! message, file ─▶ payload ─▶ account bank ─┐
//!                     │                      ├─▶ outbreaks ─▶ findings
//!                     └────▶ content keys ──┘
//! ```
//!
//! [`bank`] tests each account against several ways a worm behaves, [`keys`] tests each content for
//! a chain of recipients who become senders, and [`outbreak`] makes one incident of what belongs
//! together. `docs/worms.md` says what is detected, with which thresholds, and what is not.

#![allow(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "scores are estimates, and times are bounded before they are cast"
)]

mod account;
mod bank;
mod changes;
mod chorus;
mod contact;
mod features;
mod flood;
mod hijack;
mod joins;
mod keys;
mod lists;
mod memory;
mod outbreak;
mod payload;
mod peers;
mod prior;
mod spread;
mod table;
mod tree;
mod verdict;
mod victims;

use std::collections::BTreeMap;

use overhear_dissectors::event::{MessageKind, OfferState, Outcome, RoomOp, RosterOp, Status};

use self::account::Account;
use self::hijack::Habits;
use self::joins::{Door, Greeter};
use self::keys::Content;
pub use self::lists::{Allowed, Decoy, Lists};
use self::memory::Newcomers;
pub use self::memory::{About, Lesson, Listened, Memory};
use self::outbreak::Outbreak;
use self::payload::Payload;
use self::prior::Customs;
use self::table::Bounded;
use self::victims::Victims;
use super::ids::{self, Id, Table};
use crate::Time;
use crate::content::Glance;
use crate::judge::case::{Case, Words, count};
use crate::judge::people::{Folk, Person};
use crate::told::{
    Body, Category, File, Finding, Head, Login, Message, Presence, Room, Roster, Severity, Told,
    Typing,
};

/// Accounts, contents and outbreaks.
#[derive(Clone, Debug)]
pub(super) struct Fanout {
    newcomers: Newcomers,
    accounts: Bounded<Account>,
    /// Peers that all accounts together may have.
    friends: usize,
    contents: Bounded<Content>,
    doors: Bounded<Door>,
    greeters: Bounded<Greeter>,
    habits: Bounded<Habits>,
    outbreaks: BTreeMap<Id, Outbreak>,
    /// The outbreak an account belongs to.
    members: Table<Id>,
    victims: Victims,
    /// Outbreaks that were open after the last line, and those closed to make room for others.
    open: usize,
    crowded_out: u64,
    /// Outbreaks so far.
    numbers: Id,
    /// The last one, whose buffers are used again.
    payload: Option<Box<Payload>>,
    customs: Customs,
    lists: Lists,
    began: Option<Time>,
    now: Time,
    swept: Time,
    /// Recent messages and those with bytes lost before them: a moving share.
    lossy: f32,
    findings: Vec<Finding>,
}

/// Accounts remembered.
const ACCOUNTS: usize = 1 << 20;
/// Peers remembered of all accounts together, as far as each may have [`FEWEST`].
const FRIENDS: usize = 1 << 23;
/// Peers remembered of an account however many accounts there are.
const FEWEST: usize = 16;
/// What it all takes where every table is full, in bytes.
const FULL: u64 = 700 << 20;
/// Contents remembered.
const CONTENTS: usize = 1 << 16;

/// Outbreaks open at once, and victims remembered of all of them, as far as each is one of many.
const OUTBREAKS: usize = 1 << 12;
const REACHED: usize = 1 << 18;
/// Accounts whose sign-ons are remembered.
const HABITS: usize = 1 << 17;
/// Rooms, and accounts that send something to those who join one.
const DOORS: usize = 1 << 16;

impl Default for Fanout {
    fn default() -> Self {
        Self {
            newcomers: Newcomers::default(),
            accounts: Bounded::new(ACCOUNTS),
            friends: FRIENDS,
            contents: Bounded::new(CONTENTS),
            doors: Bounded::new(DOORS),
            greeters: Bounded::new(DOORS),
            habits: Bounded::new(HABITS),
            outbreaks: BTreeMap::new(),
            members: Table::default(),
            victims: Victims::default(),
            open: 0,
            crowded_out: 0,
            numbers: 0,
            payload: None,
            customs: Customs::default(),
            lists: Lists::default(),
            began: None,
            now: Time::default(),
            swept: Time::default(),
            lossy: 0.0,
            findings: Vec::new(),
        }
    }
}

/// Somebody or some place something is sent to.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    network: &'a str,
    name: &'a str,
    id: Id,
    room: bool,
}

impl Fanout {
    /// One who knows what the operator knows.
    pub(super) fn with(lists: Lists) -> Self {
        let asked = lists.allowed.iter().any(|one| one.key.is_some());
        let payload = asked.then(|| Box::new(Payload::asked()));
        Self { payload, lists, ..Self::default() }
    }

    /// Keeps to so many bytes.
    pub(in crate::judge) fn limit(&mut self, bytes: u64) {
        let part = |most: usize| {
            let part = most as u128 * u128::from(bytes.min(FULL)) / u128::from(FULL);
            usize::try_from(part).unwrap_or(most)
        };
        self.accounts.limit(part(ACCOUNTS));
        self.friends = part(FRIENDS);
        self.contents.limit(part(CONTENTS));
        self.doors.limit(part(DOORS));
        self.greeters.limit(part(DOORS));
        self.habits.limit(part(HABITS));
    }

    /// How many peers of one account are remembered: fewer where there are many accounts, so that no
    /// crowd in which everybody talks to everybody takes more memory than there is.
    fn most_peers(&self) -> usize {
        (self.friends / self.accounts.len().max(1)).clamp(FEWEST, peers::PEERS)
    }

    /// Hears a line about some people; `first` unless it is a further copy of a message, a further state of
    /// a transfer.
    pub(super) fn hear(&mut self, told: &Told, first: bool, folk: &Folk<'_>) -> Vec<Finding> {
        if let Some(at) = told.head.timestamp {
            if self.began.is_none() {
                self.begin(at);
            }
            self.now = self.now.max(at);
        }
        let who = folk.by.id;
        match &told.body {
            Body::Message(said) => self.message(&told.head, said, first, folk),
            Body::File(file) => self.file(&told.head, file, first, folk),
            Body::Roster(roster) => self.roster(roster, folk),
            Body::Presence(presence) => self.presence(presence, who),
            Body::Typing(typing) => self.typing(typing, folk),
            Body::Login(login) => self.login(&told.head, login, who),
            Body::Client(client) => self.program(&told.head, client, who),
            Body::Room(room) => self.room(&told.head, room, who),
            _ => {}
        }
        self.sweep();
        self.crowd();
        std::mem::take(&mut self.findings)
    }

    /// The stream is over.
    pub(super) fn close(&mut self) -> Vec<Finding> {
        let mut last: Vec<Finding> =
            self.outbreaks.values_mut().flat_map(Outbreak::close).collect();
        self.outbreaks.clear();
        last.extend(self.forgotten());
        last
    }

    /// What the bounds cost: a worm among the forgotten has to begin anew to be noticed.
    fn forgotten(&self) -> Option<Finding> {
        let (accounts, contents) = (self.accounts.evicted(), self.contents.evicted());
        if accounts + contents + self.crowded_out == 0 {
            return None;
        }
        let mut case = Case::new(Category::CaptureQuality, &["forgotten"]);
        case.add(None, Severity::Low);
        let early = match self.crowded_out {
            0 => String::new(),
            closed => format!(" {} had to be closed early.", count(closed, "incident")),
        };
        case.close(|| Words {
            title: "More accounts or contents than are remembered".to_owned(),
            subject: "capture".to_owned(),
            network: None,
            explanation: format!(
                "{} and {} were forgotten to make room for others.{early}",
                count(accounts, "account"),
                count(contents, "content")
            ),
            not_visible: vec!["what forgotten accounts had sent before".to_owned()],
        })
    }

    fn message(&mut self, head: &Head, said: &Message, first: bool, folk: &Folk<'_>) {
        let lost = f32::from(u8::from(head.lost_before.is_some()));
        self.lossy += (lost - self.lossy) * 0.01;
        if !first || said.kind == MessageKind::AutoReply || service(&said.from) {
            return;
        }
        let mut payload = self.payload.take().unwrap_or_default();
        let from = folk.by.id;
        // Both are looked for at once: memory is slow, and waits for neither alone.
        let to = folk.room.or(folk.to.first().map(|to| to.id));
        let mut seats = self.seats(from, to.unwrap_or_default());
        let look = said.text.as_deref().map_or_else(Glance::default, Glance::at);
        let sender = seats.from.and_then(|seat| self.accounts.at(seat));
        payload.message(said, look, sender.is_some_and(Account::compares));
        if let (Some(room), Some(id)) = (&said.room, folk.room) {
            let to = Place { network: &said.network, name: room, id, room: true };
            let seats = self.contact(head, from, &said.from, to, &payload, seats);
            self.rate(head, from, to, seats, Some(said));
            self.breaking(head, from, to, said, look);
        } else {
            for (turn, (name, &Person { id, .. })) in said.to.iter().zip(&folk.to).enumerate() {
                if service(name) {
                    continue;
                }
                if turn > 0 {
                    seats.to = self.accounts.seat(id);
                }
                let to = Place { network: &said.network, name, id, room: false };
                if said.kind != MessageKind::Nudge {
                    seats = self.contact(head, from, &said.from, to, &payload, seats);
                }
                self.rate(head, from, to, seats, Some(said));
                self.breaking(head, from, to, said, look);
            }
        }
        self.payload = Some(payload);
    }

    fn file(&mut self, head: &Head, file: &File, first: bool, folk: &Folk<'_>) {
        let from = folk.by.id;
        match file.state {
            OfferState::Declined => self.answered(from, 0.7),
            OfferState::Accepted => self.answered(from, -0.3),
            _ => {}
        }
        // A transfer is told in every state it goes through; any may be the first that was heard.
        if !first {
            return;
        }
        let mut payload = self.payload.take().unwrap_or_default();
        payload.file(file);
        for (name, &Person { id, .. }) in file.to.iter().zip(&folk.to) {
            let to = Place { network: &file.network, name, id, room: false };
            let seats = self.seats(from, id);
            let seats = self.contact(head, from, &file.from, to, &payload, seats);
            self.rate(head, from, to, seats, None);
        }
        self.payload = Some(payload);
    }

    fn roster(&mut self, roster: &Roster, folk: &Folk<'_>) {
        let who = folk.by.id;
        let most = self.most_peers();
        let Self { newcomers, accounts, now, .. } = self;
        let make = || newcomers.account(who, &roster.network, &roster.account, *now);
        let Some(owner) = accounts.meet(who, make) else { return };
        let on = !matches!(roster.op, RosterOp::Remove);
        for (place, contact) in folk.to.iter().enumerate() {
            owner.peers.change(contact.id, most, |peer| {
                peer.place = if on { peer.place.max(place as u16 + 1) } else { 0 };
            });
        }
    }

    fn presence(&mut self, presence: &Presence, who: Id) {
        let now = self.now;
        let Some(account) = self.account(who, &presence.network, &presence.account) else { return };
        let here = !matches!(presence.status, Status::Offline);
        // Who was there already when we began to listen has not come.
        if here && account.offline {
            account.comes(now, 0);
        }
        account.offline = !here;
        if presence.status == Status::Busy {
            account.rare.get_or_insert_default().busy = Some(now.into());
        }
    }

    fn typing(&mut self, typing: &Typing, folk: &Folk<'_>) {
        let Some(&Person { id: to, .. }) = folk.to.first() else { return };
        let now = self.now;
        let Some(account) = self.account(folk.by.id, &typing.network, &typing.from) else { return };
        account.types(to, now);
    }

    fn login(&mut self, head: &Head, login: &Login, who: Id) {
        let now = self.now;
        let Some(account) = self.account(who, &login.network, &login.account) else { return };
        if login.outcome == Outcome::Success {
            account.comes(now, 0);
            account.offline = false;
        }
        self.signed_on(head, who, login);
    }

    fn room(&mut self, head: &Head, room: &Room, who: Id) {
        let now = self.now;
        if matches!(room.op, RoomOp::Part | RoomOp::Nick) {
            self.restless(head, who, now);
        }
        let Some(name) = room.room.as_deref().filter(|_| room.op == RoomOp::Join) else { return };
        let door = ids::door(&room.network, name);
        self.doors.meet(door, Door::default).into_iter().for_each(|door| door.join(now));
        let Some(account) = self.account(who, &room.network, &room.account) else { return };
        account.comes(now, door);
        account.offline = false;
    }

    /// The account of this number, which was just heard of.
    fn account(&mut self, who: Id, network: &str, name: &str) -> Option<&mut Account> {
        let Self { newcomers, accounts, now, .. } = self;
        accounts.meet(who, || newcomers.account(who, network, name, *now))
    }

    /// An offer was answered: late evidence on whoever made it.
    fn answered(&mut self, from: Id, weight: f32) {
        if let Some(bank) = self.accounts.get_mut(from).and_then(|account| account.bank.as_mut()) {
            bank.add(features::Feature::Error, weight);
        }
    }

    /// Once an hour, outbreaks that have been silent for a day are closed.
    fn sweep(&mut self) {
        const HOUR: i64 = 3_600_000_000_000;
        if self.now.since(self.swept) < HOUR {
            return;
        }
        self.swept = self.now;
        let now = self.now;
        let silent = |outbreak: &Outbreak| now.since(outbreak.last) > 24 * HOUR;
        let over: Vec<Id> =
            self.outbreaks.iter().filter(|(_, one)| silent(one)).map(|(id, _)| *id).collect();
        over.into_iter().for_each(|id| self.shut(id));
    }

    /// Keeps open outbreaks, and the victims remembered of all of them, to their bounds: the longest silent
    /// is closed for a new one.
    fn crowd(&mut self) {
        if self.outbreaks.len() == self.open {
            return;
        }
        while self.outbreaks.len() > OUTBREAKS {
            let silent = self.outbreaks.iter().min_by_key(|(id, one)| (one.last, **id));
            let Some((id, _)) = silent else { break };
            self.crowded_out += 1;
            self.shut(*id);
        }
        self.open = self.outbreaks.len();
        let each = REACHED / self.open.max(1);
        self.outbreaks.values_mut().for_each(|one| one.tree.limit(each));
    }

    /// An outbreak is over.
    fn shut(&mut self, id: Id) {
        let Some(mut outbreak) = self.outbreaks.remove(&id) else { return };
        outbreak.tree.infected().iter().for_each(|one| {
            self.members.remove(&one.who);
        });
        self.victims.forget(id, &outbreak.tree);
        self.findings.extend(outbreak.close());
    }
}

/// A service of the network, not a person: `NickServ` and its kin.
fn service(name: &str) -> bool {
    let tail = name.len().checked_sub(4).and_then(|at| name.get(at..)).unwrap_or_default();
    tail.eq_ignore_ascii_case("serv")
}

#[cfg(test)]
pub(super) mod tests;
