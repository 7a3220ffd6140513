//! Signing on: passwords, digests, cookies, and what the service makes of them.
//!
//! The authorizer answers on the connection it was asked on; the cookie it gives opens the next
//! one. An answer to a cookie is that the service goes on talking.

use data_encoding::HEXLOWER;

use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::be_u16;

use super::people::account;
use super::talk::Talk;
use super::wire::snac::Snac;
use super::wire::tlv::{Tlvs, tlvs};
use super::wire::{Parsed, UserInfo, user_info};
use super::{admin, complaints};
use crate::event::{
    Answer, Client, Credential, CredentialKind, Event, Login, Outcome, Strength, Ticketed,
};
use crate::{Account, Out, Secret, Side, Ticket, Who};

/// TLVs of a sign-on.
const SCREEN_NAME: u16 = 0x0001;
const ROASTED: u16 = 0x0002;
const CLIENT: u16 = 0x0003;
const COOKIE: u16 = 0x0006;
const ERROR: u16 = 0x0008;
const DISCONNECT: u16 = 0x0009;
/// Reason to disconnect: the account signed on elsewhere.
const ELSEWHERE: u16 = 1;
const MD5: u16 = 0x0025;

/// What ICQ and AIM clients XOR a password with, byte by byte, over and over.
const ROAST: [u8; 16] = [
    0xf3, 0x26, 0x81, 0xc4, 0x39, 0x86, 0xdb, 0x92, 0x71, 0xa3, 0xb9, 0xe6, 0x53, 0x7a, 0x95, 0x7c,
];

/// A sign-on under way.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    attempts: u32,
    waiting: Option<Attempt>,
    /// A token's number, until the authorizer answers.
    token: Option<u32>,
    /// Let in, before the service said who it is.
    nameless: Option<Attempt>,
}

#[derive(Debug)]
struct Attempt {
    number: u32,
    method: &'static str,
    who: Option<Account>,
    client: Option<String>,
}

/// How a cookie is told.
const BY_COOKIE: &str = "oscar-cookie";

impl Talk {
    /// The first frame of a side: the client's may hold a whole sign-on.
    pub(super) fn hello(&mut self, side: Side, data: &[u8], out: &mut Out) {
        let Some((_version, rest)) = data.split_first_chunk::<4>() else {
            return out.weird("oscar_sign_on_short", format_args!("{} bytes", data.len()));
        };
        if side == Side::Server {
            return;
        }
        let said = tlvs(rest);
        match said.get(COOKIE) {
            Some(cookie) => self.cookie(cookie, &said, out),
            None => self.password(&said, out),
        }
    }

    /// A frame that ends the connection, which is also how old sign-ons are answered.
    pub(super) fn goodbye(&mut self, side: Side, data: &[u8], out: &mut Out) {
        let said = tlvs(data);
        if side == Side::Client {
            return;
        }
        if said.has(COOKIE) || said.has(ERROR) {
            return self.answered(&said, out);
        }
        if said.u16(DISCONNECT) == Some(ELSEWHERE) {
            let (method, client, server) = (BY_COOKIE, None, None);
            let outcome = Outcome::Replaced;
            out.emit(Event::Login(Login { who: self.own(), method, outcome, client, server }));
        }
    }

    /// Family 17 (authorization) and what family 01 (the connection itself) says of people.
    pub(super) fn service(&mut self, side: Side, snac: &Snac<'_>, out: &mut Out) {
        match (side, snac.family, snac.subtype) {
            (Side::Client, 0x17, 0x02) => self.password(&tlvs(snac.body), out),
            (Side::Server, 0x17, 0x03) => self.answered(&tlvs(snac.body), out),
            (Side::Client, 0x17, 0x04) => admin::register(self, snac.body, out),
            (Side::Server, 0x17, 0x05) => admin::registered(self, snac.body, out),
            (Side::Client, 0x17, 0x0b) => self.token(snac.body, out),
            (Side::Server, 0x01, 0x0a) => complaints::rate(snac.body, out),
            (Side::Server, 0x01, 0x10) => complaints::warned(self, snac.body, out),
            (Side::Server, 0x01, 0x0f) => {
                if let Ok((_, me)) = user_info(snac.body) {
                    self.named(&me, out);
                }
            }
            (Side::Server, 0x01, 0x05) => self.redirected(&tlvs(snac.body), out),
            (Side::Client, 0x01, 0x1e) => {
                super::buddies::own_status(self, &tlvs(snac.body), out);
            }
            _ => {}
        }
    }

