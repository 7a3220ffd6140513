//! Chat rooms. The server gives each a number when the client enters it or is invited.

use std::collections::{BTreeMap, VecDeque};

use super::say::text;
use super::talk::{Talk, fewer, number};
use super::wire::fields;
use crate::event::{Event, Leg, Message, MessageKind, Protection, Room, RoomOp};
use crate::oscar::hostile;
use crate::oscar::icbm::read;
use crate::oscar::people::who;
use crate::{Out, Text, Who};

/// Rooms remembered, and what the client said that the server still has to say back.
const ROOMS: usize = 256;
const SENT: usize = 64;

/// What is known of the rooms.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    known: BTreeMap<u32, Known>,
    /// Names the client asked for, until their number is told.
    asked: VecDeque<String>,
    /// What the client said: the server says it back to everybody.
    sent: VecDeque<(u32, String)>,
}

#[derive(Debug)]
struct Known {
    name: String,
    /// The client is in it, and that was told.
    inside: bool,
}

impl Rooms {
    fn learn(&mut self, id: u32, name: &[u8]) {
        let name = text(b"", name).expose().to_owned();
        self.asked.retain(|asked| !asked.eq_ignore_ascii_case(&name));
        if self.known.len() < ROOMS || self.known.contains_key(&id) {
            self.known.insert(id, Known { name, inside: false });
        }
    }

    /// A room's name. Where its number was never told, it is the one room that was asked for.
    fn name(&self, id: u32) -> String {
        let asked = if self.asked.len() == 1 { self.asked.front() } else { None };
        let name = self.known.get(&id).map(|room| &room.name).or(asked);
        name.cloned().unwrap_or_else(|| "unnamed room".to_owned())
    }

    /// Whether the client's being inside changes by this, in a room whose number was told.
    fn turns(&mut self, id: u32, inside: bool) -> bool {
        let Some(room) = self.known.get_mut(&id) else { return true };
        std::mem::replace(&mut room.inside, inside) != inside
    }
}

/// The client asks for a room: exchange, name.
pub(super) fn asks(talk: &mut Talk, args: &[&[u8]]) {
    let name = args.get(1..).unwrap_or_default().join(&b' ');
    if talk.rooms.asked.len() == SENT {
        talk.rooms.asked.pop_front();
    }
    talk.rooms.asked.push_back(text(b"", &name).expose().to_owned());
}

/// The client says something: room; whom, in a whisper; encoding, in the encoded form; text.
pub(super) fn to_server(talk: &mut Talk, command: &[u8], args: &[&[u8]], out: &mut Out) {
    let Some((id, rest)) = args.split_first() else { return fewer(command, out) };
    let (whom, said) = match (command, rest) {
        (b"toc_chat_send", &[said, ..]) => (None, text(b"", said)),
        (b"toc_chat_send_enc", &[coding, said, ..]) => (None, text(coding, said)),
        (b"toc_chat_whisper", &[whom, said, ..]) => (Some(whom), text(b"", said)),
        (b"toc_chat_whisper_enc", &[coding, whom, said, ..]) => (Some(whom), text(coding, said)),
        _ => return fewer(command, out),
    };
    let id = number(id).unwrap_or_default();
    // Whispers are not said back.
    if whom.is_none() {
        if talk.rooms.sent.len() == SENT {
            talk.rooms.sent.pop_front();
        }
        talk.rooms.sent.push_back((id, said.expose().to_owned()));
    }
    say(talk, id, talk.own(), whom.map(who), said, Leg::ToServer, out);
}

/// Somebody says something: room, name, whether it is a whisper; in the encoded form an encoding and
/// a language; text. What the client said itself was heard before.
pub(super) fn from_server(talk: &mut Talk, command: &[u8], rest: &[u8], out: &mut Out) {
    let heard = match command {
        b"CHAT_IN" => {
            fields(rest).map(|[id, name, whisper, said]| (id, name, whisper, text(b"", said)))
        }
        _ => fields(rest)
            .map(|[id, name, whisper, coding, _, said]| (id, name, whisper, text(coding, said))),
    };
    let Some((id, name, whisper, said)) = heard else { return fewer(command, out) };
    let (id, from) = (number(id).unwrap_or_default(), who(name));
    if talk.is_own(&from) {
        let same = |sent: &(u32, String)| sent.0 == id && sent.1 == said.expose();
        if let Some(at) = talk.rooms.sent.iter().position(same) {
            talk.rooms.sent.remove(at);
            return;
        }
    }
    let whom = (whisper == b"T").then(|| talk.own());
    say(talk, id, from, whom, said, Leg::FromServer, out);
}

