//! Packets in the gateway's bodies: a length, a version, a kind, a connection's number. Integers are
//! big-endian.

use nom::Parser;
use nom::bytes::streaming::{tag, take};
use nom::number::streaming::{be_u16, be_u32};

/// The one version there ever was.
pub(super) const VERSION: [u8; 2] = [0x04, 0x43];
/// Kinds: the answer to a hello, a connection that is asked for, data on one, its end and the answer
/// to that.
pub(super) const HELLO: u16 = 2;
pub(super) const DATA: u16 = 5;
pub(super) const CLOSE: u16 = 6;
pub(super) const CLOSED: u16 = 7;
/// Bytes behind the length that are no data.
const HEAD: u16 = 12;
/// Hex digits of a session's number.
const SESSION: usize = 32;

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    pub(super) kind: u16,
    pub(super) connection: u32,
    pub(super) data: &'a [u8],
}

/// Nothing the gateway says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Foreign;

/// The packet at the beginning of `input`, and the bytes it takes; nothing while it is not whole.
pub(super) fn packet(input: &[u8]) -> Result<Option<(Packet<'_>, usize)>, Foreign> {
    let parsed: nom::IResult<_, _> =
        (be_u16, tag(&VERSION[..]), be_u16, be_u32, be_u32).parse(input);
    let (rest, (length, _, kind, _, connection)) = match parsed {
        Ok(parsed) => parsed,
        Err(nom::Err::Incomplete(_)) => return Ok(None),
        Err(_) => return Err(Foreign),
    };
    let Some(length) = length.checked_sub(HEAD) else { return Err(Foreign) };
    let taken: nom::IResult<_, &[u8]> = take(length).parse(rest);
    Ok(taken.ok().map(|(rest, data)| (Packet { kind, connection, data }, input.len() - rest.len())))
}

/// The session a request names: `/data?sid=…` or `/monitor?sid=…`, with a host or without.
pub(super) fn session(target: &str) -> Option<&str> {
    let (path, query) = target.split_once('?')?;
    let known = path.ends_with("/data") || path.ends_with("/monitor");
    let session = query.strip_prefix("sid=")?.get(..SESSION)?;
    let hex = session.bytes().all(|byte| byte.is_ascii_hexdigit());
    (known && hex).then_some(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_told_from_pages() {
        let said = b"\0\x0e\x04\x43\0\x05\0\0\0\0\0\0\0\x01*\x05more";
        let packet_said = Packet { kind: DATA, connection: 1, data: b"*\x05" };
        assert_eq!(packet(said), Ok(Some((packet_said, 16))));
        assert_eq!(packet(&said[..15]), Ok(None));
        assert_eq!(packet(b"<html>"), Err(Foreign));
        assert_eq!(packet(b"\0\x0b\x04\x43\0\x05\0\0\0\0\0\0\0\x01"), Err(Foreign));
    }

    #[test]
    fn requests_name_their_session() {
        let sid = "0123456789abcdef0123456789ABCDEF";
        assert_eq!(session(&format!("http://10.0.0.1:80/data?sid={sid}&seq=1")), Some(sid));
        assert_eq!(session(&format!("/monitor?sid={sid}")), Some(sid));
        assert_eq!(session(&format!("/form?sid={sid}")), None);
        assert_eq!(session("/data?sid=12"), None);
    }
}
