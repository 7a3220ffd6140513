//! Is it TOC?
//!
//! `FLAPON` is nobody else's. A version alone is said by servers of OSCAR too, so what follows it
//! decides; a client's first frame names it and holds nothing else, unlike OSCAR's.

use super::names::LONGEST;
use super::wire::{FLAPON, speaker};
use crate::oscar::wire::flap::{DATA, HEADER, KEEP_ALIVE, MARK, SIGN_ON};
use crate::scan::{Prefix, prefix};
use crate::{Opening, Probe, Side, Transport};

/// Bytes of one side that decide: a keep-alive, a version, and a command.
pub(super) const DEPTH: usize = 3 * HEADER + 4 + LONGEST;

/// What one side's first bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// What this side says.
    Said(Side),
    Possibly,
    Unlike,
}

/// Judges both sides: one that speaks TOC is enough.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    match (look(opening.client), look(opening.server)) {
        (Looks::Said(Side::Client), _) | (_, Looks::Said(Side::Server)) => Probe::Yes,
        (Looks::Said(Side::Server), _) | (_, Looks::Said(Side::Client)) => Probe::Swapped,
        (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
        (Looks::Possibly, Looks::Possibly) => Probe::More,
    }
}

fn look(bytes: &[u8]) -> Looks {
    match (bytes, prefix(bytes, FLAPON)) {
        ([], _) | (_, Prefix::MayBe) => return Looks::Possibly,
        (_, Prefix::Is) => {
            return match bytes.get(FLAPON.len()) {
                None => Looks::Possibly,
                Some(b'\r' | b'\n') => Looks::Said(Side::Client),
                Some(_) => Looks::Unlike,
            };
        }
        (_, Prefix::Not) => {}
    }
    let bytes = match bytes.split_first_chunk::<HEADER>() {
        Some((&[MARK, KEEP_ALIVE, _, _, 0, 0], rest)) => rest,
        _ => bytes,
    };
    match bytes {
        [] | [MARK] => Looks::Possibly,
        [MARK, SIGN_ON, ..] => hello(bytes),
        [MARK, DATA | KEEP_ALIVE, ..] => command(bytes),
        _ => Looks::Unlike,
    }
}

/// A version, with the client's name or without.
fn hello(bytes: &[u8]) -> Looks {
    let Some((&[_, _, _, _, high, low, a, b, c, d], rest)) = bytes.split_first_chunk::<10>() else {
        return Looks::Possibly;
    };
    match (u16::from_be_bytes([high, low]), [a, b, c, d], rest.first_chunk::<4>()) {
        (4, [0, 0, 0, 1], _) => command(rest),
        (8.., [0, 0, 0, 1], None) => Looks::Possibly,
        (length, [0, 0, 0, 1], Some(&[0, 1, high, low])) => {
            let name = u32::from(u16::from_be_bytes([high, low]));
            if name + 8 == u32::from(length) { Looks::Said(Side::Client) } else { Looks::Unlike }
        }
        _ => Looks::Unlike,
    }
}

fn command(bytes: &[u8]) -> Looks {
    match bytes {
        [] | [MARK] => return Looks::Possibly,
        [MARK, DATA, ..] => {}
        // The rest of a keep-alive that is not whole yet.
        [MARK, KEEP_ALIVE, rest @ ..] if rest.len() < HEADER - 2 => return Looks::Possibly,
        _ => return Looks::Unlike,
    }
    match bytes.get(HEADER..).map(speaker) {
        None | Some(None) => Looks::Possibly,
        Some(Some(Ok(side))) => Looks::Said(side),
        Some(Some(Err(_))) => Looks::Unlike,
    }
}
