//! Comings, goings, and what people say of themselves: one's own status (ISAWAY, ISBACK, and since
//! version 10 one service for both), and that of others, one after another in one packet.

use super::names::{self, CUSTOM, service};
use super::people;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::{Pairs, number};
use crate::event::{Event, Presence, Status};
use crate::{Out, Side, Text, Who};

/// Keys of a status.
const NAME: u32 = 7;
const STATE: u32 = 10;
const HERE: u32 = 13;
const WORDS: u32 = 19;
/// What a status in one's own words means: 0 here, 1 away, 2 idle.
const KIND: u32 = 47;
const UTF8: u32 = 97;
const NETWORK: u32 = 241;

/// The client says how it is.
pub(super) fn own(talk: &mut Talk, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
    talk.let_in(out);
    talk.here = true;
    let state = said.number(STATE).unwrap_or(i64::from(packet.status));
    let mut status = names::status(state, said.number(KIND));
    if packet.service == service::IS_BACK && state != CUSTOM && status == Status::Away {
        status = Status::Online;
    }
    let text = said.some(WORDS).map(|words| people::text(words, said));
    tell(talk.own(Side::Client), status, text, out);
}

/// The client gives a sign of life: of a conversation that was picked up in its middle often the only
/// word of whose it is.
pub(super) fn alive(talk: &mut Talk, out: &mut Out) {
    if !std::mem::replace(&mut talk.here, true) && talk.me.is_some() {
        tell(talk.own(Side::Client), Status::Online, None, out);
    }
}

/// The client hides, or shows itself again.
pub(super) fn visible(talk: &Talk, said: &Pairs<'_>, out: &mut Out) {
    let status = match said.number(HERE) {
        Some(1) => Status::Online,
        Some(2) => Status::Invisible,
        _ => return,
    };
    tell(talk.own(Side::Client), status, None, out);
}

/// The client leaves.
pub(super) fn signed_off(talk: &Talk, out: &mut Out) {
    tell(talk.own(Side::Client), Status::Offline, None, out);
}

/// One person of a packet, while they are read.
#[derive(Debug, Default)]
struct Person<'a> {
    name: Option<&'a [u8]>,
    network: Option<&'a [u8]>,
    state: Option<i64>,
    kind: Option<i64>,
    gone: bool,
    words: Option<&'a [u8]>,
    utf8: Option<&'a [u8]>,
}

/// The service says how others are.
pub(super) fn others(packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
    let mut person = Person::default();
    for (key, value) in said.iter() {
        match key {
            NAME => {
                person.tell(packet.service, out);
                person = Person { name: Some(value), ..Person::default() };
            }
            STATE => person.state = number(value),
            KIND => person.kind = number(value),
            HERE => person.gone = number(value) == Some(0),
            WORDS => person.words = Some(value),
            UTF8 => person.utf8 = Some(value),
            NETWORK => person.network = Some(value),
            _ => {}
        }
    }
    person.tell(packet.service, out);
}

impl Person<'_> {
    fn tell(&self, service: u16, out: &mut Out) {
        let Some(name) = self.name.filter(|name| !name.is_empty()) else { return };
        let status = match self.state {
            _ if self.gone || service == service::LOGOFF => Status::Offline,
            Some(state) => names::status(state, self.kind),
            None => Status::Online,
        };
        let words = self.words.filter(|words| !words.is_empty() && status != Status::Offline);
        let text = words.map(|words| people::decoded(words, self.utf8));
        tell(Who::Account(people::of(name, self.network)), status, text, out);
    }
}

fn tell(who: Who, status: Status, text: Option<Text>, out: &mut Out) {
    out.emit(Event::Presence(Presence { who, status, text, address: None }));
}
