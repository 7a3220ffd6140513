//! IPv4 (RFC 791) and IPv6 (RFC 8200) with its extension headers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Decoded, Fragment, FragmentKey, Packet, Payload, Walk, transport};

/// What later headers need of the IP header.
#[derive(Clone, Copy)]
pub(super) struct Head<'a> {
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
    /// Of what follows.
    pub(super) proto: u8,
    /// The header, where it has a checksum of its own.
    pub(super) header: &'a [u8],
    /// Whether the packet is still on its way to others than the one its checksum counts.
    pub(super) routed: bool,
}

impl Head<'_> {
    /// The version of the packet.
    pub(super) const fn version(self) -> u8 {
        if self.src.is_ipv4() { 4 } else { 6 }
    }

    /// The packet, once its payload is known.
    pub(super) const fn packet(self, payload: Payload<'_>) -> Decoded<'_> {
        Decoded::Packet(Packet { src: self.src, dst: self.dst, payload })
    }
}

/// Reads an IP packet of the version its first byte says.
pub(super) fn any<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    match data.first().map(|byte| byte >> 4) {
        Some(4) => v4(data, walk),
        Some(6) => v6(data, walk),
        Some(_) => Decoded::Malformed("IP version"),
        None => Decoded::Malformed("IP header cut off"),
    }
}

/// Reads an IPv4 packet.
#[inline]
pub(super) fn v4<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some((header, _)) = data.split_first_chunk::<20>() else {
        return Decoded::Malformed("IPv4 header cut off");
    };
    #[rustfmt::skip]
    let [
        version, _tos, len @ .., id1, id2, frag1, frag2, _ttl, proto, sum1, sum2,
        s1, s2, s3, s4, d1, d2, d3, d4,
    ] = *header;
    let header_len = usize::from(version & 0x0f) * 4;
    if version >> 4 != 4 {
        return Decoded::Malformed("IPv4 version");
    }
    let total = u32::from(u16::from_be_bytes(len));
    // A length of 0 is what a network card that segments by itself was given to send.
    let data = if total == 0 { data } else { walk.limit(data, total) };
    if header_len < 20 || (total != 0 && header_len as u32 > total) {
        return Decoded::Malformed("IPv4 header length");
    }
    let Some((header, payload)) = data.split_at_checked(header_len) else {
        return Decoded::Malformed("IPv4 header cut off");
    };
    let head = Head {
        src: IpAddr::V4(Ipv4Addr::new(s1, s2, s3, s4)),
        dst: IpAddr::V4(Ipv4Addr::new(d1, d2, d3, d4)),
        proto,
        // 0 is left for the network card to fill in.
        header: if (sum1, sum2) == (0, 0) { &[] } else { header },
        routed: false,
    };
    let place = u16::from_be_bytes([frag1, frag2]);
    let (more, offset) = (place & 0x2000 != 0, u32::from(place & 0x1fff) * 8);
    if !more && offset == 0 {
        // Nearly always; the way of all others is longer.
        return if proto == transport::TCP {
            transport::tcp(head, payload, walk)
        } else {
            upper(head, payload, walk)
        };
    }
    let fragment = Fragment {
        key: FragmentKey {
            src: head.src,
            dst: head.dst,
            proto,
            id: u32::from(u16::from_be_bytes([id1, id2])),
            tunnel: walk.hops.tunnel(),
        },
        proto,
        offset,
        more,
        data: payload,
        missing: walk.cut,
    };
    head.packet(Payload::Fragment(fragment))
}

