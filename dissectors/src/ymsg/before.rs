//! The protocol before YMSG, of 1998 to 2001. Its contents are texts with commas, and `^A` or `^B`
//! between the parts of some; the same services have the same numbers.

use encoding_rs::WINDOWS_1252;

use super::conference::tell;
use super::message::{Said, say};
use super::names::{self, CUSTOM, service as s};
use super::people;
use super::talk::Talk;
use super::wire::old::Record;
use super::wire::pairs::number;
use crate::event::{CredentialKind, Event, MessageKind, Presence, RoomOp, Status, Strength};
use crate::{Out, Secret, Side, Text, Who};

/// Sorts of messages.
const BOUNCED: u32 = 2;
const STATUS: u32 = 4;
const KEPT: u32 = 0x5a55_aa56;

/// Hears one record.
pub(super) fn record(talk: &mut Talk, side: Side, record: &Record<'_>, out: &mut Out) {
    if talk.me.is_none() {
        let name = [record.account, record.active].into_iter().find(|name| !name.is_empty());
        talk.me = name.map(people::account);
    }
    let Ok(service) = u16::try_from(record.service) else { return };
    match (side, service) {
        (Side::Client, s::LOGON) => signs_on(talk, record, out),
        (Side::Client, s::LOGOFF) => super::presence::signed_off(talk, out),
        (Side::Client, s::IS_AWAY | s::IS_BACK) => own(talk, record, out),
        (Side::Client, s::MESSAGE | s::CHAT_MSG) => to_server(talk, record, out),
        (Side::Server, s::MESSAGE | s::CHAT_MSG) => from_server(talk, record, out),
        (_, s::CONF_INVITE..=s::CONF_MSG) => conference(talk, side, service, record, out),
        (Side::Server, s::LOGON | s::LOGOFF | s::IS_AWAY | s::IS_BACK | s::USER_STAT) => {
            talk.let_in(out);
            others(service, record.content, out);
        }
        _ => {}
    }
}

/// The cookie that was fetched over the web, `^A`, and the account's names.
fn signs_on(talk: &mut Talk, record: &Record<'_>, out: &mut Out) {
    let cookie = record.content.split(|byte| *byte == 1).next().unwrap_or_default();
    if cookie.is_empty() {
        return;
    }
    let (who, kind) = (talk.own(Side::Client), CredentialKind::Cookie);
    let secret = Secret::new(cookie);
    let attempt = talk.secret(who, kind, "yhoo-cookie", Strength::Replayable, secret, out);
    talk.awaits(attempt, "yhoo-cookie");
}

/// `reader,text`.
fn to_server(talk: &Talk, record: &Record<'_>, out: &mut Out) {
    let Some((to, text)) = cut(record.content, b',') else { return };
    let (from, kind) = (talk.own(Side::Client), MessageKind::Im);
    let to = vec![people::who(to)];
    say(Said { from, to, room: None, kind, leg: talk.leg(Side::Client) }, guess(text), out);
}

/// `author,,text`, or of one that was kept `6,6,reader,author,time,text`.
fn from_server(talk: &mut Talk, record: &Record<'_>, out: &mut Out) {
    talk.let_in(out);
    let kept = record.sort == KEPT;
    let mut parts = record.content.splitn(if kept { 6 } else { 3 }, |byte| *byte == b',');
    let (author, text, kind) = if kept {
        (parts.nth(3), parts.nth(1), MessageKind::Offline)
    } else {
        (parts.next(), parts.nth(1), MessageKind::Im)
    };
    let (Some(author), Some(text)) = (author, text) else { return };
    if matches!(record.sort, BOUNCED | STATUS) {
        return;
    }
    let text = guess(text.strip_suffix(&[1]).unwrap_or(text));
    let (from, to) = (people::who(author), vec![talk.own(Side::Client)]);
    say(Said { from, to, room: None, kind, leg: talk.leg(Side::Server) }, text, out);
}

/// The client's status: a number, and `,text^A` behind 99.
fn own(talk: &Talk, record: &Record<'_>, out: &mut Out) {
    let (state, words) = cut(record.content, b',').unwrap_or((record.content, b""));
    let words = words.split(|byte| *byte == 1).next().unwrap_or_default();
    let status = names::status(number(state).unwrap_or_default(), None);
    present(talk.own(Side::Client), status, words, out);
}

/// `2,anna(0,728EE9FB,0,1,0,0),bob(99,at lunch^A,6AD68325,0,1,0,0)`: without the count for one.
fn others(service: u16, content: &[u8], out: &mut Out) {
    let mut rest = content;
    while let Some((name, inside)) = cut(rest, b'(') {
        let name = name.rsplit(|byte| *byte == b',').next().unwrap_or_default();
        let (state, behind) = cut(inside, b',').unwrap_or((inside, b""));
        let state = number(state).unwrap_or_default();
        // Words of one's own end with ^A, and may hold anything else.
        let (words, behind) = match cut(behind, 1) {
            Some(parts) if state == CUSTOM => parts,
            _ => (&b""[..], behind),
        };
        let gone = service == s::LOGOFF;
        let status = if gone { Status::Offline } else { names::status(state, None) };
        if !name.is_empty() {
            present(people::who(name), status, words, out);
        }
        rest = cut(behind, b')').map_or(&b""[..], |(_, rest)| rest);
    }
}

/// Parts with `^B` between them: the room first.
fn conference(talk: &mut Talk, side: Side, service: u16, record: &Record<'_>, out: &mut Out) {
    let parts: Vec<_> = record.content.split(|byte| *byte == 2).take(6).collect();
    let part = |at: usize| parts.get(at).copied().unwrap_or_default();
    let room = people::short(part(0));
    let own = side == Side::Client;
    let me = talk.own(Side::Client);
    let other = |name: &[u8]| if own { me.clone() } else { people::who(name) };
    match service {
        s::CONF_INVITE | s::CONF_ADD_INVITE if own => {
            let by = Some(me.clone());
            let names = part(if service == s::CONF_INVITE { 2 } else { 1 });
            for name in names.split(|byte| *byte == b',').filter(|name| !name.is_empty()) {
                tell(&room, people::who(name), by.clone(), RoomOp::Invite, None, out);
            }
        }
        s::CONF_INVITE | s::CONF_ADD_INVITE => {
            let words = part(if service == s::CONF_INVITE { 3 } else { 4 });
            let words = (!words.is_empty()).then(|| guess(words));
            tell(&room, me, Some(people::who(part(1))), RoomOp::Invite, words, out);
        }
        s::CONF_LOGON => tell(&room, other(part(1)), None, RoomOp::Join, None, out),
        s::CONF_LOGOFF => tell(&room, other(part(1)), None, RoomOp::Part, None, out),
        s::CONF_DECLINE => {
            tell(&room, other(part(1)), None, RoomOp::Decline, Some(guess(part(2))), out);
        }
        _ => {
            let (from, kind) = (other(part(1)), MessageKind::Chat);
            let whole = Said { from, to: vec![], room: Some(room), kind, leg: talk.leg(side) };
            say(whole, guess(part(2)), out);
        }
    }
}

fn present(who: Who, status: Status, words: &[u8], out: &mut Out) {
    let text = (!words.is_empty()).then(|| guess(words));
    out.emit(Event::Presence(Presence { who, status, text, address: None }));
}

fn guess(text: &[u8]) -> Text {
    Text::guess(text, WINDOWS_1252)
}

/// What stands before and behind the first of these bytes.
fn cut(text: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = memchr::memchr(at, text)?;
    Some((text.get(..place)?, text.get(place + 1..)?))
}
