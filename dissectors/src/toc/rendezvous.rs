//! Proposals of files and direct connections: OSCAR's, written as text.

use std::net::Ipv4Addr;

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};

use super::talk::{Talk, fewer, number};
use crate::Out;
use crate::event::Leg;
use crate::oscar::icbm::Route;
use crate::oscar::people::who;
use crate::oscar::rendezvous::{ADDRESS, INTERNAL_ADDRESS, PORT, SEQUENCE, VERIFIED_ADDRESS, said};
use crate::oscar::wire::tlv::Tlvs;

/// What is done about a proposal.
const PROPOSED: u16 = 0;
const CANCELLED: u16 = 1;
const ACCEPTED: u16 = 2;
/// TLVs of one proposal.
const TLVS: usize = 64;

/// Somebody proposes something: name, service, cookie, step, three addresses, port, TLVs in base64.
pub(super) fn proposed(talk: &Talk, rest: &[u8], out: &mut Out) {
    let mut parts = rest.splitn(9, |byte| *byte == b':');
    let mut next = || parts.next();
    let (Some(name), Some(service), Some(cookie), Some(step)) = (next(), next(), next(), next())
    else {
        return fewer(b"RVOUS_PROPOSE", out);
    };
    let places = [ADDRESS, INTERNAL_ADDRESS, VERIFIED_ADDRESS];
    let mut list: Vec<(u16, Vec<u8>)> = Vec::new();
    for tag in places {
        let address = next().and_then(number::<Ipv4Addr>);
        list.extend(address.map(|address| (tag, address.octets().to_vec())));
    }
    for (tag, digits) in [(PORT, next()), (SEQUENCE, Some(step))] {
        let value = digits.and_then(number::<u16>);
        list.extend(value.map(|value| (tag, value.to_be_bytes().to_vec())));
    }
    list.extend(tlvs(&next().map_or(Vec::new(), |rest| rest.split(|b| *b == b':').collect())));
    let (from, to) = (who(name), talk.own());
    let route = Route { from, to, leg: Leg::FromServer, cookie: self::cookie(cookie) };
    propose(PROPOSED, service, &route, &list, out);
}

/// The client answers a proposal, or makes one: name, cookie, service, TLVs.
pub(super) fn answered(talk: &Talk, command: &[u8], args: &[&[u8]], out: &mut Out) {
    let &[name, cookie, service, ref rest @ ..] = args else { return fewer(command, out) };
    let kind = match command {
        b"toc_rvous_accept" => ACCEPTED,
        b"toc_rvous_cancel" => CANCELLED,
        _ => PROPOSED,
    };
    let (from, to) = (talk.own(), who(name));
    let route = Route { from, to, leg: Leg::ToServer, cookie: self::cookie(cookie) };
    propose(kind, service, &route, &tlvs(rest), out);
}

fn propose(kind: u16, service: &[u8], route: &Route, list: &[(u16, Vec<u8>)], out: &mut Out) {
    let hex: Vec<u8> = service.iter().copied().filter(|byte| *byte != b'-').collect();
    let Ok(capability) = HEXLOWER_PERMISSIVE.decode(&hex) else {
        return out.weird("toc_service", "a proposal of something that has no number");
    };
    let list = list.iter().map(|(tag, value)| (*tag, value.as_slice())).collect();
    said(kind, &capability, route, &Tlvs::of(list), out);
}

/// Tags and their values, by turns. A value may be left out where a program had none.
fn tlvs(words: &[&[u8]]) -> Vec<(u16, Vec<u8>)> {
    let pair = |pair: &[&[u8]]| {
        let &[tag, value] = pair else { return None };
        Some((number(tag)?, BASE64.decode(value).ok()?))
    };
    words.chunks(2).take(TLVS).filter_map(pair).collect()
}

/// The eight bytes both sides know a proposal by.
fn cookie(word: &[u8]) -> [u8; 8] {
    let decoded = BASE64.decode(word).unwrap_or_default();
    let mut cookie = [0; 8];
    cookie.iter_mut().zip(decoded).for_each(|(place, byte)| *place = byte);
    cookie
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Carries, Event, OfferState};

    #[test]
    fn direct_im_is_offered_and_accepted() {
        let (talk, mut out) = (Talk::default(), Out::new());
        let service = b"09461345-4C7F-11D1-8222-444553540000";
        let said = [b"carol:", &service[..], b":MTIzNDU2Nzg=:1:0.0.0.0:10.0.0.13:10.0.0.9:4443"];
        proposed(&talk, &said.concat(), &mut out);
        let args = [&b"carol"[..], b"MTIzNDU2Nzg=", service];
        answered(&talk, b"toc_rvous_accept", &args, &mut out);
        let events: Vec<_> = out.drain().collect();
        let [Event::Offer(offered), Event::Offer(accepted)] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert_eq!((offered.carries, offered.transport), (Carries::Chat, "odc"));
        assert_eq!(offered.endpoint, Some((Ipv4Addr::new(10, 0, 0, 13).into(), 4443)));
        assert_eq!(
            (offered.from.clone(), offered.listener.clone()),
            (who(b"carol"), Some(who(b"carol")))
        );
        assert_eq!((accepted.state, &accepted.token), (OfferState::Accepted, &offered.token));
    }
}
