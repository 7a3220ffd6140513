//! Signing on to AIM and ICQ over the web, since 2008: `clientLogin`, then `startOSCARSession`.
//!
//! The first is a form with a name and a password, and gives a token and a secret; the second, which is
//! signed with that secret and the password, gives the cookie a BOS server lets in with. AOL served
//! the first over HTTPS alone, the second over either: its cookie is what [`crate::oscar`] meets next.
//! Servers that people run themselves, and proxies that end TLS, show the first in clear too.
//!
//! Not read: the web API's other pages, which are no part of a sign-on.

mod facts;
mod page;

use std::collections::VecDeque;

use data_encoding::BASE64;

use super::people::account;
use crate::event::{
    Answer, Client, Credential, CredentialKind, Event, Login, Outcome, Strength, Ticketed,
};
use crate::http::carried::{self, Carried};
use crate::http::head::{Head, Start};
use crate::http::looks::{self, Looks};
use crate::http::wire::{Connection, Part};
use crate::scan::{Prefix, line, prefix};
use crate::{
    Account, Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Secret, Side, Step,
    Ticket, Who,
};

/// The sign-on over the web.
#[derive(Debug)]
pub struct WebLogin;

impl Protocol for WebLogin {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        looks::judge(opening, DEPTH, looks)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Web>::default()
    }
}

fn looks(bytes: &[u8]) -> Looks {
    let may = |word: &[u8]| prefix(bytes, word) != Prefix::Not;
    if may(b"HTTP/1.") {
        return Looks::May;
    }
    if !may(b"POST ") && !may(b"GET ") {
        return Looks::Unlike;
    }
    match line(bytes.get(..DEPTH).unwrap_or(bytes)) {
        None => Looks::May,
        Some((line, _)) => {
            let target = std::str::from_utf8(line).ok().and_then(|line| line.split(' ').nth(1));
            match target.map(Asked::of) {
                Some(Asked::Login | Asked::Session(_)) => Looks::Asks,
                _ => Looks::Unlike,
            }
        }
    }
}

/// Bytes of a side that decide.
const DEPTH: usize = 2048;
/// Bytes of a body that are read.
const LONGEST: usize = 16 << 10;
/// Requests waiting.
const WAITING: usize = 64;
/// How the secrets are told.
const BY_FORM: &str = "aim-clientlogin";
const BY_TOKEN: &str = "aim-web-token";
const COOKIE: &str = "oscar-cookie";
/// What an answer says of a wrong password, in its code and its detail.
const WRONG_PASSWORD: (Option<u32>, Option<u32>) = (Some(330), Some(3011));

/// What a request is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Asked {
    /// A token, for the name and password in the form.
    Login,
    /// A cookie, for this token.
    Session(Vec<u8>),
    Other,
}

impl Asked {
    fn of(target: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path.ends_with("/auth/clientLogin") {
            Self::Login
        } else if path.ends_with("/aim/startOSCARSession") {
            Self::Session(page::field(query.as_bytes(), "a").unwrap_or_default())
        } else {
            Self::Other
        }
    }
}

/// One HTTP connection.
#[derive(Debug, Default)]
struct Web {
    http: Connection,
    /// The request at hand, and its form.
    asks: Option<Asked>,
    form: Vec<u8>,
    /// What the answer at hand is for, and its page.
    answers: Option<(Asked, Option<u32>)>,
    page: Vec<u8>,
    /// Requests without an answer, with the number of their secret.
    waiting: VecDeque<(Asked, Option<u32>)>,
    attempts: u32,
    me: Option<Account>,
    client: Option<String>,
}

impl Dissector for Web {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        carried::read(self, side, input, out)
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        self.http.gap(side, lost);
        match side {
            Side::Client => self.request(out),
            Side::Server => self.answers = None,
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        // An answer without a length is whole where the connection ends.
        if side == Side::Server {
            self.answer(out);
            for (asked, attempt) in std::mem::take(&mut self.waiting) {
                if let (Asked::Login, Some(_)) = (asked, attempt) {
                    self.login(Outcome::Attempt, out);
                }
            }
        }
    }
}

