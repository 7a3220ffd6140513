//! Signing on: `USR` in its forms, tickets, redirections.

use super::names::{account, is_name, name};
use super::talk::Talk;
use super::wire::Command;
use crate::event::{
    Answer, Client, Credential, CredentialKind, Event, Login, Outcome, Strength, Ticketed,
};
use crate::{Out, Secret, Side, Ticket, Who};

/// The sign-on under way.
#[derive(Debug, Default)]
pub(super) struct SignOn {
    attempts: u32,
    waiting: Option<Attempt>,
    /// The challenge of an MD5 sign-on.
    challenge: Option<String>,
    client: Option<String>,
    /// A ticket for further services, whose answer is awaited.
    extra: Option<(u32, u32)>,
}

/// A sign-on whose answer is awaited.
#[derive(Debug)]
struct Attempt {
    number: u32,
    /// The transaction, 0 when it was not said.
    transaction: u32,
    method: &'static str,
    who: Who,
}

/// A response to a challenge (MSNP2 to MSNP7).
const MD5: &str = "msnp-md5";
/// A Passport ticket (MSNP8 to MSNP14).
const TICKET: &str = "msnp-ticket";
/// A ticket and a proof that its holder knows its key (MSNP15 and later).
const SSO: &str = "msnp-sso";
/// The word that opens a switchboard.
const COOKIE: &str = "msnp-cookie";

/// What of a ticket is the account's wherever it is shown: `t` of `t=…&p=…`.
pub(super) fn stem(ticket: &str) -> &str {
    let part = ticket.split('&').next().unwrap_or(ticket);
    part.strip_prefix("t=").unwrap_or(part)
}

/// A ticket that was shown here stands for the account on the web services too.
fn known_by(talk: &Talk, ticket: &str, out: &mut Out) {
    if let Some(me) = talk.me.clone() {
        let (ticket, who) = (Ticket::new("msn", stem(ticket).as_bytes()), Who::Account(me));
        out.emit(Event::Ticket(Ticketed { ticket, who }));
    }
}

/// `CVR`: the client's program and account. The service answers with versions it recommends.
pub(super) fn client(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    if side == Side::Server {
        return;
    }
    let email = command.params().iter().rev().find(|word| is_name(word));
    if let Some(email) = email {
        talk.me = Some(account(email));
    }
    let (product, version) = (command.param(5), command.param(6));
    if product.is_empty() {
        return;
    }
    talk.sign_on.client = Some(format!("{product} {version}").trim_end().to_owned());
    out.emit(Event::Client(Client {
        who: talk.own(),
        product: product.to_owned(),
        version: Some(version.to_owned()).filter(|version| !version.is_empty()),
        source: "msnp-cvr",
    }));
}

/// `USR` of either side.
pub(super) fn user(talk: &mut Talk, side: Side, command: &Command<'_>, out: &mut Out) {
    match (side, command.param(1), command.param(2)) {
        (Side::Server, "OK", email) => {
            if is_name(email) {
                talk.me = Some(account(email));
            }
            let_in(talk, command, out);
        }
        (_, "MD5" | "TWN" | "SSO" | "SHA", "I") if is_name(command.param(3)) => {
            talk.me = Some(account(command.param(3)));
        }
        (Side::Server, "MD5", "S") => {
            talk.sign_on.challenge = Some(command.param(3).to_owned());
        }
        (Side::Client, "MD5", "S") => {
            // What is guessed against: the digest, and what was hashed before the password.
            let challenge = talk.sign_on.challenge.take().unwrap_or_default();
            let secret = format!("{}:{challenge}", command.param(3));
            attempt(
                talk,
                command,
                MD5,
                (CredentialKind::Digest, Strength::Crackable),
                &secret,
                out,
            );
        }
        (Side::Client, service @ ("TWN" | "SSO"), "S") => {
            let kind = (CredentialKind::Token, Strength::Replayable);
            let method = if service == "TWN" { TICKET } else { SSO };
            known_by(talk, command.param(3), out);
            attempt(talk, command, method, kind, command.param(3), out);
        }
        (Side::Client, "SHA", "A") => circle_ticket(talk, command, out),
        (Side::Client, email, cookie) if is_name(email) && !cookie.is_empty() => {
            board(talk, command, email, cookie, out);
        }
        _ => {}
    }
}

/// `ANS`: somebody who was called enters the switchboard.
pub(super) fn answers_call(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let (email, cookie, session) = (command.param(1), command.param(2), command.param(3));
    if !is_name(email) {
        return out.weird("msnp_params", "ANS without a name");
    }
    talk.board.session = Some(session.to_owned()).filter(|session| !session.is_empty());
    board(talk, command, email, cookie, out);
}

/// `XFR`: another server is to be used, for a switchboard with a cookie.
pub(super) fn redirected(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let cookie = match command.params() {
        [_, "SB", _, "CKI", cookie, ..] => *cookie,
        _ => return,
    };
    issued(talk, cookie, out);
}

/// A cookie was given to the client: whoever heard it can enter its switchboard.
pub(super) fn issued(talk: &mut Talk, cookie: &str, out: &mut Out) {
    let who = talk.own();
    if matches!(who, Who::Account(_)) {
        let ticket = Ticket::new("msn", cookie.as_bytes());
        out.emit(Event::Ticket(Ticketed { ticket, who: who.clone() }));
    }
    let kind = (CredentialKind::Cookie, Strength::Replayable);
    let attempt = credential(talk, who, COOKIE, kind, cookie, out);
    out.emit(Event::Answer(Answer { attempt, accepted: Some(true), who: None }));
}

