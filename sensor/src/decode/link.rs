//! Link layers, down to the `EtherType` of what they carry.

use super::{Decoded, Hop, Walk, ip, tunnel, wireless};
use crate::frame::Link;

/// Opens a frame of the given link type.
#[inline]
pub(super) fn open<'a>(link: Link, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
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
        Link::C_HDLC => c_hdlc(data, walk),
        Link::NFLOG => nflog(data, walk),
        // A header before another link type, never before itself.
        Link::PPI | Link::PKTAP => match behind(link, data) {
            Some((Link::PPI | Link::PKTAP, _)) => Decoded::NonIp,
            Some((inner, data)) => open(inner, data, walk),
            None => Decoded::Malformed("capture header cut off"),
        },
        _ => Decoded::NonIp,
    }
}

/// The link type and the data behind a header of the capturing program: PPI (CACE Technologies,
/// version 1.0.10) or PKTAP (Darwin's `net/pktap.h`), little-endian both.
fn behind(link: Link, data: &[u8]) -> Option<(Link, &[u8])> {
    let number = |at: usize| Some(u32::from_le_bytes(*data.get(at..)?.first_chunk()?));
    let (len, kind) = match link {
        Link::PPI => (number(0)? >> 16, number(4)?),
        _ => (number(0)?, number(8)?),
    };
    Some((Link(u16::try_from(kind).ok()?), data.get(len as usize..)?))
}

/// Cisco's HDLC framing.
fn c_hdlc<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    match data {
        [0x0f | 0x8f, _, hi, lo, rest @ ..] => {
            ether_type(u16::from_be_bytes([*hi, *lo]), rest, walk)
        }
        [_, _, _, _, ..] => Decoded::NonIp,
        _ => Decoded::Malformed("HDLC header cut off"),
    }
}

/// Linux netfilter's log (`LINKTYPE_NFLOG`): attributes in the capturing host's byte order.
fn nflog<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some(([family, _, _, _], mut rest)) = data.split_first_chunk::<4>() else {
        return Decoded::Malformed("NFLOG header cut off");
    };
    if !matches!(family, 0 | 2 | 10) {
        return Decoded::NonIp;
    }
    while let Some((head, _)) = rest.split_first_chunk::<4>() {
        let [l1, l2, t1, t2] = *head;
        // Types are small: the byte that is zero tells the byte order.
        let (len, kind) = match t2 {
            0 => (u16::from_le_bytes([l1, l2]), t1),
            _ => (u16::from_be_bytes([l1, l2]), t2),
        };
        let len = usize::from(len);
        if kind == NFULA_PAYLOAD {
            let packet = rest.get(4..len).or_else(|| rest.get(4..)).unwrap_or_default();
            return ip::any(packet, walk);
        }
        let Some(next) = rest.get(len.max(4).next_multiple_of(4)..) else { break };
        rest = next;
    }
    Decoded::NonIp
}

/// Opens what stands behind an `EtherType`.
#[inline]
pub(super) fn ether_type<'a>(
    mut kind: u16,
    mut data: &'a [u8],
    walk: &mut Walk<'_>,
) -> Decoded<'a> {
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
            // Provider backbone bridging (IEEE 802.1Q-2018 section 9.7): a whole frame is within.
            0x88e7 => {
                let Some((tag, rest)) = data.split_first_chunk::<4>() else {
                    return Decoded::Malformed("I-TAG cut off");
                };
                let Some(inside) = walk.through(Hop::Pbb(u32::from_be_bytes(*tag) & 0x00ff_ffff))
                else {
                    return tunnel::TOO_DEEP;
                };
                return ethernet(rest, inside);
            }
            // Port extenders: Cisco's VN-Tag and the E-TAG of IEEE 802.1BR.
            0x8926 | 0x893f => {
                let len = if kind == 0x8926 { 4 } else { 6 };
                let Some([hi, lo, rest @ ..]) = data.get(len..) else {
                    return Decoded::Malformed("port extender tag cut off");
                };
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
#[inline]
pub(super) fn ethernet<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some(([.., hi, lo], rest)) = data.split_first_chunk::<14>() else {
        return Decoded::Malformed("Ethernet header cut off");
    };
    if u16::from_be_bytes([*hi, *lo]) == ETHERTYPE_IPV4 {
        return ip::v4(rest, walk);
    }
    ether_type(u16::from_be_bytes([*hi, *lo]), rest, walk)
}

/// IEEE 802.2 with SNAP; `len` is the length field of the 802.3 header.
pub(super) fn llc<'a>(len: u16, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
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
fn cooked<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some(([.., hi, lo], rest)) = data.split_first_chunk::<16>() else {
        return Decoded::Malformed("cooked header cut off");
    };
    cooked_payload(u16::from_be_bytes([*hi, *lo]), rest, walk)
}

/// Linux "cooked" capture, version 2 (`LINKTYPE_LINUX_SLL2`).
fn cooked2<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some(([hi, lo, ..], rest)) = data.split_first_chunk::<20>() else {
        return Decoded::Malformed("cooked header cut off");
    };
    cooked_payload(u16::from_be_bytes([*hi, *lo]), rest, walk)
}

/// Linux puts its own numbers where a length would stand: 1 and 4 are 802.3 frames.
fn cooked_payload<'a>(kind: u16, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    match kind {
        1 | 4 => llc(u16::MAX, data, walk),
        0..LEAST_ETHERTYPE => Decoded::NonIp,
        _ => ether_type(kind, data, walk),
    }
}

/// BSD loopback: an address family in either byte order.
fn loopback<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
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

/// The attribute that is the packet (Linux' `nfnetlink_log.h`).
const NFULA_PAYLOAD: u8 = 9;
const ETHERTYPE_IPV4: u16 = 0x0800;
const ETHERTYPE_IPV6: u16 = 0x86dd;
/// Smaller values of the field are lengths (IEEE 802.3 section 3.2.6).
const LEAST_ETHERTYPE: u16 = 0x0600;
