//! Files: who offers what to whom, and where it is to be had. The bytes travel over HTTP.
//!
//! Up to version 12 a file was put on the service's web server, or lay on the sender's own; the offer
//! holds its address (FILETRANSFER, P2PFILEXFER with the word FILEXFER). Since then an offer, its
//! acceptance and the place come one after another, joined by a token.

use std::net::IpAddr;

use encoding_rs::WINDOWS_1252;

use super::message::{Said, say};
use super::names::service;
use super::people;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::{Pairs, number};
use crate::event::{Carries, Event, MessageKind, Offer, OfferState};
use crate::{Out, Side, Text, Who};

/// Keys of a file.
const ACCOUNT: u32 = 0;
const ME: u32 = 1;
const FROM: u32 = 4;
const TO: u32 = 5;
const WORDS: u32 = 14;
const URL: u32 = 20;
const NAME: u32 = 27;
const SIZE: u32 = 28;
const TOPIC: u32 = 49;
const RESULT: u32 = 66;
/// What is done: 1 offered, 2 withdrawn, 3 accepted, 4 declined.
const STEP: u32 = 222;
/// How it travels: 1 and 2 directly, 3 through the service.
const WAY: u32 = 249;
const PLACE: u32 = 250;
const TOKEN: u32 = 265;

/// How transfers are told.
pub(super) const RELAYED: &str = "ymsg-http";
pub(super) const DIRECT: &str = "ymsg-p2p";

/// An offer up to version 12: it says where the file is.
pub(super) fn old(
    talk: &mut Talk,
    side: Side,
    packet: &Packet<'_>,
    said: &Pairs<'_>,
    out: &mut Out,
) {
    let direct = packet.service == service::P2P_FILE_XFER;
    if direct && said.get(TOPIC).is_none_or(|topic| topic != b"FILEXFER") {
        return;
    }
    let Some(url) = said.some(URL) else { return };
    let (mut from, mut to) = people(talk, side, said);
    // Some services name the two the other way round.
    if side == Side::Server && from == talk.own(Side::Client) {
        std::mem::swap(&mut from, &mut to);
    }
    words(&from, &to, talk, side, said, out);
    let place = place(url);
    let name = said.some(NAME).map_or_else(|| named(url), |name| people::text(name, said));
    let transport = if direct { DIRECT } else { RELAYED };
    let offer = Offer {
        name,
        size: said.number(SIZE).and_then(|size| size.try_into().ok()),
        endpoint: place.filter(|_| direct),
        listener: place.filter(|_| direct).map(|_| from.clone()),
        ..blank(from, to, transport, OfferState::Offered, talk, side)
    };
    out.emit(Event::Offer(offer));
}

/// What somebody writes with an offer, up to a mark that is the program's.
fn words(from: &Who, to: &Who, talk: &Talk, side: Side, said: &Pairs<'_>, out: &mut Out) {
    let words = said.get(WORDS).and_then(|words| words.split(|byte| *byte == 6).next());
    let Some(words) = words.filter(|words| !words.is_empty()) else { return };
    let (from, to, kind) = (from.clone(), vec![to.clone()], MessageKind::Notice);
    let whole = Said { from, to, room: None, kind, leg: talk.leg(side) };
    say(whole, people::text(words, said), out);
}

/// A file on its way to the service's web server.
pub(super) fn put(talk: &Talk, side: Side, said: &Pairs<'_>) -> Offer {
    let from = said.some(ACCOUNT).or(said.some(ME)).map_or_else(|| talk.own(side), people::who);
    let to = said.some(TO).map_or_else(|| talk.own(side.other()), people::who);
    let name = said.some(NAME).map(|name| people::text(name, said)).unwrap_or_default();
    let mut offer = blank(from, to, RELAYED, OfferState::Transferring, talk, side);
    offer.name = name;
    offer.size = said.number(SIZE).and_then(|size| size.try_into().ok());
    offer
}

