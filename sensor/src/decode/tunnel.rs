//! Packets in packets. Each opener names the hop and hands what is within back to the walk.

use super::{Decoded, Hop, Walk, ip, link};

/// MPLS (RFC 3032): labels down to the bottom of the stack, then IP or a pseudowire.
pub(super) fn mpls<'a>(mut data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    loop {
        let Some((entry, rest)) = data.split_first_chunk::<4>() else {
            return Decoded::Malformed("MPLS label cut off");
        };
        let entry = u32::from_be_bytes(*entry);
        // Like tags, labels pay for themselves; those there is no room for are not told.
        let _ = walk.hops.push(Hop::Mpls(entry >> 12));
        data = rest;
        if entry & 0x100 != 0 {
            break;
        }
    }
    // Only who gave the label knows what stands behind it: IP, or an Ethernet pseudowire with or
    // without its control word (RFC 4448 section 4.6).
    let version = data.first().map_or(0, |first| first >> 4);
    let found = match (version, data.get(4..)) {
        (4, _) => walk.attempt(|walk| Some(ip::v4(data, walk))),
        (6, _) => walk.attempt(|walk| Some(ip::v6(data, walk))),
        (0, Some(frame)) => walk.attempt(|walk| Some(link::ethernet(frame, walk))),
        _ => None,
    };
    let found = found.or_else(|| walk.attempt(|walk| Some(link::ethernet(data, walk))));
    match (found, version) {
        (Some(decoded), _) => decoded,
        (None, 4 | 6) => ip::any(data, walk),
        (None, _) => Decoded::NonIp,
    }
}

/// A `PPPoE` session (RFC 2516 section 4).
pub(super) fn pppoe<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let Some(([version, code, s1, s2, len @ ..], rest)) = data.split_first_chunk::<6>() else {
        return Decoded::Malformed("PPPoE header cut off");
    };
    if (*version, *code) != (0x11, 0) {
        return Decoded::NonIp;
    }
    let data = walk.limit(rest, u32::from(u16::from_be_bytes(*len)));
    match walk.through(Hop::Pppoe(u16::from_be_bytes([*s1, *s2]))) {
        Some(walk) => ppp(data, walk),
        None => TOO_DEEP,
    }
}

/// PPP (RFC 1661, RFC 1662): address and control bytes, and a protocol which may be shortened.
pub(super) fn ppp<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    let data = data.strip_prefix(&[0xff, 0x03]).unwrap_or(data);
    match data {
        [0x00, 0x21, rest @ ..] | [0x21, rest @ ..] => ip::v4(rest, walk),
        [0x00, 0x57, rest @ ..] | [0x57, rest @ ..] => ip::v6(rest, walk),
        [0x02, 0x81, rest @ ..] => mpls(rest, walk),
        _ => Decoded::NonIp,
    }
}

/// An IP packet in an IP packet (RFC 2003, RFC 4213, RFC 2473).
pub(super) fn nested<'a>(inner: u8, outer: u8, data: &'a [u8], walk: &mut Walk<'_>) -> Decoded<'a> {
    match walk.through(Hop::Nested { inner, outer }) {
        Some(walk) if inner == 4 => ip::v4(data, walk),
        Some(walk) => ip::v6(data, walk),
        None => TOO_DEEP,
    }
}

/// GRE (RFC 2784, RFC 2890), as PPTP uses it too (RFC 2637). Nothing when it is neither.
pub(super) fn gre<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([flags, version, kind @ ..], mut rest) = data.split_first_chunk::<4>()?;
    let (flags, kind) = (u16::from_be_bytes([*flags, *version]), u16::from_be_bytes(*kind));
    let mut word = |present: bool| {
        if !present {
            return Some(None);
        }
        let (word, behind) = rest.split_first_chunk::<4>()?;
        rest = behind;
        Some(Some(u32::from_be_bytes(*word)))
    };
    // Source routes (0x4000) are obsolete.
    match flags & 0x4007 {
        0 => {
            word(flags & 0x8000 != 0)?;
            let key = word(flags & 0x2000 != 0)?;
            let sequence = word(flags & 0x1000 != 0)?;
            if kind == BRIDGED && flags == 0x2000 {
                // NVGRE (RFC 7637 section 3.2): the lowest byte of the key tells flows apart.
                let hop = Hop::Nvgre(key.unwrap_or_default() >> 8);
                return Some(walk.through(hop).map_or(TOO_DEEP, |walk| link::ethernet(rest, walk)));
            }
            gre_payload(kind, key, sequence.is_some(), rest, walk)
        }
        1 if kind == PPP => {
            let call = word(flags & 0x2000 != 0)?.unwrap_or_default() as u16;
            word(flags & 0x1000 != 0)?;
            word(flags & 0x0080 != 0)?;
            Some(walk.through(Hop::Pptp(call)).map_or(TOO_DEEP, |walk| ppp(rest, walk)))
        }
        _ => None,
    }
}

