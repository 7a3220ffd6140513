//! Signing on: SASL (RFC 6120 section 6) in both its forms, `jabber:iq:auth` (XEP-0078), registration
//! (XEP-0077), the resource, and how a session ends when its account signs on elsewhere.

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::asked::{Attempt, Question};
use super::element::Element;
use super::jid::Jid;
use super::ns;
use super::talk::{Kind, Talk};
use crate::event::{Answer, CredentialKind, Login, Outcome, Strength};
use crate::sasl::{Exchange, Said, named};
use crate::{Event, Out, Side, Who};

/// How far the client's sign-on is.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    exchange: Exchange,
    /// The exchange that waits for its answer.
    open: Option<Attempt>,
    /// The latest that was accepted, for when the session is replaced.
    method: Option<&'static str>,
    /// Signed on without a name, which the resource's answer tells.
    nameless: Option<Attempt>,
}

impl Talk {
    /// An element of SASL, of the first form or of XEP-0388.
    pub(super) fn sasl(&mut self, side: Side, element: &Element<'_>, out: &mut Out) {
        match (side, element.name) {
            (Side::Client, "auth" | "authenticate") => self.sasl_begins(element, out),
            (Side::Client, "response") => self.sasl_answer(&element.text, out),
            (Side::Server, "challenge") => {
                self.sign_on.exchange.challenge(decode(&element.text).to_vec());
            }
            (Side::Server, "success") => {
                let named = element.word("authorization-identifier");
                self.sasl_settled(true, named.and_then(Jid::read), out);
                let bound = element.find("bound", ns::BIND2).and(named);
                self.bound(bound, out);
            }
            (Side::Server, "failure") => self.sasl_settled(false, None, out),
            _ => {}
        }
    }

    fn sasl_begins(&mut self, element: &Element<'_>, out: &mut Out) {
        self.abandon(out);
        let wanted = element.attribute("mechanism").unwrap_or_default();
        let known = named(wanted.as_bytes());
        if known.is_none() {
            out.weird("xmpp_sasl_mechanism", "one that is not read");
        }
        self.sign_on.exchange = known.map(Exchange::begin).unwrap_or_default();
        let mechanism = known.unwrap_or(OTHER);
        let agent = element.child("user-agent");
        let client = agent.and_then(|agent| agent.word("software")).map(str::to_owned);
        self.sign_on.open = Some(Attempt { number: None, jid: None, method: mechanism, client });
        let answer = element.child("initial-response").map_or(&element.text, |first| &first.text);
        if !answer.trim().is_empty() {
            self.sasl_answer(answer, out);
        }
    }

    /// An answer of the client, in base64; `=` is an empty one.
    fn sasl_answer(&mut self, answer: &str, out: &mut Out) {
        if self.sign_on.open.as_ref().is_some_and(|open| open.method == OTHER) {
            return;
        }
        let answer = decode(answer);
        match self.sign_on.exchange.answer(&answer) {
            Said::Nothing => {
                let name = self.sign_on.exchange.name().map(str::to_owned);
                let jid = name.and_then(|name| self.local(&name));
                if let Some(open) = self.sign_on.open.as_mut().filter(|open| open.jid.is_none()) {
                    open.jid = jid;
                }
            }
            Said::Wrong => out.weird("xmpp_sasl", "an answer that is not of its mechanism"),
            Said::Proof(mechanism, proof) => {
                let jid = proof.name.as_deref().and_then(|name| self.local(name));
                let who = self.signing(jid.as_ref());
                let number =
                    self.secret(who, proof.kind, mechanism, proof.strength, &proof.secret, out);
                let client = self.sign_on.open.take().and_then(|open| open.client);
                self.sign_on.open =
                    Some(Attempt { number: Some(number), jid, method: mechanism, client });
            }
        }
    }

    /// The server accepted or refused.
    fn sasl_settled(&mut self, accepted: bool, named: Option<Jid>, out: &mut Out) {
        let Some(mut open) = self.sign_on.open.take() else { return };
        self.sign_on.exchange = Exchange::default();
        open.jid = named.or(open.jid);
        self.settled(open, accepted, out);
    }

    /// A sign-on is answered.
    fn settled(&mut self, attempt: Attempt, accepted: bool, out: &mut Out) {
        if let Some(number) = attempt.number {
            answer(number, accepted, out);
        }
        if !accepted {
            return self.login(&attempt, Outcome::Failure, out);
        }
        self.sign_on.method = Some(attempt.method);
        if self.kind == Kind::Client {
            self.me = attempt.jid.clone().or(self.me.take());
            if self.me.is_none() {
                self.sign_on.nameless = Some(attempt);
                return;
            }
        }
        self.login(&attempt, Outcome::Success, out);
    }

    fn login(&self, attempt: &Attempt, outcome: Outcome, out: &mut Out) {
        let (client, server) = (attempt.client.clone(), self.domain.clone());
        let (who, method) = (self.signing(attempt.jid.as_ref()), attempt.method);
        out.emit(Event::Login(Login { who, method, outcome, client, server }));
    }

    /// Whoever signs on: as they said, or as the stream was opened.
    fn signing(&self, jid: Option<&Jid>) -> Who {
        let opened = || self.said(Side::Client).from.as_ref().filter(|_| self.kind != Kind::Client);
        jid.or_else(opened).map_or_else(|| self.own(), Jid::who)
    }

