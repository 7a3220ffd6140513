//! Changes of buddy lists, and people who ask to be let into one.
//!
//! The client asks, the service answers; what nobody answered is told at the end, as asked.

use super::message::{Said, say};
use super::names::{ASKED, REFUSED, SERVER_ACK};
use super::people;
use super::presence;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::Pairs;
use crate::event::{Contact, Event, Leg, MessageKind, Roster, RosterOp};
use crate::{Account, Out, Side, Who};

/// Keys of a change.
const ME: u32 = 1;
const BY: u32 = 3;
const FROM: u32 = 4;
const TO: u32 = 5;
const NAME: u32 = 7;
const STATE: u32 = 13;
const WORDS: u32 = 14;
const GROUP: u32 = 65;
const RESULT: u32 = 66;
const NEW_GROUP: u32 = 264;
const NETWORK: u32 = 241;

/// Changes that wait for their answer; the oldest is told when there are more.
const WAITING: usize = 64;

/// What the client wants of its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Add,
    Remove,
}

/// A change the client asked for.
#[derive(Clone, Debug)]
pub(super) struct Change {
    kind: Kind,
    who: Account,
    group: Option<String>,
}

impl Change {
    fn of(kind: Kind, said: &Pairs<'_>) -> Option<Self> {
        let who = people::of(said.some(NAME)?, said.get(NETWORK));
        Some(Self { kind, who, group: said.some(GROUP).map(people::short) })
    }

    fn tell(self, talk: &Talk, out: &mut Out) {
        let op = match self.kind {
            Kind::Add => RosterOp::Add,
            Kind::Remove => RosterOp::Remove,
        };
        let contact = Contact { who: Who::Account(self.who), alias: None, group: self.group };
        talk.roster(op, vec![contact], false, out);
    }
}

/// The client asks for a change. Somebody to be added is asked, in the client's own words.
pub(super) fn asks(talk: &mut Talk, said: &Pairs<'_>, kind: Kind, out: &mut Out) {
    let Some(change) = Change::of(kind, said) else { return };
    if let Some(words) = said.some(WORDS) {
        let to = Who::Account(change.who.clone());
        notice(talk.own(Side::Client), to, Leg::ToServer, words, said, out);
    }
    if talk.asked.len() == WAITING
        && let Some(oldest) = talk.asked.pop_front()
    {
        oldest.tell(talk, out);
    }
    talk.asked.push_back(change);
}

/// The service answers: 0 is done, 2 is that it was so already.
pub(super) fn answered(talk: &mut Talk, said: &Pairs<'_>, kind: Kind, out: &mut Out) {
    let Some(change) = Change::of(kind, said) else { return };
    let same = |asked: &Change| asked.kind == kind && asked.who.name == change.who.name;
    let asked = talk.asked.iter().position(same).and_then(|at| talk.asked.remove(at));
    match said.number(RESULT) {
        None | Some(0 | 2) => asked.unwrap_or(change).tell(talk, out),
        Some(number) => out.weird("ymsg_list_refused", format_args!("reason {number}")),
    }
}

/// Nothing more will be answered.
pub(super) fn unanswered(talk: &mut Talk, out: &mut Out) {
    while let Some(change) = talk.asked.pop_front() {
        change.tell(talk, out);
    }
}

/// The client puts somebody into another group.
pub(super) fn moves(talk: &Talk, said: &Pairs<'_>, out: &mut Out) {
    let Some(name) = said.some(NAME) else { return };
    let group = said.some(NEW_GROUP).map(people::short);
    let contact = Contact { who: people::far(name, said), alias: None, group };
    talk.roster(RosterOp::Add, vec![contact], false, out);
}

/// The client wants to hear nothing of somebody (2 in key 13: wants to hear again).
pub(super) fn ignores(talk: &Talk, said: &Pairs<'_>, out: &mut Out) {
    let (Some(name), Some(1)) = (said.some(NAME), said.number(STATE)) else { return };
    let contact = Contact { who: people::far(name, said), alias: None, group: None };
    talk.roster(RosterOp::Block, vec![contact], false, out);
}

/// The client says yes (1) or no (2) to somebody who asked.
pub(super) fn decides(talk: &Talk, said: &Pairs<'_>, out: &mut Out) {
    if said.number(STATE) == Some(2) {
        rejects(talk, said.some(TO), said, out);
    }
}

/// The client refuses to be in somebody's list.
pub(super) fn rejects(talk: &Talk, name: Option<&[u8]>, said: &Pairs<'_>, out: &mut Out) {
    let Some(name) = name else { return };
    let (who, me) = (people::far(name, said), talk.own(Side::Client));
    listed(who.clone(), me.clone(), RosterOp::Remove, out);
    if let Some(words) = said.some(WORDS) {
        notice(me, who, Leg::ToServer, words, said, out);
    }
}

/// NEWCONTACT: somebody added the client (status 3), refuses to be in its list (7), or is there (1).
pub(super) fn contact(talk: &mut Talk, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
    talk.let_in(out);
    let me = said.some(ME).map_or_else(|| talk.own(Side::Client), people::who);
    match packet.status {
        SERVER_ACK => presence::others(packet, said, out),
        ASKED => asked(said.some(BY), me, said, out),
        REFUSED => denied(said.some(BY), me, said, out),
        _ => {}
    }
}

/// `AUTH_REQ_15`: the same since version 13, where status 1 is an answer: 1 is yes, 2 is no.
pub(super) fn request(talk: &mut Talk, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
    talk.let_in(out);
    let me = talk.own(Side::Client);
    match (packet.status, said.number(STATE)) {
        (ASKED, _) => asked(said.some(FROM), me, said, out),
        (SERVER_ACK, Some(2)) => denied(said.some(FROM), me, said, out),
        _ => {}
    }
}

/// Somebody has put the client into their list.
fn asked(name: Option<&[u8]>, me: Who, said: &Pairs<'_>, out: &mut Out) {
    let Some(name) = name else { return };
    let who = people::far(name, said);
    listed(who.clone(), me.clone(), RosterOp::Add, out);
    if let Some(words) = said.some(WORDS) {
        notice(who, me, Leg::FromServer, words, said, out);
    }
}

/// Somebody will not be in the client's list.
fn denied(name: Option<&[u8]>, me: Who, said: &Pairs<'_>, out: &mut Out) {
    let Some(name) = name else { return };
    let who = people::far(name, said);
    listed(me.clone(), who.clone(), RosterOp::Remove, out);
    if let Some(words) = said.some(WORDS) {
        notice(who, me, Leg::FromServer, words, said, out);
    }
}

fn listed(who: Who, contact: Who, op: RosterOp, out: &mut Out) {
    let contacts = vec![Contact { who: contact, alias: None, group: None }];
    out.emit(Event::Roster(Roster { who, op, contacts, complete: false }));
}

/// The words that come with asking and refusing.
fn notice(from: Who, to: Who, leg: Leg, words: &[u8], said: &Pairs<'_>, out: &mut Out) {
    let kind = MessageKind::Notice;
    let whole = Said { from, to: vec![to], room: None, kind, leg };
    say(whole, people::text(words, said), out);
}
