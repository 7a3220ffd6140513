//! Who talks to whom, as a frame tells it.

use std::net::SocketAddr;

use overhear_dissectors::Transport;

use crate::decode::{Decoded, Hops, Payload, decode};
use crate::frame::Frame;

/// Two ends of a conversation, whichever way a packet goes. Tunnels are not told apart: of two
/// conversations with the same ends in two of them, both are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Pair {
    low: SocketAddr,
    high: SocketAddr,
    /// None for fragments: they belong to every conversation of their hosts.
    transport: Option<Transport>,
}

impl Pair {
    pub(super) fn new(one: SocketAddr, two: SocketAddr, transport: Transport) -> Self {
        Self { low: one.min(two), high: one.max(two), transport: Some(transport) }
    }

    /// The ends of the packet in a frame.
    pub(super) fn of(frame: &Frame<'_>, hops: &mut Hops) -> Option<Self> {
        let Decoded::Packet(packet) = decode(frame.link, frame.data, frame.wire_len, hops) else {
            return None;
        };
        let (source, dest, transport) = match &packet.payload {
            Payload::Tcp(tcp) => (tcp.src_port, tcp.dst_port, Transport::Tcp),
            Payload::Udp(udp) => (udp.src_port, udp.dst_port, Transport::Udp),
            Payload::Fragment(_) => {
                let ends = [packet.src, packet.dst].map(|host| SocketAddr::new(host, 0));
                return Some(Self::new(ends[0], ends[1], Transport::Tcp).fragments());
            }
            Payload::Other(_) => return None,
        };
        let (from, to) = (SocketAddr::new(packet.src, source), SocketAddr::new(packet.dst, dest));
        Some(Self::new(from, to, transport))
    }

    /// What stands for the fragments between the same hosts.
    pub(super) fn fragments(self) -> Self {
        let ends = [self.low, self.high].map(|end| SocketAddr::new(end.ip(), 0));
        Self { low: ends[0].min(ends[1]), high: ends[0].max(ends[1]), transport: None }
    }

    pub(super) fn ends(self) -> [SocketAddr; 2] {
        [self.low, self.high]
    }
}
