//! Messages: family 04, "inter-client basic messages".
//!
//! A message has a cookie of eight bytes, a channel (1 plain text, 2 rendezvous, 4 ICQ's older
//! kinds), the other party, and TLVs. Text comes in fragments, each with a charset of its own.

use encoding_rs::{Encoding, UTF_16BE, WINDOWS_1251, WINDOWS_1252};
use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{be_u8, be_u16};

use super::people::who;
use super::talk::Talk;
use super::wire::tlv::{Tlvs, tlvs};
use super::wire::{Parsed, short, user_info};
use super::{hostile, icq, rendezvous};
use crate::event::{Event, Leg, Message, MessageKind, Protection, Typing, TypingState};
use crate::{Out, Side, Text, Who, html};

/// The channels.
const PLAIN: u16 = 1;
const RENDEZVOUS: u16 = 2;
const OLD_ICQ: u16 = 4;

/// Reason of an answer that the channel explains.
const SPECIFIC: u16 = 3;

/// TLVs of a message.
const TEXT: u16 = 0x0002;
const AUTO_REPLY: u16 = 0x0004;
const DATA: u16 = 0x0005;
/// From a client: keep it if the other is not there. From the service: it was kept.
const STORED: u16 = 0x0006;

/// Who says a message to whom, and where it was heard.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) from: Who,
    pub(crate) to: Who,
    pub(crate) leg: Leg,
    /// The message's cookie.
    pub(crate) cookie: [u8; 8],
}

/// What every message begins with.
fn head(input: &[u8]) -> Parsed<'_, ([u8; 8], u16)> {
    let (rest, (cookie, channel)) = (take(8usize), be_u16).parse(input)?;
    let cookie = cookie.first_chunk().copied().unwrap_or_default();
    Ok((rest, (cookie, channel)))
}

/// A message the client sends.
pub(super) fn to_server(talk: &mut Talk, request: u32, body: &[u8], out: &mut Out) {
    let Ok((rest, ((cookie, channel), name))) = (head, short).parse(body) else {
        return out.weird("oscar_icbm_short", "04/06");
    };
    let route = Route { from: talk.own(), to: who(name), leg: Leg::ToServer, cookie };
    talk.asked(request, name);
    message(channel, &route, &tlvs(rest), out);
}

/// A message the service brings.
pub(super) fn from_server(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let Ok((rest, ((cookie, channel), user))) = (head, user_info).parse(body) else {
        return out.weird("oscar_icbm_short", "04/07");
    };
    let route = Route { from: who(user.name), to: talk.own(), leg: Leg::FromServer, cookie };
    message(channel, &route, &tlvs(rest), out);
}

/// Somebody types: cookie, channel, name, state.
pub(super) fn typing(talk: &mut Talk, side: Side, body: &[u8], out: &mut Out) {
    let Ok((_, (_, name, state))) = (head, short, be_u16).parse(body) else {
        return out.weird("oscar_icbm_short", "04/14");
    };
    let (from, to) = match side {
        Side::Client => (talk.own(), who(name)),
        Side::Server => (who(name), talk.own()),
    };
    let state = match state {
        0 => TypingState::Done,
        1 => TypingState::Paused,
        _ => TypingState::Active,
    };
    out.emit(Event::Typing(Typing { from, to: vec![to], room: None, state }));
}

/// A program answers for somebody: cookie, channel, name, reason, and what the channel has to say.
pub(super) fn answered(talk: &mut Talk, side: Side, body: &[u8], out: &mut Out) {
    let Ok((rest, ((cookie, channel), name, reason))) = (head, short, be_u16).parse(body) else {
        return out.weird("oscar_icbm_short", "04/0B");
    };
    let (from, to, leg) = match side {
        Side::Client => (talk.own(), who(name), Leg::ToServer),
        Side::Server => (who(name), talk.own(), Leg::FromServer),
    };
    let route = Route { from, to, leg, cookie };
    if matches!(channel, RENDEZVOUS | OLD_ICQ) && reason == SPECIFIC {
        icq::answered(&route, rest, out);
    }
}

