//! Whether a datagram is one of ICQ's. One must be enough: what says too little begins nothing, and
//! the next one is asked about.

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{le_u16, le_u32};

use super::cipher;
use super::names::{cmd, srv};
use super::text::string;
use super::wire::{self, Packet, Parsed, V2, V3, V4, V5};
use crate::{Opening, Probe, Side, Transport};

/// Judges the first datagram of either side.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Udp {
        return Probe::No;
    }
    let swapped = [(opening.client, Side::Server), (opening.server, Side::Client)];
    let straight = [(opening.client, Side::Client), (opening.server, Side::Server)];
    let speaks = |(datagram, side): (&[u8], Side)| match side {
        Side::Client => is_client(datagram),
        Side::Server => is_server(datagram),
    };
    match (straight.into_iter().any(speaks), swapped.into_iter().any(speaks)) {
        (true, _) => Probe::Yes,
        (false, true) => Probe::Swapped,
        (false, false) => Probe::No,
    }
}

/// A client's: the check code of versions 4 and 5 says so, otherwise a body that fits its command.
fn is_client(datagram: &[u8]) -> bool {
    let Some(plain) = cipher::plain(datagram) else { return false };
    let Some(packet) = wire::client(&plain) else { return false };
    let known = packet.number.is_some_and(is_number) || packet.command == cmd::REG_NEW_USER;
    known
        && match packet.version {
            V4 | V5 => COMMANDS.contains(&packet.command),
            V3 => cipher::third_is_sound(datagram) && asks(&packet),
            _ => asks(&packet),
        }
}

/// Whether a client may have asked this.
fn asks(packet: &Packet<'_>) -> bool {
    let Packet { body, version, .. } = *packet;
    match packet.command {
        cmd::LOGIN => {
            let parsed: Parsed<'_, _> = (le_u32, ended, take(13usize)).parse(body);
            parsed.is_ok_and(|(_, (port, password, _))| port < 1 << 16 && password.len() <= 21)
        }
        cmd::SEND_MESSAGE | cmd::MSG_TO_NEW_USER => is_message(body, 0),
        cmd::CONTACT_LIST | cmd::VIS_LIST | cmd::INVIS_LIST => is_list(body),
        cmd::KEEP_ALIVE | cmd::KEEP_ALIVE2 | cmd::LOGIN_1 => {
            body.is_empty() || body.len() == 4 && version == V3
        }
        cmd::SEND_TEXT_CODE => string(body).is_ok_and(|(_, words)| words.starts_with(b"B_")),
        cmd::STATUS_CHANGE => is_state(body),
        cmd::ADD_TO_LIST => body.len() == 4 && is_numbered(body),
        cmd::INFO_REQ | cmd::EXT_INFO_REQ | cmd::SEARCH_UIN => match version {
            V2 => body.len() == 6 && is_numbered(body.get(2..).unwrap_or_default()),
            _ => body.len() == 4 && is_numbered(body),
        },
        _ => false,
    }
}

/// A server's. None scrambles; the check codes of real ones were never described.
fn is_server(datagram: &[u8]) -> bool {
    let Some(packet) = wire::server(datagram) else { return false };
    packet.number.is_none_or(is_number) && answers(&packet)
}

/// Whether a server may have said this.
fn answers(packet: &Packet<'_>) -> bool {
    let Packet { body, version, .. } = *packet;
    match packet.command {
        srv::LOGIN_REPLY => (16..=64).contains(&body.len()) && (version != V2 || is_numbered(body)),
        srv::BAD_PASSWORD | srv::TRY_AGAIN | srv::GO_AWAY | srv::NOT_CONNECTED => {
            body.is_empty() && version == V5
        }
        srv::END_OF_OFFLINE | srv::END_OF_LIST => match version {
            V2 => body.len() == 4 && is_numbered(body),
            _ => body.is_empty() && version == V5,
        },
        srv::USER_ONLINE => (25..=64).contains(&body.len()) && is_numbered(body),
        srv::STATUS_UPDATE => {
            (8..=16).contains(&body.len())
                && is_numbered(body)
                && is_state(body.get(4..8).unwrap_or_default())
        }
        srv::USER_OFFLINE => body.len() == 4 && is_numbered(body),
        srv::SYS_DELIVERED_MESS => is_message(body, 0),
        srv::RECV_MESSAGE => is_message(body, 6) || version == V3 && is_message(body, 4),
        _ => false,
    }
}

/// A text that ends with its zero.
fn ended(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, text) = length_data(le_u16).parse(input)?;
    match text.strip_suffix(&[0]) {
        Some(text) => Ok((rest, text)),
        None => Err(nom::Err::Error(nom::error::make_error(input, nom::error::ErrorKind::Tag))),
    }
}

/// Number, date, kind, text, and little behind it.
fn is_message(body: &[u8], date: usize) -> bool {
    let parsed: Parsed<'_, _> = (le_u32, take(date), le_u16, ended).parse(body);
    parsed.is_ok_and(|(rest, (number, _, kind, _))| {
        rest.len() <= 4 && is_number(number) && kind & 0x7f00 == 0 && kind & 0xff != 0
    })
}

/// As many numbers as it says.
fn is_list(body: &[u8]) -> bool {
    let (head, promised) = match *body {
        [count, 0, ..] if body.len() % 4 == 2 => (2, usize::from(count)),
        [count, ..] => (1, usize::from(count)),
        [] => return false,
    };
    let numbers = body.get(head..).unwrap_or_default();
    promised != 0 && numbers.len() == 4 * promised && numbers.chunks(4).all(is_numbered)
}

/// The upper half of a state has flags, none of them above the sixth bit but two.
fn is_state(body: &[u8]) -> bool {
    body.first_chunk().is_some_and(|bits| u32::from_le_bytes(*bits) & 0xcfc0_fe00 == 0)
}

fn is_numbered(body: &[u8]) -> bool {
    body.first_chunk().is_some_and(|number| is_number(u32::from_le_bytes(*number)))
}

/// Numbers were given out from 10,000; some of the service's own are lower.
fn is_number(number: u32) -> bool {
    (1..1 << 31).contains(&number)
}

/// What clients of versions 4 and 5 ask.
const COMMANDS: &[u16] = &[
    cmd::ACK,
    cmd::SEND_MESSAGE,
    cmd::TCP_REQUEST,
    cmd::LOGIN,
    cmd::FIRST_LOGIN,
    cmd::REG_NEW_USER,
    cmd::CONTACT_LIST,
    cmd::SEARCH_UIN,
    cmd::KEEP_ALIVE,
    cmd::SEND_TEXT_CODE,
    cmd::ACK_MESSAGES,
    cmd::LOGIN_1,
    cmd::MSG_TO_NEW_USER,
    cmd::INFO_REQ,
    cmd::EXT_INFO_REQ,
    cmd::CHANGE_PASSWORD,
    cmd::STATUS_CHANGE,
    cmd::KEEP_ALIVE2,
    cmd::ADD_TO_LIST,
    cmd::META_USER,
    cmd::INVIS_LIST,
    cmd::VIS_LIST,
    cmd::UPDATE_LIST,
];
