//! FLAP, the framing: `2a`, a channel, a sequence number, a length.

use crate::Side;

/// The byte every frame begins with.
pub(crate) const MARK: u8 = 0x2a;
/// Bytes of a frame's header.
pub(crate) const HEADER: usize = 6;
/// Bytes that decide whether a frame is one.
pub(crate) const PLAUSIBLE: usize = 10;

/// Sign-on.
pub(crate) const SIGN_ON: u8 = 1;
/// A SNAC.
pub(crate) const DATA: u8 = 2;
/// Sign-off.
pub(crate) const SIGN_OFF: u8 = 4;
/// Nothing but a sign of life.
pub(crate) const KEEP_ALIVE: u8 = 5;

/// A frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Flap<'a> {
    pub(crate) channel: u8,
    pub(crate) data: &'a [u8],
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// A whole frame, of so many bytes.
    Whole(Flap<'a>, usize),
    /// A frame that needs so many bytes.
    Wants(usize),
    /// Nothing that can be a frame.
    Nonsense,
}

/// Reads the frame at the beginning of `input`.
pub(crate) fn frame(input: &[u8]) -> Frame<'_> {
    let Some((header, rest)) = input.split_first_chunk::<HEADER>() else {
        return if may_be(input) { Frame::Wants(HEADER) } else { Frame::Nonsense };
    };
    let [_, channel, _, _, high, low] = *header;
    if !may_be(input) {
        return Frame::Nonsense;
    }
    let length = usize::from(u16::from_be_bytes([high, low]));
    match rest.get(..length) {
        Some(data) => Frame::Whole(Flap { channel, data }, HEADER + length),
        None => Frame::Wants(HEADER + length),
    }
}

/// Whether the header can be one, as far as it is there.
fn may_be(input: &[u8]) -> bool {
    input.first().is_none_or(|mark| *mark == MARK)
        && input.get(1).is_none_or(|channel| (SIGN_ON..=KEEP_ALIVE).contains(channel))
}

/// Where the next frame begins, for a reader that lost its place: the first header whose content is
/// `plausible`, which must not change its mind when more bytes come. What stands before it is to be
/// skipped.
pub(crate) fn resync(input: &[u8], plausible: fn(&[u8]) -> Option<bool>) -> Resync {
    let mut at = 0;
    while let Some(step) = input.get(at..).and_then(|rest| memchr::memchr(MARK, rest)) {
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

/// Where a search for a frame got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resync {
    /// A frame begins here.
    Found(usize),
    /// Nothing before here is one.
    Undecided(usize),
}

/// Whether a frame begins here; nothing while there are too few bytes. The answer depends on the
/// first [`PLAUSIBLE`] bytes alone, so that it is the same however the stream was cut.
pub(crate) fn plausible(window: &[u8]) -> Option<bool> {
    if !may_be(window) {
        return Some(false);
    }
    let &[_, channel, _, _, high, low, a, b, c, d] = window.first_chunk::<PLAUSIBLE>()?;
    let length = u16::from_be_bytes([high, low]);
    Some(match channel {
        SIGN_ON => length >= 4 && [a, b, c, d] == [0, 0, 0, 1],
        DATA => {
            length >= 10 && a == 0 && (1..=0x25).contains(&b) && c == 0 && (1..0x60).contains(&d)
        }
        // An empty frame, and another one behind it.
        SIGN_OFF | KEEP_ALIVE => length == 0 && a == MARK && (SIGN_ON..=KEEP_ALIVE).contains(&b),
        _ => false,
    })
}

/// Which side says a SNAC of this family and subtype, where only one does.
pub(crate) fn speaker(family: u8, subtype: u8) -> Option<Side> {
    let subtypes = |table: &[(u8, &[u8])]| {
        table.iter().any(|(of, subtypes)| *of == family && subtypes.contains(&subtype))
    };
    let (client, server) = (subtypes(CLIENT), subtypes(SERVER));
    match (client, server) {
        (true, false) => Some(Side::Client),
        (false, true) => Some(Side::Server),
        _ => None,
    }
}

/// What only clients say, by family.
const CLIENT: &[(u8, &[u8])] = &[
    (0x01, &[0x02, 0x04, 0x06, 0x08, 0x0e, 0x14, 0x17, 0x1e]),
    (0x02, &[0x02, 0x04, 0x05, 0x15]),
    (0x03, &[0x02, 0x04, 0x05]),
    (0x04, &[0x02, 0x06]),
    (0x09, &[0x02]),
    (0x0e, &[0x05]),
    (0x13, &[0x02, 0x04, 0x05, 0x07]),
    (0x15, &[0x02]),
    (0x17, &[0x02, 0x06]),
];

/// What only the service says, by family.
const SERVER: &[(u8, &[u8])] = &[
    (0x01, &[0x03, 0x05, 0x07, 0x0f, 0x10, 0x13, 0x15, 0x18]),
    (0x02, &[0x03, 0x06]),
    (0x03, &[0x03, 0x0b, 0x0c]),
    (0x04, &[0x05, 0x07, 0x0a]),
    (0x09, &[0x03]),
    (0x0e, &[0x02, 0x03, 0x04, 0x06]),
    (0x13, &[0x03, 0x06, 0x0e]),
    (0x15, &[0x03]),
    (0x17, &[0x03, 0x07]),
];
