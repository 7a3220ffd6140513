//! `MSG`: everything that is said on a switchboard, and what the service says, as mail would.

use std::collections::VecDeque;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::board::Place;
use super::names::{account, is_name};
use super::talk::Talk;
use super::wire::{Command, Fields, content_type};
use super::{invite, p2p, sign_on};
use crate::event::{Client, Event, Leg, Message, MessageKind, Protection, Typing, TypingState};
use crate::{Out, Side, Text, Who};

/// Who says something, where, and which part of its way it was heard on.
#[derive(Clone, Debug)]
pub(super) struct Saying {
    pub(super) from: Who,
    pub(super) place: Place,
    pub(super) leg: Leg,
}

/// Messages that come in several pieces.
#[derive(Debug, Default)]
pub(super) struct Chunks(VecDeque<Parts>);

/// The pieces of one, so far.
#[derive(Debug)]
struct Parts {
    id: String,
    kind: String,
    left: u32,
    body: Vec<u8>,
}

/// Messages under way.
const UNDER_WAY: usize = 8;
/// Bytes of one.
const LONGEST: usize = 64 << 10;
/// Programs told on one conversation.
const PROGRAMS: usize = 64;

/// `MSG`: from the client a transaction and how it is to be acknowledged; from the service the
/// account and name of whoever said it.
pub(super) fn message(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    let (from, leg) = match side {
        Side::Client => (talk.own(), Leg::ToServer),
        Side::Server if is_name(command.param(0)) => {
            let speaker = account(command.param(0));
            // Whoever speaks is there, whether or not their coming was heard.
            talk.enters(&speaker);
            (Who::Account(speaker), Leg::FromServer)
        }
        Side::Server => return service(talk, command.payload, out),
    };
    let place = talk.place(&from);
    content(talk, &Saying { from, place, leg }, command.payload, out);
}

/// `UUM` and `UBM` (MSNP14 and later): to and from people of other networks, without a switchboard.
pub(super) fn across(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    let at = usize::from(side == Side::Client);
    if !is_name(command.param(at)) {
        return;
    }
    let other = Who::Account(super::names::on(command.param(at + 1), command.param(at)));
    let (from, to, leg) = match side {
        Side::Client => (talk.own(), other, Leg::ToServer),
        Side::Server => (other, talk.own(), Leg::FromServer),
    };
    let place = Place { to: vec![to], room: None };
    content(talk, &Saying { from, place, leg }, command.payload, out);
}

/// What the service itself says: the profile with its ticket, and that it goes down.
fn service(talk: &mut Talk, payload: &[u8], out: &mut Out) {
    let fields = Fields::of(payload);
    let kind = fields.get("Content-Type").map(|value| content_type(value).0);
    if kind == Some("text/x-msmsgsprofile")
        && let Some(ticket) = fields.get("MSPAuth").filter(|ticket| !ticket.is_empty())
    {
        sign_on::profile_ticket(talk, ticket, out);
    }
    // Of its kinds one is known: 1, the service goes down in so many minutes.
    if kind == Some("application/x-msmsgssystemmessage") {
        let said = Fields::of(fields.body);
        let word = |name| said.get(name).unwrap_or_default();
        out.weird("msnp_system_message", format_args!("type {}: {}", word("Type"), word("Arg1")));
    }
}

/// A payload with its fields, whole or in pieces.
pub(super) fn content(talk: &mut Talk, saying: &Saying, payload: &[u8], out: &mut Out) {
    let fields = Fields::of(payload);
    let id = fields.get("Message-ID");
    let number = |name: &str| fields.get(name).and_then(|value| value.parse::<u32>().ok());
    match (id, number("Chunks"), number("Chunk")) {
        (Some(id), Some(count @ 2..), _) => {
            let kind = fields.get("Content-Type").unwrap_or_default();
            talk.chunks.begin(id, kind, count, fields.body);
        }
        (Some(id), _, Some(_)) => {
            if let Some(parts) = talk.chunks.more(id, fields.body) {
                say(talk, saying, &parts.kind, Fields::of(b""), &parts.body, out);
            }
        }
        _ => {
            let kind = fields.get("Content-Type").unwrap_or_default();
            say(talk, saying, kind, fields, fields.body, out);
        }
    }
}

impl Chunks {
    fn begin(&mut self, id: &str, kind: &str, count: u32, body: &[u8]) {
        if self.0.len() >= UNDER_WAY {
            self.0.pop_front();
        }
        let (id, kind, body) = (id.to_owned(), kind.to_owned(), body.to_vec());
        self.0.push_back(Parts { id, kind, left: count - 1, body });
    }

