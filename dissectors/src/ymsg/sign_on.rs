//! Signing on: a name, a challenge, responses computed from the password (up to version 12) or from
//! cookies that were fetched over the web (from version 13 on), and what the service makes of them.
//! Whoever holds the Y and T cookies is signed on, on the web too.

use super::list::COOKIE;
use super::names::{self, refusal};
use super::people;
use super::talk::Talk;
use super::wire::packet::Packet;
use super::wire::pairs::Pairs;
use crate::event::{
    Answer, Client, Credential, CredentialKind, Event, Login, Outcome, Strength, Ticketed,
};
use crate::{Out, Secret, Side, Ticket, Who};

/// Keys of a sign-on.
const CHALLENGE: u32 = 94;
const MD5: u32 = 6;
const MD5_CRYPT: u32 = 96;
const Y: u32 = 277;
const T: u32 = 278;
const CRUMB: u32 = 307;
const VERSION: u32 = 135;
const REASON: u32 = 66;

/// How sign-ons and their secrets are told.
const BY_MD5: &str = "ymsg-md5";
const BY_COOKIE: &str = "ymsg-cookie";
const BY_CRUMB: &str = "ymsg-crumb";
pub(super) const BY_PAGE: &str = "ymsg-web";

/// Longest challenge that is kept.
const LONGEST: usize = 1 << 10;

/// A sign-on under way.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    attempts: u32,
    challenge: Vec<u8>,
    waiting: Option<Attempt>,
}

/// Secrets that were said and not answered.
#[derive(Debug)]
struct Attempt {
    first: u32,
    last: u32,
    method: &'static str,
    client: Option<String>,
}

impl Talk {
    /// The client says who it is, and asks for a challenge.
    pub(super) fn named(&mut self, said: &Pairs<'_>) {
        self.me = said.some(1).map(people::account).or(self.me.take());
        self.sign_on.challenge.clear();
    }

    /// The service gives the challenge.
    pub(super) fn challenged(&mut self, said: &Pairs<'_>) {
        let challenge = said.get(CHALLENGE).unwrap_or_default();
        self.sign_on.challenge = challenge.iter().copied().take(LONGEST).collect();
    }

    /// The client answers the challenge.
    pub(super) fn responds(&mut self, said: &Pairs<'_>, out: &mut Out) {
        // Key 0 is the account, key 1 one of its names.
        if let Some(name) = said.some(0) {
            self.me = Some(people::account(name));
        }
        let client = said.some(VERSION).and_then(version);
        let mut secrets = Vec::new();
        let mut hear = |key, kind, mechanism, strength, secret: Secret| {
            if said.some(key).is_some() {
                secrets.push((kind, mechanism, strength, secret));
            }
        };
        let (cookie, token) = (CredentialKind::Cookie, CredentialKind::Digest);
        let guess = self.crackable(said);
        hear(MD5_CRYPT, token, BY_MD5, Strength::Crackable, guess);
        for (key, name) in [(Y, "Y"), (T, "T")] {
            let held = Secret::new(named_cookie(name, said.get(key).unwrap_or_default()));
            hear(key, cookie, BY_COOKIE, Strength::Replayable, held);
        }
        let proof = Secret::new(said.get(CRUMB).unwrap_or_default());
        hear(CRUMB, token, BY_CRUMB, Strength::Strong, proof);
        let Some(method) = secrets.first().map(|(_, method, ..)| *method) else { return };
        self.close(out);
        let first = self.sign_on.attempts.wrapping_add(1);
        for (kind, mechanism, strength, secret) in secrets {
            self.secret(self.own(Side::Client), kind, mechanism, strength, secret, out);
        }
        self.program(client.as_deref(), out);
        let last = self.sign_on.attempts;
        self.sign_on.waiting = Some(Attempt { first, last, method, client });
    }

    /// Everything that is needed to guess the password: challenge and both responses.
    fn crackable(&self, said: &Pairs<'_>) -> Secret {
        let responses = [MD5, MD5_CRYPT].map(|key| said.get(key).unwrap_or_default());
        let [md5, crypt] = responses;
        Secret::new([&self.sign_on.challenge, md5, crypt].join(&b' '))
    }

    /// Tells a secret; gives the number of its attempt.
    pub(super) fn secret(
        &mut self,
        who: Who,
        kind: CredentialKind,
        mechanism: &'static str,
        strength: Strength,
        secret: Secret,
        out: &mut Out,
    ) -> u32 {
        self.sign_on.attempts = self.sign_on.attempts.wrapping_add(1);
        let attempt = self.sign_on.attempts;
        out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
        attempt
    }

    /// A secret that was told by itself waits for its answer.
    pub(super) fn awaits(&mut self, attempt: u32, method: &'static str) {
        let (first, last, client) = (attempt, attempt, None);
        self.sign_on.waiting = Some(Attempt { first, last, method, client });
    }