/// Reads an IPv6 packet.
pub(super) fn v6<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some((header, src, dst, payload)) = split_v6(data) else {
        return Decoded::Malformed("IPv6 header cut off");
    };
    let [version, _, _, _, len1, len2, proto, _hop_limit] = *header;
    if version >> 4 != 6 {
        return Decoded::Malformed("IPv6 version");
    }
    let len = u32::from(u16::from_be_bytes([len1, len2]));
    // 0 stands for a jumbogram (RFC 2675), or for a card that segments by itself.
    let payload = if len == 0 { payload } else { walk.limit(payload, len) };
    let head = Head {
        src: IpAddr::V6(Ipv6Addr::from(*src)),
        dst: IpAddr::V6(Ipv6Addr::from(*dst)),
        proto,
        header: &[],
        routed: false,
    };
    upper(head, payload, walk)
}

/// Reads what follows the IP header: extension headers, then the transport's.
#[inline]
pub(super) fn upper<'a>(
    mut head: Head<'a>,
    mut data: &'a [u8],
    walk: &mut Walk<'_>,
) -> Decoded<'a> {
    let six = head.src.is_ipv6();
    for _ in 0..MAX_EXTENSIONS {
        match (head.proto, data) {
            (FRAGMENT, [next, _, place1, place2, id @ ..]) if six => {
                let Some((id, rest)) = id.split_first_chunk::<4>() else {
                    return Decoded::Malformed("IPv6 fragment header cut off");
                };
                head.proto = *next;
                let place = u16::from_be_bytes([*place1, *place2]);
                if place & 0xfff9 != 0 {
                    return v6_fragment(head, place, u32::from_be_bytes(*id), rest, walk);
                }
                // A fragment that is the whole packet (RFC 6946).
                data = rest;
            }
            (HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY | HIP | SHIM6, [next, len, ..])
                if six =>
            {
                let Some(rest) = data.get((usize::from(*len) + 1) * 8..) else {
                    return Decoded::Malformed("IPv6 extension header cut off");
                };
                // A routing header's fourth byte says how many destinations come before the last.
                head.routed |= head.proto == ROUTING && data.get(3).is_some_and(|left| *left > 0);
                head.proto = *next;
                data = rest;
            }
            (AUTHENTICATION, [next, len, ..]) => {
                let Some(rest) = data.get((usize::from(*len) + 2) * 4..) else {
                    return Decoded::Malformed("authentication header cut off");
                };
                head.proto = *next;
                data = rest;
            }
            (FRAGMENT | HOP_BY_HOP | ROUTING | DESTINATION | MOBILITY | HIP | SHIM6, _) if six => {
                return Decoded::Malformed("IPv6 extension header cut off");
            }
            _ => return transport::open(head, data, walk),
        }
    }
    Decoded::Malformed("too many extension headers")
}

type SplitV6<'a> = (&'a [u8; 8], &'a [u8; 16], &'a [u8; 16], &'a [u8]);

/// The fixed header: its first 8 bytes, its addresses, what follows.
fn split_v6(data: &[u8]) -> Option<SplitV6<'_>> {
    let (header, rest) = data.split_first_chunk()?;
    let (src, rest) = rest.split_first_chunk()?;
    let (dst, rest) = rest.split_first_chunk()?;
    Some((header, src, dst, rest))
}

fn v6_fragment<'a>(
    head: Head<'a>,
    place: u16,
    id: u32,
    data: &'a [u8],
    walk: &Walk<'_>,
) -> Decoded<'a> {
    let fragment = Fragment {
        key: FragmentKey { src: head.src, dst: head.dst, proto: 0, id, tunnel: walk.hops.tunnel() },
        proto: head.proto,
        offset: u32::from(place & 0xfff8),
        more: place & 1 != 0,
        data,
        missing: walk.cut,
    };
    head.packet(Payload::Fragment(fragment))
}

/// How many extension headers a packet may have; RFC 8504 lets receivers limit them.
const MAX_EXTENSIONS: usize = 16;

const HOP_BY_HOP: u8 = 0;
const ROUTING: u8 = 43;
const FRAGMENT: u8 = 44;
const AUTHENTICATION: u8 = 51;
const DESTINATION: u8 = 60;
const MOBILITY: u8 = 135;
const HIP: u8 = 139;
const SHIM6: u8 = 140;
