//! MSNSLP: what clients negotiate, in messages like those of SIP.
//!
//! An INVITE says what for (`EUF-GUID`), the number of the session and, in base64, a context: for a
//! file its size and name, for an object (a display picture, an emoticon) what it is. A 200 accepts,
//! a 603 declines, a BYE ends. A second INVITE of the same call is about a direct connection.

use std::net::IpAddr;

use data_encoding::BASE64;
use encoding_rs::UTF_16LE;

use super::p2p::{Peers, Session};
use super::say::Saying;
use super::wire::Fields;
use super::{hostile, xml};
use crate::event::{Carries, Event, Offer, OfferState};
use crate::{Out, Text, Who};

/// What a session is for.
const FILES: &str = "5D3E02AB-6190-11D3-BBBB-00C04F795683";
const OBJECTS: &str = "A4268EEC-FEC5-49E5-95C3-F126696BDBF6";

/// What files and pictures are told to go over.
const FILE: &str = "msnslp";
const PICTURE: &str = "msnslp-picture";
const OBJECT: &str = "msnslp-object";

/// A negotiation's message, whole.
pub(super) fn message(peers: &mut Peers, saying: &Saying, said: &[u8], out: &mut Out) {
    let Some((start, used)) = crate::scan::line(said) else {
        return out.weird("msnp_slp", "no line");
    };
    let head = Fields::of(said.get(used..).unwrap_or_default());
    let body = Fields::of(head.body);
    let Some(call) = head.get("Call-ID") else { return out.weird("msnp_slp", "no Call-ID") };
    let kind = head.get("Content-Type").unwrap_or_default();
    let Ok(start) = std::str::from_utf8(start) else { return out.weird("msnp_slp", "no text") };
    let mut words = start.split(' ');
    match (words.next().unwrap_or_default(), kind) {
        ("INVITE", "application/x-msnmsgr-sessionreqbody") => {
            invite(peers, saying, call, body, out);
        }
        ("INVITE", _) => connection(peers, saying, call, body, out),
        ("BYE", _) => {
            if let Some(session) = find(peers, call, body) {
                session.close(out);
            }
        }
        ("MSNSLP/1.0", _) => {
            let status = words.next().and_then(|status| status.parse::<u16>().ok());
            answer(peers, saying, (call, status.unwrap_or_default()), kind, body, out);
        }
        _ => {}
    }
}

/// A session is proposed.
fn invite(peers: &mut Peers, saying: &Saying, call: &str, body: Fields<'_>, out: &mut Out) {
    let id = number(body, "SessionID").unwrap_or_default();
    let purpose = body.get("EUF-GUID").unwrap_or_default().trim_matches(['{', '}']);
    let context = body.get("Context").and_then(decode).unwrap_or_default();
    let mut offer = offer(saying, FILE, OfferState::Offered);
    offer.token = (id != 0).then(|| id.to_string());
    if purpose.eq_ignore_ascii_case(FILES) {
        let Some((name, size)) = file(&context) else {
            return out.weird("msnp_slp", "a file without a context");
        };
        hostile::name(name.expose(), out);
        (offer.name, offer.size) = (name, Some(size));
    } else if purpose.eq_ignore_ascii_case(OBJECTS) {
        object(&mut offer, &context);
        hostile::name(offer.name.expose(), out);
    } else {
        peers.add(Session::new(id, call, None));
        return;
    }
    peers.add(Session::new(id, call, Some(offer.clone())));
    out.emit(Event::Offer(offer));
}

/// An answer: to the session, or to a direct connection.
fn answer(
    peers: &mut Peers,
    saying: &Saying,
    (call, status): (&str, u16),
    kind: &str,
    body: Fields<'_>,
    out: &mut Out,
) {
    if kind == "application/x-msnmsgr-transrespbody" {
        return connection(peers, saying, call, body, out);
    }
    let state = match status {
        200 => OfferState::Accepted,
        300.. => OfferState::Declined,
        _ => return,
    };
    if let Some(offer) = find(peers, call, body).and_then(|session| session.offer.clone()) {
        out.emit(Event::Offer(Offer { state, leg: saying.leg, ..offer }));
    }
}