    /// A service that talks about anything but itself has let the client in.
    pub(super) fn welcome(&mut self, side: Side, snac: &Snac<'_>, out: &mut Out) {
        if side == Side::Server && !matches!(snac.family, 0x01 | 0x17) {
            self.let_in(out);
        }
    }

    /// The conversation ends, and nothing was heard of an answer.
    pub(super) fn close(&mut self, out: &mut Out) {
        if let Some(attempt) = self.sign_on.waiting.take() {
            self.login(attempt, Outcome::Attempt, out);
        }
    }

    /// A password or a digest of one.
    fn password(&mut self, said: &Tlvs<'_>, out: &mut Out) {
        let Some(name) = said.get(SCREEN_NAME) else { return };
        if said.torn {
            out.weird("oscar_tlv_torn", "in a sign-on");
        }
        let account = account(name);
        let (method, kind, strength, secret) = if let Some(digest) = said.get(MD5) {
            let secret = Secret::new(HEXLOWER.encode(digest));
            ("oscar-md5", CredentialKind::Digest, Strength::Crackable, secret)
        } else if let Some(roasted) = said.get(ROASTED) {
            let plain = roasted.iter().zip(ROAST.iter().cycle()).map(|(byte, key)| byte ^ key);
            let secret = Secret::new(plain.collect::<Vec<u8>>());
            ("oscar-roasted", CredentialKind::Password, Strength::Reversible, secret)
        } else {
            return;
        };
        self.me = Some(account.clone());
        let client = said.get(CLIENT).and_then(program);
        let number = self.attempt(method, Some(account), client, out);
        let who = self.own();
        out.emit(Event::Credential(Credential {
            attempt: number,
            who,
            kind,
            mechanism: method,
            strength,
            secret,
        }));
    }