fn gre_payload<'a>(
    kind: u16,
    key: Option<u32>,
    numbered: bool,
    data: &'a [u8],
    walk: &mut Walk<'_>,
) -> Option<Decoded<'a>> {
    if kind == ERSPAN && !numbered {
        return Some(
            walk.through(Hop::Erspan(1, 0)).map_or(TOO_DEEP, |walk| link::ethernet(data, walk)),
        );
    }
    if kind == ERSPAN || kind == ERSPAN_III {
        return erspan(data, walk);
    }
    let Some(walk) = walk.through(Hop::Gre(key)) else { return Some(TOO_DEEP) };
    Some(match kind {
        BRIDGED => link::ethernet(data, walk),
        PPP => ppp(data, walk),
        _ => link::ether_type(kind, data, walk),
    })
}

/// ERSPAN types II and III (draft-foschiano-erspan).
fn erspan<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([version, _, s1, s2, _, _, _, _], rest) = data.split_first_chunk::<8>()?;
    let session = u16::from_be_bytes([*s1, *s2]) & 0x03ff;
    let (kind, frame) = match version >> 4 {
        1 => (2, rest),
        2 => {
            let ([_, _, _, options], rest) = rest.split_first_chunk::<4>()?;
            (3, if options & 1 == 0 { rest } else { rest.get(8..)? })
        }
        _ => return None,
    };
    let inner = walk.through(Hop::Erspan(kind, session));
    Some(inner.map_or(TOO_DEEP, |walk| link::ethernet(frame, walk)))
}

/// What a datagram to the port of a tunnel carries, if it has the tunnel's form.
///
/// A port is a hint only: what does not hold a packet in the end is an ordinary datagram.
pub(super) fn datagram<'a>(port: u16, data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let open = match port {
        4789 | 8472 => vxlan,
        4790 => vxlan_gpe,
        6081 => geneve,
        1701 => l2tp,
        37008 => tzsp,
        2152 => gtp,
        3544 => teredo,
        _ => return None,
    };
    let (hops, cut) = (walk.hops.len(), walk.cut);
    let decoded = open(data, walk).filter(|decoded| !matches!(decoded, Decoded::Malformed(_)));
    if decoded.is_none() {
        walk.hops.truncate(hops);
        walk.cut = cut;
    }
    decoded
}

/// VXLAN (RFC 7348 section 5).
fn vxlan<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([0x08 | 0x88, _, _, _, v1, v2, v3, 0], rest) = data.split_first_chunk::<8>()? else {
        return None;
    };
    let walk = walk.through(Hop::Vxlan(u32::from_be_bytes([0, *v1, *v2, *v3])))?;
    Some(link::ethernet(rest, walk))
}

/// VXLAN with a protocol field (draft-ietf-nvo3-vxlan-gpe section 3).
fn vxlan_gpe<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([flags, _, _, next, v1, v2, v3, _], rest) = data.split_first_chunk::<8>()?;
    // Version 0, and an instance that is there.
    if flags & 0x38 != 0x08 {
        return None;
    }
    // Without the protocol bit it is VXLAN as it was.
    let next = if flags & 0x04 == 0 { 3 } else { *next };
    let walk = walk.through(Hop::VxlanGpe(u32::from_be_bytes([0, *v1, *v2, *v3])))?;
    match next {
        1 => Some(ip::v4(rest, walk)),
        2 => Some(ip::v6(rest, walk)),
        3 => Some(link::ethernet(rest, walk)),
        5 => Some(mpls(rest, walk)),
        _ => None,
    }
}

/// L2TP over UDP: version 2 (RFC 2661 section 3.1) carries PPP, version 3 (RFC 3931 section 4.1.2)
/// what its session was set up for.
fn l2tp<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([f1, f2], mut rest) = data.split_first_chunk::<2>()?;
    let flags = u16::from_be_bytes([*f1, *f2]);
    let mut word = || {
        let (word, behind) = rest.split_first_chunk::<2>()?;
        rest = behind;
        Some(u16::from_be_bytes(*word))
    };
    match flags & 0x800f {
        2 => {
            if flags & 0x4000 != 0 {
                word()?;
            }
            let (_tunnel, session) = (word()?, word()?);
            if flags & 0x0800 != 0 {
                // Numbers of the sender and of the receiver.
                word()?;
                word()?;
            }
            let pad = if flags & 0x0200 == 0 { 0 } else { word()? };
            let packet = rest.get(usize::from(pad)..)?;
            Some(ppp(packet, walk.through(Hop::L2tp(u32::from(session)))?))
        }
        3 => l2tp3(rest.get(2..)?, walk),
        _ => None,
    }
}

