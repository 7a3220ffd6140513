//! A dialogue as a network carries it: segments, and the Ethernet frames around them.
//!
//! [`segments`] says what each side would send; as they are a plain `Vec`, a test loses, repeats
//! or exchanges them as it likes, and [`jumble`] does so from a seed. [`frames`] wraps them.

use std::net::{IpAddr, SocketAddr};

use etherparse::{
    IpHeaders, Ipv4Extensions, Ipv4Header, Ipv6Extensions, Ipv6FlowLabel, Ipv6Header,
    PacketBuilder, PacketBuilderStep, SingleVlanHeader, TcpHeader, VlanHeader, VlanId, ip_number,
};

use crate::{Dialogue, Side, Transport, Turn};

/// How a dialogue travels.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Longest payload of a segment, in bytes; at least 1.
    pub mss: usize,
    /// Places at which the streams are cut besides, in bytes from the start of the dialogue,
    /// counted over both sides.
    pub cuts: Vec<usize>,
    /// First sequence numbers of client and server, those of their SYNs.
    pub isn: [u32; 2],
    /// The connection's three segments of opening are there.
    pub handshake: bool,
    /// Every segment with a payload is answered with a bare ACK.
    pub acks: bool,
    /// How the connection ends.
    pub ending: Ending,
    /// VLAN tags, outermost first; at most two are written.
    pub vlans: Vec<u16>,
    /// Time of the first frame, nanoseconds since 1970.
    pub start: u64,
    /// Nanoseconds between frames.
    pub step: u64,
}

impl Default for Wire {
    fn default() -> Self {
        Self {
            mss: 1460,
            cuts: Vec::new(),
            isn: [1_000, 900_000],
            handshake: true,
            acks: true,
            ending: Ending::Fin,
            vlans: Vec::new(),
            start: 1_000_000_000_000_000_000,
            step: 1_000_000,
        }
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Both sides say so.
    Fin,
    /// The server breaks it off.
    Rst,
    /// The capture ends before it.
    Open,
}

/// What one TCP segment says besides its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Nothing: it acknowledges, and may carry bytes.
    Ack,
    /// Opens a direction; without an acknowledgement when it is the first of all.
    Syn,
    /// Ends a direction.
    Fin,
    /// Breaks the connection off.
    Rst,
}

/// One TCP segment, or one datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Who sends it.
    pub side: Side,
    /// Sequence number of its first byte.
    pub seq: u32,
    /// The next byte expected of the other side; nothing in the very first SYN.
    pub ack: Option<u32>,
    /// What it says.
    pub flag: Flag,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// A frame of a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// When it was captured, nanoseconds since 1970.
    pub at: u64,
    /// Its bytes, from the Ethernet header on.
    pub bytes: Vec<u8>,
}

/// The segments of a dialogue, in the order in which they were sent.
pub fn segments(dialogue: &Dialogue, wire: &Wire) -> Vec<Segment> {
    let mut line = Line { next: wire.isn, acks: wire.acks, segments: Vec::new() };
    if dialogue.ends.transport == Transport::Tcp {
        if wire.handshake {
            line.open();
        } else {
            line.next = wire.isn.map(|isn| isn.wrapping_add(1));
        }
    }
    let mut at = 0;
    for turn in &dialogue.turns {
        match turn {
            Turn::Gap(side, lost) => line.advance(*side, *lost),
            Turn::Says(side, bytes) if dialogue.ends.transport == Transport::Udp => {
                line.send(*side, Flag::Ack, bytes);
            }
            Turn::Says(side, bytes) => {
                for piece in pieces(bytes, at, wire) {
                    line.says(*side, piece);
                }
                at += bytes.len();
            }
        }
    }
    if dialogue.ends.transport == Transport::Tcp {
        line.close(wire.ending);
    }
    line.segments
}