/// The client invites people: room, words, names.
pub(super) fn invites(talk: &Talk, args: &[&[u8]], out: &mut Out) {
    let &[id, words, ref names @ ..] = args else { return fewer(b"toc_chat_invite", out) };
    let room = talk.rooms.name(number(id).unwrap_or_default());
    for name in names {
        let by = Some(talk.own());
        tell(&room, who(name), by, RoomOp::Invite, Some(words), out);
    }
}

/// The client leaves.
pub(super) fn leaves(talk: &mut Talk, args: &[&[u8]], out: &mut Out) {
    let Some(id) = args.first().and_then(|word| number(word)) else {
        return fewer(b"toc_chat_leave", out);
    };
    left(talk, id, out);
}

/// What the server tells of rooms.
pub(super) fn told(talk: &mut Talk, command: &[u8], rest: &[u8], out: &mut Out) {
    match command {
        b"CHAT_JOIN" => joined(talk, rest, out),
        b"CHAT_UPDATE_BUDDY" => members(talk, rest, out),
        b"CHAT_INVITE" => invited(talk, rest, out),
        _ => match number(rest) {
            Some(id) => left(talk, id, out),
            None => fewer(command, out),
        },
    }
}

/// The client is in a room: number, name.
fn joined(talk: &mut Talk, rest: &[u8], out: &mut Out) {
    let Some([id, name]) = fields(rest) else { return fewer(b"CHAT_JOIN", out) };
    let id = number(id).unwrap_or_default();
    talk.rooms.learn(id, name);
    if talk.rooms.turns(id, true) {
        tell(&talk.rooms.name(id), talk.own(), None, RoomOp::Join, None, out);
    }
}

/// People came or went: room, which, names. The client stands among them.
fn members(talk: &mut Talk, rest: &[u8], out: &mut Out) {
    let mut parts = rest.split(|byte| *byte == b':');
    let (Some(id), Some(inside)) = (parts.next().and_then(number), parts.next()) else {
        return fewer(b"CHAT_UPDATE_BUDDY", out);
    };
    let (op, inside) = match inside {
        b"T" => (RoomOp::Join, true),
        _ => (RoomOp::Part, false),
    };
    let room = talk.rooms.name(id);
    for name in parts.filter(|name| !name.is_empty()) {
        let who = who(name);
        if !talk.is_own(&who) || talk.rooms.turns(id, inside) {
            tell(&room, who, None, op, None, out);
        }
    }
}

/// Somebody invites the client: room's name and number, who, words.
fn invited(talk: &mut Talk, rest: &[u8], out: &mut Out) {
    let Some([name, id, by, words]) = fields(rest) else { return fewer(b"CHAT_INVITE", out) };
    let room = text(b"", name).expose().to_owned();
    if let Some(id) = number(id) {
        talk.rooms.learn(id, name);
    }
    tell(&room, talk.own(), Some(who(by)), RoomOp::Invite, Some(words), out);
}

fn left(talk: &mut Talk, id: u32, out: &mut Out) {
    if talk.rooms.turns(id, false) {
        tell(&talk.rooms.name(id), talk.own(), None, RoomOp::Part, None, out);
    }
}

fn say(talk: &Talk, id: u32, from: Who, whom: Option<Who>, said: Text, leg: Leg, out: &mut Out) {
    hostile::look(&said, out);
    let (text, markup) = read(said);
    out.emit(Event::Message(Message {
        from,
        to: whom.into_iter().collect(),
        room: Some(talk.rooms.name(id)),
        kind: MessageKind::Chat,
        text,
        markup,
        leg,
        protection: Protection::None,
    }));
}

fn tell(room: &str, who: Who, by: Option<Who>, op: RoomOp, words: Option<&[u8]>, out: &mut Out) {
    let text = words.filter(|words| !words.is_empty()).map(|words| read(text(b"", words)).0);
    let (network, room) = ("aim".to_owned(), room.to_owned());
    out.emit(Event::Room(Room { network, room, who, by, op, text }));
}
