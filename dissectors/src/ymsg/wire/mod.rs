//! YMSG's bytes: packets, the key and value pairs in them, and the fixed records of the protocol
//! that came before it.

pub(super) mod old;
pub(super) mod packet;
pub(super) mod pairs;

/// The three names a packet begins with, oldest first.
pub(super) const MAGICS: [[u8; 4]; 3] = [*b"YPNS", *b"YHOO", *b"YMSG"];

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame<T> {
    /// Something whole, of so many bytes.
    Whole(T, usize),
    /// It needs so many bytes; 0: one more than there are.
    Wants(usize),
    /// A header whose content of so many bytes is too long to be kept.
    Long(usize),
    /// Nothing that can be one.
    Nonsense,
}

/// Whether a packet of either kind begins here; nothing while there are too few bytes. The answer
/// depends on a fixed number of first bytes, so that it is the same however the stream was cut.
pub(super) fn plausible(window: &[u8]) -> Option<bool> {
    let Some(magic) = window.first_chunk::<4>() else {
        let may_be = MAGICS.iter().any(|magic| magic.starts_with(window));
        return if may_be { None } else { Some(false) };
    };
    match magic {
        b"YMSG" => packet::plausible(window),
        b"YHOO" | b"YPNS" => old::plausible(window),
        _ => Some(false),
    }
}

/// Where a search for a packet got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resync {
    /// A packet begins here.
    Found(usize),
    /// Nothing before here is one.
    Undecided(usize),
}

/// Where the next plausible packet begins, for a reader that lost its place.
pub(super) fn resync(input: &[u8]) -> Resync {
    let mut at = 0;
    while let Some(step) = input.get(at..).and_then(|rest| memchr::memchr(b'Y', rest)) {
        at += step;
        let Some(window) = input.get(at..) else { break };
        match plausible(window) {
            Some(true) => return Resync::Found(at),
            Some(false) => at += 1,
            None => return Resync::Undecided(at),
        }
    }
    Resync::Undecided(input.len())
}
