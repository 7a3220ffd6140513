//! Rooms (XEP-0045): who comes, goes, is thrown out or invited, topics and keys.
//!
//! In a room people are known by nicknames, as `room@service/nick`. Whose they are, the room tells its
//! moderators, and everybody of themselves: what this conversation learns of that is given to the
//! analyst as a token, so that an occupant has one name wherever the occupant is heard.

use std::collections::BTreeMap;

use super::asked::Question;
use super::element::Element;
use super::jid::Jid;
use super::ns;
use super::sign_on::answer;
use super::talk::Talk;
use crate::event::{CredentialKind, Room as Said, RoomOp, Strength, Ticketed};
use crate::{Account, Event, Out, Side, Text, Ticket, Who};

/// The rooms of a conversation, by address.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    rooms: BTreeMap<String, Room>,
}

/// A room, as far as it was heard.
#[derive(Debug, Default)]
struct Room {
    /// The client's nickname.
    nick: Option<String>,
    /// Its occupants, with their addresses where the room told them.
    members: BTreeMap<String, Option<Jid>>,
}

/// Rooms of one conversation, and their occupants; further ones are not remembered, nor those with
/// longer addresses, in bytes.
const ROOMS: usize = 256;
const MEMBERS: usize = 4096;
const ADDRESS: usize = 256;
/// The mechanism of a room's key.
const KEY: &str = "xmpp-muc-password";

impl Rooms {
    /// The client has this nickname in a room.
    pub(super) fn enter(&mut self, room: &str, nick: &str) {
        if let Some(known) = self.of(room) {
            known.nick = Some(nick.to_owned());
        }
    }

    /// A room, remembered from now on.
    fn of(&mut self, room: &str) -> Option<&mut Room> {
        let full = self.rooms.len() >= ROOMS || room.len() > ADDRESS;
        if full && !self.rooms.contains_key(room) {
            return None;
        }
        Some(self.rooms.entry(room.to_owned()).or_default())
    }

    /// One more occupant can be remembered.
    fn has_room_for(&self, jid: &Jid) -> bool {
        let all: usize = self.rooms.values().map(|room| room.members.len()).sum();
        all < MEMBERS && jid.full().len() <= ADDRESS
    }

    /// The client's nickname in a room.
    pub(super) fn nick(&self, room: &str) -> Option<&str> {
        self.rooms.get(room)?.nick.as_deref()
    }

    /// Somebody in a room that is known as one.
    pub(super) fn occupant(&self, jid: &Jid) -> Option<Who> {
        (self.rooms.contains_key(&jid.bare) && jid.resource.is_some()).then(|| self.member(jid))
    }

    /// Somebody in a room, or the room itself.
    pub(super) fn member(&self, jid: &Jid) -> Who {
        let Some(nick) = &jid.resource else { return jid.who() };
        match self.rooms.get(&jid.bare).and_then(|room| room.members.get(nick)) {
            Some(Some(real)) => real.who(),
            _ => Who::Alias(ticket(jid), alias(jid)),
        }
    }
}

/// The token of an occupant.
fn ticket(jid: &Jid) -> Ticket {
    Ticket::new(jid.domain.clone(), jid.full().as_bytes())
}

/// An occupant whose account nobody knows.
fn alias(jid: &Jid) -> Account {
    let account = Account::new(jid.domain.clone(), jid.full());
    account.displayed(jid.resource.clone().unwrap_or_default())
}

impl Talk {
    /// Presence of the client for a room: it comes, goes, or has another nickname. The room's answer
    /// tells it, unless no server is heard. False where it is for no room.
    pub(super) fn enters(&mut self, to: &Jid, presence: &Element<'_>, out: &mut Out) -> bool {
        let asks = presence.find("x", ns::MUC);
        let Some(nick) = to.resource.as_deref() else { return false };
        if asks.is_none() && !self.rooms.rooms.contains_key(&to.bare) {
            return false;
        }
        let leaves = presence.is("type", "unavailable");
        let new = self.rooms.nick(&to.bare).is_none();
        if let Some(key) = asks.and_then(|asks| asks.word("password")) {
            self.key_of(&to.bare, key, out);
        }
        if new && !leaves {
            self.rooms.enter(&to.bare, nick);
        }
        if !self.answered && (new || leaves) {
            let op = if leaves { RoomOp::Part } else { RoomOp::Join };
            tell(&to.bare, self.own(), None, op, None, out);
        }
        true
    }

    /// The key of a room; its presence answers.
    fn key_of(&mut self, room: &str, key: &str, out: &mut Out) {
        let (kind, strength) = (CredentialKind::ChannelKey, Strength::Plaintext);
        let number = self.secret(self.own(), kind, KEY, strength, key.as_bytes(), out);
        self.asked.keep(Side::Client, "", Question::Key(room.to_owned(), number));
    }

