//! Datagrams of ICQ. Integers are little-endian; a text has a length of two bytes that counts the zero
//! at its end.
//!
//! ```text
//! 2, client   version command sequence number                                          …
//! 2, server   version command sequence                                                 …
//! 3, both     version command sequence sequence number check:4                         …
//! 4, client   version random:2 zero:2 command sequence sequence number check:4         …
//! 5, client   version zero:4 number session:4 command sequence sequence check:4        …
//! 5, server   version zero:1 session:4 command sequence sequence number check:4        …
//! ```
//!
//! A server answers version 4 in version 3.

use nom::Parser;
use nom::bytes::complete::tag;
use nom::number::complete::{le_u16, le_u32};

/// What parsing gives.
pub(crate) type Parsed<'a, T> = nom::IResult<&'a [u8], T>;

/// The versions.
pub(super) const V2: u16 = 2;
pub(super) const V3: u16 = 3;
pub(super) const V4: u16 = 4;
pub(super) const V5: u16 = 5;

/// A datagram, unscrambled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packet<'a> {
    pub(super) version: u16,
    pub(super) command: u16,
    /// Two since version 3: the second is that of the request an answer belongs to.
    pub(super) sequence: (u16, u16),
    /// The client's number; version 2's servers do not say it.
    pub(super) number: Option<u32>,
    pub(super) body: &'a [u8],
    /// Bytes of the whole datagram.
    pub(super) length: usize,
}

/// Command, sequence numbers, the client's number.
type Head = (u16, (u16, u16), Option<u32>);

/// Reads what a client said, unscrambled.
pub(super) fn client(plain: &[u8]) -> Option<Packet<'_>> {
    let (rest, version) = le_u16::<_, nom::error::Error<_>>(plain).ok()?;
    let head = match version {
        V2 => second_client(rest),
        V3 => third(rest),
        V4 => (le_u16, tag(&[0; 2][..]), third).map(|(_, _, head)| head).parse(rest),
        V5 => fifth_client(rest),
        _ => return None,
    };
    packet(version, plain.len(), head)
}

/// Reads what a server said.
pub(super) fn server(datagram: &[u8]) -> Option<Packet<'_>> {
    let (rest, version) = le_u16::<_, nom::error::Error<_>>(datagram).ok()?;
    let head = match version {
        V2 => (le_u16, le_u16).map(|(command, one)| (command, (one, 0), None)).parse(rest),
        V3 => third(rest),
        V5 => (tag(&[0; 1][..]), le_u32, third).map(|(_, _, head)| head).parse(rest),
        _ => return None,
    };
    packet(version, datagram.len(), head)
}

fn packet(version: u16, length: usize, head: Parsed<'_, Head>) -> Option<Packet<'_>> {
    let (body, (command, sequence, number)) = head.ok()?;
    Some(Packet { version, command, sequence, number, body, length })
}

fn second_client(input: &[u8]) -> Parsed<'_, Head> {
    let (rest, (command, one, number)) = (le_u16, le_u16, le_u32).parse(input)?;
    Ok((rest, (command, (one, 0), Some(number))))
}

fn third(input: &[u8]) -> Parsed<'_, Head> {
    let (rest, (command, one, two, number, _check)) =
        (le_u16, le_u16, le_u16, le_u32, le_u32).parse(input)?;
    Ok((rest, (command, (one, two), Some(number))))
}

fn fifth_client(input: &[u8]) -> Parsed<'_, Head> {
    let (rest, (_zero, number, _session, command, one, two, _check)) =
        (tag(&[0; 4][..]), le_u32, le_u32, le_u16, le_u16, le_u16, le_u32).parse(input)?;
    Ok((rest, (command, (one, two), Some(number))))
}