fn message(channel: u16, route: &Route, said: &Tlvs<'_>, out: &mut Out) {
    if said.torn {
        out.weird("oscar_tlv_torn", format_args!("in a message on channel {channel}"));
    }
    match channel {
        PLAIN => {
            let Some(text) = said.get(TEXT).and_then(text) else { return };
            let kind = match route.leg {
                _ if said.has(AUTO_REPLY) => MessageKind::AutoReply,
                Leg::FromServer if said.has(STORED) => MessageKind::Offline,
                _ => MessageKind::Im,
            };
            emit(route, kind, text, out);
        }
        RENDEZVOUS => {
            if let Some(data) = said.get(DATA) {
                rendezvous::proposal(route, data, out);
            }
        }
        OLD_ICQ => {
            if let Some(data) = said.get(DATA) {
                icq::old_message(route, data, out);
            }
        }
        _ => out.weird("oscar_icbm_channel", format_args!("channel {channel}")),
    }
}

/// Tells a text, without its markup.
pub(crate) fn emit(route: &Route, kind: MessageKind, text: Text, out: &mut Out) {
    hostile::look(&text, out);
    let (text, markup) = read(text);
    out.emit(Event::Message(Message {
        from: route.from.clone(),
        to: vec![route.to.clone()],
        room: None,
        kind,
        text,
        markup,
        leg: route.leg,
        protection: Protection::None,
    }));
}

/// What a person reads, and the markup where there was some.
pub(crate) fn read(text: Text) -> (Text, Option<Text>) {
    if html::is_markup(text.expose()) {
        (text.rewritten(html::text(text.expose())), Some(text))
    } else {
        (text, None)
    }
}

/// The text of a plain message: fragments of an id, a version, a length. Those with id 1 are text:
/// a charset, a subset, the bytes.
fn text(mut fragments: &[u8]) -> Option<Text> {
    let mut parts = Vec::new();
    while let Ok((rest, (id, _version, data))) =
        (be_u8, be_u8, length_data(be_u16)).parse(fragments) as Parsed<'_, (u8, u8, &[u8])>
    {
        if id == 1
            && let Some((&[charset_high, charset_low, _, _], bytes)) = data.split_first_chunk::<4>()
        {
            parts.push(decode(u16::from_be_bytes([charset_high, charset_low]), bytes));
        }
        fragments = rest;
    }
    let whole: String = parts.iter().map(Text::expose).collect();
    parts.first().map(|first| first.rewritten(whole))
}

/// Charset 0 says ASCII and often lies, 2 is UTF-16, 3 the service's Latin-1.
pub(crate) fn decode(charset: u16, bytes: &[u8]) -> Text {
    match charset {
        2 => Text::decode(bytes, UTF_16BE),
        3 => Text::decode(bytes, WINDOWS_1252),
        _ => Text::guess(bytes, habit(bytes)),
    }
}

/// The code page of eight-bit text that states none. ICQ was the messenger of Eastern Europe, where
/// nearly every letter lies above ASCII; in Western text few do.
pub(crate) fn habit(bytes: &[u8]) -> &'static Encoding {
    let high = bytes.iter().filter(|byte| **byte >= 0xc0).count();
    let plain = bytes.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    if high > 2 && high > plain { WINDOWS_1251 } else { WINDOWS_1252 }
}

/// A text whose charset has a name.
pub(super) fn named(charset: Option<&[u8]>, bytes: &[u8]) -> Text {
    match charset.and_then(Encoding::for_label) {
        Some(encoding) => Text::decode(bytes, encoding),
        None if charset.is_some_and(|name| name.starts_with(b"unicode-2")) => {
            Text::decode(bytes, UTF_16BE)
        }
        None => Text::guess(bytes, habit(bytes)),
    }
}
