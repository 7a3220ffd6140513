//! From a frame to the packet it carries: headers are read, nothing is copied.
//!
//! ```text
//! link ─▶ (tag)* ─▶ ip ─▶ (extension)* ─▶ transport
//!    ▲                                        │
//!    └──────────────── tunnel ◀───────────────┘
//! ```
//!
//! One walk goes inwards until it meets TCP, UDP, a fragment or something it does not open. Every
//! tunnel it goes through is kept in [`Hops`], whose room bounds the depth.

mod checksum;
mod hops;
mod ip;
mod link;
mod transport;
mod tunnel;
mod wireless;

use std::net::IpAddr;

use crate::frame::Link;

pub use hops::{Hop, Hops};
pub use transport::{Check, Datagram, Flags, Segment};

/// Reads the headers of a frame of `wire_len` bytes, of which `data` was captured. What it was
/// wrapped in is written to `hops`.
pub fn decode<'a>(link: Link, data: &'a [u8], wire_len: u32, hops: &mut Hops) -> Decoded<'a> {
    hops.truncate(0);
    let captured = u32::try_from(data.len()).unwrap_or(u32::MAX);
    let mut walk = Walk { hops, cut: wire_len.saturating_sub(captured) };
    link::open(link, data, &mut walk)
}

/// Reads on behind the IP headers of a packet that was made whole from its fragments; `hops` are
/// those of the fragments.
pub fn whole<'a>(
    src: IpAddr,
    dst: IpAddr,
    proto: u8,
    payload: &'a [u8],
    hops: &mut Hops,
) -> Decoded<'a> {
    let head = ip::Head { src, dst, proto, header: &[], routed: false };
    ip::upper(head, payload, &mut Walk { hops, cut: 0 })
}

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<'a> {
    /// Something other than IP.
    NonIp,
    /// Headers that cannot be, or that the capture cut off; says which.
    Malformed(&'static str),
    /// An IP packet.
    Packet(Packet<'a>),
}

/// The innermost IP packet of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Who sent it.
    pub src: IpAddr,
    /// To whom.
    pub dst: IpAddr,
    /// What it carries.
    pub payload: Payload<'a>,
}

impl Packet<'_> {
    /// Whether a checksum of it is wrong; see [`Check::is_bad`].
    pub fn bad_checksum(&self) -> bool {
        match &self.payload {
            Payload::Tcp(segment) => segment.check.is_bad(self.src, self.dst),
            Payload::Udp(datagram) => datagram.check.is_bad(self.src, self.dst),
            Payload::Fragment(_) | Payload::Other(_) => false,
        }
    }
}

/// What an IP packet carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A UDP datagram.
    Udp(Datagram<'a>),
    /// A part of a packet, for `defrag`.
    Fragment(Fragment<'a>),
    /// Another protocol, by its IP protocol number.
    Other(u8),
}

/// A part of an IP packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// Which packet it is a part of.
    pub key: FragmentKey,
    /// Protocol of the whole packet; of an IPv6 packet only the first fragment says the truth.
    pub proto: u8,
    /// Where the part belongs in the payload of the whole packet, in bytes.
    pub offset: u32,
    /// Whether others follow behind it.
    pub more: bool,
    /// The part.
    pub data: &'a [u8],
    /// Bytes at its end that the capture cut off.
    pub missing: u32,
}

/// Which packet a fragment belongs to (RFC 791 section 3.2, RFC 8200 section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FragmentKey {
    /// Who sent it.
    pub src: IpAddr,
    /// To whom.
    pub dst: IpAddr,
    /// IPv4: its protocol. IPv6 does not tell packets apart by it: 0.
    pub proto: u8,
    /// Its identification.
    pub id: u32,
    /// The tunnel it came through.
    pub tunnel: Option<Hop>,
}

/// Where a walk through the headers stands.
struct Walk<'h> {
    /// What was opened up to here.
    hops: &'h mut Hops,
    /// Bytes the wire carried behind those that were captured.
    cut: u32,
}

impl Walk<'_> {
    /// Goes into a tunnel; nothing when there is no more room, since a walk has to end.
    fn through(&mut self, hop: Hop) -> Option<&mut Self> {
        self.hops.push(hop).then_some(self)
    }

    /// Goes a way that may be the wrong one: when no packet is found there, it was not gone.
    fn attempt<'a>(
        &mut self,
        way: impl FnOnce(&mut Walk<'_>) -> Option<Decoded<'a>>,
    ) -> Option<Decoded<'a>> {
        let (hops, cut) = (self.hops.len(), self.cut);
        let found = way(self).filter(|decoded| matches!(decoded, Decoded::Packet(_)));
        if found.is_none() {
            self.hops.truncate(hops);
            self.cut = cut;
        }
        found
    }

    /// Limits `data` to the `len` bytes a header says there are, which cuts off padding.
    fn limit<'a>(&mut self, data: &'a [u8], len: u32) -> &'a [u8] {
        if let Some(inside) = data.get(..len as usize) {
            self.cut = 0;
            return inside;
        }
        // A length beyond what even the wire carried is not believed: nothing is missing then.
        let lacking = len.saturating_sub(u32::try_from(data.len()).unwrap_or(u32::MAX));
        self.cut = self.cut.min(lacking);
        data
    }
}

#[cfg(test)]
mod tests;