/// The service's own ticket for web pages, in the profile it sends.
pub(super) fn profile_ticket(talk: &mut Talk, ticket: &str, out: &mut Out) {
    let kind = (CredentialKind::Token, Strength::Replayable);
    known_by(talk, ticket, out);
    let who = talk.own();
    let attempt = credential(talk, who, "msnp-mspauth", kind, ticket, out);
    out.emit(Event::Answer(Answer { attempt, accepted: Some(true), who: None }));
}

/// A cookie at a switchboard's door.
fn board(talk: &mut Talk, command: &Command<'_>, email: &str, cookie: &str, out: &mut Out) {
    let mut me = account(email);
    talk.me = Some(me.clone());
    talk.board.open = true;
    me.resource = name(email).place.map(Into::into);
    let kind = (CredentialKind::Cookie, Strength::Replayable);
    attempt(talk, command, COOKIE, kind, cookie, out);
    if let Some(waiting) = &mut talk.sign_on.waiting {
        waiting.who = Who::Account(me);
    }
}

/// A ticket for circles and their services (MSNP16 and later), beside the sign-on.
fn circle_ticket(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let kind = (CredentialKind::Token, Strength::Replayable);
    let who = talk.own();
    let number = credential(talk, who, "msnp-circle-ticket", kind, command.param(3), out);
    talk.sign_on.extra = command.transaction().map(|transaction| (transaction, number));
}

fn attempt(
    talk: &mut Talk,
    command: &Command<'_>,
    method: &'static str,
    kind: (CredentialKind, Strength),
    secret: &str,
    out: &mut Out,
) {
    give_up(talk, out);
    let who = talk.own();
    let number = credential(talk, who.clone(), method, kind, secret, out);
    let transaction = command.transaction().unwrap_or_default();
    talk.sign_on.waiting = Some(Attempt { number, transaction, method, who });
}

fn credential(
    talk: &mut Talk,
    who: Who,
    mechanism: &'static str,
    (kind, strength): (CredentialKind, Strength),
    secret: &str,
    out: &mut Out,
) -> u32 {
    talk.sign_on.attempts = talk.sign_on.attempts.wrapping_add(1);
    let attempt = talk.sign_on.attempts;
    let secret = Secret::new(secret);
    out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
    attempt
}

/// The service said yes.
pub(super) fn let_in(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    if command.param(1) != "OK" {
        return;
    }
    if let Some((_, attempt)) =
        talk.sign_on.extra.take_if(|(asked, _)| Some(*asked) == command.transaction())
    {
        return out.emit(Event::Answer(Answer { attempt, accepted: Some(true), who: None }));
    }
    if let (Some(ticket), Some(me)) = (talk.ticket.clone(), talk.me.clone()) {
        out.emit(Event::Ticket(Ticketed { ticket, who: Who::Account(me) }));
    }
    match talk.sign_on.waiting.take() {
        Some(attempt) => answer(talk, attempt, true, out),
        // The question was not heard.
        None if talk.me.is_some() && command.name == "USR" => {
            let method = if talk.board.open { COOKIE } else { "none" };
            let login = login(talk, talk.own(), method, Outcome::Success);
            out.emit(login);
        }
        None => {}
    }
}

/// An error: of the sign-on, when it names its transaction.
pub(super) fn refused(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    let number = command.transaction();
    if let Some((_, attempt)) = talk.sign_on.extra.take_if(|(asked, _)| Some(*asked) == number) {
        return out.emit(Event::Answer(Answer { attempt, accepted: Some(false), who: None }));
    }
    let ours = |attempt: &mut Attempt| Some(attempt.transaction) == number;
    if let Some(attempt) = talk.sign_on.waiting.take_if(ours) {
        answer(talk, attempt, false, out);
    }
}

/// `OUT`: `OTH` signed on elsewhere, `SSD` the service goes down, nothing: as asked.
pub(super) fn put_out(talk: &mut Talk, command: &Command<'_>, out: &mut Out) {
    if command.param(0) == "OTH" {
        let login = login(talk, talk.own(), "none", Outcome::Replaced);
        out.emit(login);
    } else if command.param(0) == "SSD" {
        out.weird("msnp_shut_down", "the service goes down");
    }
}

/// The conversation ends, and nothing was heard of an answer.
pub(super) fn close(talk: &mut Talk, out: &mut Out) {
    give_up(talk, out);
}

fn give_up(talk: &mut Talk, out: &mut Out) {
    if let Some(attempt) = talk.sign_on.waiting.take() {
        let login = login(talk, attempt.who, attempt.method, Outcome::Attempt);
        out.emit(login);
    }
}

fn answer(talk: &mut Talk, attempt: Attempt, accepted: bool, out: &mut Out) {
    let Attempt { number, method, who, .. } = attempt;
    let owner = matches!(who, Who::Unnamed(_)).then(|| talk.own());
    let answer = Answer { attempt: number, accepted: Some(accepted), who: owner.clone() };
    out.emit(Event::Answer(answer));
    let outcome = if accepted { Outcome::Success } else { Outcome::Failure };
    let login = login(talk, owner.unwrap_or(who), method, outcome);
    out.emit(login);
}

fn login(talk: &Talk, who: Who, method: &'static str, outcome: Outcome) -> Event {
    Event::Login(Login { who, method, outcome, client: talk.sign_on.client.clone(), server: None })
}
