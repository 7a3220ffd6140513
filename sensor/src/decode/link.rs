//! Link layers, down to the `EtherType` of what they carry.

use super::{Decoded, Hop, Walk, ip, tunnel, wireless};
use crate::frame::Link;

/// Opens a frame of the given link type.
pub(super) fn open<'a>(link: Link, data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    match link {
        Link::ETHERNET => ethernet(data, walk),
        Link::LINUX_SLL => cooked(data, walk),
        Link::LINUX_SLL2 => cooked2(data, walk),
        Link::NULL | Link::LOOP => loopback(data, walk),
        Link::DLT_RAW | Link::DLT_RAW_OPENBSD | Link::RAW | Link::IPV4 | Link::IPV6 => {
            ip::any(data, walk)
        }
        Link::PPP | Link::PPP_HDLC => tunnel::ppp(data, walk),
        Link::PPP_ETHER => tunnel::pppoe(data, walk),
        Link::IEEE802_11 => wireless::ieee80211(data, false, walk),
        Link::RADIOTAP => wireless::radiotap(data, walk),
        _ => Decoded::NonIp,
    }
}

/// Opens what stands behind an `EtherType`.
pub(super) fn ether_type<'a>(mut kind: u16, mut data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    loop {
        match kind {
            ETHERTYPE_IPV4 => return ip::v4(data, walk),
            ETHERTYPE_IPV6 => return ip::v6(data, walk),
            0x8100 | 0x88a8 | 0x9100 | 0x9200 | 0x9300 => {
                let Some(([tci @ .., hi, lo], rest)) = data.split_first_chunk::<4>() else {
                    return Decoded::Malformed("VLAN tag cut off");
                };
                // Tags are taken off to any depth, since each is paid for with four bytes; those
                // the room does not hold are not told.
                let _ = walk.hops.push(Hop::Vlan(u16::from_be_bytes(*tci) & 0x0fff));
                kind = u16::from_be_bytes([*hi, *lo]);
                data = rest;
            }
            0x8847 | 0x8848 => return tunnel::mpls(data, walk),
            0x8864 => return tunnel::pppoe(data, walk),
            0..LEAST_ETHERTYPE => return llc(kind, data, walk),
            _ => return Decoded::NonIp,
        }
    }
}

/// Ethernet II and IEEE 802.3.
pub(super) fn ethernet<'a>(data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let Some(([.., hi, lo], rest)) = data.split_first_chunk::<14>() else {
        return Decoded::Malformed("Ethernet header cut off");
    };
    ether_type(u16::from_be_bytes([*hi, *lo]), rest, walk)
}

/// IEEE 802.2 with SNAP; `len` is the length field of the 802.3 header.
pub(super) fn llc<'a>(len: u16, data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let data = walk.limit(data, u32::from(len));
    match data {
        // RFC 1042, and the bridge-tunnel form of IEEE 802.1H.
        [0xaa, 0xaa, 0x03, 0, 0, 0 | 0xf8, hi, lo, rest @ ..] => {
            let kind = u16::from_be_bytes([*hi, *lo]);
            if kind < LEAST_ETHERTYPE { Decoded::NonIp } else { ether_type(kind, rest, walk) }
        }
        // The LSAP that stands for IP itself.
        [0x06, 0x06, 0x03, rest @ ..] => ip::v4(rest, walk),
        _ => Decoded::NonIp,
    }
}

/// Linux "cooked" capture, version 1 (`LINKTYPE_LINUX_SLL`).
fn cooked<'a>(data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let Some(([.., hi, lo], rest)) = data.split_first_chunk::<16>() else {
        return Decoded::Malformed("cooked header cut off");
    };
    cooked_payload(u16::from_be_bytes([*hi, *lo]), rest, walk)
}

/// Linux "cooked" capture, version 2 (`LINKTYPE_LINUX_SLL2`).
fn cooked2<'a>(data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let Some(([hi, lo, ..], rest)) = data.split_first_chunk::<20>() else {
        return Decoded::Malformed("cooked header cut off");
    };
    cooked_payload(u16::from_be_bytes([*hi, *lo]), rest, walk)
}

/// Linux puts its own numbers where a length would stand: 1 and 4 are 802.3 frames.
fn cooked_payload<'a>(kind: u16, data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    match kind {
        1 | 4 => llc(u16::MAX, data, walk),
        0..LEAST_ETHERTYPE => Decoded::NonIp,
        _ => ether_type(kind, data, walk),
    }
}

/// BSD loopback: an address family in either byte order.
fn loopback<'a>(data: &'a [u8], walk: &mut Walk) -> Decoded<'a> {
    let Some((family, rest)) = data.split_first_chunk::<4>() else {
        return Decoded::Malformed("loopback header cut off");
    };
    // Families are small, so that the half which is zero tells the byte order.
    let family = u32::from_be_bytes(*family);
    let family = if family > 0xffff { family.swap_bytes() } else { family };
    match family {
        2 => ip::v4(rest, walk),
        // AF_INET6 of NetBSD and OpenBSD, FreeBSD, Darwin, and of Linux and Windows.
        24 | 28 | 30 | 10 | 23 => ip::v6(rest, walk),
        _ => Decoded::NonIp,
    }
}

const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
/// Smaller values of the field are lengths (IEEE 802.3 section 3.2.6).
const LEAST_ETHERTYPE: u16 = 0x0600;
