//! ODC frames: a header of 76 bytes or more, integers big-endian, and a payload.

use crate::scan::{Prefix, prefix};

/// Shortest header: what stands behind the name of 32 bytes is not known.
const SHORTEST: usize = 76;
/// Longest header.
const LONGEST: usize = 1024;
/// Bytes that tell a header: magic, length, type 1.
pub(super) const DEPTH: usize = 8;

/// Flags of a frame.
const AUTO_REPLY: u16 = 0x0001;
const TYPING: u16 = 0x0002;
const PAUSED: u16 = 0x0004;
const ACTIVE: u16 = 0x0008;

/// One frame's header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    /// Its bytes.
    bytes: &'a [u8],
}

/// What the next bytes of a side are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next<'a> {
    /// A header and its length.
    Header(Header<'a>, usize),
    /// As many bytes are wanted.
    Wants(usize),
    /// No header.
    Nonsense,
}

/// Whether bytes begin like a header; later bytes never change a definite answer.
pub(super) fn looks(input: &[u8]) -> Prefix {
    let Some((magic, rest)) = input.split_first_chunk::<4>() else {
        return prefix(input, b"ODC2");
    };
    match (magic, rest) {
        (b"ODC2", [high, low, 0, 1, ..])
            if (SHORTEST..=LONGEST).contains(&usize::from(u16::from_be_bytes([*high, *low]))) =>
        {
            Prefix::Is
        }
        (b"ODC2", rest) if rest.len() < DEPTH - 4 => Prefix::MayBe,
        _ => Prefix::Not,
    }
}

/// Reads the next header.
pub(super) fn next(input: &[u8]) -> Next<'_> {
    match looks(input) {
        Prefix::Not => return Next::Nonsense,
        Prefix::MayBe => return Next::Wants(DEPTH),
        Prefix::Is => {}
    }
    let length = usize::from(Header { bytes: input }.u16(4));
    match input.get(..length) {
        Some(bytes) => Next::Header(Header { bytes }, length),
        None => Next::Wants(length),
    }
}

impl<'a> Header<'a> {
    fn u16(&self, at: usize) -> u16 {
        let field = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        field.copied().map_or(0, u16::from_be_bytes)
    }

    /// The cookie of the offer.
    pub(super) fn cookie(&self) -> &'a [u8] {
        self.bytes.get(12..20).unwrap_or_default()
    }

    /// Bytes of payload behind it.
    pub(super) fn payload(&self) -> u64 {
        (u64::from(self.u16(28)) << 16) | u64::from(self.u16(30))
    }

    /// The charset of the text, numbered as in OSCAR's messages.
    pub(super) fn charset(&self) -> u16 {
        self.u16(32)
    }

    /// The text was sent by a program for its absent owner.
    pub(super) fn is_auto_reply(&self) -> bool {
        self.u16(38) & AUTO_REPLY != 0
    }

    /// What it says of its sender's typing: started, rests, or neither.
    pub(super) fn typing(&self) -> Option<crate::event::TypingState> {
        use crate::event::TypingState::{Active, Done, Paused};
        let flags = self.u16(38);
        (flags & TYPING != 0).then_some(match flags & (ACTIVE | PAUSED) {
            0 => Done,
            PAUSED => Paused,
            _ => Active,
        })
    }

    /// The sender's name.
    pub(super) fn name(&self) -> &'a [u8] {
        let name = self.bytes.get(44..SHORTEST).unwrap_or_default();
        name.split(|byte| *byte == 0).next().unwrap_or_default()
    }
}
