//! Which part of the state a packet belongs to.

use std::net::IpAddr;

/// Parts the state is divided into, whatever the number of workers.
pub(crate) const SHARDS: usize = 256;

/// The shard of an address pair: the same for both directions and for every fragment.
pub(crate) fn shard(one: IpAddr, two: IpAddr) -> usize {
    let mut hash = fold(one) ^ fold(two);
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 56) as usize % SHARDS
}

fn fold(ip: IpAddr) -> u64 {
    let bits = match ip {
        IpAddr::V4(ip) => u128::from(ip.to_bits()),
        IpAddr::V6(ip) => ip.to_bits(),
    };
    let mixed = (bits as u64 ^ (bits >> 64) as u64).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ mixed >> 33
}