    /// The number an administrator reads off a token: its length in two bytes.
    fn token(&mut self, body: &[u8], out: &mut Out) {
        let Ok((_, digits)) = length_data(be_u16).parse(body) as Parsed<'_, &[u8]> else {
            return out.weird("oscar_service_short", "17/0B");
        };
        let (kind, secret) = (CredentialKind::Password, Secret::new(digits));
        let number = self.secret(kind, "oscar-securid", Strength::Plaintext, secret, out);
        self.sign_on.token = Some(number);
    }

    /// A secret that makes no sign-on of its own; gives its number.
    pub(super) fn secret(
        &mut self,
        kind: CredentialKind,
        mechanism: &'static str,
        strength: Strength,
        secret: Secret,
        out: &mut Out,
    ) -> u32 {
        self.sign_on.attempts = self.sign_on.attempts.wrapping_add(1);
        let (attempt, who) = (self.sign_on.attempts, self.own());
        let credential = Credential { attempt, who, kind, mechanism, strength, secret };
        out.emit(Event::Credential(credential));
        attempt
    }

    /// A cookie from an earlier connection.
    fn cookie(&mut self, cookie: &[u8], said: &Tlvs<'_>, out: &mut Out) {
        let ticket = Ticket::new("aim", cookie);
        self.ticket = Some(ticket.clone());
        let client = said.get(CLIENT).and_then(program);
        let number = self.attempt(BY_COOKIE, None, client, out);
        out.emit(seen(number, Who::Ticket(ticket), cookie));
    }

    fn attempt(
        &mut self,
        method: &'static str,
        who: Option<Account>,
        client: Option<String>,
        out: &mut Out,
    ) -> u32 {
        self.sign_on.attempts = self.sign_on.attempts.wrapping_add(1);
        let number = self.sign_on.attempts;
        if let Some(said) = &client {
            let (product, version) = match said.split_once('/') {
                Some((product, version)) if version.starts_with(|c: char| c.is_ascii_digit()) => {
                    (product.to_owned(), Some(version.to_owned()))
                }
                _ => (said.clone(), None),
            };
            let source = "oscar-sign-on";
            out.emit(Event::Client(Client { who: self.own(), product, version, source }));
        }
        self.sign_on.waiting = Some(Attempt { number, method, who, client });
        number
    }

    /// The authorizer's answer: a cookie, or an error.
    fn answered(&mut self, said: &Tlvs<'_>, out: &mut Out) {
        if let Some(name) = said.get(SCREEN_NAME).filter(|_| self.me.is_none()) {
            self.me = Some(account(name));
        }
        let accepted = said.has(COOKIE);
        if let Some(attempt) = self.sign_on.token.take() {
            out.emit(Event::Answer(Answer { attempt, accepted: Some(accepted), who: None }));
        }
        if let Some(attempt) = self.sign_on.waiting.take() {
            let (attempt_number, who) = (attempt.number, None);
            let answer = Answer { attempt: attempt_number, accepted: Some(accepted), who };
            out.emit(Event::Answer(answer));
            let outcome = if accepted { Outcome::Success } else { Outcome::Failure };
            self.login(attempt, outcome, out);
        }
        if let Some(cookie) = said.get(COOKIE) {
            self.issued(cookie, out);
        }
    }

    /// Another service is ready for the client, with a cookie of its own.
    fn redirected(&mut self, said: &Tlvs<'_>, out: &mut Out) {
        if let Some(cookie) = said.get(COOKIE) {
            self.issued(cookie, out);
        }
    }

    /// A cookie was given out: whoever heard it can sign on with it.
    fn issued(&mut self, cookie: &[u8], out: &mut Out) {
        let Some(me) = self.me.clone() else { return };
        let who = Who::Account(me);
        let ticket = Ticket::new("aim", cookie);
        out.emit(Event::Ticket(Ticketed { ticket, who: who.clone() }));
        self.sign_on.attempts = self.sign_on.attempts.wrapping_add(1);
        let attempt = self.sign_on.attempts;
        out.emit(seen(attempt, who, cookie));
        out.emit(Event::Answer(Answer { attempt, accepted: Some(true), who: None }));
    }

    /// The service tells the client who it is.
    fn named(&mut self, me: &UserInfo<'_>, out: &mut Out) {
        let account = account(me.name);
        if let Some(ticket) = &self.ticket
            && self.me.is_none()
        {
            let who = Who::Account(account.clone());
            out.emit(Event::Ticket(Ticketed { ticket: ticket.clone(), who }));
        }
        self.me = Some(account);
        self.let_in(out);
        if let Some(attempt) = self.sign_on.nameless.take() {
            self.login(attempt, Outcome::Success, out);
        }
    }

    /// The client's cookie was taken.
    fn let_in(&mut self, out: &mut Out) {
        let waiting = self.sign_on.waiting.take_if(|attempt| attempt.method == BY_COOKIE);
        let Some(attempt) = waiting else { return };
        let who = self.me.clone().map(Who::Account);
        let named = who.is_some();
        out.emit(Event::Answer(Answer { attempt: attempt.number, accepted: Some(true), who }));
        if named {
            self.login(attempt, Outcome::Success, out);
        } else {
            self.sign_on.nameless = Some(attempt);
        }
    }

    fn login(&self, attempt: Attempt, outcome: Outcome, out: &mut Out) {
        let who = attempt.who.map_or_else(|| self.own(), Who::Account);
        let (method, client, server) = (attempt.method, attempt.client, None);
        out.emit(Event::Login(Login { who, method, outcome, client, server }));
    }
}

/// A cookie on the wire.
fn seen(attempt: u32, who: Who, cookie: &[u8]) -> Event {
    Event::Credential(Credential {
        attempt,
        who,
        kind: CredentialKind::Cookie,
        mechanism: BY_COOKIE,
        strength: Strength::Replayable,
        secret: Secret::new(HEXLOWER.encode(cookie)),
    })
}

/// What a client calls itself.
fn program(said: &[u8]) -> Option<String> {
    let said = String::from_utf8_lossy(said);
    let said = said.trim_matches(['\0', ' ']);
    (!said.is_empty()).then(|| said.to_owned())
}