    fn program(&self, version: Option<&str>, out: &mut Out) {
        let Some(version) = version.map(ToOwned::to_owned) else { return };
        out.emit(Event::Client(Client {
            who: self.own(Side::Client),
            product: "Yahoo! Messenger".to_owned(),
            version: Some(version),
            source: "ymsg-sign-on",
        }));
    }

    /// The service talks of something else than signing on.
    pub(super) fn let_in(&mut self, out: &mut Out) {
        self.settle(Outcome::Success, out);
    }

    /// The service says no, and why.
    pub(super) fn refused(&mut self, packet: &Packet<'_>, said: &Pairs<'_>, out: &mut Out) {
        let reason = said.number(REASON);
        if reason.is_none() && packet.status != names::DISCONNECTED {
            return;
        }
        if let Some(name) = said.some(0).filter(|_| self.me.is_none()) {
            self.me = Some(people::account(name));
        }
        self.settle(Outcome::Failure, out);
        explained(reason, out);
    }

    /// The service ends the conversation, and says why.
    pub(super) fn dismissed(&mut self, said: &Pairs<'_>, out: &mut Out) {
        self.settle(Outcome::Failure, out);
        explained(said.number(REASON), out);
    }

    /// The account signed on elsewhere.
    pub(super) fn replaced(&mut self, out: &mut Out) {
        self.settle(Outcome::Success, out);
        self.login(BY_COOKIE, Outcome::Replaced, None, out);
    }

    /// Nothing more will be heard.
    pub(super) fn close(&mut self, out: &mut Out) {
        if let Some(attempt) = self.sign_on.waiting.take() {
            self.login(attempt.method, Outcome::Attempt, attempt.client, out);
        }
    }

    pub(super) fn settle(&mut self, outcome: Outcome, out: &mut Out) {
        let Some(Attempt { first, last, method, client }) = self.sign_on.waiting.take() else {
            return;
        };
        self.here |= outcome == Outcome::Success;
        let accepted = Some(outcome == Outcome::Success);
        for attempt in first..=last {
            out.emit(Event::Answer(Answer { attempt, accepted, who: None }));
        }
        self.login(method, outcome, client, out);
    }

    fn login(&self, method: &'static str, outcome: Outcome, client: Option<String>, out: &mut Out) {
        let (who, server) = (self.own(Side::Client), None);
        out.emit(Event::Login(Login { who, method, outcome, client, server }));
    }

    /// Cookies the service gives out: with Y and T one is signed on.
    pub(super) fn cookies(&mut self, said: &Pairs<'_>, out: &mut Out) {
        for cookie in said.all(COOKIE) {
            let Some((name @ (b"Y" | b"T"), value)) = split(cookie) else { continue };
            let name = if name == b"Y" { "Y" } else { "T" };
            let secret = Secret::new(named_cookie(name, value));
            let attempt = self.cookie(self.own(Side::Client), secret, out);
            answered(attempt, true, out);
        }
    }

    /// Tells a cookie, and whose it is.
    pub(super) fn cookie(&mut self, who: Who, secret: Secret, out: &mut Out) -> u32 {
        if who.account().is_some() {
            let ticket = Ticket::new("yahoo", secret.expose());
            out.emit(Event::Ticket(Ticketed { ticket, who: who.clone() }));
        }
        let (kind, strength) = (CredentialKind::Cookie, Strength::Replayable);
        self.secret(who, kind, BY_COOKIE, strength, secret, out)
    }
}

/// A secret by itself was answered.
pub(super) fn answered(attempt: u32, accepted: bool, out: &mut Out) {
    out.emit(Event::Answer(Answer { attempt, accepted: Some(accepted), who: None }));
}

/// Why the service said no.
fn explained(reason: Option<i64>, out: &mut Out) {
    if let Some(number) = reason {
        let why = refusal(number);
        out.weird("ymsg_refused", format_args!("reason {number}: {why}"));
    }
}

/// A cookie of a list: its name, a tab, its value.
fn split(cookie: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'\t', cookie)?;
    Some((cookie.get(..at)?, cookie.get(at + 1..)?))
}

/// A cookie as a browser sends it: its name and its value, without its life and place.
fn named_cookie(name: &str, value: &[u8]) -> Vec<u8> {
    let value = value.split(|byte| *byte == b';').next().unwrap_or_default();
    [name.as_bytes(), b"=", value].concat()
}

/// A program's version: digits and dots, behind letters in newer ones.
fn version(said: &[u8]) -> Option<String> {
    let said = std::str::from_utf8(said).ok()?.trim_start_matches(|c: char| c.is_alphabetic());
    let number = said.starts_with(|c: char| c.is_ascii_digit()) && said.len() <= 64;
    number.then(|| said.replace(',', "."))
}
