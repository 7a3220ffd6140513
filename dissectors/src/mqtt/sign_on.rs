//! CONNECT, its answer, and how a connection ends.

use super::names::{TAKEN_OVER, is_of_secret, reason, refusal};
use super::properties::{self, id};
use super::talk::Talk;
use super::wire::{Fields, V5};
use super::{auth, publish};
use crate::event::{
    Answer, Credential, CredentialKind, Event, Login, MessageKind, Outcome, Strength,
};
use crate::{Out, Secret, Side};

/// How far the sign-on is.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    attempts: u32,
    /// How the client signs on, for as long as nobody has answered.
    waiting: Option<&'static str>,
    /// Secrets that wait for the same answer: a password, and a proof of the exchange.
    unanswered: Vec<u32>,
    /// How it signed on.
    method: Option<&'static str>,
}

/// Flags of CONNECT (section 3.1.2.3).
const USER_NAME: u8 = 0x80;
const PASSWORD: u8 = 0x40;
const WILL: u8 = 0x04;

/// What a CONNECT holds.
struct Connect<'a> {
    level: u8,
    properties: &'a [u8],
    identifier: String,
    will: Option<(String, &'a [u8])>,
    user: Option<String>,
    password: Option<&'a [u8]>,
}

impl<'a> Connect<'a> {
    /// Section 3.1.
    fn parse(mut fields: Fields<'a>) -> Option<Self> {
        fields.data()?;
        let level = fields.byte()? & 0x7f;
        let (flags, _keep_alive) = (fields.byte()?, fields.short()?);
        let properties = if level >= V5 { fields.properties()? } else { &[] };
        let identifier = fields.text()?;
        if level >= V5 && flags & WILL != 0 {
            fields.properties()?;
        }
        let will = if flags & WILL == 0 { None } else { Some((fields.text()?, fields.data()?)) };
        let user = if flags & USER_NAME == 0 { None } else { Some(fields.text()?) };
        let password = if flags & PASSWORD == 0 { None } else { Some(fields.data()?) };
        Some(Self { level, properties, identifier, will, user, password })
    }
}

/// A client signs on.
pub(super) fn connects(talk: &mut Talk, fields: Fields<'_>, out: &mut Out) {
    let Some(connect) = Connect::parse(fields) else {
        return out.weird("mqtt_connect", format_args!("{} bytes", fields.0.len()));
    };
    close(talk, out);
    talk.version = Some(connect.level);
    let named = |name: String| Some(name).filter(|name| !name.is_empty());
    talk.user = connect.user.and_then(named);
    talk.identifier = named(connect.identifier);
    let password = connect.password.filter(|password| !password.is_empty());
    let mut method = if password.is_some() { "mqtt-connect" } else { "none" };
    if let Some(password) = password {
        let secret = Secret::new(password);
        tell(talk, (CredentialKind::Password, "mqtt-connect", Strength::Plaintext), secret, out);
    }
    if let Some(exchange) = auth::begins(talk, connect.properties, out) {
        method = exchange;
    }
    talk.sign_on.waiting = Some(method);
    if let Some((topic, payload)) = connect.will {
        publish::said(talk, Side::Client, (&topic, payload), MessageKind::AutoReply, out);
    }
}

/// Tells a secret of the client's, which waits for the next answer.
pub(super) fn tell(
    talk: &mut Talk,
    (kind, mechanism, strength): (CredentialKind, &'static str, Strength),
    secret: Secret,
    out: &mut Out,
) {
    talk.sign_on.attempts = talk.sign_on.attempts.wrapping_add(1);
    let (attempt, who) = (talk.sign_on.attempts, talk.own());
    if talk.sign_on.unanswered.len() < UNANSWERED {
        talk.sign_on.unanswered.push(attempt);
    }
    out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
}

/// CONNACK (section 3.2).
pub(super) fn answered(talk: &mut Talk, mut fields: Fields<'_>, out: &mut Out) {
    let (_, Some(code)) = (fields.byte(), fields.byte()) else {
        return out.weird("mqtt_connack", "without its code");
    };
    let properties = fields.properties().unwrap_or_default();
    if let Some(assigned) = properties::text(properties, id::ASSIGNED_CLIENT_IDENTIFIER) {
        talk.identifier = Some(assigned);
    }
    if code != 0 {
        refused("mqtt_refused", code, properties, out);
    }
    judged(talk, code, out);
    if let Some(method) = talk.sign_on.waiting.take() {
        talk.sign_on.method = Some(method);
        let outcome = if code == 0 { Outcome::Success } else { Outcome::Failure };
        login(talk, method, outcome, out);
    }
}

/// The secrets that waited are answered.
pub(super) fn judged(talk: &mut Talk, code: u8, out: &mut Out) {
    let accepted = match code {
        0 => Some(true),
        _ if is_of_secret(code) => Some(false),
        _ => None,
    };
    let who = Some(talk.own()).filter(|who| who.account().is_some());
    for attempt in std::mem::take(&mut talk.sign_on.unanswered) {
        out.emit(Event::Answer(Answer { attempt, accepted, who: who.clone() }));
    }
}

/// DISCONNECT (section 3.14): version 5 says why.
pub(super) fn disconnects(talk: &mut Talk, side: Side, mut fields: Fields<'_>, out: &mut Out) {
    let code = fields.byte().unwrap_or_default();
    let properties = fields.properties().unwrap_or_default();
    if side == Side::Server && code == TAKEN_OVER {
        let method = talk.sign_on.method.unwrap_or("none");
        return login(talk, method, Outcome::Replaced, out);
    }
    if code >= 0x80 {
        refused("mqtt_disconnected", code, properties, out);
        judged(talk, code, out);
    }
}

/// What was refused, in the words of the document and the broker's own.
pub(super) fn refused(name: &'static str, code: u8, properties: &[u8], out: &mut Out) {
    let known = if code < 0x80 { refusal(code) } else { reason(code) };
    let mut detail = format!("{code} {known}");
    for property in [id::REASON_STRING, id::SERVER_REFERENCE] {
        if let Some(said) = properties::text(properties, property) {
            detail.push_str(": ");
            detail.extend(said.chars().take(SAID));
        }
    }
    out.weird(name, detail.trim_end());
}

/// Nothing was heard of an answer.
pub(super) fn close(talk: &mut Talk, out: &mut Out) {
    talk.sign_on.unanswered.clear();
    if let Some(method) = talk.sign_on.waiting.take() {
        login(talk, method, Outcome::Attempt, out);
    }
}

fn login(talk: &Talk, method: &'static str, outcome: Outcome, out: &mut Out) {
    let who = talk.own();
    out.emit(Event::Login(Login { who, method, outcome, client: None, server: None }));
}

/// Secrets that wait for one answer.
const UNANSWERED: usize = 8;
/// Characters of a broker's own words.
const SAID: usize = 128;
