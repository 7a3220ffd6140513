//! Is it OSCAR?

use super::wire::flap::{self, DATA, HEADER, KEEP_ALIVE, MARK};
use crate::{Opening, Probe, Side};

/// Bytes that decide: a keep-alive and the frame behind it.
pub(super) const DEPTH: usize = 2 * HEADER + flap::PLAUSIBLE;

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
