//! A YMSG packet: the four letters, a version, a vendor, the length of the content, a service, a
//! status and a session, all big-endian. Clients of versions 8 to 10 also wrote the version as one
//! byte with three zeroes behind it; servers mostly say version 0.

use super::Frame;

/// Bytes of a packet's header.
pub(in crate::ymsg) const HEADER: usize = 20;
/// Bytes that decide whether a packet is one.
pub(in crate::ymsg) const PLAUSIBLE: usize = 12;
/// Longest content that is read; a longer one is skipped. Service said to use about 1000 bytes.
const LONGEST: usize = 48 << 10;
/// The highest service any generation used is 2001.
const SERVICES: u16 = 0x0800;

/// A packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ymsg) struct Packet<'a> {
    /// What it is about.
    pub(in crate::ymsg) service: u16,
    /// Of a client: the status it takes. Of a service: whether this is an answer, and its end.
    pub(in crate::ymsg) status: u32,
    /// The content: pairs of keys and values.
    pub(in crate::ymsg) body: &'a [u8],
}

/// The parts of a header that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ymsg) struct Header {
    pub(in crate::ymsg) length: usize,
    pub(in crate::ymsg) service: u16,
    pub(in crate::ymsg) status: u32,
}

/// Reads the header at the beginning of `input`.
pub(in crate::ymsg) fn header(input: &[u8]) -> Option<(Header, &[u8])> {
    let (head, rest) = input.split_first_chunk::<HEADER>()?;
    let [_, _, _, _, _, _, _, _, l0, l1, s0, s1, t0, t1, t2, t3, ..] = *head;
    let length = usize::from(u16::from_be_bytes([l0, l1]));
    let service = u16::from_be_bytes([s0, s1]);
    let status = u32::from_be_bytes([t0, t1, t2, t3]);
    Some((Header { length, service, status }, rest))
}

/// Reads the packet at the beginning of `input`.
pub(in crate::ymsg) fn packet(input: &[u8]) -> Frame<Packet<'_>> {
    match super::plausible(input) {
        // Any byte may decide.
        None => return Frame::Wants(0),
        Some(false) => return Frame::Nonsense,
        Some(true) => {}
    }
    let Some((head, rest)) = header(input) else { return Frame::Wants(HEADER) };
    if head.length > LONGEST {
        return Frame::Long(HEADER + head.length);
    }
    match rest.get(..head.length) {
        Some(body) => {
            let Header { service, status, .. } = head;
            Frame::Whole(Packet { service, status, body }, HEADER + head.length)
        }
        None => Frame::Wants(HEADER + head.length),
    }
}

/// Whether the first [`PLAUSIBLE`] bytes are those of a packet.
pub(in crate::ymsg) fn plausible(window: &[u8]) -> Option<bool> {
    let [y, m, s, g, v0, v1, vendor, _, _, _, s0, s1] = *window.first_chunk::<PLAUSIBLE>()?;
    let version = matches!((v0, v1), (0 | 0x80, 0..=0x80) | (1..=0x20, 0));
    let service = u16::from_be_bytes([s0, s1]);
    Some([y, m, s, g] == *b"YMSG" && version && vendor <= 0x04 && service < SERVICES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_begin_like_a_packet_are_none() {
        for text in [&b"YMSG is Yahoo's protocol"[..], b"YMSG 12 and 13", b"YMSGYMSGYMSGYMSG"] {
            assert_eq!(packet(text), Frame::Nonsense);
        }
    }

    #[test]
    fn both_ways_to_write_a_version_are_read() {
        for version in [[0, 9, 0, 0], [9, 0, 0, 0], [0, 0, 0, 0], [0x80, 0, 0, 0]] {
            let mut bytes = b"YMSG".to_vec();
            bytes.extend_from_slice(&version);
            bytes.extend_from_slice(&[0, 0, 0, 0x8a, 0, 0, 0, 0, 0, 0, 0, 0]);
            let Frame::Whole(packet, HEADER) = packet(&bytes) else { unreachable!() };
            assert_eq!(packet.service, 0x8a);
        }
    }
}
