//! Packets that were made to break a program: fields longer than any program wrote, counts that
//! promise more than there is, texts full of addresses that make the client act.

use super::names::service as s;
use super::wire::packet::Packet;
use super::wire::pairs::{Pairs, number};
use crate::Out;

/// Keys that hold somebody's name, with the longest a name was ever allowed to be (an address).
const NAMES: &[u32] = &[0, 1, 2, 3, 4, 5, 7, 50, 54, 56, 109, 118, 119];
const LONGEST_NAME: usize = 160;
/// Longest of the other fields: a list's lines are by far the longest.
const LONGEST: usize = 16 << 10;
/// Addresses that make the client do something, and how they may look in a message.
const URI: &[u8] = b"ymsgr:";
const LONGEST_URI: usize = 256;
const URIS: usize = 8;

/// Names what is wrong with a packet.
pub(super) fn look(packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
    if said.strange > 0 {
        out.weird("ymsg_key_no_number", format_args!("{} keys", said.strange));
    }
    if said.torn {
        out.weird("ymsg_pairs_torn", format_args!("in service {:#04x}", packet.service));
    }
    let long = |(key, value): &(u32, &[u8])| {
        let names = NAMES.contains(key) && packet.service != s::LIST;
        value.len() > if names { LONGEST_NAME } else { LONGEST }
    };
    if let Some((key, value)) = said.iter().find(long) {
        let length = value.len();
        out.weird("ymsg_field_oversized", format_args!("key {key} has {length} bytes"));
    }
    let (count, each) = match packet.service {
        s::CHAT_JOIN => (108, 109),
        s::LOGON | s::USER_STAT | s::STATUS_15 => (8, 7),
        _ => (0, 0),
    };
    if count != 0 {
        counted(said, count, each, out);
    }
    if matches!(packet.service, s::MESSAGE | s::CONF_MSG | s::COMMENT) {
        let texts = said.iter().filter(|(key, _)| matches!(key, 14 | 117));
        texts.for_each(|(_, text)| addresses(text, out));
    }
}

/// A count says how many of something follow.
fn counted(said: &Pairs<'_>, count: u32, each: u32, out: &mut Out) {
    let promised = said.get(count).and_then(number).unwrap_or_default();
    let there = said.all(each).count();
    if promised < 0 || usize::try_from(promised).is_ok_and(|promised| promised > there) {
        out.weird("ymsg_count_wrong", format_args!("{promised} promised, {there} there"));
    }
}

/// Links that open windows, start calls or run what a plug-in registered.
fn addresses(text: &[u8], out: &mut Out) {
    let (mut links, mut longest, mut rest) = (0, 0, text);
    while let Some(at) = rest.iter().position(|byte| byte.eq_ignore_ascii_case(&b'y')) {
        let Some(here) = rest.get(at..) else { break };
        let link = here.get(..URI.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(URI));
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'<' | b'"');
        let length = match link {
            true => here.iter().position(ends).unwrap_or(here.len()),
            false => 1,
        };
        if link {
            (links, longest) = (links + 1, length.max(longest));
        }
        rest = here.get(length..).unwrap_or_default();
    }
    if longest > LONGEST_URI {
        out.weird("ymsg_uri_oversized", format_args!("{longest} bytes"));
    }
    if links > URIS {
        out.weird("ymsg_uri_flood", format_args!("{links} addresses"));
    }
}