impl Carried for Web {
    const PLACE: &'static str = "in a sign-on over the web";

    fn http(&mut self) -> &mut Connection {
        &mut self.http
    }

    fn part(&mut self, side: Side, part: &Part<'_>, out: &mut Out) {
        match (side, part) {
            (Side::Client, Part::Head(head)) => self.asked(head),
            (Side::Client, Part::Body(body)) => hear(&mut self.form, body),
            (Side::Client, Part::End) => self.request(out),
            (Side::Server, Part::Head(head)) => self.answered(head),
            (Side::Server, Part::Body(body)) => hear(&mut self.page, body),
            (Side::Server, Part::End) => self.answer(out),
        }
    }
}

impl Web {
    fn asked(&mut self, head: &Head<'_>) {
        if let Start::Request { target, .. } = head.start {
            self.asks = Some(Asked::of(target));
            self.form.clear();
        }
    }

    /// A request is whole, or as whole as it will be.
    fn request(&mut self, out: &mut Out) {
        let Some(asked) = self.asks.take() else { return };
        let form = std::mem::take(&mut self.form);
        let attempt = match &asked {
            Asked::Login => self.form(&form, out),
            Asked::Session(token) if !token.is_empty() => {
                let secret = Secret::new(token.as_slice());
                Some(self.secret(CredentialKind::Token, BY_TOKEN, self.own(token), secret, out))
            }
            _ => None,
        };
        if self.waiting.len() < WAITING {
            self.waiting.push_back((asked, attempt));
        }
    }

    /// The form of a sign-on: name, password, program.
    fn form(&mut self, form: &[u8], out: &mut Out) -> Option<u32> {
        let said = |key| page::field(form, key);
        let (name, password) = (said("s")?, said("pwd")?);
        let me = account(&name);
        self.me = Some(me.clone());
        let word = |key| said(key).map(|word| String::from_utf8_lossy(&word).into_owned());
        self.client = word("clientName").filter(|name| !name.is_empty());
        if let Some(product) = self.client.clone() {
            let (who, version) = (Who::Account(me.clone()), word("clientVersion"));
            out.emit(Event::Client(Client { who, product, version, source: "aim-web" }));
        }
        let secret = Secret::new(password);
        Some(self.secret(CredentialKind::Password, BY_FORM, Who::Account(me), secret, out))
    }

    fn answered(&mut self, head: &Head<'_>) {
        if let Start::Response { status, .. } = head.start
            && status >= 200
        {
            self.answers = self.waiting.pop_front();
            self.page.clear();
        }
    }

    /// An answer is whole.
    fn answer(&mut self, out: &mut Out) {
        let Some((asked, attempt)) = self.answers.take() else { return };
        let page = std::mem::take(&mut self.page);
        let page = String::from_utf8_lossy(&page);
        let code = |name| page::value(&page, name).and_then(|code| code.parse::<u32>().ok());
        let codes = (code("statusCode"), code("statusDetailCode"));
        let accepted = codes.0 == Some(200);
        if let (false, Some(code)) = (accepted || asked == Asked::Other, codes.0) {
            let detail = codes.1.map(|detail| format!(" ({detail})")).unwrap_or_default();
            out.weird("aim_web_refused", format_args!("{code}{detail}"));
        }
        match asked {
            Asked::Login => {
                let judged = accepted.then_some(true);
                let judged = judged.or((codes == WRONG_PASSWORD).then_some(false));
                answer(attempt, judged, out);
                self.login(if accepted { Outcome::Success } else { Outcome::Failure }, out);
                if let Some(token) = page::value(&page, "a").filter(|_| accepted) {
                    self.token(token.as_bytes(), out);
                }
            }
            Asked::Session(token) => {
                answer(attempt, accepted.then_some(true), out);
                let cookie = page::value(&page, "cookie").filter(|_| accepted);
                if let Some(cookie) = cookie.and_then(|it| BASE64.decode(it.as_bytes()).ok()) {
                    self.cookie(&token, &cookie, out);
                }
            }
            Asked::Other => {}
        }
    }

