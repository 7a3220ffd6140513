//! Lists, and who is there.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use nom::Parser;
use nom::multi::count;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::names::{self, cmd};
use super::say::account;
use super::talk::Talk;
use super::text;
use super::wire::{Packet, Parsed};
use crate::event::{Contact, Event, Presence, Roster, RosterOp, Status};
use crate::{Out, Who};

/// A client that signs off.
const DISCONNECTED: &[u8] = b"B_USER_DISCONNECTED";
/// Lists, in a change of one.
const INVISIBLE: u8 = 1;

/// A list: how many, in one byte (the description of version 2 says two), then their numbers.
pub(super) fn list(talk: &Talk, packet: &Packet<'_>, out: &mut Out) {
    let parsed: Parsed<'_, u16> = match packet.body.len() % 4 {
        2 => le_u16(packet.body),
        _ => le_u8(packet.body).map(|(rest, count)| (rest, count.into())),
    };
    let Ok((rest, promised)) = parsed else { return out.weird("icq_udp_short", "a list") };
    let there = rest.len() / 4;
    if usize::from(promised) != there || rest.len() % 4 != 0 {
        out.weird("icq_udp_count_wrong", format_args!("{promised} promised, {there} there"));
    }
    let taken = there.min(promised.into());
    let Ok((_, numbers)) = count(le_u32, taken).parse(rest) as Parsed<'_, Vec<u32>> else { return };
    let op = match packet.command {
        cmd::INVIS_LIST => RosterOp::Block,
        cmd::VIS_LIST => RosterOp::Add,
        _ => RosterOp::List,
    };
    roster(
        talk.own(),
        op,
        numbers.into_iter().map(|number| Who::Account(account(number))).collect(),
        out,
    );
}

/// Somebody is put on the list.
pub(super) fn add(talk: &Talk, packet: &Packet<'_>, out: &mut Out) {
    match le_u32(packet.body) as Parsed<'_, u32> {
        Ok((_, number)) => {
            roster(talk.own(), RosterOp::Add, vec![Who::Account(account(number))], out);
        }
        Err(_) => out.weird("icq_udp_short", "an addition to a list"),
    }
}

/// Somebody is put on one of the lists of those who may see the client when others may not, or may
/// not when others may; or taken from it.
pub(super) fn update(talk: &Talk, packet: &Packet<'_>, out: &mut Out) {
    let parsed: Parsed<'_, _> = (le_u32, le_u8, le_u8).parse(packet.body);
    let Ok((_, (number, list, on))) = parsed else {
        return out.weird("icq_udp_short", "a change of a list");
    };
    let op = match (list, on) {
        (INVISIBLE, 1) => RosterOp::Block,
        (_, 0) => RosterOp::Remove,
        _ => RosterOp::Add,
    };
    roster(talk.own(), op, vec![Who::Account(account(number))], out);
}

/// Tells of somebody's list.
pub(super) fn roster(who: Who, op: RosterOp, people: Vec<Who>, out: &mut Out) {
    let contact = |who| Contact { who, alias: None, group: None };
    let contacts: Vec<_> = people.into_iter().map(contact).collect();
    if !contacts.is_empty() {
        out.emit(Event::Roster(Roster { who, op, contacts, complete: false }));
    }
}

/// The client changes its state.
pub(super) fn own_status(talk: &Talk, packet: &Packet<'_>, out: &mut Out) {
    match le_u32(packet.body) as Parsed<'_, u32> {
        Ok((_, bits)) => presence(talk.own(), names::status(bits), None, out),
        Err(_) => out.weird("icq_udp_short", "a state"),
    }
}

/// What a client says in words: that it goes.
pub(super) fn text_code(talk: &mut Talk, packet: &Packet<'_>, out: &mut Out) {
    if let Ok((_, DISCONNECTED)) = text::string(packet.body) {
        presence(talk.own(), Status::Offline, None, out);
        talk.over();
    }
}

/// The server ends the session, or knows of none.
pub(super) fn gone(talk: &mut Talk, out: &mut Out) {
    presence(talk.own(), Status::Offline, None, out);
    talk.over();
}

/// Somebody came: number, address, port, address inside their network, how they can be reached, state.
pub(super) fn online(packet: &Packet<'_>, out: &mut Out) {
    let parsed: Parsed<'_, _> =
        (le_u32, text::address, le_u32, text::address, le_u8, le_u32).parse(packet.body);
    let Ok((_, (number, ip, port, _inside, _, bits))) = parsed else {
        return out.weird("icq_udp_short", "somebody who came");
    };
    let address = endpoint(ip, u16::try_from(port).unwrap_or_default());
    presence(Who::Account(account(number)), names::status(bits), address, out);
}

/// Somebody changed their state.
pub(super) fn status(packet: &Packet<'_>, out: &mut Out) {
    match (le_u32, le_u32).parse(packet.body) as Parsed<'_, (u32, u32)> {
        Ok((_, (number, bits))) => {
            presence(Who::Account(account(number)), names::status(bits), None, out);
        }
        Err(_) => out.weird("icq_udp_short", "somebody's state"),
    }
}

/// Somebody went.
pub(super) fn offline(packet: &Packet<'_>, out: &mut Out) {
    match le_u32(packet.body) as Parsed<'_, u32> {
        Ok((_, number)) => presence(Who::Account(account(number)), Status::Offline, None, out),
        Err(_) => out.weird("icq_udp_short", "somebody who went"),
    }
}

/// Tells of somebody's state.
pub(super) fn presence(who: Who, status: Status, address: Option<SocketAddr>, out: &mut Out) {
    out.emit(Event::Presence(Presence { who, status, text: None, address }));
}

/// Where somebody listens, where they said so.
pub(super) fn endpoint(ip: Ipv4Addr, port: u16) -> Option<SocketAddr> {
    (!ip.is_unspecified() && port != 0).then(|| SocketAddr::new(IpAddr::V4(ip), port))
}
