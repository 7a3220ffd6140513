//! What makes two packets the same flow: the innermost 5-tuple and the tunnel it came through.
//! VLAN tags are no part of it: mirror ports tag the two directions differently.

use std::net::{IpAddr, SocketAddr};

use overhear_dissectors::Transport;

/// A flow's key: the same for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    low: (u128, u16),
    high: (u128, u16),
    udp: bool,
    tunnel: u64,
}

impl Key {
    /// The key of a packet, and whether its source is the lower end of it.
    pub(crate) fn of(
        source: SocketAddr,
        dest: SocketAddr,
        transport: Transport,
        tunnel: u64,
    ) -> (Self, bool) {
        let (from, to) = (end(source), end(dest));
        let ascending = from <= to;
        let (low, high) = if ascending { (from, to) } else { (to, from) };
        (Self { low, high, udp: transport == Transport::Udp, tunnel }, ascending)
    }

    /// TCP or UDP.
    pub(crate) fn transport(&self) -> Transport {
        if self.udp { Transport::Udp } else { Transport::Tcp }
    }

    /// 64 bits of it, with the direction, for the table of connection openings.
    pub(crate) fn mix(&self, ascending: bool) -> u64 {
        let ports = u64::from(self.low.1) << 17 | u64::from(self.high.1) << 1 | u64::from(ascending);
        let mut hash = self.tunnel ^ ports;
        for part in [self.low.0, self.high.0] {
            for word in [part as u64, (part >> 64) as u64] {
                hash = (hash ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
            }
        }
        hash
    }
}

fn end(address: SocketAddr) -> (u128, u16) {
    let ip = match address.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    (ip.to_bits(), address.port())
}
