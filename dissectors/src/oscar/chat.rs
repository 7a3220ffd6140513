//! Chat rooms: families 0D (finding and making them) and 0E (being in one).
//!
//! A room is known by a cookie, `4-0-name`. Being in one is a connection of its own, on which the
//! service first describes the room, and on which it says back what the client said.

use encoding_rs::WINDOWS_1252;
use nom::Parser;
use nom::bytes::complete::take;
use nom::number::complete::be_u16;

use super::buddies::users;
use super::hostile;
use super::icbm::{named, read};
use super::people::who;
use super::talk::Talk;
use super::wire::tlv::{Tlvs, tlvs};
use super::wire::{Parsed, short, user_info};
use crate::event::{Event, Leg, Message, MessageKind, Protection, Room, RoomOp};
use crate::{Out, Side, Text, Who};

/// TLVs of a room's description.
const NAME: u16 = 0x00d3;
/// TLVs of what is said in it.
const TO_ALL: u16 = 0x0001;
const TO_ONE: u16 = 0x0002;
const SENDER: u16 = 0x0003;
const SAID: u16 = 0x0005;
const TEXT: u16 = 0x0001;
const CHARSET: u16 = 0x0002;
/// Cookies remembered of what the client said.
const SENT: usize = 64;

/// The name in a room's cookie: what stands behind the second hyphen.
pub(super) fn name(cookie: &[u8]) -> Option<String> {
    let name = cookie.splitn(3, |byte| *byte == b'-').nth(2).unwrap_or(cookie);
    let name = Text::guess(name, WINDOWS_1252);
    (!name.is_empty()).then(|| name.expose().to_owned())
}

/// A room's description: exchange, cookie, instance, detail, and counted TLVs.
fn description(body: &[u8]) -> Option<String> {
    let parsed: Parsed<'_, _> = (be_u16, short, be_u16).parse(body);
    let (rest, (_exchange, cookie, _instance)) = parsed.ok()?;
    let said = tlvs(rest.get(3..)?);
    let given = said.get(NAME).map(|name| Text::guess(name, WINDOWS_1252).expose().to_owned());
    given.filter(|name| !name.is_empty()).or_else(|| name(cookie))
}

/// The service says which room this connection is for.
pub(super) fn info(talk: &mut Talk, body: &[u8]) {
    talk.room = description(body).or(talk.room.take());
}

/// The client asks for a room.
pub(super) fn create(talk: &mut Talk, side: Side, body: &[u8], out: &mut Out) {
    if side == Side::Client
        && let Some(room) = description(body)
    {
        event(talk, &room, talk.own(), RoomOp::Create, out);
    }
}

/// People came, or left.
pub(super) fn members(talk: &mut Talk, body: &[u8], came: bool, out: &mut Out) {
    let Some(room) = talk.room.clone() else { return };
    let op = if came { RoomOp::Join } else { RoomOp::Part };
    for user in users(body, if came { "0E/03" } else { "0E/04" }, out) {
        event(talk, &room, who(user.name), op, out);
    }
}

/// The client says something.
pub(super) fn to_server(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let Some((cookie, said)) = message(body) else {
        return out.weird("oscar_chat_short", "0E/05");
    };
    // A client that numbers nothing cannot be recognised by its numbers.
    if cookie == [0; 8] {
        return say(talk, talk.own(), &said, Leg::ToServer, out);
    }
    if talk.sent.len() == SENT {
        talk.sent.pop_front();
    }
    talk.sent.push_back(cookie);
    say(talk, talk.own(), &said, Leg::ToServer, out);
}

/// Somebody says something: the client itself too, which was heard before.
pub(super) fn from_server(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let Some((cookie, said)) = message(body) else {
        return out.weird("oscar_chat_short", "0E/06");
    };
    if let Some(at) = talk.sent.iter().position(|sent| *sent == cookie) {
        talk.sent.remove(at);
        return;
    }
    let Some(Ok((_, sender))) = said.get(SENDER).map(user_info) else { return };
    say(talk, who(sender.name), &said, Leg::FromServer, out);
}

/// A cookie, a channel, TLVs.
fn message(body: &[u8]) -> Option<([u8; 8], Tlvs<'_>)> {
    let parsed: Parsed<'_, (&[u8], u16)> = (take(8usize), be_u16).parse(body);
    let (rest, (cookie, _channel)) = parsed.ok()?;
    Some((*cookie.first_chunk()?, tlvs(rest)))
}

fn say(talk: &Talk, from: Who, said: &Tlvs<'_>, leg: Leg, out: &mut Out) {
    let Some(inner) = said.get(SAID).map(tlvs) else { return };
    let Some(text) = inner.get(TEXT) else { return };
    let text = named(inner.get(CHARSET), text);
    hostile::look(&text, out);
    let (text, markup) = read(text);
    out.emit(Event::Message(Message {
        from,
        to: said.get(TO_ONE).filter(|_| !said.has(TO_ALL)).map(who).into_iter().collect(),
        room: Some(talk.room.clone().unwrap_or_else(|| "unnamed room".to_owned())),
        kind: MessageKind::Chat,
        text,
        markup,
        leg,
        protection: Protection::None,
    }));
}

fn event(talk: &Talk, room: &str, who: Who, op: RoomOp, out: &mut Out) {
    let (network, room) = (talk.network().to_owned(), room.to_owned());
    out.emit(Event::Room(Room { network, room, who, by: None, op, text: None }));
}
