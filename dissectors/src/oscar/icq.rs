//! ICQ's older kinds of messages, inside OSCAR. Their integers are little-endian.

use encoding_rs::UTF_8;
use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::icbm::Route;
use super::talk::Talk;
use super::wire::Parsed;
use super::wire::tlv::tlvs;
use crate::event::{Leg, MessageKind};
use crate::icq_udp::say;
use crate::{Account, Out, Who};

/// A message that is a text.
const PLAIN: u8 = 0x01;
/// What a program says for its absent owner, by the sort of absence.
const ABSENT: std::ops::RangeInclusive<u8> = 0xe8..=0xec;
/// A stored message, in an answer to a request for them.
const STORED: u16 = 0x0041;
/// Capability at the end of a message that is UTF-8.
pub(crate) const IS_UTF8: &[u8] = b"{0946134E-4C7F-11D1-8222-444553540000}";

/// A message on channel 4: the sender's number, a kind, flags, a text.
pub(super) fn old_message(route: &Route, data: &[u8], out: &mut Out) {
    match (le_u32, kind_and_text).parse(data) as Parsed<'_, (u32, (u8, &[u8]))> {
        Ok((_, (_, (kind, text)))) => say(route, kind, MessageKind::Im, text, false, out),
        Err(_) => out.weird("oscar_icq_short", "channel 4"),
    }
}

/// A message on channel 2: two headers with their own lengths, then kind, flags, status, priority,
/// text, and what it is written in.
pub(super) fn relayed(route: &Route, data: &[u8], out: &mut Out) {
    let parsed: Parsed<'_, _> = (
        length_data(le_u16),
        length_data(le_u16),
        le_u8,
        le_u8,
        le_u16,
        le_u16,
        length_data(le_u16),
    )
        .parse(data);
    let Ok((rest, (header, _, kind, _flags, _status, _priority, text))) = parsed else {
        return out.weird("oscar_icq_short", "channel 2");
    };
    // Version, then the number of the plug-in the message is for: none, for a message.
    if header.get(2..18).is_none_or(|plugin| plugin.iter().any(|byte| *byte != 0)) {
        return;
    }
    let utf8 = memchr::memmem::find(rest, IS_UTF8).is_some();
    say(route, kind, MessageKind::Im, text, utf8, out);
}

/// What a program answers for its owner: the same two headers, kind, text. File offers and the like
/// that are answered so have other kinds.
pub(super) fn answered(route: &Route, data: &[u8], out: &mut Out) {
    let parsed: Parsed<'_, _> = (
        length_data(le_u16),
        length_data(le_u16),
        le_u8,
        le_u8,
        le_u16,
        le_u16,
        length_data(le_u16),
    )
        .parse(data);
    if let Ok((_, (_, _, kind, _flags, _status, _priority, text))) = parsed
        && ABSENT.contains(&kind)
    {
        say(route, PLAIN, MessageKind::AutoReply, text, false, out);
    }
}

/// An answer of ICQ's own directory, of which stored messages are read: their sender, when they
/// were sent, a kind, flags, a text. The rest is for [`super::directory`].
pub(super) fn reply(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let said = tlvs(body);
    let Some(data) = said.get(0x0001) else { return };
    super::directory::answered(talk, data, out);
    let parsed: Parsed<'_, _> =
        (le_u16, le_u32, le_u16, le_u16, le_u32, take(6usize), kind_and_text).parse(data);
    let Ok((_, (_, owner, STORED, _, sender, _date, (kind, text)))) = parsed else { return };
    let account = |number: u32| Who::Account(Account::new("icq", number.to_string()));
    if talk.me.is_none() {
        talk.me = Some(Account::new("icq", owner.to_string()));
    }
    let (from, to) = (account(sender), account(owner));
    let route = Route { from, to, leg: Leg::FromServer, cookie: [0; 8] };
    say(&route, kind, MessageKind::Offline, text, false, out);
}

fn kind_and_text(input: &[u8]) -> Parsed<'_, (u8, &[u8])> {
    let (rest, (kind, _flags, text)) = (le_u8, le_u8, length_data(le_u16)).parse(input)?;
    Ok((rest, (kind, text)))
}

fn say(route: &Route, kind: u8, manner: MessageKind, text: &[u8], utf8: bool, out: &mut Out) {
    let Route { from, to, leg, .. } = route.clone();
    let charset = utf8.then_some(UTF_8);
    say::Route { from, to, leg, charset }.say(manner, kind.into(), text, out);
}
