//! Is it OSCAR?

use super::wire::flap::{self, DATA, HEADER, KEEP_ALIVE, MARK, SIGN_ON};
use crate::{Opening, Probe, Side};

/// Bytes that decide: a keep-alive, a hello and the frame behind them.
pub(super) const DEPTH: usize = HEADER + HELLO + flap::PLAUSIBLE;
/// A frame with nothing but the protocol's version, which TOC has as well.
const HELLO: usize = HEADER + 4;
/// TLV of a screen name.
const NAME: [u8; 2] = [0, 1];

/// What one side's first bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    Like,
    /// Like the other side's.
    Reversed,
    Possibly,
    Unlike,
}

/// Judges both sides: one that speaks OSCAR is enough.
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
    let bytes = match bytes.split_first_chunk::<HEADER>() {
        Some((&[MARK, KEEP_ALIVE, _, _, 0, 0], rest)) => rest,
        _ => bytes,
    };
    let bytes = match bytes.split_first_chunk::<HELLO>() {
        Some((&[MARK, SIGN_ON, _, _, 0, 4, 0, 0, 0, 1], rest)) => return after_hello(rest, side),
        _ => bytes,
    };
    if let [MARK, SIGN_ON, _, _, high, low, 0, 0, 0, 1, rest @ ..] = bytes {
        return with_name(u16::from_be_bytes([*high, *low]), rest);
    }
    frame(bytes, side)
}

/// A hello that only names somebody is one of TOC: here the password or the cookie follows.
fn with_name(length: u16, tlvs: &[u8]) -> Looks {
    if length < 4 {
        return Looks::Unlike;
    }
    let Some(&[a, b, high, low]) = tlvs.first_chunk() else {
        let may_be_name = NAME.starts_with(tlvs.get(..NAME.len()).unwrap_or(tlvs));
        return if may_be_name { Looks::Possibly } else { Looks::Like };
    };
    let name = u32::from(u16::from_be_bytes([high, low]));
    let only_name = [a, b] == NAME && name + 8 == u32::from(length);
    if only_name { Looks::Unlike } else { Looks::Like }
}

/// What follows a version decides.
fn after_hello(rest: &[u8], side: Side) -> Looks {
    match rest {
        [] | [MARK] => Looks::Possibly,
        [MARK, DATA, ..] => frame(rest, side),
        [MARK, channel, ..] if (SIGN_ON..=KEEP_ALIVE).contains(channel) => Looks::Like,
        _ => Looks::Unlike,
    }
}

fn frame(bytes: &[u8], side: Side) -> Looks {
    match flap::plausible(bytes) {
        None => Looks::Possibly,
        Some(false) => Looks::Unlike,
        Some(true) => match bytes {
            [_, DATA, _, _, _, _, _, family, _, subtype, ..]
                if flap::speaker(*family, *subtype) == Some(side.other()) =>
            {
                Looks::Reversed
            }
            _ => Looks::Like,
        },
    }
}
