//! ICQ's own service behind family 15: the white pages, messages to mobile telephones, changes of the
//! password. Integers are little-endian.

use encoding_rs::WINDOWS_1252;
use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::talk::Talk;
use super::wire::Parsed;
use super::wire::tlv::tlvs;
use super::{admin, tagged};
use crate::event::{Event, Leg, Message, MessageKind, ProfileOp, Protection};
use crate::icq_udp::entry::{self, Fields, Part};
use crate::icq_udp::names::meta;
use crate::icq_udp::say::account;
use crate::{Account, Out, Text, Who, html};

/// Requests and answers, and what they are about where ICQ over UDP has no such thing.
const REQUEST: u16 = 0x07d0;
const ANSWER: u16 = 0x07da;
const SET_BASIC: u16 = 0x03ea;
const SET_EMAILS: u16 = 0x040b;
const SET_INTERESTS: u16 = 0x0410;
const SET_AFFILIATIONS: u16 = 0x041a;
const FULL_INFO: u16 = 0x04b2;
const FULL_INFO_SELF: u16 = 0x04d0;
const SEARCH_NAMES: u16 = 0x0515;
const SEARCH_WHITE_TLV: u16 = 0x055f;
const SEARCH_UIN_TLV: u16 = 0x0569;
const SEARCH_EMAIL_TLV: u16 = 0x0573;
const SET_FULL: u16 = 0x0c3a;
const SEND_SMS: u16 = 0x1482;
const IS_SHORT: u16 = 0x0104;
/// What is said of somebody who was found.
const FOUND: &[Part] = &[
    Part::Said("nickname"),
    Part::Said("first_name"),
    Part::Said("last_name"),
    Part::Said("email"),
    Part::Skip(3),
    Part::Gender,
    Part::Word("age"),
];
/// How a message to a telephone begins, wherever it does: programs do not agree on what stands before.
const SMS: &[u8] = b"<icq_sms_message>";

/// Length, the client's number, kind, sequence, kind of the kind.
fn head(data: &[u8]) -> Parsed<'_, (u16, u32, u16, u16, u16)> {
    (le_u16, le_u32, le_u16, le_u16, le_u16).parse(data)
}

/// The client asks for something.
pub(super) fn asked(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let said = tlvs(body);
    let Some(data) = said.get(0x0001) else { return out.weird("oscar_icq_short", "15/02") };
    let Ok((rest, (_, owner, REQUEST, request, subject))) = head(data) else { return };
    if talk.me.is_none() {
        talk.me = Some(account(owner));
    }
    match subject {
        meta::SET_PASSWORD => match length_data(le_u16).parse(rest) as Parsed<'_, &[u8]> {
            Ok((_, password)) => admin::set(talk, "icq-directory", password, out),
            Err(_) => out.weird("oscar_icq_short", "a password"),
        },
        SEND_SMS => sms(talk, rest, out),
        FULL_INFO | FULL_INFO_SELF | meta::INFO | meta::SEARCH_UIN_2 => {
            match le_u32(rest) as Parsed<'_, u32> {
                Ok((_, number)) => look_up(talk, request, number, out),
                Err(_) => out.weird("oscar_icq_short", "whose entry is asked for"),
            }
        }
        SEARCH_UIN_TLV | SEARCH_EMAIL_TLV | SEARCH_WHITE_TLV | SET_FULL => {
            let said = tagged::read(rest);
            if let Some(number) = said.number {
                look_up(talk, request, number, out);
            }
            let op = if subject == SET_FULL { ProfileOp::Set } else { ProfileOp::Search };
            written(talk, op, said.fields, out);
        }
        _ => {
            let Some((op, parts)) = form(subject) else { return };
            written(talk, op, entry::read(parts, rest).0, out);
        }
    }
}

