//! Proposals (channel 2): a type, the message's cookie, a capability, and TLVs. The capability says
//! what is proposed: a file, a chat room, an ICQ message of the newer kind.

use std::net::{IpAddr, Ipv4Addr};

use data_encoding::HEXLOWER;
use encoding_rs::WINDOWS_1252;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::be_u16;

use super::icbm::{Route, named};
use super::wire::tlv::{Tlvs, tlvs};
use super::wire::{Parsed, short};
use super::{chat, hostile, icq};
use crate::event::{Carries, Event, Offer, OfferState, Room, RoomOp};
use crate::{Out, Text};

/// Capabilities, by their first eight bytes (the rest is the same for all of AIM's).
const SEND_FILE: [u8; 4] = [0x09, 0x46, 0x13, 0x43];
const DIRECT_IM: [u8; 4] = [0x09, 0x46, 0x13, 0x45];
const ICQ_RELAY: [u8; 4] = [0x09, 0x46, 0x13, 0x49];
const CHAT: [u8; 4] = [0x74, 0x8f, 0x24, 0x20];

/// TLVs of a proposal.
pub(crate) const ADDRESS: u16 = 0x0002;
pub(crate) const INTERNAL_ADDRESS: u16 = 0x0003;
pub(crate) const VERIFIED_ADDRESS: u16 = 0x0004;
pub(crate) const PORT: u16 = 0x0005;
pub(crate) const SEQUENCE: u16 = 0x000a;
const REASON: u16 = 0x000c;
const CHARSET: u16 = 0x000d;
const PROXY: u16 = 0x0010;
const DATA: u16 = 0x2711;

/// Reads a proposal, its cancellation or its acceptance.
pub(super) fn proposal(route: &Route, data: &[u8], out: &mut Out) {
    let Ok((rest, (kind, _cookie, capability))) =
        (be_u16, take(8usize), take(16usize)).parse(data) as Parsed<'_, (u16, &[u8], &[u8])>
    else {
        return out.weird("oscar_rendezvous_short", format_args!("{} bytes", data.len()));
    };
    said(kind, capability, route, &tlvs(rest), out);
}

/// What a proposal says, once its parts are known. TOC carries the same parts written as text.
pub(crate) fn said(kind: u16, capability: &[u8], route: &Route, said: &Tlvs<'_>, out: &mut Out) {
    if said.torn {
        out.weird("oscar_tlv_torn", "in a proposal");
    }
    let data = said.get(DATA).unwrap_or_default();
    hostile::data(capability, data, out);
    match capability.first_chunk() {
        Some(&SEND_FILE) => connection(Carries::Wrapped, "oft", kind, route, said, out),
        Some(&DIRECT_IM) => connection(Carries::Chat, "odc", kind, route, said, out),
        Some(&CHAT) if kind == 0 => invitation(route, said, out),
        Some(&ICQ_RELAY) if kind == 0 => {
            if let Some(data) = said.get(DATA) {
                icq::relayed(route, data, out);
            }
        }
        _ => {}
    }
}

/// A file or a conversation is offered, declined or accepted. An offer with a higher sequence number
/// turns the connection round: its sender listens now.
fn connection(
    carries: Carries,
    transport: &'static str,
    kind: u16,
    route: &Route,
    said: &Tlvs<'_>,
    out: &mut Out,
) {
    let turned = said.u16(SEQUENCE).is_some_and(|number| number > 1);
    let state = match kind {
        0 if turned => OfferState::Accepted,
        0 => OfferState::Offered,
        1 => OfferState::Declined,
        _ => OfferState::Accepted,
    };
    let (name, size) = said.get(DATA).and_then(named_file).unzip();
    if let Some(name) = &name {
        hostile::file_name(name.expose(), out);
    }
    // Through the service's proxy the address is the proxy's: nobody listens there for the file.
    let direct = !said.has(PROXY);
    let address = [INTERNAL_ADDRESS, VERIFIED_ADDRESS, ADDRESS]
        .into_iter()
        .find_map(|tlv| said.u32(tlv).filter(|address| direct && *address != 0));
    let endpoint = address
        .zip(said.u16(PORT))
        .map(|(address, port)| (IpAddr::V4(Ipv4Addr::from_bits(address)), port));
    out.emit(Event::Offer(Offer {
        from: route.from.clone(),
        to: vec![route.to.clone()],
        room: None,
        carries,
        transport,
        name: name.unwrap_or_default(),
        size,
        offset: 0,
        token: Some(HEXLOWER.encode(&route.cookie)),
        endpoint,
        listener: endpoint.map(|_| route.from.clone()),
        state,
        leg: route.leg,
    }));
}