/// Cuts what is said from place `at` of the dialogue on.
fn pieces<'a>(bytes: &'a [u8], at: usize, wire: &Wire) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let (mut rest, mut place) = (bytes, at);
    while !rest.is_empty() {
        let next = wire.cuts.iter().copied().filter(|cut| *cut > place).min();
        let length =
            next.map_or(rest.len(), |cut| cut - place).min(wire.mss.max(1)).min(rest.len());
        let (piece, tail) = rest.split_at(length);
        pieces.push(piece);
        (rest, place) = (tail, place + length);
    }
    pieces
}

/// Both directions of a connection while they are written.
struct Line {
    next: [u32; 2],
    acks: bool,
    segments: Vec<Segment>,
}

impl Line {
    fn open(&mut self) {
        self.send(Side::Client, Flag::Syn, b"");
        if let Some(first) = self.segments.last_mut() {
            first.ack = None;
        }
        self.send(Side::Server, Flag::Syn, b"");
        self.send(Side::Client, Flag::Ack, b"");
    }

    fn says(&mut self, side: Side, payload: &[u8]) {
        self.send(side, Flag::Ack, payload);
        if self.acks {
            self.send(other(side), Flag::Ack, b"");
        }
    }

    fn close(&mut self, ending: Ending) {
        match ending {
            Ending::Open => {}
            Ending::Rst => self.send(Side::Server, Flag::Rst, b""),
            Ending::Fin => {
                self.send(Side::Client, Flag::Fin, b"");
                self.send(Side::Server, Flag::Fin, b"");
                self.send(Side::Client, Flag::Ack, b"");
            }
        }
    }

    fn send(&mut self, side: Side, flag: Flag, payload: &[u8]) {
        let [client, server] = self.next;
        let (seq, ack) = match side {
            Side::Client => (client, server),
            Side::Server => (server, client),
        };
        self.segments.push(Segment { side, seq, ack: Some(ack), flag, payload: payload.to_vec() });
        let control = u32::from(matches!(flag, Flag::Syn | Flag::Fin));
        self.advance(side, control.wrapping_add(payload.len() as u32));
    }

    fn advance(&mut self, side: Side, count: u32) {
        let [client, server] = &mut self.next;
        let next = if side == Side::Client { client } else { server };
        *next = next.wrapping_add(count);
    }
}

fn other(side: Side) -> Side {
    match side {
        Side::Client => Side::Server,
        Side::Server => Side::Client,
    }
}

/// Exchanges neighbours of one side and repeats segments, as the seed says. Nothing is lost, and
/// nothing overtakes what it answers or the opening of its connection.
pub fn jumble(segments: Vec<Segment>, seed: u64) -> Vec<Segment> {
    let mut dice = seed | 1;
    let mut roll = |faces: u64| {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice % faces
    };
    let opening = segments.iter().take_while(|one| one.payload.is_empty()).count();
    let mut jumbled: Vec<Segment> = Vec::with_capacity(segments.len());
    for (index, segment) in segments.into_iter().enumerate() {
        let plain = index > opening && segment.flag == Flag::Ack && !segment.payload.is_empty();
        if plain && roll(6) == 0 {
            jumbled.push(segment.clone());
        }
        jumbled.push(segment);
        let last = jumbled.len() - 1;
        let neighbours = jumbled.get(last.wrapping_sub(1)).zip(jumbled.get(last));
        let same = neighbours.is_some_and(|(one, other)| {
            one.side == other.side && !one.payload.is_empty() && last > opening + 1
        });
        if plain && same && roll(3) == 0 {
            jumbled.swap(last, last - 1);
        }
    }
    jumbled
}

/// A dialogue's frames, sent as `wire` says.
pub fn frames(dialogue: &Dialogue, wire: &Wire) -> Vec<Frame> {
    wrap(dialogue, wire, &segments(dialogue, wire))
}

