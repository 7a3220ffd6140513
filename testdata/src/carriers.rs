//! What a mirror port or a tap may wrap a packet in: every encapsulation around the same frames.

use crate::Frame;

/// An encapsulation, by the name it goes under.
#[derive(Clone, Copy, Debug)]
pub struct Carrier {
    /// Its name.
    pub name: &'static str,
    /// The capture's link type, by its LINKTYPE number.
    pub link: u32,
    /// The words that name it, outermost first.
    pub via: &'static [&'static str],
    wrap: fn(&Within<'_>) -> Vec<u8>,
}

/// What is wrapped: an Ethernet frame, and the IP packet in it.
struct Within<'a> {
    frame: &'a [u8],
    packet: &'a [u8],
}

impl Within<'_> {
    fn is_v6(&self) -> bool {
        self.packet.first().is_some_and(|first| first >> 4 == 6)
    }

    fn ether_type(&self) -> u16 {
        if self.is_v6() { 0x86dd } else { 0x0800 }
    }
}

const ETHERNET: u32 = 1;
const RAW: u32 = 101;

/// Every carrier.
pub const CARRIERS: &[Carrier] = &[
    of("ethernet", ETHERNET, &[], |within| within.frame.to_vec()),
    of("vlan", ETHERNET, &["vlan:42"], |within| tagged(&[(0x8100, 42)], within)),
    of("qinq", ETHERNET, &["vlan:7", "vlan:42"], |within| {
        tagged(&[(0x88a8, 7), (0x8100, 42)], within)
    }),
    of("qinq by old types", ETHERNET, &["vlan:1", "vlan:2", "vlan:3"], |within| {
        tagged(&[(0x9100, 1), (0x9200, 2), (0x9300, 3)], within)
    }),
    of("802.1ah", ETHERNET, &["vlan:9", "pbb:77"], |within| {
        let body = [&[0, 0, 0, 77], within.frame].concat();
        ethernet(&[(0x88a8, 9)], 0x88e7, &body)
    }),
    of("vn-tag", ETHERNET, &[], |within| {
        let kind = within.ether_type().to_be_bytes();
        ethernet(&[], 0x8926, &[&[0, 1, 0, 2], &kind[..], within.packet].concat())
    }),
    of("mpls", ETHERNET, &["mpls:100", "mpls:200"], |within| {
        let labels = [label(100, false), label(200, true)].concat();
        ethernet(&[], 0x8847, &[&labels[..], within.packet].concat())
    }),
    of("mpls pseudowire", ETHERNET, &["mpls:300"], |within| {
        ethernet(&[], 0x8847, &[&label(300, true)[..], within.frame].concat())
    }),
    of("mpls pseudowire with control word", ETHERNET, &["mpls:300"], |within| {
        ethernet(&[], 0x8847, &[&label(300, true)[..], &[0, 0, 0, 5], within.frame].concat())
    }),
    of("pppoe", ETHERNET, &["pppoe:17"], |within| {
        let len = (within.packet.len() as u16 + 2).to_be_bytes();
        let head = [&[0x11, 0, 0, 17][..], &len, &ppp_protocol(within)].concat();
        ethernet(&[], 0x8864, &[&head[..], within.packet].concat())
    }),
    of("ppp", 9, &[], |within| [&ppp_protocol(within)[..], within.packet].concat()),
    of("ppp in hdlc", 50, &[], |within| {
        [&[0xff, 3], &ppp_protocol(within)[..], within.packet].concat()
    }),
    of("cisco hdlc", 104, &[], |within| {
        [&[0x0f, 0], &within.ether_type().to_be_bytes()[..], within.packet].concat()
    }),
    of("gre", RAW, &["gre"], |within| {
        outer(47, &[&[0, 0], &within.ether_type().to_be_bytes()[..], within.packet].concat())
    }),
    of("gre with key", RAW, &["gre:4096"], |within| {
        let head = [&[0x20, 0], &within.ether_type().to_be_bytes()[..], &[0, 0, 16, 0]].concat();
        outer(47, &[&head[..], within.packet].concat())
    }),
    of("nvgre", RAW, &["nvgre:4660"], |within| {
        outer(47, &[&[0x20, 0, 0x65, 0x58, 0, 0x12, 0x34, 9], within.frame].concat())
    }),
    of("erspan I", RAW, &["erspan1"], |within| {
        outer(47, &[&[0, 0, 0x88, 0xbe], within.frame].concat())
    }),
    of("erspan II", RAW, &["erspan2:99"], |within| {
        let head = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 99, 0, 0, 0, 0];
        outer(47, &[&head[..], within.frame].concat())
    }),
    of("erspan III", RAW, &["erspan3:99"], |within| {
        let head = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0];
        outer(47, &[&head[..], within.frame].concat())
    }),
    of("ip in ip", RAW, &[], |within| outer(if within.is_v6() { 41 } else { 4 }, within.packet)),
    of("vxlan", RAW, &["vxlan:5001"], |within| {
        udp(4789, &[&[8, 0, 0, 0, 0, 0x13, 0x89, 0], within.frame].concat())
    }),
    of("vxlan-gpe", RAW, &["vxlan-gpe:5001"], |within| {
        let next = if within.is_v6() { 2 } else { 1 };
        udp(4790, &[&[0x0c, 0, 0, next, 0, 0x13, 0x89, 0], within.packet].concat())
    }),
    of("geneve", RAW, &["geneve:5001"], |within| {
        let head = [1, 0, 0x65, 0x58, 0, 0x13, 0x89, 0, 1, 2, 3, 4];
        udp(6081, &[&head[..], within.frame].concat())
    }),
    of("gtp-u", RAW, &["gtp:9"], |within| {
        let len = (within.packet.len() as u16 + 4).to_be_bytes();
        let head = [&[0x32, 255][..], &len, &[0, 0, 0, 9, 0, 1, 0, 0]].concat();
        udp(2152, &[&head[..], within.packet].concat())
    }),
    of("l2tp", RAW, &["l2tp:4"], |within| {
        udp(1701, &[&[0, 2, 0, 3, 0, 4], &ppp_protocol(within)[..], within.packet].concat())
    }),
    of("l2tpv3", RAW, &["l2tp:4"], |within| {
        outer(115, &[&[0, 0, 0, 4], &[9; 8][..], within.frame].concat())
    }),
    of("tzsp", RAW, &["tzsp"], |within| udp(37008, &[&[1, 0, 0, 1, 1], within.frame].concat())),
    of("linux cooked", 113, &[], |within| {
        let kind = within.ether_type().to_be_bytes();
        [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], &kind, within.packet].concat()
    }),
    of("linux cooked 2", 276, &[], |within| {
        let kind = within.ether_type().to_be_bytes();
        let rest = [0, 0, 0, 0, 0, 2, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
        [&kind[..], &rest, within.packet].concat()
    }),
    of("802.11 with radiotap", 127, &[], |within| {
        let radiotap = [0, 0, 8, 0, 0, 0, 0, 0];
        [&radiotap, &WIRELESS[..], &snap(within), within.packet].concat()
    }),
    of("802.11 with ppi", 192, &[], |within| {
        [&[0, 0, 8, 0, 105, 0, 0, 0], &WIRELESS[..], &snap(within), within.packet].concat()
    }),
    of("null", 0, &[], |within| {
        let family: u32 = if within.is_v6() { 30 } else { 2 };
        [&family.to_le_bytes()[..], within.packet].concat()
    }),
    of("loop", 108, &[], |within| {
        let family: u32 = if within.is_v6() { 24 } else { 2 };
        [&family.to_be_bytes()[..], within.packet].concat()
    }),
    of("raw", RAW, &[], |within| within.packet.to_vec()),
    of("nflog", 239, &[], |within| {
        let len = (within.packet.len() as u16 + 4).to_le_bytes();
        [&[2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 1, 0][..], &len, &[9, 0], within.packet].concat()
    }),
    of("pktap", 258, &[], |within| {
        let mut head = [0; 108];
        (head[0], head[4], head[8]) = (108, 1, 1);
        [&head[..], within.frame].concat()
    }),
    of("vxlan in gre in mpls", ETHERNET, &["mpls:8", "gre", "vxlan:1"], |within| {
        let vxlan = udp(4789, &[&[8, 0, 0, 0, 0, 0, 1, 0], within.frame].concat());
        let gre = outer(47, &[&[0, 0, 8, 0], &vxlan[..]].concat());
        ethernet(&[], 0x8847, &[&label(8, true)[..], &gre].concat())
    }),
];

