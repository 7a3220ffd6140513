//! Switchboards: who is in the conversation, and who was called into it.

use super::names::{account, is_name};
use super::sign_on;
use super::talk::{PEOPLE, Talk};
use super::wire::Command;
use crate::event::{Event, Room, RoomOp};
use crate::{Account, Out, Side, Who};

/// The conversation of a switchboard.
#[derive(Debug, Default)]
pub(super) struct Board {
    /// This connection is one.
    pub(super) open: bool,
    /// The name the service gives the conversation: what a room is called elsewhere.
    pub(super) session: Option<String>,
    /// The others in it.
    others: Vec<Account>,
    /// Whom the client called last.
    called: Option<Account>,
    /// More than one other was in it: from then on it is a room.
    many: bool,
}

/// Where something is said: to people, or in a room.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) to: Vec<Who>,
    pub(super) room: Option<String>,
}

impl Talk {
    /// Where what `from` says on this switchboard is heard: by one other, or in a room, where the
    /// service named it.
    pub(super) fn place(&self, from: &Who) -> Place {
        if let (true, Some(room)) = (self.board.many, &self.board.session) {
            return Place { to: Vec::new(), room: Some(room.clone()) };
        }
        let others = self.board.others.iter().cloned().map(Who::Account);
        let to = std::iter::once(self.own()).chain(others).filter(|who| who != from).collect();
        Place { to, room: None }
    }

    /// Somebody is in the conversation. Gives whether that is new.
    pub(super) fn enters(&mut self, account: &Account) -> bool {
        self.board.open = true;
        if self.is_me(account) || self.board.others.contains(account) {
            return false;
        }
        if self.board.others.len() < PEOPLE {
            self.board.others.push(account.clone());
        }
        self.board.many |= self.board.others.len() > 1;
        true
    }

    fn in_room(&self, who: Who, by: Option<Who>, op: RoomOp) -> Option<Event> {
        let room = self.board.session.clone()?;
        let network = "msn".to_owned();
        Some(Event::Room(Room { network, room, who, by, op, text: None }))
    }
}

/// `RNG`: somebody calls the client to a switchboard: session, address, `CKI`, cookie, caller.
pub(super) fn rings(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let [session, _, "CKI", cookie, caller, ..] = command.params() else {
        return out.weird("msnp_params", "RNG");
    };
    let (network, room) = ("msn".to_owned(), (*session).to_owned());
    let by = Some(Who::Account(account(caller)));
    let who = talk.own();
    out.emit(Event::Room(Room { network, room, who, by, op: RoomOp::Invite, text: None }));
    sign_on::issued(talk, cookie, out);
}

/// `CAL`: the client calls somebody; the answer names the session.
pub(super) fn calls(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if side == Side::Server {
        if command.param(1) == "RINGING" && !command.param(2).is_empty() {
            talk.board.session = Some(command.param(2).to_owned());
        }
        if let Some(called) = talk.board.called.take() {
            let own = talk.own();
            let invited = talk.in_room(Who::Account(called), Some(own), RoomOp::Invite);
            invited.into_iter().for_each(|event| out.emit(event));
        }
        return;
    }
    talk.board.open = true;
    if is_name(command.param(1)) {
        talk.board.called = Some(account(command.param(1)));
    }
}

/// `IRO`: somebody is there already: transaction, place, count, account.
pub(super) fn is_there(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    enters(talk, command.param(3), out);
}

/// `JOI`: somebody comes.
pub(super) fn joins(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    enters(talk, command.param(0), out);
}

fn enters(talk: &mut Talk, word: &str, out: &mut Out) {
    if !is_name(word) {
        return out.weird("msnp_params", "somebody without a name");
    }
    let account = account(word);
    if talk.enters(&account) {
        let joined = talk.in_room(Who::Account(account), None, RoomOp::Join);
        joined.into_iter().for_each(|event| out.emit(event));
    }
}

/// `BYE`: somebody leaves, or one of their places does.
pub(super) fn leaves(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let word = command.param(0);
    if !is_name(word) || super::names::name(word).place.is_some() {
        return;
    }
    let account = account(word);
    talk.board.others.retain(|other| *other != account);
    let left = talk.in_room(Who::Account(account), None, RoomOp::Part);
    left.into_iter().for_each(|event| out.emit(event));
}