    /// An account's address, from its name alone.
    fn local(&self, name: &str) -> Option<Jid> {
        if self.kind == Kind::Server {
            return Jid::read(name);
        }
        Jid::local(name, self.domain.as_deref().unwrap_or_default())
    }

    /// The client acts as somebody who was let in, whether that was heard or not.
    pub(super) fn acts(&mut self) {
        if self.kind != Kind::Client || self.me.is_some() {
            return;
        }
        let open = self.sign_on.open.as_ref().and_then(|open| open.jid.clone());
        self.me = open.or_else(|| self.asked.signing().cloned());
    }

    /// Nothing was heard of the answer of what still waits.
    pub(super) fn abandon(&mut self, out: &mut Out) {
        if let Some(open) = self.sign_on.open.take() {
            self.login(&open, Outcome::Attempt, out);
        }
        if let Some(nameless) = self.sign_on.nameless.take() {
            self.login(&nameless, Outcome::Success, out);
        }
        self.sign_on.exchange = Exchange::default();
    }

    /// Sign-ons in requests that were never answered.
    pub(super) fn abandon_requests(&mut self, out: &mut Out) {
        for question in self.asked.take_all() {
            if let Question::Auth(attempt) = question {
                self.login(&attempt, Outcome::Attempt, out);
            }
        }
    }

    /// `jabber:iq:auth`: name, resource, and a password or the SHA-1 of the stream's id and it.
    pub(super) fn iq_auth(&mut self, side: Side, id: &str, query: &Element<'_>, out: &mut Out) {
        let Some(name) = query.word("username") else { return };
        let resource = query.word("resource").map(str::to_owned);
        let jid = self.local(name).map(|jid| jid.at(resource));
        let told = if let Some(password) = query.child("password") {
            let kind = CredentialKind::Password;
            (kind, "jabber-iq-auth-plaintext", Strength::Plaintext, password.text.clone())
        } else if let Some(digest) = query.word("digest") {
            let kind = CredentialKind::Digest;
            (kind, "jabber-iq-auth-digest", Strength::Crackable, digest.to_owned())
        } else {
            return;
        };
        let (kind, method, strength, secret) = told;
        let secret = Zeroizing::new(secret);
        let who = self.signing(jid.as_ref());
        let number = self.secret(who, kind, method, strength, secret.as_bytes(), out);
        let attempt = Attempt { number: Some(number), jid, method, client: None };
        self.asked.keep(side, id, Question::Auth(attempt));
    }

    /// A sign-on of `jabber:iq:auth` is answered.
    pub(super) fn iq_auth_settled(&mut self, attempt: Attempt, accepted: bool, out: &mut Out) {
        self.settled(attempt, accepted, out);
    }

    /// `jabber:iq:register`: a new account, or a new password for one that signed on.
    pub(super) fn register(
        &mut self,
        side: Side,
        id: &str,
        at: Option<&str>,
        query: &Element<'_>,
        out: &mut Out,
    ) {
        let form = query.find("x", "jabber:x:data");
        let field = |name: &str| {
            let of_form = form.and_then(|form| {
                form.children.iter().find(|field| field.is("var", name))?.word("value")
            });
            query.word(name).or(of_form)
        };
        let Some(password) = field("password") else { return };
        let domain = at.or(self.domain.as_deref()).unwrap_or_default();
        let jid = field("username").and_then(|name| Jid::local(name, domain));
        let who = jid.as_ref().map_or_else(|| self.own(), Jid::who);
        let (kind, strength) = (CredentialKind::Password, Strength::Plaintext);
        let number =
            self.secret(who, kind, "jabber-iq-register", strength, password.as_bytes(), out);
        self.asked.keep(side, id, Question::Register(number));
    }

    /// The server says which resource the client has; with XEP-0386 together with the sign-on.
    pub(super) fn bound(&mut self, jid: Option<&str>, out: &mut Out) {
        let Some(jid) = jid.and_then(Jid::read).filter(|_| self.kind == Kind::Client) else {
            return;
        };
        self.me = Some(jid.clone());
        if let Some(attempt) = self.sign_on.nameless.take() {
            self.login(&Attempt { jid: Some(jid), ..attempt }, Outcome::Success, out);
        }
    }

    /// The stream ends in an error (RFC 6120 section 4.9): `conflict` when somebody signed on as the
    /// same resource.
    pub(super) fn stream_error(&mut self, side: Side, error: &Element<'_>, out: &mut Out) {
        let (Some(cause), Side::Server) = (error.children.first(), side) else { return };
        match cause.name {
            "conflict" => {
                let Some(method) = self.sign_on.method else { return };
                let attempt = Attempt { number: None, jid: self.me.clone(), method, client: None };
                self.login(&attempt, Outcome::Replaced, out);
            }
            "not-authorized" => self.refuse_component(out),
            _ => {}
        }
    }
}

/// A mechanism whose answers are not read.
const OTHER: &str = "sasl-other";

/// Tells whether a secret was right.
pub(super) fn answer(attempt: u32, accepted: bool, out: &mut Out) {
    out.emit(Event::Answer(Answer { attempt, accepted: Some(accepted), who: None }));
}

/// Base64, as programs write it: with blanks around it, or `=` for nothing.
fn decode(text: &str) -> Zeroizing<Vec<u8>> {
    let bytes: Zeroizing<Vec<u8>> =
        Zeroizing::new(text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    Zeroizing::new(BASE64.decode(&bytes).unwrap_or_default())
}
