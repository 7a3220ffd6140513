//! Packets of ICQ's peers: a length of two bytes, and as many bytes. Integers are little-endian.

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{le_u8, le_u16, le_u32};

use crate::scan::{Prefix, prefix};

/// What parsing gives.
type Parsed<'a, T> = nom::IResult<&'a [u8], T>;

/// First byte of a greeting.
pub(super) const GREETING: u8 = 0xff;
/// First byte of a message, since version 7.
pub(super) const MESSAGE: u8 = 0x02;
/// First byte of a second greeting, since version 7.
pub(super) const READY: u8 = 0x03;
/// Bytes that tell a greeting: length, first byte, version, length of the rest.
const HEAD: usize = 7;
/// "Heard you", with its length: the called client may say so before it greets.
const HEARD: [u8; 6] = [4, 0, 1, 0, 0, 0];
/// Bytes of one side that tell.
pub(super) const DEPTH: usize = HEARD.len() + HEAD;
/// Longest packet.
pub(super) const LONGEST: usize = 16 << 10;

/// A message, unscrambled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// What is done with it: said, acknowledged, taken back.
    pub(super) command: u16,
    /// Its kind, as in OSCAR's older messages.
    pub(super) kind: u16,
    /// Its text, with a zero.
    pub(super) text: &'a [u8],
    /// What follows: colours, a file's name and size, the text's charset.
    pub(super) rest: &'a [u8],
}

/// Whether bytes begin like a greeting of versions 6 to 10; later bytes never change a definite
/// answer.
pub(super) fn looks(input: &[u8]) -> Prefix {
    let input = match prefix(input, &HEARD) {
        Prefix::Is => input.get(HEARD.len()..).unwrap_or_default(),
        Prefix::MayBe => return Prefix::MayBe,
        Prefix::Not => input,
    };
    let fits = input.iter().take(HEAD).enumerate().all(|(at, byte)| match at {
        0 => (0x24..=0x34).contains(byte),
        2 => *byte == GREETING,
        3 => (6..=10).contains(byte),
        // The length of the rest, of which version 6 knows nothing.
        5 => *byte == 0 || (0x20..=0x30).contains(byte),
        _ => *byte == 0,
    });
    match fits {
        false => Prefix::Not,
        true if input.len() < HEAD => Prefix::MayBe,
        true => Prefix::Is,
    }
}

/// The version a greeting speaks, and its sender's number.
pub(super) fn greeting(packet: &[u8]) -> Option<(u16, u32)> {
    let parsed: Parsed<'_, _> =
        (le_u8, le_u16, le_u16, le_u32, le_u16, le_u32, le_u32).parse(packet);
    let (_, (_, version, _, _to, _, _port, from)) = parsed.ok()?;
    Some((version, from))
}

/// Reads an unscrambled message: check value, command, a length, a sequence number, twelve bytes
/// nobody uses, kind, status, flags, text.
pub(super) fn message(plain: &[u8]) -> Option<Message<'_>> {
    let parsed: Parsed<'_, _> = (
        le_u32,
        le_u16,
        le_u16,
        le_u16,
        take(12usize),
        le_u16,
        le_u16,
        le_u16,
        length_data(le_u16),
    )
        .parse(plain);
    let (rest, (_, command, _, _, _, kind, _status, _flags, text)) = parsed.ok()?;
    Some(Message { command, kind, text, rest })
}

/// A file's name and size, behind the text of its offer: a port, two bytes nobody uses, the name
/// with its length, the size.
pub(super) fn file(rest: &[u8]) -> Option<(&[u8], u32)> {
    let parsed: Parsed<'_, _> = (le_u16, le_u16, length_data(le_u16), le_u32).parse(rest);
    let (_, (_, _, name, size)) = parsed.ok()?;
    Some((name.split(|byte| *byte == 0).next().unwrap_or_default(), size))
}
