//! Packets of ICQ's peers: a length of two bytes, and as many bytes. Integers are little-endian.

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{be_u16, le_u8, le_u16, le_u32};

use crate::icq_udp::text::string;
use crate::scan::{Prefix, prefix};

/// What parsing gives.
pub(super) type Parsed<'a, T> = nom::IResult<&'a [u8], T>;

/// First byte of a greeting.
pub(super) const GREETING: u8 = 0xff;
/// First byte of a message, since version 7.
pub(super) const MESSAGE: u8 = 0x02;
/// First byte of a second greeting, since version 7.
pub(super) const READY: u8 = 0x03;
/// Bytes that tell a greeting: length, first byte, version, and what follows it.
const HEAD: usize = 7;
/// Length of a greeting before version 6.
const OLD: u8 = 26;
/// "Heard you", with its length: the called client may say so before it greets.
const HEARD: [u8; 6] = [4, 0, 1, 0, 0, 0];
/// Bytes of one side that tell.
pub(super) const DEPTH: usize = HEARD.len() + HEAD;
/// Longest packet.
pub(super) const LONGEST: usize = 16 << 10;

/// A message, unscrambled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// Its sender's number, before version 6.
    pub(super) number: Option<u32>,
    /// What is done with it: said, acknowledged, taken back.
    pub(super) command: u16,
    /// Its kind, as in every protocol of ICQ.
    pub(super) kind: u16,
    /// Of an acknowledgement: whether, and in what state, it was taken.
    pub(super) status: u16,
    /// Its text, with a zero.
    pub(super) text: &'a [u8],
    /// What follows: colours, a file's name and size, the text's charset.
    pub(super) rest: &'a [u8],
}

/// Whether bytes begin like a greeting of versions 2 to 10; later bytes never change a definite
/// answer.
pub(super) fn looks(input: &[u8]) -> Prefix {
    let input = match prefix(input, &HEARD) {
        Prefix::Is => input.get(HEARD.len()..).unwrap_or_default(),
        Prefix::MayBe => return Prefix::MayBe,
        Prefix::Not => input,
    };
    let fits = |fits: fn(usize, u8) -> bool| {
        input.iter().take(HEAD).enumerate().all(|(at, byte)| fits(at, *byte))
    };
    match fits(is_new) || fits(is_old) {
        false => Prefix::Not,
        true if input.len() < HEAD => Prefix::MayBe,
        true => Prefix::Is,
    }
}

/// Whether a byte may stand there in a greeting since version 6.
fn is_new(at: usize, byte: u8) -> bool {
    match at {
        0 => (0x24..=0x34).contains(&byte),
        2 => byte == GREETING,
        3 => (6..=10).contains(&byte),
        // The length of the rest, of which some clients of version 6 know nothing.
        5 => byte == 0 || (0x20..=0x30).contains(&byte),
        _ => byte == 0,
    }
}

/// Whether a byte may stand there in a greeting before version 6, whose version has four bytes.
fn is_old(at: usize, byte: u8) -> bool {
    match at {
        0 => byte == OLD,
        2 => byte == GREETING,
        3 => (2..=5).contains(&byte),
        _ => byte == 0,
    }
}

/// The version a greeting speaks, and its sender's number.
pub(super) fn greeting(packet: &[u8]) -> Option<(u16, u32)> {
    if packet.len() == usize::from(OLD) {
        let parsed: Parsed<'_, _> = (le_u8, le_u32, le_u32, le_u32).parse(packet);
        let (_, (_, version, _port, from)) = parsed.ok()?;
        return Some((u16::try_from(version).ok()?, from));
    }
    let parsed: Parsed<'_, _> =
        (le_u8, le_u16, le_u16, le_u32, le_u16, le_u32, le_u32).parse(packet);
    let (_, (_, version, _, _to, _, _port, from)) = parsed.ok()?;
    Some((version, from))
}

/// The version a message before version 6 was written in, behind its sender's number.
pub(super) fn old_version(packet: &[u8]) -> Option<u16> {
    packet.get(4..)?.first_chunk().map(|version| u16::from_le_bytes(*version))
}

/// Reads a message before version 6: number, version, a check value since version 4, command, number
/// again, kind, text, two addresses, port, how its sender can be reached, status, flags.
pub(super) fn old_message(version: u16, plain: &[u8]) -> Option<Message<'_>> {
    let parsed: Parsed<'_, _> = (le_u32, le_u16).parse(plain);
    let (rest, (number, _)) = parsed.ok()?;
    let rest = if version >= 4 { rest.get(4..)? } else { rest };
    let parsed: Parsed<'_, _> = (
        (le_u16, le_u16, le_u32, le_u16, length_data(le_u16)),
        (le_u32, le_u32, le_u32, le_u8, le_u16, le_u16),
    )
        .parse(rest);
    let (rest, ((command, _, _, kind, text), (.., status, _flags))) = parsed.ok()?;
    Some(Message { number: Some(number), command, kind, status, text, rest })
}

/// Reads a message since version 6: check value, command, a length, a sequence number, twelve bytes
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
    let (rest, (_, command, _, _, _, kind, status, _flags, text)) = parsed.ok()?;
    Some(Message { number: None, command, kind, status, text, rest })
}

/// What is said of a file, behind the text of its offer or of the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct File<'a> {
    /// Where it will be taken; none in an offer.
    pub(super) port: u16,
    pub(super) name: &'a [u8],
    pub(super) size: u32,
}

/// A file: a port with its high byte first, two bytes nobody uses, the name, the size, perhaps the
/// port again.
pub(super) fn file(rest: &[u8]) -> Option<File<'_>> {
    let parsed: Parsed<'_, _> = (be_u16, le_u16, string, le_u32).parse(rest);
    let (rest, (port, _, name, size)) = parsed.ok()?;
    // Some clients say it only there.
    let again = le_u32::<_, nom::error::Error<_>>(rest).map_or(0, |(_, port)| port);
    let port = if port == 0 { u16::try_from(again).unwrap_or_default() } else { port };
    Some(File { port, name, size })
}

/// The same since version 8, in a message for a plug-in: its number, its name, some bytes, the text,
/// and then what the plug-in wants. Nothing when it wants something else than files.
pub(super) fn plugged_file(rest: &[u8]) -> Option<File<'_>> {
    let parsed: Parsed<'_, _> = (length_data(le_u16), le_u32, length_data(le_u32)).parse(rest);
    let (rest, (head, _length, _description)) = parsed.ok()?;
    let parsed: Parsed<'_, _> = (take(18usize), length_data(le_u32)).parse(head);
    let (_, (_, plugin)): (_, (&[u8], &[u8])) = parsed.ok()?;
    memchr::memmem::find(plugin, b"File")?;
    file(rest)
}
