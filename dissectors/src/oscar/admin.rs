//! Passwords that are set: AIM's administration (family 07), ICQ's directory, and ICQ's registration
//! (17/04). All of them carry it as it is typed.

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{be_u16, le_u16, le_u32};

use super::talk::Talk;
use super::wire::Parsed;
use super::wire::tlv::tlvs;
use crate::event::{Answer, CredentialKind, Event, Strength};
use crate::{Account, Out, Secret, Who};

/// TLVs of an account's administration.
const NEW_PASSWORD: u16 = 0x0002;
const ERROR: u16 = 0x0008;
const OLD_PASSWORD: u16 = 0x0012;
/// Passwords under way: nobody sets more at once.
const SETTING: usize = 8;
/// The one TLV of a registration. What stands before the password in it, and before the new number in
/// its answer.
const REGISTRATION: u16 = 0x0001;
const BEFORE_PASSWORD: usize = 40;
const BEFORE_NUMBER: usize = 42;

/// The client changes something of its account, of which the password is told, old before new.
pub(super) fn change(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let said = tlvs(body);
    let passwords: Vec<&[u8]> =
        [OLD_PASSWORD, NEW_PASSWORD].iter().filter_map(|tlv| said.get(*tlv)).collect();
    for password in passwords {
        set(talk, "oscar-admin", password, out);
    }
}

/// The answer: permissions, then counted TLVs, one of which may be an error.
pub(super) fn changed(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let Ok((rest, _)) = (be_u16, be_u16).parse(body) as Parsed<'_, (u16, u16)> else {
        return out.weird("oscar_admin_short", "07/05");
    };
    let error = tlvs(rest).u16(ERROR);
    if let Some(code) = error {
        out.weird("oscar_admin_refused", format_args!("{code:#04x}"));
    }
    answered(talk, error.is_none(), None, out);
}

/// Somebody asks for a new ICQ number.
pub(super) fn register(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let said = tlvs(body);
    let parsed = said.get(REGISTRATION).map(|data| {
        let parsed: Parsed<'_, _> = (take(BEFORE_PASSWORD), length_data(le_u16)).parse(data);
        parsed
    });
    match parsed {
        Some(Ok((_, (_, password)))) => set(talk, "icq-registration", password, out),
        _ => out.weird("oscar_admin_short", "17/04"),
    }
}

/// The new number.
pub(super) fn registered(talk: &mut Talk, body: &[u8], out: &mut Out) {
    let said = tlvs(body);
    let parsed = said.get(REGISTRATION).map(|data| {
        let parsed: Parsed<'_, (&[u8], u32)> = (take(BEFORE_NUMBER), le_u32).parse(data);
        parsed
    });
    let Some(Ok((_, (_, number)))) = parsed else {
        return out.weird("oscar_admin_short", "17/05");
    };
    let account = Account::new("icq", number.to_string());
    talk.me = Some(account.clone());
    answered(talk, true, Some(&Who::Account(account)), out);
}

/// A password is set; an end of zeros is no part of it.
pub(super) fn set(talk: &mut Talk, mechanism: &'static str, password: &[u8], out: &mut Out) {
    let password = password.strip_suffix(b"\0").unwrap_or(password);
    let secret = Secret::new(password);
    let kind = CredentialKind::Password;
    let attempt = talk.secret(kind, mechanism, Strength::Plaintext, secret, out);
    if talk.setting.len() < SETTING {
        talk.setting.push(attempt);
    }
}

/// What became of the passwords that were set. Why they were refused is not said: the old one may be
/// right.
pub(super) fn answered(talk: &mut Talk, accepted: bool, who: Option<&Who>, out: &mut Out) {
    for attempt in std::mem::take(&mut talk.setting) {
        if accepted {
            let who = who.cloned();
            out.emit(Event::Answer(Answer { attempt, accepted: Some(true), who }));
        }
    }
}