/// Frames around segments, in the given order.
///
/// # Panics
///
/// When a datagram is longer than an IP packet may be.
pub fn wrap(dialogue: &Dialogue, wire: &Wire, segments: &[Segment]) -> Vec<Frame> {
    let mut at = wire.start;
    let mut frames = Vec::with_capacity(segments.len());
    for segment in segments {
        frames.push(Frame { at, bytes: ethernet(dialogue, wire, segment) });
        at = at.saturating_add(wire.step);
    }
    frames
}

fn ethernet(dialogue: &Dialogue, wire: &Wire, segment: &Segment) -> Vec<u8> {
    let (client, server) = (dialogue.ends.client, dialogue.ends.server);
    let (from, to) = match segment.side {
        Side::Client => (client, server),
        Side::Server => (server, client),
    };
    let link = PacketBuilder::ethernet2(station(from), station(to));
    let ip = match tags(&wire.vlans) {
        Some(tags) => link.vlan(tags).ip(network(from.ip(), to.ip())),
        None => link.ip(network(from.ip(), to.ip())),
    };
    transport(ip, dialogue.ends.transport, from.port(), to.port(), segment)
}

fn transport(
    ip: PacketBuilderStep<IpHeaders>,
    transport: Transport,
    from: u16,
    to: u16,
    segment: &Segment,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let payload = &segment.payload;
    let written = match transport {
        Transport::Udp => ip.udp(from, to).write(&mut bytes, payload),
        Transport::Tcp => {
            let mut header = TcpHeader::new(from, to, segment.seq, 64_240);
            header.ack = segment.ack.is_some();
            header.acknowledgment_number = segment.ack.unwrap_or(0);
            header.psh = !payload.is_empty();
            header.syn = segment.flag == Flag::Syn;
            header.fin = segment.flag == Flag::Fin;
            header.rst = segment.flag == Flag::Rst;
            ip.tcp_header(header).write(&mut bytes, payload)
        }
    };
    written.expect("a segment fits into an IP packet");
    bytes
}

/// A locally administered MAC address made of the host's last three address bytes.
fn station(host: SocketAddr) -> [u8; 6] {
    let (a, b, c) = match host.ip() {
        IpAddr::V4(ip) => {
            let [_, a, b, c] = ip.octets();
            (a, b, c)
        }
        IpAddr::V6(ip) => {
            let [.., a, b, c] = ip.octets();
            (a, b, c)
        }
    };
    [2, 0, 0, a, b, c]
}

fn tags(vlans: &[u16]) -> Option<VlanHeader> {
    let id = |vlan: u16| VlanId::try_new(vlan & 0xfff).unwrap_or(VlanId::ZERO);
    let tag = |vlan| SingleVlanHeader { vlan_id: id(vlan), ..SingleVlanHeader::default() };
    match *vlans {
        [] => None,
        [only] => Some(VlanHeader::Single(tag(only))),
        [outer, inner, ..] => Some(VlanHeader::Double(etherparse::DoubleVlanHeader {
            outer: tag(outer),
            inner: tag(inner),
        })),
    }
}

