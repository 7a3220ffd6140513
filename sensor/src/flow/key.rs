//! What makes two packets the same flow: the innermost 5-tuple and the tunnel it came through.
//! VLAN tags are no part of it: mirror ports tag the two directions differently.

use std::hash::BuildHasher;
use std::net::{IpAddr, SocketAddr};

use foldhash::fast::FixedState;
use overhear_dissectors::Transport;

use crate::decode::Hop;

/// A flow's key: the same for both directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    low: (u128, u16),
    high: (u128, u16),
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
        let (from, to) = (end(source), end(dest));
        let ascending = from <= to;
        let (low, high) = if ascending { (from, to) } else { (to, from) };
        (Self { low, high, udp: transport == Transport::Udp, tunnel }, ascending)
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

fn end(address: SocketAddr) -> (u128, u16) {
    let ip = match address.ip() {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    };
    (ip.to_bits(), address.port())
}
