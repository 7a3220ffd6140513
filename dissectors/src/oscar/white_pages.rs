//! AIM's directory: one's own entry (02/09), somebody's (02/0B, 02/0C), searches by address (0A/02,
//! 0A/03) and by anything else (0F/02, 0F/03).

use encoding_rs::WINDOWS_1252;
use nom::Parser;
use nom::number::complete::be_u16;

use super::people::who;
use super::talk::Talk;
use super::wire::tlv::{self, Tlvs, tlvs};
use super::wire::{Parsed, short};
use crate::event::ProfileOp;
use crate::icq_udp::entry::{self, Fields};
use crate::{Out, Text};

/// The screen name of an entry.
const SCREEN_NAME: u16 = 0x0009;
/// A screen name in the answer to a search by address.
const FOUND: u16 = 0x0001;

/// TLVs of an entry, and of a search.
const NAMES: [(u16, &str); 13] = [
    (0x0001, "first_name"),
    (0x0002, "last_name"),
    (0x0003, "middle_name"),
    (0x0004, "maiden_name"),
    (0x0005, "email"),
    (0x0006, "country"),
    (0x0007, "state"),
    (0x0008, "city"),
    (SCREEN_NAME, "screen_name"),
    (0x000b, "interest"),
    (0x000c, "nickname"),
    (0x000d, "zip"),
    (0x0021, "address"),
];

/// The client writes its own entry.
pub(super) fn set(talk: &Talk, body: &[u8], out: &mut Out) {
    let fields = fields(&tlvs(body), &NAMES);
    entry::tell(talk.own(), Some(talk.own()), ProfileOp::Set, fields, out);
}

/// The client asks for somebody's.
pub(super) fn look_up(talk: &mut Talk, request: u32, body: &[u8], out: &mut Out) {
    let Ok((_, name)) = short(body) else { return out.weird("oscar_directory_short", "02/0B") };
    talk.asked(request, name);
    entry::tell(talk.own(), Some(who(name)), ProfileOp::Lookup, Vec::new(), out);
}

/// The service answers: a status, then how many TLVs, and these.
pub(super) fn entry(talk: &Talk, request: u32, body: &[u8], out: &mut Out) {
    // Without an entry, the answer ends with its status.
    let Ok((_, (_status, said))) = (be_u16, block).parse(body) as Parsed<'_, (u16, Tlvs<'_>)>
    else {
        return;
    };
    let asked = talk.asked.iter().rev().find(|(one, _)| *one == request);
    let whose = asked.map(|(_, name)| who(name.as_bytes()));
    entry::tell(talk.own(), whose, ProfileOp::Entry, fields(&said, &NAMES), out);
}

/// The client looks for an e-mail address, which is all there is.
pub(super) fn by_address(talk: &Talk, body: &[u8], out: &mut Out) {
    let mut fields = Fields::new();
    entry::push(&mut fields, "email", body);
    entry::tell(talk.own(), None, ProfileOp::Search, fields, out);
}

/// Whose it is.
pub(super) fn has_address(talk: &Talk, body: &[u8], out: &mut Out) {
    for name in tlvs(body).every(FOUND) {
        let fields = vec![("screen_name", Text::guess(name, WINDOWS_1252))];
        entry::tell(talk.own(), Some(who(name)), ProfileOp::Entry, fields, out);
    }
}

/// The client looks for people.
pub(super) fn search(talk: &Talk, body: &[u8], out: &mut Out) {
    entry::tell(talk.own(), None, ProfileOp::Search, fields(&tlvs(body), &NAMES), out);
}

/// The service found some: a status, two bytes nobody uses, how many; of each how many TLVs, and these.
pub(super) fn found(talk: &Talk, body: &[u8], out: &mut Out) {
    let head: Parsed<'_, _> = (be_u16, be_u16, be_u16).parse(body);
    let Ok((mut rest, (_status, _, count))) = head else { return };
    for _ in 0..count {
        let Ok((after, said)) = block(rest) else {
            return out.weird("oscar_directory_short", format_args!("0F/03, of {count}"));
        };
        let whose = said.get(SCREEN_NAME).map(who);
        entry::tell(talk.own(), whose, ProfileOp::Entry, fields(&said, &NAMES), out);
        rest = after;
    }
}

fn block(input: &[u8]) -> Parsed<'_, Tlvs<'_>> {
    let (rest, count) = be_u16(input)?;
    tlv::counted(rest, count)
}

fn fields(said: &Tlvs<'_>, names: &[(u16, &'static str)]) -> Fields {
    let mut fields = Fields::new();
    for (kind, name) in names {
        entry::push(&mut fields, name, said.get(*kind).unwrap_or_default());
    }
    fields
}
