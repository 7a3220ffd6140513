//! Packets of ICQ's peers: a length of two bytes, and as many bytes. Integers are little-endian.

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{be_u16, le_u8, le_u16, le_u32};

use crate::icq_udp::text::string;

/// What parsing gives.
pub(super) type Parsed<'a, T> = nom::IResult<&'a [u8], T>;

/// First byte of a greeting.
pub(super) const GREETING: u8 = 0xff;
/// First byte of a message, since version 7.
pub(super) const MESSAGE: u8 = 0x02;
/// First byte of a second greeting, since version 7.
pub(super) const READY: u8 = 0x03;
/// Length of a greeting before version 6.
pub(super) const OLD: u8 = 26;
/// Longest packet.
pub(super) const LONGEST: usize = 16 << 10;

/// What is done with a message.
pub(super) const SAY: u16 = 0x07ee;
pub(super) const ACKNOWLEDGE: u16 = 0x07da;
pub(super) const CANCEL: u16 = 0x07d0;

/// A message, unscrambled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    /// Its sender's number, before version 6.
    pub(super) number: Option<u32>,
    /// Its sender is the same wherever it says so.
    agrees: bool,
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

impl Message<'_> {
    /// Whether its sender is said twice alike, and its command is known.
    pub(super) fn is_sound(&self) -> bool {
        self.agrees && matches!(self.command, SAY | ACKNOWLEDGE | CANCEL)
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
    let (rest, ((command, _, again, kind, text), (.., status, _flags))) = parsed.ok()?;
    let agrees = again == number;
    Some(Message { number: Some(number), agrees, command, kind, status, text, rest })
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
    Some(Message { number: None, agrees: true, command, kind, status, text, rest })
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