    /// A token was given out.
    fn token(&mut self, token: &[u8], out: &mut Out) {
        let who = self.own(token);
        if let Some(me) = self.me.clone() {
            let (ticket, who) = (Ticket::new("aim", token), Who::Account(me));
            out.emit(Event::Ticket(Ticketed { ticket, who }));
        }
        let attempt = self.secret(CredentialKind::Token, BY_TOKEN, who, Secret::new(token), out);
        answer(Some(attempt), Some(true), out);
    }

    /// A cookie was given out, on which the account signs on next.
    fn cookie(&mut self, token: &[u8], cookie: &[u8], out: &mut Out) {
        let ticket = Ticket::new("aim", cookie);
        let who = match &self.me {
            Some(me) => Who::Account(me.clone()),
            None if token.is_empty() => Who::Ticket(ticket.clone()),
            None => Who::Ticket(Ticket::new("aim", token)),
        };
        out.emit(Event::Ticket(Ticketed { ticket, who: who.clone() }));
        let secret = Secret::new(data_encoding::HEXLOWER.encode(cookie));
        let attempt = self.secret(CredentialKind::Cookie, COOKIE, who, secret, out);
        answer(Some(attempt), Some(true), out);
    }

    /// Whoever holds this token: the account, where this connection named it.
    fn own(&self, token: &[u8]) -> Who {
        let holder = || Who::Ticket(Ticket::new("aim", token));
        self.me.clone().map_or_else(holder, Who::Account)
    }

    fn secret(
        &mut self,
        kind: CredentialKind,
        mechanism: &'static str,
        who: Who,
        secret: Secret,
        out: &mut Out,
    ) -> u32 {
        self.attempts = self.attempts.wrapping_add(1);
        let attempt = self.attempts;
        let strength = match kind {
            CredentialKind::Password => Strength::Plaintext,
            _ => Strength::Replayable,
        };
        let credential = Credential { attempt, who, kind, mechanism, strength, secret };
        out.emit(Event::Credential(credential));
        attempt
    }

    fn login(&self, outcome: Outcome, out: &mut Out) {
        let Some(who) = self.me.clone().map(Who::Account) else { return };
        let (method, client) = (BY_FORM, self.client.clone());
        out.emit(Event::Login(Login { who, method, outcome, client, server: None }));
    }
}

fn answer(attempt: Option<u32>, accepted: Option<bool>, out: &mut Out) {
    if let (Some(attempt), Some(_)) = (attempt, accepted) {
        out.emit(Event::Answer(Answer { attempt, accepted, who: None }));
    }
}

fn hear(body: &mut Vec<u8>, bytes: &[u8]) {
    let room = LONGEST.saturating_sub(body.len()).min(bytes.len());
    body.extend_from_slice(bytes.get(..room).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(client: &str, server: &str) -> Probe {
        let end = std::net::SocketAddr::from(([10, 0, 0, 1], 80));
        let (ends, transport) = (Ends { client: end, server: end }, crate::Transport::Tcp);
        let (client, server) = (client.as_bytes(), server.as_bytes());
        WebLogin.probe(&Opening { client, server, ends, transport, from_start: true })
    }

    #[test]
    fn only_the_two_pages_are_ours() {
        assert_eq!(verdict("POST /auth/clientLogin HTTP/1.0\r\n", ""), Probe::Yes);
        let session = "GET http://api.oscar.aol.com/aim/startOSCARSession?a=x HTTP/1.1\r\n";
        assert_eq!(verdict(session, ""), Probe::Yes);
        assert_eq!(verdict("", session), Probe::Swapped);
        assert_eq!(verdict("POST /auth/client", ""), Probe::More);
        assert_eq!(verdict("POST /auth/login HTTP/1.0\r\n", ""), Probe::No);
        assert_eq!(verdict("NICK ann\r\n", ""), Probe::No);
    }
}
