//! What makes two packets the same flow: the innermost 5-tuple and the tunnel it came through.
//! VLAN tags are no part of it: mirror ports tag the two directions differently.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::FixedState;
use overhear_dissectors::Transport;

use crate::decode::Hop;

/// A flow's key: the same for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    low: u128,
    high: u128,
    ports: [u16; 2],
    udp: bool,
    tunnel: Option<Hop>,
}

impl Key {
    /// The key of a packet, and whether its source is the lower end of it.
    pub(crate) fn of(
        source: SocketAddr,
        dest: SocketAddr,
        transport: Transport,
        tunnel: Option<Hop>,
    ) -> (Self, bool) {
        let (from, to) = (bits(source.ip()), bits(dest.ip()));
        let ascending = (from, source.port()) <= (to, dest.port());
        let udp = transport == Transport::Udp;
        let key = if ascending {
            Self { low: from, high: to, ports: [source.port(), dest.port()], udp, tunnel }
        } else {
            Self { low: to, high: from, ports: [dest.port(), source.port()], udp, tunnel }
        };
        (key, ascending)
    }

    /// TCP or UDP.
    pub(crate) fn transport(&self) -> Transport {
        if self.udp { Transport::Udp } else { Transport::Tcp }
    }

    /// 64 bits of it, with the direction, for the table of connection openings. Unkeyed: whoever
    /// aims at a collision makes overhear forget an opening, which any later one may do anyway.
    pub(crate) fn mix(&self, ascending: bool) -> u64 {
        FixedState::default().hash_one((self, ascending))
    }
}

// A few whole words, since every packet is hashed.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.low);
        state.write_u128(self.high);
        let [one, two] = self.ports.map(u64::from);
        state.write_u64(one << 32 | two << 1 | u64::from(self.udp));
        if let Some(tunnel) = self.tunnel {
            tunnel.hash(state);
        }
    }
}

fn bits(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}