    /// Presence of an occupant. False where it comes from no room.
    pub(super) fn occupies(&mut self, from: &Jid, presence: &Element<'_>, out: &mut Out) -> bool {
        let user = presence.find("x", ns::MUC_USER);
        let known = self.rooms.rooms.contains_key(&from.bare);
        let (Some(nick), true) = (&from.resource, known || user.is_some()) else { return false };
        if presence.is("type", "error") {
            self.key_judged(&from.bare, false, out);
            return true;
        }
        let has = |code: &str| has(user, code);
        let item = user.and_then(|user| user.child("item"));
        let own = has("110") || self.rooms.nick(&from.bare) == Some(nick);
        let told = item.and_then(|item| item.said("jid")).and_then(|jid| Jid::read(&jid));
        let real = if own { self.me.clone().or(told) } else { told };
        if presence.is("type", "unavailable") {
            if has("303") {
                let new = item.and_then(|item| item.attribute("nick")).unwrap_or_default();
                self.renamed(from, &new, own, real, out);
            } else {
                self.leaves(from, own, presence, out);
            }
            return true;
        }
        if own {
            self.key_judged(&from.bare, true, out);
        }
        if self.comes(from, own, real, out) {
            let op = if has("201") { RoomOp::Create } else { RoomOp::Join };
            tell(&from.bare, self.rooms.member(from), None, op, None, out);
        }
        true
    }

    /// The room let the client in, or did not.
    fn key_judged(&mut self, room: &str, accepted: bool, out: &mut Out) {
        if let Some(number) = self.asked.key(room) {
            answer(number, accepted, out);
        }
    }

    /// Who threw somebody out.
    fn actor(&self, room: &Jid, actor: &Element<'_>) -> Option<Who> {
        if let Some(nick) = actor.said("nick") {
            return Some(self.rooms.member(&room.clone().at(Some(nick.into_owned()))));
        }
        self.who(&actor.said("jid")?)
    }

    /// An occupant is there; whether that is news.
    fn comes(&mut self, jid: &Jid, own: bool, real: Option<Jid>, out: &mut Out) -> bool {
        let fits = self.rooms.has_room_for(jid);
        let (Some(nick), Some(room)) = (&jid.resource, self.rooms.of(&jid.bare)) else {
            return false;
        };
        let first = !room.members.contains_key(nick);
        let real = real.filter(|real| real.full().len() <= ADDRESS);
        if own {
            room.nick = Some(nick.clone());
        }
        if fits || !first {
            let known = room.members.entry(nick.clone()).or_default();
            *known = real.clone().or(known.take());
        }
        if let Some(real) = real {
            out.emit(Event::Ticket(Ticketed { ticket: ticket(jid), who: real.who() }));
        }
        first
    }

    /// An occupant goes, or is thrown out (307, 301); the nickname is free.
    fn leaves(&mut self, jid: &Jid, own: bool, presence: &Element<'_>, out: &mut Out) {
        let user = presence.find("x", ns::MUC_USER);
        let item = user.and_then(|user| user.child("item"));
        let by = item.and_then(|item| item.child("actor")).and_then(|by| self.actor(jid, by));
        let thrown = has(user, "307") || has(user, "301");
        let op = if thrown { RoomOp::Kick } else { RoomOp::Part };
        let reason = item.and_then(|item| item.word("reason")).or(presence.word("status"));
        tell(&jid.bare, self.rooms.member(jid), by, op, reason.map(Text::new), out);
        let (Some(nick), Some(room)) = (&jid.resource, self.rooms.rooms.get_mut(&jid.bare)) else {
            return;
        };
        let known = room.members.remove(nick).flatten();
        if own {
            self.rooms.rooms.remove(&jid.bare);
        }
        if known.is_some() {
            let who = Who::Account(alias(jid));
            out.emit(Event::Ticket(Ticketed { ticket: ticket(jid), who }));
        }
    }

    /// An occupant has another nickname from now on.
    fn renamed(&mut self, from: &Jid, new: &str, own: bool, real: Option<Jid>, out: &mut Out) {
        let who = self.rooms.member(from);
        tell(&from.bare, who, None, RoomOp::Nick, Some(Text::new(new)), out);
        let fits = self.rooms.has_room_for(&from.clone().at(Some(new.to_owned())));
        if let Some(room) = self.rooms.rooms.get_mut(&from.bare) {
            let known = from.resource.as_ref().and_then(|nick| room.members.remove(nick)).flatten();
            if own {
                room.nick = Some(new.to_owned());
            }
            if !new.is_empty() && fits {
                room.members.insert(new.to_owned(), real.or(known));
            }
        }
    }