/// What a request that is a row of fields does, and which they are.
fn form(subject: u16) -> Option<(ProfileOp, &'static [Part])> {
    Some(match subject {
        SET_BASIC => (ProfileOp::Set, entry::BASIC),
        meta::SET_WORK_2 => (ProfileOp::Set, entry::WORK),
        meta::SET_MORE_2 => (ProfileOp::Set, entry::MORE),
        meta::SET_ABOUT => (ProfileOp::Set, entry::ABOUT),
        SET_EMAILS => (ProfileOp::Set, entry::EMAILS),
        SET_INTERESTS => (ProfileOp::Set, entry::INTERESTS),
        SET_AFFILIATIONS => (ProfileOp::Set, entry::AFFILIATIONS),
        SEARCH_NAMES => (ProfileOp::Search, entry::NAMES),
        meta::SEARCH_EMAIL_2 => (ProfileOp::Search, entry::EMAIL),
        meta::SEARCH_WHITE_2 => (ProfileOp::Search, entry::WHITE),
        _ => return None,
    })
}

fn written(talk: &Talk, op: ProfileOp, fields: Fields, out: &mut Out) {
    let who = (op == ProfileOp::Set).then(|| talk.own());
    entry::tell(talk.own(), who, op, fields, out);
}

fn look_up(talk: &mut Talk, request: u16, number: u32, out: &mut Out) {
    talk.entries.put(request, number);
    let who = Some(Who::Account(account(number)));
    entry::tell(talk.own(), who, ProfileOp::Lookup, Vec::new(), out);
}

/// The service answers: with somebody's entry, one of those a search found, or to a new password.
pub(super) fn answered(talk: &mut Talk, data: &[u8], out: &mut Out) {
    let Ok((rest, (_, _, ANSWER, request, subject))) = head(data) else { return };
    let Ok((rest, result)) = le_u8(rest) as Parsed<'_, u8> else { return };
    let parts = match subject {
        meta::PASSWORD_SET => return admin::answered(talk, result == meta::DONE, None, out),
        _ if result != meta::DONE => return,
        meta::USER_FOUND | meta::LAST_FOUND => return found(talk, rest, out),
        meta::IS_BASIC => entry::BASIC,
        meta::IS_WORK => entry::WORK,
        meta::IS_MORE => entry::MORE,
        meta::IS_ABOUT => entry::ABOUT,
        meta::IS_EMAILS => entry::EMAILS,
        meta::IS_INTERESTS => entry::INTERESTS,
        meta::IS_AFFILIATIONS => entry::AFFILIATIONS,
        IS_SHORT => entry::SHORT,
        _ => return,
    };
    let (fields, whole) = entry::read(parts, rest);
    if !whole {
        out.weird("oscar_icq_short", "an entry of the directory");
    }
    let owner = talk.entries.whose(request).map(|number| Who::Account(account(number)));
    entry::tell(talk.own(), owner, ProfileOp::Entry, fields, out);
}

/// Somebody a search found: the length of what follows, a number, a few fields; then whether they
/// let themselves be added, whether they are there, gender, age.
fn found(talk: &Talk, data: &[u8], out: &mut Out) {
    let found: Parsed<'_, &[u8]> = length_data(le_u16).parse(data);
    let parsed = found.and_then(|(_, found)| le_u32(found));
    let Ok((rest, number)) = parsed else {
        return out.weird("oscar_icq_short", "somebody who was found");
    };
    let (fields, whole) = entry::read(FOUND, rest);
    // Early clients' answers end before gender and age.
    if !whole && !entry::read(entry::SHORT, rest).1 {
        out.weird("oscar_icq_short", "somebody who was found");
    }
    let who = Some(Who::Account(account(number)));
    entry::tell(talk.own(), who, ProfileOp::Entry, fields, out);
}

/// A message to a mobile telephone, in XML.
fn sms(talk: &Talk, data: &[u8], out: &mut Out) {
    let Some(at) = memchr::memmem::find(data, SMS) else {
        return out.weird("oscar_icq_short", "a message to a telephone");
    };
    let xml = data.get(at..).unwrap_or_default();
    let xml = xml.split(|byte| *byte == 0).next().unwrap_or_default();
    let xml = Text::guess(xml, WINDOWS_1252);
    let number = element(xml.expose(), "destination").unwrap_or_default();
    let Some(said) = element(xml.expose(), "text") else { return };
    out.emit(Event::Message(Message {
        from: talk.own(),
        to: vec![Who::Account(Account::new("sms", number.trim()))],
        room: None,
        kind: MessageKind::Im,
        text: xml.rewritten(html::text(said)),
        markup: None,
        leg: Leg::ToServer,
        protection: Protection::None,
    }));
}

/// What stands between the first `<name>` and its end.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside)
}
