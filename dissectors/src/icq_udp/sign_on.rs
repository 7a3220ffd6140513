//! Signing on, registering, changing the password.

use std::net::SocketAddr;

use nom::Parser;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::names::{self, meta};
use super::talk::Talk;
use super::wire::{Packet, Parsed, V2, V4, V5};
use super::{cipher, people, text};
use crate::event::{Answer, Credential, CredentialKind, Event, Login, Outcome, Strength};
use crate::{Out, Secret, Who};

/// How it is told.
const METHOD: &str = "icq-udp";
/// Servers read no longer passwords.
const LONGEST: usize = 20;

/// Passwords that wait for their answers.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    attempts: u32,
    login: Option<Attempt>,
    change: Option<u32>,
    registration: Option<u32>,
}

#[derive(Debug)]
struct Attempt {
    number: u32,
    who: Who,
    status: u32,
    address: Option<SocketAddr>,
}

impl SignOn {
    /// Nothing more will come.
    pub(super) fn close(&mut self, out: &mut Out) {
        if let Some(attempt) = self.login.take() {
            login(attempt.who, Outcome::Attempt, out);
        }
    }
}

/// What a client says of itself while it signs on.
struct Form<'a> {
    password: &'a [u8],
    /// Bytes of the body before the password.
    at: usize,
    port: u32,
    status: u32,
}

impl Talk {
    /// A sign-on.
    pub(super) fn login(&mut self, packet: &Packet<'_>, out: &mut Out) {
        let Ok((_, form)) = form(packet.version, packet.body) else {
            return out.weird("icq_udp_short", "a sign-on");
        };
        self.sign_on.close(out);
        let strength = strength(packet, form.at);
        let number = self.credential(self.own(), form.password, strength, out);
        let port = u16::try_from(form.port).unwrap_or_default();
        // Clients do not agree on how to write their address; the service goes by the datagram's.
        let address = (port != 0).then(|| SocketAddr::new(self.ends.client.ip(), port));
        let (who, status) = (self.own(), form.status);
        self.sign_on.login = Some(Attempt { number, who, status, address });
    }

    /// A new account's password; the answer says its number. Only of version 5 two descriptions say it.
    pub(super) fn register(&mut self, packet: &Packet<'_>, out: &mut Out) {
        if packet.version != V5 {
            return;
        }
        let Ok((_, password)) = text::string(packet.body) else {
            return out.weird("icq_udp_short", "a registration");
        };
        let who = Who::Unnamed(crate::Side::Client);
        let number = self.credential(who, password, strength(packet, 0), out);
        self.sign_on.registration = Some(number);
    }

    /// The new account's number stands in the header.
    pub(super) fn registered(&mut self, out: &mut Out) {
        if let Some(attempt) = self.sign_on.registration.take() {
            out.emit(Event::Answer(Answer {
                attempt,
                accepted: Some(true),
                who: Some(self.own()),
            }));
        }
    }

    /// A new password, before version 5: in version 2 behind a number of its own.
    pub(super) fn change_password(&mut self, packet: &Packet<'_>, out: &mut Out) {
        let parsed: Parsed<'_, _> = match packet.version {
            V2 => (le_u16, text::string).map(|(_, password)| password).parse(packet.body),
            _ => text::string(packet.body),
        };
        let Ok((_, password)) = parsed else {
            return out.weird("icq_udp_short", "a new password");
        };
        let strength = strength(packet, 0);
        self.credential(self.own(), password, strength, out);
    }

    /// A request to the directory, of which a new password is read.
    pub(super) fn new_password(&mut self, packet: &Packet<'_>, out: &mut Out) {
        let parsed: Parsed<'_, _> = (le_u16, text::string).parse(packet.body);
        if let Ok((_, (meta::SET_PASSWORD, password))) = parsed {
            let number = self.credential(self.own(), password, strength(packet, 0), out);
            self.sign_on.change = Some(number);
        }
    }

    /// An answer to a new password.
    pub(super) fn password_set(&mut self, packet: &Packet<'_>, out: &mut Out) {
        let parsed: Parsed<'_, _> = (le_u16, le_u8).parse(packet.body);
        if let Ok((_, (meta::PASSWORD_SET, result))) = parsed
            && let Some(attempt) = self.sign_on.change.take()
        {
            let accepted = Some(result == meta::DONE);
            out.emit(Event::Answer(Answer { attempt, accepted, who: None }));
        }
    }

    /// The server lets the client in. Version 2 says here, and only here, whom.
    pub(super) fn let_in(&mut self, packet: &Packet<'_>, out: &mut Out) {
        if packet.version == V2
            && let Ok((_, number)) = le_u32::<_, nom::error::Error<_>>(packet.body)
        {
            self.named(number);
        }
        let Some(attempt) = self.sign_on.login.take() else {
            return login(self.own(), Outcome::Success, out);
        };
        let accepted = Some(true);
        out.emit(Event::Answer(Answer { attempt: attempt.number, accepted, who: None }));
        login(attempt.who.clone(), Outcome::Success, out);
        people::presence(attempt.who, names::status(attempt.status), attempt.address, out);
    }

    /// The server does not: because of the password, or for a reason of its own.
    pub(super) fn refused(&mut self, accepted: Option<bool>, out: &mut Out) {
        if let Some(attempt) = self.sign_on.login.take() {
            if accepted.is_some() {
                out.emit(Event::Answer(Answer { attempt: attempt.number, accepted, who: None }));
            }
            login(attempt.who, Outcome::Failure, out);
        }
        self.over();
    }

    fn credential(&mut self, who: Who, password: &[u8], strength: Strength, out: &mut Out) -> u32 {
        if password.len() > LONGEST {
            out.weird("icq_udp_password_oversized", format_args!("{} bytes", password.len()));
        }
        let attempt = self.sign_on.attempts.wrapping_add(1);
        self.sign_on.attempts = attempt;
        let (kind, secret) = (CredentialKind::Password, Secret::new(password));
        let mechanism = METHOD;
        out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
        attempt
    }
}

/// Versions 2 and 3: port, password, four bytes that differ from client to client, address, how the
/// client can be reached, state. Since version 4 the time stands in front.
fn form(version: u16, body: &[u8]) -> Parsed<'_, Form<'_>> {
    let (rest, _) = if version >= V4 { le_u32(body)? } else { (body, 0) };
    let (rest, (port, password)) = (le_u32, text::string).parse(rest)?;
    let (rest, (_, _address, _, status)) = (le_u32, le_u32, le_u8, le_u32).parse(rest)?;
    let at = if version >= V4 { 10 } else { 6 };
    Ok((rest, Form { password, at, port, status }))
}

/// What a password is worth that stands there in the body: version 4 scrambles only the beginning of a
/// datagram.
fn strength(packet: &Packet<'_>, at: usize) -> Strength {
    let at = packet.length.saturating_sub(packet.body.len()).saturating_add(at);
    if at < cipher::covered(packet.version, packet.length) {
        Strength::Reversible
    } else {
        Strength::Plaintext
    }
}

fn login(who: Who, outcome: Outcome, out: &mut Out) {
    let (method, client, server) = (METHOD, None, None);
    out.emit(Event::Login(Login { who, method, outcome, client, server }));
}
