//! What the wire gave: bytes, their link type, and their place in the input.

use std::fmt;

use overhear_analysis::Stamp;

/// One captured frame, borrowed from the block it was read into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Number in the whole input, from 1.
    pub seq: u64,
    /// Time, source and number in that source.
    pub stamp: Stamp,
    /// Bytes the wire carried, of which the capture may have kept fewer.
    pub wire_len: u32,
    /// What the data begins with.
    pub link: Link,
    /// The captured bytes.
    pub data: &'a [u8],
}

/// A link type, by its LINKTYPE number (tcpdump.org/linktypes.html).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link(pub u16);

impl Link {
    /// BSD loopback: the address family in the byte order of the capturing host.
    pub const NULL: Self = Self(0);
    /// Ethernet, without preamble and checksum.
    pub const ETHERNET: Self = Self(1);
    /// PPP, with or without its HDLC address and control bytes.
    pub const PPP: Self = Self(9);
    /// Raw IP, as `DLT_RAW` of most systems is numbered.
    pub const DLT_RAW: Self = Self(12);
    /// Raw IP, as `DLT_RAW` of OpenBSD is numbered.
    pub const DLT_RAW_OPENBSD: Self = Self(14);
    /// PPP in HDLC-like framing (RFC 1662).
    pub const PPP_HDLC: Self = Self(50);
    /// `PPPoE` session packets without their Ethernet header.
    pub const PPP_ETHER: Self = Self(51);
    /// Raw IPv4 or IPv6.
    pub const RAW: Self = Self(101);
    /// IEEE 802.11.
    pub const IEEE802_11: Self = Self(105);
    /// Cisco's HDLC: address, control and an `EtherType`.
    pub const C_HDLC: Self = Self(104);
    /// OpenBSD loopback: the address family in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux "cooked" capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// IEEE 802.11 behind a radiotap header.
    pub const RADIOTAP: Self = Self(127);
    /// Another link type behind a per-packet information header.
    pub const PPI: Self = Self(192);
    /// Raw IPv4.
    pub const IPV4: Self = Self(228);
    /// Raw IPv6.
    pub const IPV6: Self = Self(229);
    /// Linux netfilter's log: attributes, of which one is the IP packet.
    pub const NFLOG: Self = Self(239);
    /// Another link type behind Apple's per-packet header.
    pub const PKTAP: Self = Self(258);
    /// Linux "cooked" capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);

    /// The name tcpdump.org gives it, without `LINKTYPE_`; nothing for those overhear cannot read.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::NULL => "NULL",
            Self::ETHERNET => "ETHERNET",
            Self::PPP => "PPP",
            Self::DLT_RAW | Self::DLT_RAW_OPENBSD | Self::RAW => "RAW",
            Self::PPP_HDLC => "PPP_HDLC",
            Self::PPP_ETHER => "PPP_ETHER",
            Self::IEEE802_11 => "IEEE802_11",
            Self::C_HDLC => "C_HDLC",
            Self::LOOP => "LOOP",
            Self::LINUX_SLL => "LINUX_SLL",
            Self::RADIOTAP => "IEEE802_11_RADIOTAP",
            Self::PPI => "PPI",
            Self::NFLOG => "NFLOG",
            Self::PKTAP => "PKTAP",
            Self::IPV4 => "IPV4",
            Self::IPV6 => "IPV6",
            Self::LINUX_SLL2 => "LINUX_SLL2",
            _ => return None,
        })
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "LINKTYPE {}", self.0),
        }
    }
}
