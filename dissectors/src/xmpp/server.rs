//! Servers among themselves: dialback (XEP-0220), and components (XEP-0114).
//!
//! A dialback key proves nothing but that whoever shows it is reached where its domain is; it is made
//! for one stream of a secret nobody hears: *strong*. A component's handshake is the SHA-1 of the
//! stream's id, which was heard, and its secret: *crackable*.

use super::asked::Attempt;
use super::element::Element;
use super::jid::Jid;
use super::sign_on::answer;
use super::talk::{Kind, Talk};
use crate::event::{CredentialKind, Login, Outcome, Strength};
use crate::{Event, Out, Side, Who};

/// How servers sign on with each other.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Dialback keys without an answer: who claims to be whom.
    keys: Vec<(Side, Jid, u32)>,
    /// A component's handshake without an answer.
    component: Option<Attempt>,
}

/// Dialback keys that wait at once; further ones stay without an answer.
const KEYS: usize = 64;
/// The mechanisms.
const DIALBACK: &str = "xmpp-dialback";
const HANDSHAKE: &str = "xmpp-component-handshake";

impl Talk {
    /// `<db:result>`: a key, or what came of one. What is verified (`<db:verify>`) is the same key on
    /// another stream.
    pub(super) fn dialback(&mut self, side: Side, element: &Element<'_>, out: &mut Out) {
        self.kind = Kind::Server;
        if element.name != "result" {
            return;
        }
        let address = |name| element.said(name).and_then(|text| Jid::read(&text));
        match (element.attribute("type"), address("from"), address("to")) {
            (None, Some(from), _) => self.key(side, from, element.text.trim(), out),
            (Some(verdict), _, Some(to)) => self.verdict(side, &to, &verdict, out),
            _ => {}
        }
    }

    fn key(&mut self, side: Side, from: Jid, key: &str, out: &mut Out) {
        let kind = CredentialKind::Digest;
        let number = self.secret(from.who(), kind, DIALBACK, Strength::Strong, key.as_bytes(), out);
        if self.links.keys.len() < KEYS {
            self.links.keys.push((side, from, number));
        }
    }

    fn verdict(&mut self, side: Side, to: &Jid, verdict: &str, out: &mut Out) {
        let asked = |(by, jid, _): &(Side, Jid, u32)| *by == side.other() && jid == to;
        let Some(at) = self.links.keys.iter().position(asked) else { return };
        let (_, jid, number) = self.links.keys.remove(at);
        let accepted = verdict == "valid";
        answer(number, accepted, out);
        let outcome = if accepted { Outcome::Success } else { Outcome::Failure };
        self.linked(jid.who(), DIALBACK, outcome, out);
    }

    /// A component proves that it knows the secret; an empty element is the answer.
    pub(super) fn handshake(&mut self, side: Side, element: &Element<'_>, out: &mut Out) {
        self.kind = Kind::Component;
        if side == Side::Server {
            if let Some(attempt) = self.links.component.take() {
                self.component(&attempt, true, out);
            }
            return;
        }
        let jid = self.said(side).to.clone();
        let who = jid.as_ref().map_or(Who::Unnamed(side), Jid::who);
        let (kind, digest) = (CredentialKind::Digest, element.text.trim().as_bytes());
        let number = self.secret(who, kind, HANDSHAKE, Strength::Crackable, digest, out);
        let attempt = Attempt { number: Some(number), jid, method: HANDSHAKE, client: None };
        self.links.component = Some(attempt);
    }

    /// The stream ends because the handshake was wrong.
    pub(super) fn refuse_component(&mut self, out: &mut Out) {
        if let Some(attempt) = self.links.component.take() {
            self.component(&attempt, false, out);
        }
    }

    fn component(&self, attempt: &Attempt, accepted: bool, out: &mut Out) {
        if let Some(number) = attempt.number {
            answer(number, accepted, out);
        }
        let who = attempt.jid.as_ref().map_or(Who::Unnamed(Side::Client), Jid::who);
        let outcome = if accepted { Outcome::Success } else { Outcome::Failure };
        self.linked(who, HANDSHAKE, outcome, out);
    }

    fn linked(&self, who: Who, method: &'static str, outcome: Outcome, out: &mut Out) {
        let server = self.domain.clone();
        out.emit(Event::Login(Login { who, method, outcome, client: None, server }));
    }
}
