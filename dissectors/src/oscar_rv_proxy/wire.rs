//! Frames of the proxy: a length (of what follows it), a version, a type, four and two bytes
//! nobody uses, a body. Integers are big-endian.

use crate::scan::{Prefix, prefix};

/// Bytes before the body.
const HEADER: usize = 12;
/// Longest frame.
const LONGEST: usize = 512;
/// The only version there was.
const VERSION: [u8; 2] = [0x04, 0x4a];
/// Bytes that tell a frame: length, version, type.
pub(super) const DEPTH: usize = 6;

/// Types of frame.
pub(super) const ERROR: u16 = 1;
pub(super) const CREATE: u16 = 2;
pub(super) const CREATED: u16 = 3;
pub(super) const JOIN: u16 = 4;
pub(super) const READY: u16 = 5;

/// What the next bytes of a side are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next<'a> {
    /// A frame's type, its body and the frame's length.
    Frame(u16, &'a [u8], usize),
    /// As many bytes are wanted.
    Wants(usize),
    /// No frame.
    Nonsense,
}

/// Whether bytes begin like a frame; later bytes never change a definite answer.
pub(super) fn looks(input: &[u8]) -> Prefix {
    let Some((&length, rest)) = input.split_first_chunk::<2>() else { return Prefix::MayBe };
    let length = usize::from(u16::from_be_bytes(length)) + 2;
    if !(HEADER..=LONGEST).contains(&length) {
        return Prefix::Not;
    }
    match (prefix(rest, &VERSION), rest.get(2..)) {
        (Prefix::Is, Some([0, kind, ..])) if (1..=5).contains(kind) => Prefix::Is,
        (Prefix::Is, Some([] | [0])) | (Prefix::MayBe, _) => Prefix::MayBe,
        _ => Prefix::Not,
    }
}

/// Reads the next frame.
pub(super) fn next(input: &[u8]) -> Next<'_> {
    match looks(input) {
        Prefix::Not => return Next::Nonsense,
        Prefix::MayBe => return Next::Wants(DEPTH),
        Prefix::Is => {}
    }
    let length = input.first_chunk().copied().map_or(0, u16::from_be_bytes);
    let length = usize::from(length) + 2;
    let Some(frame) = input.get(..length) else { return Next::Wants(length) };
    let kind = frame.get(4..6).and_then(|kind| kind.first_chunk()).copied();
    let kind = kind.map_or(0, u16::from_be_bytes);
    Next::Frame(kind, frame.get(HEADER..).unwrap_or_default(), length)
}