/// A step of an offer since version 13.
pub(super) fn offer_15(talk: &mut Talk, side: Side, said: &Pairs<'_>, out: &mut Out) {
    let (speaker, other) = people(talk, side, said);
    // Who accepts or declines is not who offered.
    let (from, to, state) = match said.number(STEP) {
        Some(1) => {
            words(&speaker, &other, talk, side, said, out);
            (speaker, other, OfferState::Offered)
        }
        Some(2) => (speaker, other, OfferState::Declined),
        Some(3) => (other, speaker, OfferState::Accepted),
        Some(4) => (other, speaker, OfferState::Declined),
        _ => return,
    };
    let names = said.all(NAME).zip(said.all(SIZE).map(Some).chain(std::iter::repeat(None)));
    let mut told = false;
    for (name, size) in names {
        let mut offer = blank(from.clone(), to.clone(), RELAYED, state, talk, side);
        offer.name = people::text(name, said);
        offer.size = size.and_then(number).and_then(|size| size.try_into().ok());
        offer.token = token(said);
        out.emit(Event::Offer(offer));
        told = true;
    }
    if !told {
        let mut offer = blank(from, to, RELAYED, state, talk, side);
        offer.token = token(said);
        out.emit(Event::Offer(offer));
    }
}

/// Where the file will be: the sender says so (INFO), the receiver agrees (ACC).
pub(super) fn place_15(talk: &mut Talk, side: Side, service: u16, said: &Pairs<'_>, out: &mut Out) {
    let (speaker, other) = people(talk, side, said);
    let informs = service == service::FILE_TRANS_INFO_15;
    let (from, to) = if informs { (speaker, other) } else { (other, speaker) };
    let state = match said.number(RESULT) {
        Some(-1) => OfferState::Declined,
        // Not this way; another will be tried.
        Some(..0) => return,
        _ => OfferState::Accepted,
    };
    let direct = matches!(said.number(WAY), Some(1 | 2));
    let place = said.some(PLACE).filter(|_| direct).and_then(place);
    let transport = if direct { DIRECT } else { RELAYED };
    let listener = place.map(|_| if informs { from.clone() } else { to.clone() });
    let mut offer = blank(from, to, transport, state, talk, side);
    offer.name = said.some(NAME).map(|name| people::text(name, said)).unwrap_or_default();
    offer.token = token(said);
    (offer.endpoint, offer.listener) = (place, listener);
    out.emit(Event::Offer(offer));
}

/// An offer without its particulars.
pub(super) fn blank(
    from: Who,
    to: Who,
    transport: &'static str,
    state: OfferState,
    talk: &Talk,
    side: Side,
) -> Offer {
    Offer {
        from,
        to: vec![to],
        room: None,
        carries: Carries::Wrapped,
        transport,
        name: Text::default(),
        size: None,
        offset: 0,
        token: None,
        endpoint: None,
        listener: None,
        state,
        leg: talk.leg(side),
    }
}

/// Who speaks, and to whom.
fn people(talk: &Talk, side: Side, said: &Pairs<'_>) -> (Who, Who) {
    let other = side.other();
    let from = match side {
        Side::Client => said.some(ME).or(said.some(FROM)),
        Side::Server => said.some(FROM),
    };
    let from = from.map_or_else(|| talk.own(side), people::who);
    let to = said.some(TO).map_or_else(|| talk.own(other), people::who);
    (from, to)
}

fn token(said: &Pairs<'_>) -> Option<String> {
    said.some(TOKEN).map(people::short)
}

/// The file's name in an address: what stands behind the last slash.
pub(super) fn named(url: &[u8]) -> Text {
    let path = url.split(|byte| *byte == b'?').next().unwrap_or_default();
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    Text::guess(&unescaped(name), WINDOWS_1252)
}

/// `+` and `%20` as what they stand for.
pub(crate) fn unescaped(name: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let escaped = hex.filter(|_| byte == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        plain.push(match byte {
            b'+' => b' ',
            _ => escaped.unwrap_or(byte),
        });
        rest = if escaped.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    plain
}

/// Address and port of `http://10.0.0.1:80/…` or of `10.0.0.1`; nothing for a name.
fn place(url: &[u8]) -> Option<(IpAddr, u16)> {
    let url = std::str::from_utf8(url).ok()?;
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let authority = rest.split(['/', '?']).next()?;
    let (host, port) = authority.split_once(':').unwrap_or((authority, "80"));
    Some((host.parse().ok()?, port.parse().ok()?))
}