/// Where a direct connection will be accepted.
fn connection(peers: &mut Peers, saying: &Saying, call: &str, body: Fields<'_>, out: &mut Out) {
    if body.get("Listening") != Some("true") {
        return;
    }
    let at = |kind: &str| -> Option<(IpAddr, u16)> {
        let addresses = body.get(&format!("IPv4{kind}-Addrs"))?;
        let port = body.get(&format!("IPv4{kind}-Port"))?.parse().ok()?;
        Some((addresses.split(' ').next()?.parse().ok()?, port))
    };
    let Some(endpoint) = at("Internal").or_else(|| at("External")) else { return };
    let Some(session) = find(peers, call, body) else { return };
    if let Some(offer) = &mut session.offer {
        offer.endpoint = Some(endpoint);
        offer.listener = Some(saying.from.clone());
        let offer = Offer { state: OfferState::Accepted, leg: saying.leg, ..offer.clone() };
        out.emit(Event::Offer(offer));
    }
}

/// The session of a call, or of the number it is given.
fn find<'a>(peers: &'a mut Peers, call: &str, body: Fields<'_>) -> Option<&'a mut Session> {
    let id = number(body, "SessionID").filter(|id| *id != 0);
    let ours = |session: &Session| session.call == call || id.is_some_and(|id| session.id == id);
    peers.sessions.iter_mut().rev().find(|session| ours(session))
}

/// An offer of whoever speaks.
pub(super) fn offer(saying: &Saying, transport: &'static str, state: OfferState) -> Offer {
    Offer {
        from: saying.from.clone(),
        to: saying.place.to.clone(),
        room: saying.place.room.clone(),
        carries: Carries::Wrapped,
        transport,
        name: Text::default(),
        size: None,
        offset: 0,
        token: None,
        endpoint: None,
        listener: None,
        state,
        leg: saying.leg,
    }
}

/// An object is asked for: it comes from whoever is asked.
fn object(offer: &mut Offer, context: &[u8]) {
    if let [to] = offer.to.as_slice() {
        let asked: Who = to.clone();
        offer.to = vec![std::mem::replace(&mut offer.from, asked)];
    }
    let said = String::from_utf8_lossy(context);
    let mut rest = said.as_ref();
    let tag = std::iter::from_fn(|| xml::next(&mut rest)).find(|tag| tag.name == "msnobj");
    let attribute = |name: &str| tag.as_ref().and_then(|tag| tag.attribute(name));
    offer.transport =
        if attribute("Type").is_some_and(|kind| kind == "3") { PICTURE } else { OBJECT };
    offer.size = attribute("Size").and_then(|size| size.parse().ok());
    offer.name = Text::new(attribute("Location").unwrap_or_default());
}

/// A file's context, little-endian: its length, a version, the size (8 bytes), a kind, the name in
/// UTF-16 up to a NUL.
fn file(context: &[u8]) -> Option<(Text, u64)> {
    let size = context.get(8..)?.first_chunk::<8>()?;
    let name = context.get(20..)?;
    let name = name.get(..NAME).unwrap_or(name);
    let end = name.chunks_exact(2).position(|pair| pair == [0, 0]).unwrap_or(name.len() / 2);
    let name = Text::decode(name.get(..end * 2)?, UTF_16LE);
    Some((name, u64::from_le_bytes(*size)))
}

/// Bytes a name has room for.
const NAME: usize = 520;

fn decode(context: &str) -> Option<Vec<u8>> {
    // Clients end it with one character less, or one more.
    let trimmed = context.trim_end_matches(['=', '\0']);
    let whole = trimmed.len() - trimmed.len() % 4;
    let (groups, rest) = trimmed.split_at_checked(whole)?;
    let mut bytes = BASE64.decode(groups.as_bytes()).ok()?;
    let padded = match rest.len() {
        2 => format!("{rest}=="),
        3 => format!("{rest}="),
        _ => return Some(bytes),
    };
    // Bits that are left over say nothing.
    bytes.extend(BASE64.decode(padded.as_bytes()).unwrap_or_default());
    Some(bytes)
}

fn number(body: Fields<'_>, name: &str) -> Option<u32> {
    body.get(name)?.parse().ok()
}
