//! Messages, and what else travels as one: links, authorizations, pages from the web.

use encoding_rs::Encoding;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::{le_u16, le_u32};

use super::names::kind;
use super::people;
use super::talk::Talk;
use super::wire::{Packet, Parsed, V3};
use crate::event::{Event, Leg, Message, MessageKind, Protection, RosterOp};
use crate::oscar::icbm;
use crate::{Account, Out, Text, Who};

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    ToServer,
    FromServer,
}

/// No client ever wrote longer ones.
const LONGEST: usize = 8 << 10;
/// Between the parts of a message that has several.
const PART: u8 = 0xfe;

/// A message on its way.
#[derive(Debug)]
struct Saying<'a> {
    /// The other party.
    number: u32,
    kind: u16,
    text: &'a [u8],
    /// Bytes behind the text.
    rest: usize,
}

/// A message to or from the server.
pub(super) fn message(
    talk: &Talk,
    way: Way,
    manner: MessageKind,
    packet: &Packet<'_>,
    out: &mut Out,
) {
    let Some(saying) = saying(manner, packet) else {
        return out.weird("icq_udp_length_wrong", "a message is longer than its datagram");
    };
    if saying.text.len() > LONGEST {
        out.weird("icq_udp_text_oversized", format_args!("{} bytes", saying.text.len()));
    }
    let other = Who::Account(account(saying.number));
    let (from, to, leg) = match way {
        Way::ToServer => (talk.own(), other, Leg::ToServer),
        Way::FromServer => (other, talk.own(), Leg::FromServer),
    };
    let route = Route { from, to, leg, charset: None };
    route.say(manner, saying.kind, saying.text, out);
}

/// Reads a message. Stored ones have a date of six bytes, or, from some servers of version 3, a time of
/// four: which of them, the text's length tells.
fn saying<'a>(manner: MessageKind, packet: &Packet<'a>) -> Option<Saying<'a>> {
    let read = |date: usize| {
        let parsed: Parsed<'a, _> =
            (le_u32, take(date), le_u16, nom::multi::length_data(le_u16)).parse(packet.body);
        let (rest, (number, _, kind, text)) = parsed.ok()?;
        Some(Saying { number, kind, text, rest: rest.len() })
    };
    match (manner, packet.version) {
        (MessageKind::Offline, V3) => {
            [read(6), read(4)].into_iter().flatten().min_by_key(|saying| saying.rest)
        }
        (MessageKind::Offline, _) => read(6),
        _ => read(0),
    }
}

/// Who says something to whom, in what: the kinds of messages and their parts are the same in every
/// protocol of ICQ.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) from: Who,
    pub(crate) to: Who,
    pub(crate) leg: Leg,
    /// What the text is written in, where that was said.
    pub(crate) charset: Option<&'static Encoding>,
}

impl Route {
    /// Tells a message of this kind; its text ends at the first zero.
    pub(crate) fn say(self, manner: MessageKind, kind: u16, text: &[u8], out: &mut Out) {
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        let parts: Vec<&[u8]> = text.split(|byte| *byte == PART).collect();
        let last = parts.last().copied().unwrap_or_default();
        match kind & !kind::MASS {
            kind::PLAIN => self.emit(manner, text, out),
            kind::URL => self.link(manner, &parts, out),
            kind::AUTH_REQUEST | kind::AUTH_DENIED => self.emit(MessageKind::Notice, last, out),
            // Both say that somebody's list has, or may have, somebody on it.
            kind::ADDED => people::roster(self.from, RosterOp::Add, vec![self.to], out),
            kind::AUTH_GRANTED => people::roster(self.to, RosterOp::Add, vec![self.from], out),
            kind::WEB_PAGER | kind::EMAIL_EXPRESS => self.page(manner, &parts, out),
            kind::CONTACTS => self.emit(MessageKind::Notice, &contacts(&parts), out),
            _ => {}
        }
    }

    /// A description and an address. The address is what counts; the whole is kept beside it.
    fn link(self, manner: MessageKind, parts: &[&[u8]], out: &mut Out) {
        let [description, address, ..] = parts else {
            return self.emit(manner, &spaced(parts), out);
        };
        let whole = (!description.is_empty()).then(|| self.written(&spaced(parts)));
        let address = self.written(address);
        self.told(manner, address, whole, out);
    }

    /// From outside: a name, two parts nobody uses, an e-mail address, one more nobody uses, the text.
    fn page(mut self, manner: MessageKind, parts: &[&[u8]], out: &mut Out) {
        let [name, _, _, email, _, said @ ..] = parts else {
            return self.emit(manner, &spaced(parts), out);
        };
        let (name, email) = (self.written(name), self.written(email));
        if let Who::Account(account) = &mut self.from {
            let display = format!("{} <{}>", name.expose(), email.expose());
            *account = account.clone().displayed(display);
        }
        self.emit(manner, &spaced(said), out);
    }

    /// Tells a text, without its markup.
    pub(crate) fn emit(self, manner: MessageKind, text: &[u8], out: &mut Out) {
        let (text, markup) = icbm::read(self.written(text));
        self.told(manner, text, markup, out);
    }

    fn told(self, kind: MessageKind, text: Text, markup: Option<Text>, out: &mut Out) {
        if text.is_empty() {
            return;
        }
        let Self { from, to, leg, .. } = self;
        let (to, room, protection) = (vec![to], None, Protection::None);
        let message = Message { from, to, room, kind, text, markup, leg, protection };
        out.emit(Event::Message(message));
    }

    fn written(&self, bytes: &[u8]) -> Text {
        match self.charset {
            Some(charset) => Text::decode(bytes, charset),
            None => Text::guess(bytes, icbm::habit(bytes)),
        }
    }
}

/// Parts as a person reads them.
fn spaced(parts: &[&[u8]]) -> Vec<u8> {
    parts.join(&b' ')
}

/// People: how many, then number and nickname of each.
fn contacts(parts: &[&[u8]]) -> Vec<u8> {
    let people = parts.get(1..).unwrap_or_default().chunks_exact(2);
    people.map(|one| one.join(&b' ')).collect::<Vec<_>>().join(&b", "[..])
}

/// The account of a number.
pub(crate) fn account(number: u32) -> Account {
    Account::new("icq", number.to_string())
}
