//! TCP (RFC 9293) and UDP (RFC 768).

use super::checksum::Sum;
use super::ip::Head;
use super::{Decoded, Payload, Walk, tunnel};

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// The sender's port.
    pub src_port: u16,
    /// The receiver's port.
    pub dst_port: u16,
    /// Sequence number of the first byte, or of the SYN.
    pub seq: u32,
    /// The next byte the sender waits for.
    pub ack: u32,
    /// Control bits.
    pub flags: Flags,
    /// Window as sent, not scaled.
    pub window: u16,
    /// The payload.
    pub data: &'a [u8],
    /// Payload bytes behind `data` that the capture cut off.
    pub missing: u32,
    /// Whether a checksum (its own, or that of its IP header) was wrong. What a network card was
    /// left to fill in, or what cannot be told because bytes are missing, is not wrong.
    pub bad_checksum: bool,
}

/// The control bits of a TCP segment (RFC 9293 section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const fn fin(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// Synchronise sequence numbers.
    pub const fn syn(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// Reset the connection.
    pub const fn rst(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// Push.
    pub const fn psh(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// The acknowledgment number counts.
    pub const fn ack(self) -> bool {
        self.0 & 0x10 != 0
    }
}

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram<'a> {
    /// The sender's port.
    pub src_port: u16,
    /// The receiver's port.
    pub dst_port: u16,
    /// The payload.
    pub data: &'a [u8],
    /// Payload bytes behind `data` that the capture cut off.
    pub missing: u32,
    /// As in [`Segment::bad_checksum`].
    pub bad_checksum: bool,
}

/// Reads what follows the IP headers.
pub(super) fn open<'a>(head: Head, data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    match head.proto {
        TCP => tcp(head, data, walk),
        UDP => udp(head, data, walk),
        IPV4 => tunnel::nested(4, head.version(), data, walk),
        IPV6 => tunnel::nested(6, head.version(), data, walk),
        GRE => match tunnel::gre(data, walk) {
            Some(inner) => inner,
            None => head.packet(Payload::Other(GRE), walk),
        },
        other => head.packet(Payload::Other(other), walk),
    }
}

fn tcp<'a>(head: Head, data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let Some((header, rest)) = data.split_first_chunk::<20>() else {
        return Decoded::Malformed("TCP header cut off");
    };
    #[rustfmt::skip]
    let [
        s1, s2, d1, d2, seq1, seq2, seq3, seq4, ack1, ack2, ack3, ack4,
        offset, flags, w1, w2, sum1, sum2, _, _,
    ] = *header;
    let Some(options) = usize::from(offset >> 4).checked_sub(5).map(|words| words * 4) else {
        return Decoded::Malformed("TCP data offset");
    };
    let (payload, missing) = match rest.get(options..) {
        Some(payload) => (payload, walk.cut),
        // Only the capture may have cut into the options.
        None => match walk.cut.checked_sub((options - rest.len()) as u32) {
            Some(missing) => (&[][..], missing),
            None => return Decoded::Malformed("TCP data offset"),
        },
    };
    let segment = Segment {
        src_port: u16::from_be_bytes([s1, s2]),
        dst_port: u16::from_be_bytes([d1, d2]),
        seq: u32::from_be_bytes([seq1, seq2, seq3, seq4]),
        ack: u32::from_be_bytes([ack1, ack2, ack3, ack4]),
        flags: Flags(flags),
        window: u16::from_be_bytes([w1, w2]),
        data: payload,
        missing,
        bad_checksum: head.bad_checksum
            || wrong(head, data, u16::from_be_bytes([sum1, sum2]), walk),
    };
    head.packet(Payload::Tcp(segment), walk)
}

fn udp<'a>(head: Head, data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let Some(([s1, s2, d1, d2, len1, len2, sum1, sum2], _)) = data.split_first_chunk::<8>() else {
        return Decoded::Malformed("UDP header cut off");
    };
    let len = u16::from_be_bytes([*len1, *len2]);
    // 0 stands for a jumbogram (RFC 2675), or for a card that segments by itself.
    let data = if len == 0 { data } else { walk.limit(data, u32::from(len)) };
    let Some((_, payload)) = data.split_first_chunk::<8>() else {
        return Decoded::Malformed("UDP length");
    };
    let (src_port, dst_port) = (u16::from_be_bytes([*s1, *s2]), u16::from_be_bytes([*d1, *d2]));
    let inner = tunnel::datagram(dst_port, payload, walk);
    // The servers and relays of some tunnels answer from their port.
    if let Some(inner) = inner.or_else(|| tunnel::datagram(src_port, payload, walk)) {
        return inner;
    }
    let datagram = Datagram {
        src_port,
        dst_port,
        data: payload,
        missing: walk.cut,
        bad_checksum: head.bad_checksum
            || wrong(head, data, u16::from_be_bytes([*sum1, *sum2]), walk),
    };
    head.packet(Payload::Udp(datagram), walk)
}

/// Whether the checksum `found` in the transport's header is wrong.
fn wrong(head: Head, data: &[u8], found: u16, walk: &Walk) -> bool {
    if found == 0 || walk.cut != 0 || head.routed {
        return false;
    }
    let addresses = Sum::default()
        .add_address(head.src)
        .add_address(head.dst)
        .add_number(u32::from(head.proto));
    let pseudo = addresses.add_number(u32::try_from(data.len()).unwrap_or(u32::MAX));
    // A sender that leaves the sum to its card writes that of the pseudo-header, with or without
    // the length, where the capture sees it.
    pseudo.add(data).fold() != 0xffff && found != pseudo.fold() && found != addresses.fold()
}

const IPV4: u8 = 4;
const TCP: u8 = 6;
const UDP: u8 = 17;
const IPV6: u8 = 41;
const GRE: u8 = 47;
