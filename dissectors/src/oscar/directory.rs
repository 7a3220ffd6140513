//! ICQ's own service behind family 15: what a client asks of it. Messages to mobile telephones and
//! changes of the password are read; the white pages are not. Integers are little-endian.

use encoding_rs::WINDOWS_1252;
use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::admin;
use super::talk::Talk;
use super::wire::Parsed;
use super::wire::tlv::tlvs;
use crate::event::{Event, Leg, Message, MessageKind, Protection};
use crate::{Account, Out, Text, Who, html};

/// Kinds of requests and answers, and their kinds.
const REQUEST: u16 = 0x07d0;
const ANSWER: u16 = 0x07da;
const SET_PASSWORD: u16 = 0x042e;
const PASSWORD_SET: u16 = 0x00aa;
const SEND_SMS: u16 = 0x1482;
/// An answer's word for success.
const DONE: u8 = 0x0a;
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
    let Ok((rest, (_, owner, REQUEST, _, subject))) = head(data) else { return };
    if talk.me.is_none() {
        talk.me = Some(Account::new("icq", owner.to_string()));
    }
    match subject {
        SET_PASSWORD => match length_data(le_u16).parse(rest) as Parsed<'_, &[u8]> {
            Ok((_, password)) => admin::set(talk, "icq-directory", password, out),
            Err(_) => out.weird("oscar_icq_short", "a password"),
        },
        SEND_SMS => sms(talk, rest, out),
        _ => {}
    }
}

/// The service answers.
pub(super) fn answered(talk: &mut Talk, data: &[u8], out: &mut Out) {
    if let Ok((rest, (_, _, ANSWER, _, PASSWORD_SET))) = head(data)
        && let Ok((_, result)) = le_u8(rest) as Parsed<'_, u8>
    {
        admin::answered(talk, result == DONE, None, out);
    }
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
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(inside, _)| inside)
}