/// The IP header; the builder fills in lengths, protocol and checksum. Addresses of two families
/// meet in the IPv6 one.
fn network(from: IpAddr, to: IpAddr) -> IpHeaders {
    if let (IpAddr::V4(from), IpAddr::V4(to)) = (from, to) {
        let header = Ipv4Header::new(0, 64, ip_number::TCP, from.octets(), to.octets());
        return IpHeaders::Ipv4(header.unwrap_or_default(), Ipv4Extensions::default());
    }
    let octets = |ip| match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    };
    let header = Ipv6Header {
        traffic_class: 0,
        flow_label: Ipv6FlowLabel::ZERO,
        payload_length: 0,
        next_header: ip_number::TCP,
        hop_limit: 64,
        source: octets(from),
        destination: octets(to),
    };
    IpHeaders::Ipv6(header, Ipv6Extensions::default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::{SlicedPacket, TransportSlice};

    fn dialogue(ends: &str) -> Dialogue {
        let text = format!("# origin: here\n# ends: {ends}\n>>> hello world\n<>< 5\n<<< yes\n");
        Dialogue::parse(&text).unwrap()
    }

    /// Every byte of a side at its place in the stream.
    fn assembled(segments: &[Segment], side: Side, isn: u32) -> Vec<Option<u8>> {
        let mut stream = Vec::new();
        for one in segments.iter().filter(|one| one.side == side) {
            let from = one.seq.wrapping_sub(isn).wrapping_sub(1) as usize;
            for (index, byte) in one.payload.iter().enumerate() {
                stream.resize(stream.len().max(from + index + 1), None);
                stream[from + index] = Some(*byte);
            }
        }
        stream
    }

    #[test]
    fn any_cutting_carries_the_same_bytes() {
        let dialogue = dialogue("10.0.0.11:40000 10.0.0.1:6667 tcp");
        for (mss, cuts) in [(1460, vec![]), (1, vec![]), (4, vec![1, 2, 9, 12])] {
            let wire = Wire { mss, cuts, isn: [u32::MAX - 3, u32::MAX], ..Wire::default() };
            for segments in [segments(&dialogue, &wire), jumble(segments(&dialogue, &wire), 7)] {
                let client = assembled(&segments, Side::Client, wire.isn[0]);
                assert_eq!(client, b"hello world".map(Some));
                let server = assembled(&segments, Side::Server, wire.isn[1]);
                assert_eq!(server[..5], [None; 5]);
                assert_eq!(server[5..], b"yes".map(Some));
            }
        }
    }

    #[test]
    fn jumbling_exchanges_and_repeats() {
        let dialogue = dialogue("10.0.0.11:40000 10.0.0.1:6667 tcp");
        let wire = Wire { mss: 1, acks: false, ..Wire::default() };
        let straight = segments(&dialogue, &wire);
        let jumbled = jumble(straight.clone(), 3);
        assert!(jumbled.len() > straight.len());
        assert!(
            jumbled.windows(2).any(|two| two[1].seq < two[0].seq && two[0].side == two[1].side)
        );
        assert_eq!(jumbled, jumble(straight, 3));
    }

    #[test]
    fn frames_are_what_they_say() {
        for (ends, vlans) in [
            ("10.0.0.11:40000 10.0.0.1:6667 tcp", vec![]),
            ("10.0.0.11:40000 10.0.0.1:4000 udp", vec![42]),
            ("[fd00::11]:40000 [fd00::1]:6667 tcp", vec![7, 42]),
        ] {
            let dialogue = dialogue(ends);
            let wire = Wire { vlans: vlans.clone(), ..Wire::default() };
            let mut said = Vec::new();
            for frame in frames(&dialogue, &wire) {
                let packet = SlicedPacket::from_ethernet(&frame.bytes).unwrap();
                assert_eq!(packet.vlan_ids().len(), vlans.len());
                let net = packet.net.as_ref().unwrap();
                let checksum = match (packet.transport.as_ref().unwrap(), net) {
                    (TransportSlice::Tcp(tcp), etherparse::NetSlice::Ipv4(ip)) => {
                        said.extend_from_slice(tcp.payload());
                        let ip = ip.header();
                        tcp.calc_checksum_ipv4(ip.source(), ip.destination()) == Ok(tcp.checksum())
                    }
                    (TransportSlice::Tcp(tcp), etherparse::NetSlice::Ipv6(ip)) => {
                        said.extend_from_slice(tcp.payload());
                        let ip = ip.header();
                        tcp.calc_checksum_ipv6(ip.source(), ip.destination()) == Ok(tcp.checksum())
                    }
                    (TransportSlice::Udp(udp), _) => {
                        said.extend_from_slice(udp.payload());
                        udp.checksum() != 0
                    }
                    _ => false,
                };
                assert!(checksum, "{ends}");
            }
            assert_eq!(said, b"hello worldyes");
        }
    }
}