/// How many files, how many bytes in all, and the name of the first up to a zero.
fn named_file(data: &[u8]) -> Option<(Text, u64)> {
    let (&[_, _, _, _, a, b, c, d], name) = data.split_first_chunk::<8>()?;
    let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
    Some((Text::guess(name, WINDOWS_1252), u64::from(u32::from_be_bytes([a, b, c, d]))))
}

/// Somebody is invited to a room, whose cookie holds its name.
fn invitation(route: &Route, said: &Tlvs<'_>, out: &mut Out) {
    let room = said.get(DATA).and_then(|data| {
        let (_, (_exchange, cookie)) =
            (be_u16::<_, nom::error::Error<&[u8]>>, short).parse(data).ok()?;
        chat::name(cookie)
    });
    let Some(room) = room else { return };
    out.emit(Event::Room(Room {
        network: "aim".to_owned(),
        room,
        who: route.to.clone(),
        by: Some(route.from.clone()),
        op: RoomOp::Invite,
        text: said.get(REASON).map(|text| named(said.get(CHARSET), text)),
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Leg;
    use crate::{Account, Who};

    /// What bob's proposal of a Direct IM becomes: type, then TLVs.
    fn heard(kind: u8, tlvs: &[u8]) -> Offer {
        let who = |name: &str| Who::Account(Account::new("aim", name));
        let (from, to) = (who("bob"), who("ann"));
        let route = Route { from, to, leg: Leg::ToServer, cookie: *b"1234567\0" };
        let capability = b"\x09\x46\x13\x45\x4c\x7f\x11\xd1\x82\x22DEST\0\0";
        let mut data = vec![0, kind];
        data.extend_from_slice(&route.cookie);
        data.extend_from_slice(capability);
        data.extend_from_slice(tlvs);
        let mut out = Out::new();
        proposal(&route, &data, &mut out);
        let events: Vec<_> = out.drain().collect();
        match events.as_slice() {
            [Event::Offer(offer)] => offer.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn direct_im_is_offered_turned_round_and_declined() {
        let place = b"\0\x03\0\x04\x0a\0\0\x0c\0\x05\0\x02\x14\x46";
        let endpoint = Some((IpAddr::V4(Ipv4Addr::new(10, 0, 0, 12)), 5190));
        let offered = heard(0, &[b"\0\x0a\0\x02\0\x01", &place[..]].concat());
        assert_eq!((offered.carries, offered.transport), (Carries::Chat, "odc"));
        assert_eq!((offered.state, offered.endpoint), (OfferState::Offered, endpoint));
        assert_eq!(offered.token.as_deref(), Some("3132333435363700"));
        let turned = heard(0, &[b"\0\x0a\0\x02\0\x02", &place[..]].concat());
        assert_eq!((turned.state, turned.listener), (OfferState::Accepted, Some(offered.from)));
        assert_eq!(heard(1, b"").state, OfferState::Declined);
        assert_eq!(heard(2, b"").state, OfferState::Accepted);
    }

    #[test]
    fn nobody_listens_at_the_proxy() {
        let proxied = heard(0, b"\0\x02\0\x04\x40\x0c\0\x01\0\x05\0\x02\x14\x46\0\x10\0\0");
        assert_eq!((proxied.endpoint, proxied.listener), (None, None));
    }
}
