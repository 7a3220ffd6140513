//! The exchange of version 5 (MQTT 5.0 section 4.12): the client names a method and both sides
//! send each other data of it, in CONNECT, AUTH and CONNACK. Methods are named as SASL's; those of
//! SCRAM (RFC 5802) are read, and the others named.
//!
//! A SCRAM proof is *strong* from 4096 rounds on (RFC 5802 section 5.1), *crackable* below.

use data_encoding::{BASE64, HEXLOWER};

use super::properties::{self, id};
use super::sign_on::{judged, refused, tell};
use super::talk::Talk;
use super::wire::Fields;
use crate::event::{CredentialKind, Strength};
use crate::{Out, Secret, Side};

/// An exchange as far as it was heard.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    mechanism: Option<&'static str>,
    /// Rounds the broker asked for.
    rounds: Option<u32>,
}

/// The properties of a CONNECT; how the client signs on, when it is by an exchange.
pub(super) fn begins(talk: &mut Talk, properties: &[u8], out: &mut Out) -> Option<&'static str> {
    let method = properties::value(properties, id::AUTHENTICATION_METHOD)?;
    talk.exchange = Exchange { mechanism: named(method), rounds: None };
    if talk.exchange.mechanism.is_none() {
        let method = String::from_utf8_lossy(method.get(..METHOD).unwrap_or(method));
        out.weird("mqtt_auth_unread", method);
    }
    client_says(talk, properties, out);
    Some(talk.exchange.mechanism.unwrap_or("mqtt-auth"))
}

/// AUTH (section 3.15).
pub(super) fn goes_on(talk: &mut Talk, side: Side, mut fields: Fields<'_>, out: &mut Out) {
    let code = fields.byte().unwrap_or_default();
    let properties = fields.properties().unwrap_or_default();
    match (side, code) {
        (Side::Client, AGAIN) => {
            begins(talk, properties, out);
        }
        (Side::Client, _) => client_says(talk, properties, out),
        (Side::Server, 0) => judged(talk, code, out),
        (Side::Server, 0x80..) => {
            refused("mqtt_refused", code, properties, out);
            judged(talk, code, out);
        }
        (Side::Server, _) => {
            let challenge = properties::value(properties, id::AUTHENTICATION_DATA);
            let rounds = challenge.and_then(|challenge| attribute(challenge, b'i'));
            talk.exchange.rounds =
                rounds.and_then(|rounds| std::str::from_utf8(rounds).ok()?.parse().ok());
        }
    }
}

/// The client's data: first its name, `n,,n=user,r=…`, then the proof, `c=…,r=…,p=proof`.
fn client_says(talk: &mut Talk, properties: &[u8], out: &mut Out) {
    let (Some(mechanism), Some(data)) =
        (talk.exchange.mechanism, properties::value(properties, id::AUTHENTICATION_DATA))
    else {
        return;
    };
    if let Some(name) = attribute(data, b'n').filter(|name| !name.is_empty())
        && talk.user.is_none()
    {
        talk.user = Some(String::from_utf8_lossy(name).into_owned());
    }
    let Some(proof) = attribute(data, b'p') else { return };
    let Ok(proof) = BASE64.decode(proof) else {
        return out.weird("mqtt_auth", "a proof that is no base64");
    };
    let weak = talk.exchange.rounds.is_some_and(|rounds| rounds < ROUNDS);
    let strength = if weak { Strength::Crackable } else { Strength::Strong };
    let secret = Secret::new(HEXLOWER.encode(&proof));
    tell(talk, (CredentialKind::Digest, mechanism, strength), secret, out);
}

/// The value of `key=` in a list separated by commas.
fn attribute(message: &[u8], key: u8) -> Option<&[u8]> {
    message.split(|byte| *byte == b',').find_map(|field| match field {
        [first, b'=', value @ ..] if *first == key => Some(value),
        _ => None,
    })
}

#[rustfmt::skip]
fn named(method: &[u8]) -> Option<&'static str> {
    Some(match method.to_ascii_uppercase().as_slice() {
        b"SCRAM-SHA-1"   => "sasl-scram-sha-1",
        b"SCRAM-SHA-256" => "sasl-scram-sha-256",
        b"SCRAM-SHA-512" => "sasl-scram-sha-512",
        _ => return None,
    })
}

/// The reason code by which a client begins a new exchange.
const AGAIN: u8 = 0x19;
/// Rounds of PBKDF2 a SCRAM server should ask for at least.
const ROUNDS: u32 = 4096;
/// Bytes of an unknown method's name.
const METHOD: usize = 64;