    /// The next piece; the whole when it was the last.
    fn more(&mut self, id: &str, body: &[u8]) -> Option<Parts> {
        let at = self.0.iter().position(|parts| parts.id == id)?;
        let parts = self.0.get_mut(at)?;
        let room = LONGEST.saturating_sub(parts.body.len()).min(body.len());
        parts.body.extend_from_slice(body.get(..room).unwrap_or_default());
        parts.left = parts.left.saturating_sub(1);
        if parts.left == 0 { self.0.remove(at) } else { None }
    }
}

/// What a payload of some type says.
fn say(
    talk: &mut Talk,
    saying: &Saying,
    kind: &str,
    fields: Fields<'_>,
    body: &[u8],
    out: &mut Out,
) {
    let (kind, charset) = content_type(kind);
    if let Some(agent) = fields.get("User-Agent") {
        program(talk, saying, agent, "msnp-user-agent", out);
    }
    match kind.to_ascii_lowercase().as_str() {
        "text/plain" => {
            let kind =
                if saying.place.room.is_some() { MessageKind::Chat } else { MessageKind::Im };
            tell(saying, kind, text(charset, body), out);
        }
        "text/x-msmsgscontrol" => {
            if let Some(user) = fields.get("TypingUser") {
                typing_user(talk, saying, user, out);
            }
        }
        "text/x-msnmsgr-datacast" => datacast(saying, Fields::of(body), out),
        "text/x-msmsgsinvite" => invite::invitation(talk, saying, body, out),
        "application/x-msnmsgrp2p" => {
            p2p::packet(talk, saying, fields.get("P2P-Dest").unwrap_or_default(), body, out);
        }
        "text/x-clientcaps" => {
            if let Some(client) = Fields::of(body).get("Client-Name") {
                program(talk, saying, client, "msnp-clientcaps", out);
            }
        }
        _ => {}
    }
}

/// Somebody writes, and is named once more: in the middle of a conversation this is where a client
/// says who it is.
fn typing_user(talk: &mut Talk, saying: &Saying, user: &str, out: &mut Out) {
    if matches!(saying.from, Who::Unnamed(_)) && is_name(user) {
        talk.me = Some(account(user));
        let from = talk.own();
        return typing(&Saying { from, ..saying.clone() }, out);
    }
    typing(saying, out);
}

/// Somebody writes.
pub(super) fn typing(saying: &Saying, out: &mut Out) {
    let Saying { from, place, .. } = saying.clone();
    let (to, room, state) = (place.to, place.room, TypingState::Active);
    out.emit(Event::Typing(Typing { from, to, room, state }));
}

/// Small things: 1 a nudge, 2 a wink, 3 a clip, 4 an action in words.
pub(super) fn datacast(saying: &Saying, fields: Fields<'_>, out: &mut Out) {
    match fields.get("ID") {
        Some("1") => tell(saying, MessageKind::Nudge, Text::default(), out),
        Some("4") => {
            let said = fields.get("Data").unwrap_or_default();
            tell(saying, MessageKind::Action, Text::new(said), out);
        }
        _ => {}
    }
}

/// Text in the charset that is stated; UTF-8 where none is, as all clients write it.
pub(super) fn text(charset: Option<&str>, body: &[u8]) -> Text {
    match charset.and_then(|name| Encoding::for_label(name.as_bytes())) {
        Some(charset) if charset != UTF_8 || std::str::from_utf8(body).is_ok() => {
            Text::decode(body, charset)
        }
        _ => Text::guess(body, WINDOWS_1252),
    }
}

/// Tells a message.
pub(super) fn tell(saying: &Saying, kind: MessageKind, text: Text, out: &mut Out) {
    let Saying { from, place, leg } = saying.clone();
    let (to, room, markup, protection) = (place.to, place.room, None, Protection::None);
    out.emit(Event::Message(Message { from, to, room, kind, text, markup, leg, protection }));
}

/// A program named itself in a message: told once.
fn program(talk: &mut Talk, saying: &Saying, said: &str, source: &'static str, out: &mut Out) {
    let name = saying.from.account().map(|account| account.name.clone()).unwrap_or_default();
    if said.is_empty()
        || talk.programs.len() >= PROGRAMS
        || !talk.programs.insert((name.into(), said.to_owned()))
    {
        return;
    }
    let (product, version) = match said.split_once('/') {
        Some((product, version)) => (product, Some(version.to_owned())),
        None => (said, None),
    };
    let (who, product) = (saying.from.clone(), product.to_owned());
    out.emit(Event::Client(Client { who, product, version, source }));
}
