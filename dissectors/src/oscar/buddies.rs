//! Who is there, and what they say of their absence; and the buddy lists of old clients, which kept
//! them themselves and told the service at sign-on.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::icbm::{named, read};
use super::people::who;
use super::talk::Talk;
use super::wire::tlv::{Tlvs, tlvs};
use super::wire::{UserInfo, shorts, user_info, user_infos};
use crate::event::{Contact, Event, Presence, Roster, RosterOp, Status};
use crate::{Out, Text, Who};

/// TLVs of somebody's information.
const CLASS: u16 = 0x0001;
const IDLE: u16 = 0x0004;
const ICQ_STATUS: u16 = 0x0006;
const DIRECT: u16 = 0x000c;
/// Class bit of those who are away.
const AWAY: u16 = 0x0020;

/// TLVs of texts about oneself: media types with their charset, the profile, the away text.
const PROFILE_TYPE: u16 = 0x0001;
const PROFILE: u16 = 0x0002;
const AWAY_TYPE: u16 = 0x0003;
const AWAY_TEXT: u16 = 0x0004;

/// Somebody came, or changed.
pub(super) fn arrived(body: &[u8], out: &mut Out) {
    for user in users(body, "03/0B", out) {
        let status = status(&user.tlvs);
        out.emit(presence(who(user.name), status, None, address(&user)));
    }
}

/// Somebody left.
pub(super) fn departed(body: &[u8], out: &mut Out) {
    for user in users(body, "03/0C", out) {
        out.emit(presence(who(user.name), Status::Offline, None, None));
    }
}

/// The information blocks of a SNAC, the last of which may be cut off.
pub(super) fn users<'a>(body: &'a [u8], place: &str, out: &mut Out) -> Vec<UserInfo<'a>> {
    let (users, torn) = user_infos(body);
    if torn {
        out.weird("oscar_user_short", place);
    }
    users
}

/// The client sets its profile or its away text; an empty one of these says that it is back.
pub(super) fn own_text(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let said = tlvs(body);
    if said.torn {
        out.weird("oscar_tlv_torn", "02/04");
    }
    if let Some(text) = said.get(PROFILE).filter(|text| !text.is_empty()) {
        let status = if talk.away { Status::Away } else { Status::Online };
        let text = about(text, said.get(PROFILE_TYPE));
        out.emit(presence(talk.own(), status, Some(text), None));
    }
    let Some(text) = said.get(AWAY_TEXT) else { return };
    if text.is_empty() {
        if std::mem::take(&mut talk.away) {
            out.emit(presence(talk.own(), Status::Online, None, None));
        }
        return;
    }
    talk.away = true;
    let text = about(text, said.get(AWAY_TYPE));
    out.emit(presence(talk.own(), Status::Away, Some(text), None));
}

/// The service tells somebody's texts.
pub(super) fn their_text(body: &[u8], out: &mut Out) {
    let Ok((rest, user)) = user_info(body) else {
        return out.weird("oscar_user_short", "02/06");
    };
    let said = tlvs(rest);
    if let Some(text) = said.get(PROFILE).filter(|text| !text.is_empty()) {
        let text = about(text, said.get(PROFILE_TYPE));
        out.emit(presence(who(user.name), status(&user.tlvs), Some(text), address(&user)));
    }
    if let Some(text) = said.get(AWAY_TEXT).filter(|text| !text.is_empty()) {
        let text = about(text, said.get(AWAY_TYPE));
        out.emit(presence(who(user.name), Status::Away, Some(text), address(&user)));
    }
}

/// The client sets its status.
pub(super) fn own_status(talk: &mut Talk, said: &Tlvs<'_>, out: &mut Out) {
    if said.has(ICQ_STATUS) {
        out.emit(presence(talk.own(), status(said), None, None));
    }
}

/// The client names people: buddies, those it will hear from, those it will not.
pub(super) fn listed(talk: &mut Talk, body: &[u8], op: RosterOp, out: &mut Out) {
    let contact = |name| Contact { who: who(name), alias: None, group: None };
    let contacts: Vec<_> = shorts(body).into_iter().map(contact).collect();
    if !contacts.is_empty() {
        out.emit(Event::Roster(Roster { who: talk.own(), op, contacts, complete: false }));
    }
}

fn presence(who: Who, status: Status, text: Option<Text>, address: Option<SocketAddr>) -> Event {
    Event::Presence(Presence { who, status, text, address })
}

/// The service names those on whose list the client is.
pub(super) fn watched(talk: &mut Talk, body: &[u8], out: &mut Out) {
    for name in shorts(body) {
        added_by(talk, name, out);
    }
}

/// Somebody has the client on their list.
pub(super) fn added_by(talk: &Talk, name: &[u8], out: &mut Out) {
    let contacts = vec![Contact { who: talk.own(), alias: None, group: None }];
    let (who, op) = (who(name), RosterOp::Add);
    out.emit(Event::Roster(Roster { who, op, contacts, complete: false }));
}

/// A text about somebody, without its markup. Its media type names the charset.
fn about(text: &[u8], kind: Option<&[u8]>) -> Text {
    let charset = kind.and_then(|kind| {
        let at = memchr::memmem::find(kind, b"charset=")?;
        Some(kind.get(at + b"charset=".len()..)?.trim_ascii().trim_ascii_end())
    });
    let charset = charset.map(|name| name.strip_prefix(b"\"").unwrap_or(name));
    let charset = charset.map(|name| name.strip_suffix(b"\"").unwrap_or(name));
    read(named(charset, text)).0
}

/// Away is a bit of the class; ICQ has more to say.
fn status(said: &Tlvs<'_>) -> Status {
    let away = said.u16(CLASS).is_some_and(|class| class & AWAY != 0);
    match said.u32(ICQ_STATUS).unwrap_or_default() & 0xffff {
        icq if icq & 0x0100 != 0 => Status::Invisible,
        icq if icq & 0x0012 != 0 => Status::Busy,
        icq if icq & 0x0004 != 0 => Status::ExtendedAway,
        icq if icq & 0x0001 != 0 || away => Status::Away,
        icq if icq & 0x0020 != 0 => Status::FreeForChat,
        _ if said.has(IDLE) => Status::Idle,
        _ => Status::Online,
    }
}

/// Where an ICQ client listens: its own idea of its address, and a port in four bytes.
fn address(user: &UserInfo<'_>) -> Option<SocketAddr> {
    let &[a, b, c, d, _, _, high, low] = user.tlvs.get(DIRECT)?.first_chunk()?;
    let port = u16::from_be_bytes([high, low]);
    let ip = Ipv4Addr::new(a, b, c, d);
    (!ip.is_unspecified() && port != 0).then(|| SocketAddr::new(IpAddr::V4(ip), port))
}
