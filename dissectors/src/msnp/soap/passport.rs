//! Signing on at Passport: a password for a ticket.
//!
//! Up to MSNP14 it stands in the head of a GET (`Authorization: Passport1.4 …,sign-in=…,pwd=…`), since
//! in an envelope to `RST.srf`. Either is answered with tickets, each good for one site.

use super::super::names::{account, is_name};
use super::super::wire::unquote;
use super::super::{sign_on, xml};
use super::{Asked, BY_TICKET, Person};
use crate::event::{CredentialKind, Event, Login, Outcome, Strength, Ticketed};
use crate::http::head::Head;
use crate::{Out, Ticket, Who};

/// How the password is told.
const PASSPORT: &str = "msnp-passport";
/// The scheme of the header.
const SCHEME: &str = "Passport1.4 ";

/// Name and password of a request's head.
pub(super) fn header(head: &Head<'_>) -> Option<(String, String)> {
    let value = std::str::from_utf8(head.field("authorization")?).ok()?;
    let (scheme, words) = value.split_at_checked(SCHEME.len())?;
    let word = |name: &str| {
        let mut pairs = words.split(',').filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(known, _)| *known == name).map(|(_, value)| unquote(value).into_owned())
    };
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return None;
    }
    Some((word("sign-in")?, word("pwd")?)).filter(|(name, _)| is_name(name))
}

/// Name and password of an envelope.
pub(super) fn form(page: &str) -> Option<(String, String)> {
    let token = xml::elements(page, "UsernameToken").next()?;
    let said = (xml::value(token, "Username")?, xml::value(token, "Password")?);
    Some(said).filter(|(name, _)| is_name(name))
}

/// A password was sent; gives its number.
pub(super) fn password(person: &mut Person, name: &str, password: &[u8], out: &mut Out) -> u32 {
    person.me = Some(account(name));
    let (kind, strength) = (CredentialKind::Password, Strength::Plaintext);
    person.secret(kind, PASSPORT, strength, password, out)
}

/// What the head of an answer says of the password in a head, and the ticket in it.
pub(super) fn judged(
    person: &mut Person,
    asked: &mut Asked,
    status: u16,
    head: &Head<'_>,
    out: &mut Out,
) {
    let said = head.field("authentication-info").and_then(|said| std::str::from_utf8(said).ok());
    let ticket = said.and_then(|said| said.split_once("from-PP='")?.1.split('\'').next());
    match ticket {
        Some(ticket) => {
            let_in(person, asked, out);
            ours(person, ticket, out);
        }
        None if status == 401 => refused(person, asked, out),
        // Elsewhere, or in the body.
        None => {}
    }
}

/// The tickets in an envelope.
pub(super) fn given(person: &mut Person, asked: &mut Asked, page: &str, out: &mut Out) {
    let tickets = xml::elements(page, "BinarySecurityToken").map(crate::html::entities);
    for (index, ticket) in tickets.filter(|ticket| ticket.starts_with("t=")).enumerate() {
        if index == 0 {
            let_in(person, asked, out);
        }
        ours(person, ticket.trim(), out);
    }
}

/// A ticket for the person who signs on.
fn ours(person: &mut Person, whole: &str, out: &mut Out) {
    let stem = sign_on::stem(whole).as_bytes();
    let attempt = person.ticket(stem, whole.as_bytes(), BY_TICKET, out);
    person.answered(Some(attempt), Some(true), out);
    if let Some(me) = person.me.clone() {
        let (ticket, who) = (Ticket::new("msn", stem), Who::Account(me));
        out.emit(Event::Ticket(Ticketed { ticket, who }));
    }
}

fn let_in(person: &mut Person, asked: &mut Asked, out: &mut Out) {
    if let attempt @ Some(_) = asked.attempt.take() {
        person.answered(attempt, Some(true), out);
        login(person, Outcome::Success, out);
    }
}

/// The password was wrong.
pub(super) fn refused(person: &mut Person, asked: &mut Asked, out: &mut Out) {
    if let attempt @ Some(_) = asked.attempt.take() {
        person.answered(attempt, Some(false), out);
        login(person, Outcome::Failure, out);
    }
}

/// Nothing was heard of an answer.
pub(super) fn unanswered(person: &Person, asked: &Asked, out: &mut Out) {
    if asked.signs_on && asked.attempt.is_some() {
        login(person, Outcome::Attempt, out);
    }
}

fn login(person: &Person, outcome: Outcome, out: &mut Out) {
    let (who, method) = (person.who(), PASSPORT);
    out.emit(Event::Login(Login { who, method, outcome, client: None, server: None }));
}
