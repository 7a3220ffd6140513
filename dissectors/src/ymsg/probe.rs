//! Is it Yahoo Messenger?

use super::names::{SERVER_ACK, service as s};
use super::web;
use super::wire::packet::{HEADER, header};
use super::wire::{self, MAGICS};
use crate::{Opening, Probe, Side};

/// Bytes that decide: packets are known by their header, requests by what stands behind theirs.
pub(super) const DEPTH: usize = 4096;
/// Bytes of a packet that say who speaks: its header and its first key.
const SPEAKER: usize = HEADER + 2;

/// What one side's first bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    Like,
    /// Like the other side's.
    Reversed,
    Possibly,
    Unlike,
}

/// Judges both sides: one that speaks the protocol is enough.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    let client = look(opening.client, Side::Client);
    let server = look(opening.server, Side::Server);
    match (client, server) {
        (Looks::Like, _) | (_, Looks::Like) => Probe::Yes,
        (Looks::Reversed, _) | (_, Looks::Reversed) => Probe::Swapped,
        (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
        (Looks::Possibly, Looks::Possibly) => Probe::More,
    }
}

fn look(bytes: &[u8], side: Side) -> Looks {
    if bytes.first().is_some_and(|first| *first != b'Y') {
        return web::look(bytes, side);
    }
    match wire::plausible(bytes) {
        None => Looks::Possibly,
        Some(false) => Looks::Unlike,
        Some(true) => match speaker(bytes) {
            Speaker::Open => Looks::Possibly,
            Speaker::Is(speaker) if speaker != side => Looks::Reversed,
            Speaker::Is(_) | Speaker::Either => Looks::Like,
        },
    }
}

/// Which side says the packet at the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speaker {
    Is(Side),
    Either,
    /// There are too few bytes.
    Open,
}

fn speaker(bytes: &[u8]) -> Speaker {
    match bytes.first_chunk::<4>() {
        // Records name their speaker.
        Some(magic) if *magic == MAGICS[0] => return Speaker::Is(Side::Client),
        Some(magic) if *magic == MAGICS[1] => return Speaker::Is(Side::Server),
        _ => {}
    }
    let Some((head, _)) = header(bytes) else { return Speaker::Open };
    let key = match bytes.first_chunk::<SPEAKER>() {
        Some(&[.., a, b]) if head.length >= 2 => [a, b],
        None if head.length >= 2 => return Speaker::Open,
        _ => [0, 0],
    };
    by_service(head.service, head.status, key).map_or(Speaker::Either, Speaker::Is)
}

/// By the service, the status, and the first two bytes of the content.
fn by_service(service: u16, status: u32, key: [u8; 2]) -> Option<Side> {
    let client = match (service, key) {
        (s::AUTH, _) => status != SERVER_ACK,
        (s::AUTH_RESP, key) => key != *b"66",
        (s::KEEP_ALIVE, _)
        | (s::MESSAGE, [b'0' | b'1', 0xc0])
        | (s::Y6_STATUS_UPDATE, [b'1', b'0']) => true,
        (s::MESSAGE, [b'3'..=b'5', _])
        | (s::Y6_STATUS_UPDATE, [b'7', 0xc0])
        | (s::LIST | s::LIST_15 | s::STATUS_15 | s::LOGON | s::NEW_CONTACT, _) => false,
        _ => return None,
    };
    Some(if client { Side::Client } else { Side::Server })
}
