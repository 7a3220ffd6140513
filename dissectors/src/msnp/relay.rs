//! MSNP21: messages and presence as `SDG`, `NFY` and `PUT`, addressed like mail.
//!
//! A payload has three heads: routing (`To`, `From`), reliability, and what it is. The last has the
//! length of the body.

use super::board::Place;
use super::names::{account, is_name, status};
use super::say::{self, Saying};
use super::talk::Talk;
use super::wire::{Command, Fields, content_type};
use super::{presence, xml};
use crate::event::{Event, Leg, MessageKind, Room, RoomOp};
use crate::{Out, Side, Text, Who};

/// Who writes to whom, and the last head with its body.
struct Letter<'a> {
    from: &'a str,
    to: &'a str,
    what: Fields<'a>,
}

/// Reads the three heads.
fn letter(payload: &[u8]) -> Option<Letter<'_>> {
    let routing = Fields::of(payload);
    let reliability = Fields::of(routing.body);
    let what = Fields::of(reliability.body);
    Some(Letter { from: routing.get("From")?, to: routing.get("To")?, what })
}

/// `SDG`: a message.
pub(super) fn datagram(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if command.payload.is_empty() {
        return;
    }
    let Some(letter) = letter(command.payload).filter(|letter| is_name(letter.from)) else {
        return out.weird("msnp_relay", "SDG without a sender or a recipient");
    };
    let leg = if side == Side::Client { Leg::ToServer } else { Leg::FromServer };
    // Circles are 9, conversations of several people 10.
    let room = letter.to.split_once(':').filter(|(network, _)| matches!(*network, "9" | "10"));
    let place = match room {
        Some((_, room)) => {
            let room = room.split(';').next().unwrap_or(room).to_owned();
            Place { to: Vec::new(), room: Some(room) }
        }
        None => Place { to: vec![Who::Account(account(letter.to))], room: None },
    };
    let saying = Saying { from: Who::Account(account(letter.from)), place, leg };
    let (_, charset) = content_type(letter.what.get("Content-Type").unwrap_or_default());
    let length = letter.what.get("Content-Length").and_then(|length| length.parse().ok());
    let body = letter.what.body.get(..length.unwrap_or(usize::MAX)).unwrap_or(letter.what.body);
    match letter.what.get("Message-Type").unwrap_or_default() {
        "Text" => {
            let many = saying.place.room.is_some();
            let kind = if many { MessageKind::Chat } else { MessageKind::Im };
            say::tell(&saying, kind, say::text(charset, body), out);
        }
        "Nudge" => say::tell(&saying, MessageKind::Nudge, Text::default(), out),
        "Control/Typing" => say::typing(&saying, out),
        "" => say::content(talk, &saying, letter.what.body, out),
        _ => {}
    }
}

/// `NFY` and `PUT`: presence as XML, and who is in a circle.
pub(super) fn notice(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if command.payload.is_empty() {
        return;
    }
    let Some(letter) = letter(command.payload) else {
        return out.weird("msnp_relay", "NFY without a sender or a recipient");
    };
    let Ok(body) = std::str::from_utf8(letter.what.body) else {
        return out.weird("msnp_xml", "a presence that is no UTF-8");
    };
    let who = match side {
        Side::Client => talk.own(),
        Side::Server => Who::Account(account(letter.from)),
    };
    if let Some(("9" | "10", room)) = letter.from.split_once(':') {
        members(room, body, out);
        return;
    }
    let Some(state) = xml::element(body, "Status").and_then(status) else { return };
    let text = xml::element(body, "PSM").map(xml::unescape).filter(|text| !text.is_empty());
    presence::tell(who, state, text.map(Text::new), out);
}

/// The members a circle names.
fn members(room: &str, body: &str, out: &mut Out) {
    let (room, mut rest, mut told) = (room.split(';').next().unwrap_or(room), body, 0);
    while let Some(tag) = xml::next(&mut rest) {
        if tag.name == "id"
            && let Some(member) = rest.split('<').next().filter(|name| is_name(name))
            && told < super::talk::PEOPLE
        {
            told += 1;
            let (network, room) = ("msn".to_owned(), room.to_owned());
            let who = Who::Account(account(member));
            out.emit(Event::Room(Room {
                network,
                room,
                who,
                by: None,
                op: RoomOp::Join,
                text: None,
            }));
        }
    }
}
