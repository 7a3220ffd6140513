//! Packets of the chat rooms: a header of 16 bytes and fields.

use crate::Side;

/// Bytes of a header.
pub(super) const HEADER: usize = 16;
/// Longest content that is read; programs stopped at 512 bytes, services at a room's members.
const LONGEST: usize = 32 << 10;
/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 2048;
/// What parts the service's fields.
const BETWEEN: &[u8] = b"\xc0\x80";
/// Fields kept of a packet.
const FIELDS: usize = 64;

/// What stands at the beginning of unread bytes.
#[derive(Debug)]
pub(super) enum Cut<'a> {
    /// So many bytes must be there.
    Need(usize),
    /// A packet, and the bytes it takes.
    Whole(Packet<'a>, usize),
    /// A packet too long to be read, of so many bytes with its header.
    Long(usize),
    /// No packet.
    Nonsense,
}

/// One packet.
#[derive(Debug)]
pub(super) struct Packet<'a> {
    /// What it is about.
    pub(super) service: u8,
    content: &'a [u8],
}

impl<'a> Packet<'a> {
    /// The fields, parted the way a side does it: the client's last one is a text, and whole.
    pub(super) fn fields(&self, side: Side, last: usize) -> Vec<&'a [u8]> {
        match side {
            Side::Client => self.content.splitn(last, |byte| *byte == 1).collect(),
            Side::Server => {
                let (mut fields, mut rest) = (Vec::new(), self.content);
                while let Some(at) = memchr::memmem::find(rest, BETWEEN) {
                    if fields.len() >= FIELDS {
                        return fields;
                    }
                    fields.push(rest.get(..at).unwrap_or_default());
                    rest = rest.get(at + BETWEEN.len()..).unwrap_or_default();
                }
                fields.push(rest);
                fields
            }
        }
    }
}

/// Cuts the first packet off.
pub(super) fn cut(input: &[u8]) -> Cut<'_> {
    let Some(head) = input.first_chunk::<HEADER>() else {
        return if like(input) { Cut::Need(HEADER) } else { Cut::Nonsense };
    };
    if !like(head) {
        return Cut::Nonsense;
    }
    let &[.., service, _, _, high, low] = head;
    let total = HEADER + usize::from(u16::from_be_bytes([high, low]));
    if total > LONGEST {
        return Cut::Long(total);
    }
    match input.get(HEADER..total) {
        Some(content) => Cut::Whole(Packet { service, content }, total),
        None => Cut::Need(total),
    }
}

/// Whether a header begins here, or may: its name, and the upper bytes of version and service, which
/// no program ever used.
fn like(bytes: &[u8]) -> bool {
    let shape = b"YCHT\0\0..\0\0\0";
    shape.iter().zip(bytes).all(|(want, byte)| *want == b'.' || want == byte)
}

/// Where the next header may begin, behind the first byte.
pub(super) fn resync(input: &[u8]) -> usize {
    let mut at = 1.min(input.len());
    while let Some(rest) = input.get(at..) {
        let Some(step) = memchr::memchr(b'Y', rest) else { return input.len() };
        at += step;
        if input.get(at..).is_some_and(like) {
            return at;
        }
        at += 1;
    }
    input.len()
}

/// What one side's first bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    /// A packet this side would say.
    Says(Side),
    /// A packet of either.
    Either,
    /// The beginning of one, or nothing yet.
    May,
    Unlike,
}

/// Judges the first bytes of a side. What parts its fields says whose it is.
pub(super) fn looks(bytes: &[u8]) -> Looks {
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    let content = match cut(window) {
        Cut::Nonsense => return Looks::Unlike,
        Cut::Need(_) if window.len() < DEPTH => return Looks::May,
        Cut::Whole(packet, _) => packet.content,
        Cut::Need(_) | Cut::Long(_) => window.get(HEADER..).unwrap_or_default(),
    };
    let service = memchr::memmem::find(content, BETWEEN);
    match (memchr::memchr(1, content), service) {
        (Some(client), service) if service.is_none_or(|at| client < at) => {
            Looks::Says(Side::Client)
        }
        (_, Some(_)) => Looks::Says(Side::Server),
        _ => Looks::Either,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_known_by_its_shape() {
        let packet = b"YCHT\0\0\x01\0\0\0\0\x41\0\0\0\x06room\x01x";
        assert!(matches!(cut(packet), Cut::Whole(Packet { service: 0x41, .. }, 22)));
        assert!(matches!(cut(&packet[..3]), Cut::Need(16)));
        assert!(matches!(cut(&packet[..17]), Cut::Need(22)));
        assert!(matches!(cut(b"YCHT\x01"), Cut::Nonsense));
        assert!(matches!(cut(b"YCHT\0\0\0\xae\0\0\0\x41\0\0\xff\xff"), Cut::Long(65551)));
        assert_eq!(looks(packet), Looks::Says(Side::Client));
        assert_eq!(looks(&packet[..21]), Looks::May);
        assert_eq!(looks(b"YMSG\0"), Looks::Unlike);
    }
}
