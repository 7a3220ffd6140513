//! The records of the protocol before YMSG, `YPNS` from a client and `YHOO` from the service: eight
//! bytes of version, six integers (little-endian), two names of 36 bytes, and a content.

use super::Frame;

/// Bytes of a record's header.
pub(in crate::ymsg) const HEADER: usize = 104;
/// Bytes that decide whether a record is one.
const PLAUSIBLE: usize = 16;
/// Longest record that is read.
const LONGEST: usize = 16 << 10;

/// A record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ymsg) struct Record<'a> {
    pub(in crate::ymsg) service: u32,
    /// What sort of message: ordinary, bounced, kept for later.
    pub(in crate::ymsg) sort: u32,
    /// The account.
    pub(in crate::ymsg) account: &'a [u8],
    /// The name it uses at the moment.
    pub(in crate::ymsg) active: &'a [u8],
    /// The content up to a zero.
    pub(in crate::ymsg) content: &'a [u8],
}

/// Reads the record at the beginning of `input`.
pub(in crate::ymsg) fn record(input: &[u8]) -> Frame<Record<'_>> {
    match super::plausible(input) {
        None => return Frame::Wants(0),
        Some(false) => return Frame::Nonsense,
        Some(true) => {}
    }
    let Some((head, _)) = input.split_first_chunk::<HEADER>() else {
        return Frame::Wants(HEADER);
    };
    let length = integer(head, 8) as usize;
    if length > LONGEST {
        return Frame::Long(length);
    }
    let Some(content) = input.get(HEADER..length) else { return Frame::Wants(length) };
    let record = Record {
        service: integer(head, 12),
        sort: integer(head, 28),
        account: text(head.get(32..68)),
        active: text(head.get(68..HEADER)),
        content: text(Some(content)),
    };
    Frame::Whole(record, length)
}

/// Whether the first bytes are those of a record: a version such as `YHOO1.0`, a length, a service.
pub(in crate::ymsg) fn plausible(window: &[u8]) -> Option<bool> {
    let head = window.first_chunk::<PLAUSIBLE>()?;
    let version = matches!(head.get(4..8), Some(&[b'1'..=b'9', b'.', b'0'..=b'9', 0]));
    let length = integer(head, 8) as usize;
    Some(version && (HEADER..=1 << 20).contains(&length) && integer(head, 12) < 0x0100)
}

fn integer(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk::<4>());
    u32::from_le_bytes(four.copied().unwrap_or_default())
}

fn text(bytes: Option<&[u8]>) -> &[u8] {
    let bytes = bytes.unwrap_or_default();
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}
