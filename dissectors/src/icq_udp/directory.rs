//! The directory of people: since version 5 behind one command, before that behind one each.

use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::entry::{self, Part};
use super::names::{cmd, meta, srv};
use super::say::account;
use super::talk::Talk;
use super::wire::{Packet, Parsed, V2};
use crate::event::ProfileOp;
use crate::{Out, Who};

/// The longest field of somebody's entry.
const LONGEST: usize = 128;

/// What a client asks of the directory, or writes into it.
pub(super) fn asked(talk: &mut Talk, packet: &Packet<'_>, out: &mut Out) {
    let Ok((rest, subject)) = le_u16(packet.body) as Parsed<'_, u16> else { return };
    match subject {
        meta::FULL_INFO | meta::FULL_INFO_2 | meta::INFO => look_up(talk, packet, rest, out),
        meta::SEARCH_UIN | meta::SEARCH_UIN_2 => number(talk, rest, out),
        _ => {
            let (op, parts): (_, &[Part]) = match subject {
                meta::SET_BASIC | meta::SET_BASIC_2 => (ProfileOp::Set, entry::OLD_BASIC),
                meta::SET_WORK | meta::SET_WORK_2 => (ProfileOp::Set, entry::OLD_WORK),
                meta::SET_MORE | meta::SET_MORE_2 => (ProfileOp::Set, entry::MORE),
                meta::SET_ABOUT => (ProfileOp::Set, entry::ABOUT),
                meta::SEARCH_EMAIL | meta::SEARCH_EMAIL_2 => (ProfileOp::Search, entry::EMAIL),
                meta::SEARCH_WHITE | meta::SEARCH_WHITE_2 => (ProfileOp::Search, entry::OLD_WHITE),
                _ => return,
            };
            let (fields, _) = entry::read(parts, rest);
            let who = (op == ProfileOp::Set).then(|| talk.own());
            entry::tell(talk.own(), who, op, fields, out);
        }
    }
}

/// What clients before version 5 ask: number or names, behind a number of their own in version 2.
pub(super) fn asked_once(talk: &mut Talk, packet: &Packet<'_>, out: &mut Out) {
    let skip = if packet.version == V2 { 2 } else { 0 };
    let rest = packet.body.get(skip..).unwrap_or_default();
    match packet.command {
        cmd::SEARCH_UIN => number(talk, rest, out),
        cmd::SEARCH_USER => {
            let (fields, _) = entry::read(entry::SHORT, rest);
            entry::tell(talk.own(), None, ProfileOp::Search, fields, out);
        }
        _ => look_up(talk, packet, rest, out),
    }
}

/// Somebody's entry is asked for.
fn look_up(talk: &mut Talk, packet: &Packet<'_>, rest: &[u8], out: &mut Out) {
    let Ok((_, number)) = le_u32(rest) as Parsed<'_, u32> else {
        return out.weird("icq_udp_short", "whose entry is asked for");
    };
    talk.entries.put(packet.sequence.1, number);
    let who = Some(Who::Account(account(number)));
    entry::tell(talk.own(), who, ProfileOp::Lookup, Vec::new(), out);
}

/// Somebody is looked for by number.
fn number(talk: &Talk, rest: &[u8], out: &mut Out) {
    if let Ok((_, number)) = le_u32(rest) as Parsed<'_, u32> {
        let who = Some(Who::Account(account(number)));
        entry::tell(talk.own(), who, ProfileOp::Lookup, Vec::new(), out);
    }
}

/// What the directory answers since version 5.
pub(super) fn answered(talk: &Talk, packet: &Packet<'_>, out: &mut Out) {
    let parsed: Parsed<'_, _> = (le_u16, le_u8).parse(packet.body);
    let Ok((rest, (subject, meta::DONE))) = parsed else { return };
    let parts = match subject {
        meta::USER_FOUND | meta::LAST_FOUND => {
            let Ok((_, found)) = length_data(le_u16).parse(rest) as Parsed<'_, _> else {
                return out.weird("icq_udp_length_wrong", "an entry is longer than its datagram");
            };
            return entry_of(talk, found, out);
        }
        meta::IS_BASIC => entry::OLD_BASIC,
        meta::IS_WORK => entry::OLD_WORK,
        meta::IS_MORE => entry::MORE,
        meta::IS_ABOUT => entry::ABOUT,
        meta::IS_EMAILS => entry::EMAILS,
        meta::IS_INTERESTS => entry::INTERESTS,
        meta::IS_AFFILIATIONS => entry::AFFILIATIONS,
        _ => return,
    };
    let (fields, whole) = entry::read(parts, rest);
    if !whole {
        out.weird("icq_udp_length_wrong", "an entry is longer than its datagram");
    }
    let owner = talk.entries.whose(packet.sequence.1).map(|number| Who::Account(account(number)));
    entry::tell(talk.own(), owner, ProfileOp::Entry, fields, out);
}

/// What servers before version 5 answer; version 2 repeats the number of the request first.
pub(super) fn answered_once(talk: &Talk, packet: &Packet<'_>, out: &mut Out) {
    let skip = if packet.version == V2 { 2 } else { 0 };
    let rest = packet.body.get(skip..).unwrap_or_default();
    if packet.command != srv::EXT_INFO_REPLY {
        return entry_of(talk, rest, out);
    }
    let Ok((rest, number)) = le_u32(rest) as Parsed<'_, u32> else {
        return out.weird("icq_udp_short", "an entry");
    };
    let (fields, whole) = entry::read(entry::DETAILS, rest);
    if !whole {
        out.weird("icq_udp_length_wrong", "an entry is longer than its datagram");
    }
    let who = Some(Who::Account(account(number)));
    entry::tell(talk.own(), who, ProfileOp::Entry, fields, out);
}

/// Number, nickname, first name, last name, e-mail address. What breaks programs is looked for.
fn entry_of(talk: &Talk, input: &[u8], out: &mut Out) {
    let Ok((rest, number)) = le_u32(input) as Parsed<'_, u32> else {
        return out.weird("icq_udp_short", "an entry");
    };
    let (fields, whole) = entry::read(entry::SHORT, rest);
    if !whole {
        out.weird("icq_udp_length_wrong", "an entry is longer than its datagram");
    }
    for (_, field) in fields.iter().filter(|(_, field)| field.expose().len() > LONGEST) {
        out.weird("icq_udp_field_oversized", format_args!("{} bytes", field.expose().len()));
    }
    let who = Some(Who::Account(account(number)));
    entry::tell(talk.own(), who, ProfileOp::Entry, fields, out);
}