/// A session of L2TP version 3 from its identifier on, as IP carries it too (RFC 3931 section
/// 4.1.1). What only the control channel says, the lengths of the cookie and of the sublayer, is
/// found by trying: the one behind which an Ethernet frame with an IP packet stands.
pub(super) fn l2tp3<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let (session, rest) = data.split_first_chunk::<4>()?;
    let session = u32::from_be_bytes(*session);
    // Session 0 is the control channel.
    let frames =
        [0, 4, 8, 12].into_iter().filter_map(|skip| rest.get(skip..)).filter(|_| session != 0);
    let mut frames = frames.map(|frame| {
        walk.attempt(|walk| Some(link::ethernet(frame, walk.through(Hop::L2tp(session))?)))
    });
    frames.find_map(|found| found)
}

/// Tazmen Sniffer Protocol, as access points and routers mirror with: tags, then the frame.
fn tzsp<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([1, 0, 0, 1], mut rest) = data.split_first_chunk::<4>()? else { return None };
    loop {
        match rest {
            [0, behind @ ..] => rest = behind,
            [1, frame @ ..] => return Some(link::ethernet(frame, walk.through(Hop::Tzsp)?)),
            [_, len, behind @ ..] => rest = behind.get(usize::from(*len)..)?,
            _ => return None,
        }
    }
}

/// GENEVE (RFC 8926 section 3.4).
fn geneve<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([options, _, kind1, kind2, v1, v2, v3, 0], rest) = data.split_first_chunk::<8>()? else {
        return None;
    };
    // Version 0, and the length of the options in words.
    let rest = if *options < 0x40 { rest.get(usize::from(*options) * 4..)? } else { return None };
    let walk = walk.through(Hop::Geneve(u32::from_be_bytes([0, *v1, *v2, *v3])))?;
    Some(match u16::from_be_bytes([*kind1, *kind2]) {
        BRIDGED => link::ethernet(rest, walk),
        kind => link::ether_type(kind, rest, walk),
    })
}

/// GTP-U version 1 (3GPP TS 29.281 section 5), its user packets.
fn gtp<'a>(data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    let ([flags @ 0x30..=0x37, 255, _, _, teid @ ..], mut rest) = data.split_first_chunk::<8>()?
    else {
        return None;
    };
    if flags & 0x07 != 0 {
        let ([_, _, _, next], behind) = rest.split_first_chunk::<4>()?;
        let mut next = if flags & 0x04 == 0 { 0 } else { *next };
        rest = behind;
        while next != 0 {
            // Each extension header is so many words long, and ends with the type of the next.
            let len = usize::from(*rest.first()?) * 4;
            next = *rest.get(..len)?.last()?;
            rest = rest.get(len..)?;
        }
    }
    let walk = walk.through(Hop::Gtp(u32::from_be_bytes(*teid)))?;
    Some(ip::any(rest, walk))
}

/// Teredo (RFC 4380 section 5.1.1): indications, then an IPv6 packet.
fn teredo<'a>(mut data: &'a [u8], walk: &mut Walk<'_>) -> Option<Decoded<'a>> {
    if let [0, 1, id, authentication, rest @ ..] = data {
        // Two lengths, a nonce and a confirmation byte.
        data = rest.get(usize::from(*id) + usize::from(*authentication) + 9..)?;
    }
    if let [0, 0, _, _, _, _, _, _, rest @ ..] = data {
        data = rest;
    }
    let (header, packet) = data.split_first_chunk::<40>()?;
    let len = u16::from_be_bytes([*header.get(4)?, *header.get(5)?]);
    let is_whole = usize::from(len) == packet.len() + walk.cut as usize;
    let walk = walk.through(Hop::Teredo)?;
    is_whole.then(|| ip::v6(data, walk))
}

pub(super) const TOO_DEEP: Decoded<'static> = Decoded::Malformed("nested too deep");

/// Transparent Ethernet bridging, as an `EtherType`.
const BRIDGED: u16 = 0x6558;
/// PPP in GRE (RFC 2637), as an `EtherType`.
const PPP: u16 = 0x880b;
/// ERSPAN types I and II.
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;
