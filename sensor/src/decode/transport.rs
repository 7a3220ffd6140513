//! TCP (RFC 9293) and UDP (RFC 768).

use std::net::IpAddr;

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
    /// Its checksum.
    pub check: Check<'a>,
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
    /// Its checksum.
    pub check: Check<'a>,
}

/// Reads what follows the IP headers.
#[inline]
pub(super) fn open<'a>(head: Head<'a>, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    match head.proto {
        TCP => tcp(head, data, walk),
        UDP => udp(head, data, walk),
        IPV4 => tunnel::nested(4, head.version(), data, walk),
        IPV6 => tunnel::nested(6, head.version(), data, walk),
        GRE => match tunnel::gre(data, walk) {
            Some(inner) => inner,
            None => head.packet(Payload::Other(GRE)),
        },
        L2TP => match tunnel::l2tp3(data, walk) {
            Some(inner) => inner,
            None => head.packet(Payload::Other(L2TP)),
        },
        other => head.packet(Payload::Other(other)),
    }
}

/// Reads a TCP segment.
#[inline]
pub(super) fn tcp<'a>(head: Head<'a>, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
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
        check: Check::new(head, data, u16::from_be_bytes([sum1, sum2]), walk),
    };
    head.packet(Payload::Tcp(segment))
}

#[inline]
fn udp<'a>(head: Head<'a>, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
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
        check: Check::new(head, data, u16::from_be_bytes([*sum1, *sum2]), walk),
    };
    head.packet(Payload::Udp(datagram))
}

/// The checksum of a segment or datagram, which is only reckoned when somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check<'a> {
    /// Header and payload.
    pub data: &'a [u8],
    /// What its header says; 0 when nothing can be said against it.
    found: u16,
    proto: u8,
    /// The IP header, where it has a checksum of its own.
    pub(crate) header: &'a [u8],
}

impl<'a> Check<'a> {
    /// The same of a copy of the bytes.
    pub(crate) fn over<'b>(self, header: &'b [u8], data: &'b [u8]) -> Check<'b> {
        Check { data, header, found: self.found, proto: self.proto }
    }

    fn new(head: Head<'a>, data: &'a [u8], found: u16, walk: &Walk<'_>) -> Self {
        // Of what is missing, or still on its way to others, no sum can be made.
        let found = if walk.cut != 0 || head.routed { 0 } else { found };
        Self { data, found, proto: head.proto, header: head.header }
    }

    /// Whether it is wrong for a packet between these addresses, or that of its IP header was. What
    /// a network card was left to fill in, or what cannot be told because bytes are missing, is
    /// not wrong.
    pub fn is_bad(&self, src: IpAddr, dst: IpAddr) -> bool {
        let bad_header =
            !self.header.is_empty() && Sum::default().add(self.header).fold() != 0xffff;
        bad_header || self.found != 0 && self.differs(src, dst)
    }

    fn differs(&self, src: IpAddr, dst: IpAddr) -> bool {
        let addresses =
            Sum::default().add_address(src).add_address(dst).add_number(u32::from(self.proto));
        let pseudo = addresses.add_number(u32::try_from(self.data.len()).unwrap_or(u32::MAX));
        // A sender that leaves the sum to its card writes that of the pseudo-header, with or
        // without the length, where the capture sees it.
        let found = self.found;
        pseudo.add(self.data).fold() != 0xffff
            && found != pseudo.fold()
            && found != addresses.fold()
    }
}

const IPV4: u8 = 4;
/// The IP protocol number of TCP.
pub(super) const TCP: u8 = 6;
const UDP: u8 = 17;
const IPV6: u8 = 41;
const GRE: u8 = 47;
const L2TP: u8 = 115;