    /// A message that is about a room and not said in it: an invitation, a topic. True when there is
    /// nothing more to be read of it.
    pub(super) fn room_message(
        &mut self,
        side: Side,
        message: &Element<'_>,
        out: &mut Out,
    ) -> bool {
        let user = message.find("x", ns::MUC_USER);
        if let Some(user) = user
            && let Some(invite) = user.child("invite").or_else(|| user.child("decline"))
        {
            self.invited(side, message, user, invite, out);
            return true;
        }
        if let Some(direct) = message.find("x", ns::CONFERENCE)
            && let Some(room) = direct.said("jid").and_then(|room| Jid::read(&room))
        {
            let by = self.author(side, message);
            let who = self.reader(side, message).unwrap_or_else(|| self.own());
            let reason = direct.said("reason").map(|reason| Text::new(reason.into_owned()));
            tell(&room.bare, who, Some(by.clone()), RoomOp::Invite, reason, out);
            if let Some(key) = direct.said("password") {
                self.shown_key(by, &key, out);
            }
            // Some programs repeat it in words.
            return true;
        }
        let topic = message.child("subject").filter(|_| message.is("type", "groupchat"));
        match topic {
            Some(topic) if message.child("body").is_none() => {
                self.topic(side, message, topic.text.trim(), out);
                true
            }
            _ => false,
        }
    }

    /// An invitation through the room, or its refusal.
    fn invited(
        &mut self,
        side: Side,
        message: &Element<'_>,
        user: &Element<'_>,
        invite: &Element<'_>,
        out: &mut Out,
    ) {
        let named = |name| invite.said(name).and_then(|address| self.who(&address));
        let at = if named("to").is_some() { "to" } else { "from" };
        let Some(room) = message.said(at).and_then(|room| Jid::read(&room)) else { return };
        // On its way to the room it says to whom; from the room, from whom.
        let (to, from) = match (named("to"), named("from")) {
            (Some(to), from) => (to, from.unwrap_or_else(|| self.author(side, message))),
            (None, Some(from)) => (self.reader(side, message).unwrap_or_else(|| self.own()), from),
            (None, None) => return,
        };
        let reason = invite.word("reason").map(Text::new);
        if invite.name == "decline" {
            return tell(&room.bare, from, Some(to), RoomOp::Decline, reason, out);
        }
        tell(&room.bare, to, Some(from.clone()), RoomOp::Invite, reason, out);
        if let Some(key) = user.word("password") {
            self.shown_key(from, key, out);
        }
    }

    /// The owner of a room sets it up (XEP-0045 section 10.1.3), perhaps with a key.
    pub(super) fn owns(&mut self, query: &Element<'_>, out: &mut Out) {
        let form = query.find("x", "jabber:x:data");
        let is_key = |field: &&Element<'_>| field.is("var", "muc#roomconfig_roomsecret");
        let field = form.and_then(|form| form.children.iter().find(is_key));
        if let Some(key) = field.and_then(|field| field.word("value")) {
            self.shown_key(self.own(), key, out);
        }
    }

    /// The rooms somebody keeps for later (XEP-0048), some with their keys.
    pub(super) fn bookmarks(&mut self, kept: &Element<'_>, out: &mut Out) {
        let Some(storage) = kept.find("storage", ns::BOOKMARKS) else { return };
        let rooms = storage.children.iter().filter(|child| child.name == "conference");
        for key in rooms.filter_map(|room| room.word("password")).take(ROOMS) {
            self.shown_key(self.own(), key, out);
        }
    }

    /// A key that is set, kept, or told in an invitation: nobody answers.
    fn shown_key(&mut self, by: Who, key: &str, out: &mut Out) {
        let (kind, strength) = (CredentialKind::ChannelKey, Strength::Plaintext);
        self.secret(by, kind, KEY, strength, key.as_bytes(), out);
    }

    /// The topic of a room. The server tells what the client asked for.
    fn topic(&mut self, side: Side, message: &Element<'_>, topic: &str, out: &mut Out) {
        let told = side == Side::Server || !self.answered;
        let at = if side == Side::Server { "from" } else { "to" };
        let Some(room) = message.said(at).and_then(|room| Jid::read(&room)) else { return };
        if !told || topic.is_empty() {
            return;
        }
        let who = if side == Side::Server { self.rooms.member(&room) } else { self.own() };
        tell(&room.bare, who, None, RoomOp::Topic, Some(Text::new(topic)), out);
    }
}

/// Whether the room gives this code with a presence (XEP-0045 section 15.6).
fn has(user: Option<&Element<'_>>, code: &str) -> bool {
    user.is_some_and(|user| {
        let mut codes = user.children.iter().filter(|child| child.name == "status");
        codes.any(|status| status.is("code", code))
    })
}

/// Something happened in a room.
fn tell(room: &str, who: Who, by: Option<Who>, op: RoomOp, text: Option<Text>, out: &mut Out) {
    let network = match &who {
        Who::Account(account) => account.network.to_string(),
        _ => room.split_once('@').map_or(room, |(_, service)| service).to_owned(),
    };
    out.emit(Event::Room(Said { network, room: room.to_owned(), who, by, op, text }));
}
