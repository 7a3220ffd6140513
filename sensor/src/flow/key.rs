//! What makes two packets the same flow: the innermost 5-tuple and the tunnel it came through.
//! VLAN tags are no part of it: mirror ports tag the two directions differently.

use std::hash::{BuildHasher, Hash, Hasher};
use std::net::IpAddr;

use foldhash::fast::FixedState;
use overhear_dissectors::Transport;

use crate::decode::Hop;

/// A flow's key: the same for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    low: u128,
    high: u128,
    /// Both ports, and whether it is UDP: one word, since every packet is compared and hashed.
    ports: u64,
    tunnel: Option<Hop>,
}

/// Stands in [`Key::ports`] for UDP.
const UDP: u64 = 1 << 32;

impl Key {
    /// The key of a packet, and whether its source is the lower end of it.
    pub(crate) fn of(
        source: (IpAddr, u16),
        dest: (IpAddr, u16),
        transport: Transport,
        tunnel: Option<Hop>,
    ) -> (Self, bool) {
        let (from, to) = (bits(source.0), bits(dest.0));
        let ascending = from < to || from == to && source.1 <= dest.1;
        let (low, high) = if ascending { (from, to) } else { (to, from) };
        let (one, two) = if ascending { (source.1, dest.1) } else { (dest.1, source.1) };
        let udp = if transport == Transport::Udp { UDP } else { 0 };
        let ports = udp | u64::from(one) << 16 | u64::from(two);
        (Self { low, high, ports, tunnel }, ascending)
    }

    /// TCP or UDP.
    pub(crate) fn transport(&self) -> Transport {
        if self.ports & UDP == 0 { Transport::Tcp } else { Transport::Udp }
    }

    /// 64 bits of it, with the direction, for the table of connection openings. Unkeyed: whoever
    /// aims at a collision makes overhear forget an opening, which any later one may do anyway.
    pub(crate) fn mix(&self, ascending: bool) -> u64 {
        FixedState::default().hash_one((self, ascending))
    }
}

impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u128(self.low);
        state.write_u128(self.high);
        state.write_u64(self.ports);
        if let Some(tunnel) = self.tunnel {
            tunnel.hash(state);
        }
    }
}

#[inline]
fn bits(ip: IpAddr) -> u128 {
    match ip {
        // As an IPv6 address that stands for an IPv4 one (RFC 4291, section 2.5.5.2).
        IpAddr::V4(ip) => 0xffff_0000_0000 | u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}