/// Data frame from an access point, without encryption.
const WIRELESS: [u8; 24] = [8, 2, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0];

const fn of(
    name: &'static str,
    link: u32,
    via: &'static [&'static str],
    wrap: fn(&Within<'_>) -> Vec<u8>,
) -> Carrier {
    Carrier { name, link, via, wrap }
}

impl Carrier {
    /// Wraps Ethernet frames without tags.
    pub fn wrap(&self, frames: &[Frame]) -> Vec<Frame> {
        let wrap = |frame: &Frame| {
            let packet = frame.bytes.get(14..).unwrap_or_default();
            Frame { at: frame.at, bytes: (self.wrap)(&Within { frame: &frame.bytes, packet }) }
        };
        frames.iter().map(wrap).collect()
    }
}

fn ethernet(tags: &[(u16, u16)], kind: u16, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 1, 2];
    for (kind, id) in tags {
        frame.extend(kind.to_be_bytes());
        frame.extend(id.to_be_bytes());
    }
    frame.extend(kind.to_be_bytes());
    frame.extend(body);
    frame
}

fn tagged(tags: &[(u16, u16)], within: &Within<'_>) -> Vec<u8> {
    ethernet(tags, within.ether_type(), within.packet)
}

fn label(label: u32, last: bool) -> [u8; 4] {
    (label << 12 | u32::from(last) << 8 | 64).to_be_bytes()
}

fn ppp_protocol(within: &Within<'_>) -> [u8; 2] {
    if within.is_v6() { [0, 0x57] } else { [0, 0x21] }
}

fn snap(within: &Within<'_>) -> [u8; 8] {
    let [hi, lo] = within.ether_type().to_be_bytes();
    [0xaa, 0xaa, 3, 0, 0, 0, hi, lo]
}

/// An IPv4 packet whose checksum is left to the card.
fn outer(proto: u8, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u16 + 20).to_be_bytes();
    let head = [0x45, 0, len[0], len[1], 0, 1, 0, 0, 64, proto, 0, 0];
    [&head[..], &[172, 16, 0, 1, 172, 16, 0, 2], payload].concat()
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u16 + 8).to_be_bytes();
    let head = [&49_152u16.to_be_bytes()[..], &port.to_be_bytes(), &len, &[0, 0]].concat();
    outer(17, &[&head[..], payload].concat())
}
