//! What people write to each other, and that they are writing. A packet from the service may hold
//! several messages that were kept for their reader.

use super::names::{CONTINUED, DISCONNECTED, service};
use super::people;
use super::style;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::Pairs;
use crate::event::{Event, Leg, Message, MessageKind, Protection, Typing, TypingState};
use crate::{Out, Side, Text, Who};

/// Keys of a message.
const ME: u32 = 1;
const FROM: u32 = 4;
const TO: u32 = 5;
const TEXT: u32 = 14;
const TIME: u32 = 15;
const ERROR: u32 = 16;
/// What a small film with a voice says.
const AUDIBLE: u32 = 231;
/// Begins one of several messages in a packet.
const EACH: u32 = 31;
const TOPIC: u32 = 49;
const STATE: u32 = 13;
const UTF8: u32 = 97;
const NETWORK: u32 = 241;

/// A message's status when it could not be delivered.
const BOUNCED: u32 = 2;
/// What a buzz is written as, and what its reader sees.
const DING: &str = "<ding>";
const BUZZ: &str = "BUZZ!!!";

/// One message of a packet, while it is read.
#[derive(Debug, Default)]
struct One<'a> {
    from: Option<&'a [u8]>,
    to: Option<&'a [u8]>,
    text: Option<&'a [u8]>,
    utf8: Option<&'a [u8]>,
    network: Option<&'a [u8]>,
    kept: bool,
}

/// Somebody writes: to an account, to a telephone, or in the words of an audible.
pub(super) fn messages(
    talk: &mut Talk,
    side: Side,
    packet: &Packet<'_>,
    said: &Pairs<'_>,
    out: &mut Out,
) {
    if side == Side::Server && matches!(packet.status, BOUNCED | DISCONNECTED) {
        return;
    }
    let mut one = One::default();
    let text = if packet.service == service::AUDIBLE { AUDIBLE } else { TEXT };
    for (key, value) in said.iter() {
        let next = match key {
            FROM => one.text.is_some() && one.from.is_some(),
            TO => one.text.is_some() && one.to.is_some(),
            EACH => one.text.is_some(),
            _ if key == text => one.text.is_some(),
            _ => false,
        };
        if next {
            let whole = std::mem::take(&mut one);
            whole.tell(talk, side, packet, out);
        }
        match key {
            FROM => one.from = Some(value),
            ME if one.from.is_none() => one.from = Some(value),
            TO => one.to = Some(value),
            _ if key == text => one.text = Some(value),
            TIME => one.kept = true,
            UTF8 => one.utf8 = Some(value),
            NETWORK => one.network = Some(value),
            _ => {}
        }
    }
    one.tell(talk, side, packet, out);
}

impl One<'_> {
    fn tell(&self, talk: &mut Talk, side: Side, packet: &Packet<'_>, out: &mut Out) {
        let Some(text) = self.text else { return };
        let named = |name: Option<&[u8]>, network| {
            let name = name.filter(|name| !name.is_empty())?;
            Some(Who::Account(people::of(name, network)))
        };
        // A network that is said is that of the other one.
        let (from, to) = match side {
            Side::Client => (named(self.from, None), named(self.to, self.network)),
            Side::Server => (named(self.from, self.network), named(self.to, None)),
        };
        let from = from.unwrap_or_else(|| match side {
            Side::Client => talk.own(Side::Client),
            Side::Server => Who::Unnamed(Side::Server),
        });
        let to = to.or_else(|| (side == Side::Server).then(|| talk.own(side.other())));
        let kept = side == Side::Server && packet.status == CONTINUED && self.kept;
        let kind = if kept { MessageKind::Offline } else { MessageKind::Im };
        let text = people::decoded(text, self.utf8);
        let to = to.into_iter().collect();
        say(Said { from, to, room: None, kind, leg: talk.leg(side) }, text, out);
    }
}

/// Everything of a message but its text.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) from: Who,
    pub(super) to: Vec<Who>,
    pub(super) room: Option<String>,
    pub(super) kind: MessageKind,
    pub(super) leg: Leg,
}

/// Tells a text, without its markup.
pub(super) fn say(said: Said, text: Text, out: &mut Out) {
    let Said { from, to, room, mut kind, leg } = said;
    let plain = if text.expose().trim().eq_ignore_ascii_case(DING) {
        kind = MessageKind::Nudge;
        BUZZ.to_owned()
    } else {
        style::plain(text.expose())
    };
    let marked = plain != text.expose();
    let (text, markup) = if marked { (text.rewritten(plain), Some(text)) } else { (text, None) };
    let protection = Protection::None;
    out.emit(Event::Message(Message { from, to, room, kind, text, markup, leg, protection }));
}

/// Somebody is writing, or stopped: key 49 says TYPING (it may also say GAME and the like).
pub(super) fn notify(talk: &Talk, side: Side, said: &Pairs<'_>, out: &mut Out) {
    if !said.get(TOPIC).is_some_and(|topic| topic.eq_ignore_ascii_case(b"TYPING")) {
        return;
    }
    let other = said.some(TO).map(|name| people::far(name, said));
    let author = said.some(FROM).or(said.some(ME));
    let (from, to) = match side {
        Side::Client => (author.map_or_else(|| talk.own(side), people::who), other),
        Side::Server => {
            let from = author.map_or(Who::Unnamed(side), |name| people::far(name, said));
            (from, said.some(TO).map(people::who))
        }
    };
    let started = said.number(STATE) == Some(1);
    let state = if started { TypingState::Active } else { TypingState::Done };
    out.emit(Event::Typing(Typing { from, to: to.into_iter().collect(), room: None, state }));
}

/// The service says something to everybody.
pub(super) fn system(talk: &Talk, said: &Pairs<'_>, out: &mut Out) {
    let Some(text) = said.some(TEXT).or(said.some(ERROR)) else { return };
    let (from, to) = (Who::Account(people::account(b"yahoo")), vec![talk.own(Side::Client)]);
    let kind = MessageKind::Notice;
    let said_to = Said { from, to, room: None, kind, leg: Leg::FromServer };
    say(said_to, people::text(text, said), out);
}
