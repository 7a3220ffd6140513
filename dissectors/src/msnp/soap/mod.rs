//! MSN Messenger's web services: SOAP over HTTP, since MSNP13.
//!
//! Lists left the notification server for the address book (`contacts.msn.com/abservice/…`), which
//! clients fetched over plain HTTP. Messages for absent people are put into one service
//! (`ows.messenger.msn.com/OimWS/oim.asmx`) and fetched from another (`rsi.hotmail.com/rsi/rsi.asmx`),
//! and a ticket is got from a third ([`passport`]): these ran over HTTPS at Microsoft's, and are met in
//! clear where people run servers of their own, or end TLS at a proxy.
//!
//! Where the secret travels: in every request a ticket, which is the account's for hours: as the
//! cookie `MSPAuth`, as `t` and `p`, or whole. On the sign-on page the password, as typed.
//!
//! Not read: profiles and pictures on the storage service; changes of an address book beyond people
//! added and removed.

mod book;
mod facts;
mod mail;
mod offline;
mod passport;
mod probe;

use std::collections::VecDeque;

use super::names::account;
use super::xml;
use crate::event::{Answer, Credential, CredentialKind, Event, Strength, Ticketed};
use crate::http::carried::{self, Carried};
use crate::http::head::{Head, Start};
use crate::http::wire::{Connection, Part};
use crate::{
    Account, Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Secret, Side, Step,
    Ticket, Who,
};

/// MSN Messenger's web services.
#[derive(Debug)]
pub struct Services;

impl Protocol for Services {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::probe(opening)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Web>::default()
    }
}

/// Bytes of a body that are read: an address book of a thousand people fits.
const LONGEST: usize = 1 << 20;
/// Requests waiting.
const WAITING: usize = 64;
/// Tickets remembered of a connection.
const TICKETS: usize = 16;
/// How a ticket in an envelope is told.
const BY_TICKET: &str = "msnp-soap-ticket";

/// One HTTP connection.
#[derive(Debug, Default)]
struct Web {
    http: Connection,
    asks: Option<Asked>,
    /// The body of the request at hand.
    request: Vec<u8>,
    answers: Option<(Asked, u16)>,
    /// The body of the answer at hand.
    page: Vec<u8>,
    waiting: VecDeque<Asked>,
    person: Person,
    book: book::Book,
    outbox: offline::Outbox,
}

/// What a request was for.
#[derive(Debug, Default)]
struct Asked {
    /// The number of its secret.
    attempt: Option<u32>,
    /// It is a sign-on.
    signs_on: bool,
    /// Only what changed is asked for.
    changes: bool,
    /// Nothing of it is ours, or bytes of it were lost.
    other: bool,
}

/// The person at the client's side, and their secrets.
#[derive(Debug, Default)]
struct Person {
    me: Option<Account>,
    attempts: u32,
    /// Tickets told.
    tickets: Vec<Shown>,
}

/// A ticket that was told.
#[derive(Debug)]
struct Shown {
    /// What of it is the account's.
    stem: Vec<u8>,
    attempt: u32,
    /// The answer, and that it was told: it waits for the person's name.
    accepted: Option<bool>,
    told: bool,
}

impl Dissector for Web {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        carried::read(self, side, input, out)
    }

    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        self.http.gap(side, lost);
        match side {
            Side::Client => {
                if let Some(asked) = self.asks.take().filter(|_| self.waiting.len() < WAITING) {
                    self.waiting.push_back(Asked { other: true, ..asked });
                }
            }
            Side::Server => self.answers = None,
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        // An answer without a length is whole where the connection ends.
        if side == Side::Server {
            self.answer(out);
            self.person.leave(out);
            for asked in std::mem::take(&mut self.waiting) {
                passport::unanswered(&self.person, &asked, out);
            }
        }
    }
}

impl Carried for Web {
    const PLACE: &'static str = "in a web service of MSN Messenger";

    fn http(&mut self) -> &mut Connection {
        &mut self.http
    }

    fn part(&mut self, side: Side, part: &Part<'_>, out: &mut Out) {
        match (side, part) {
            (Side::Client, Part::Head(head)) => self.asked(head, out),
            (Side::Client, Part::Body(body)) => hear(&mut self.request, body),
            (Side::Client, Part::End) => self.request(out),
            (Side::Server, Part::Head(head)) => self.answered(head, out),
            (Side::Server, Part::Body(body)) => hear(&mut self.page, body),
            (Side::Server, Part::End) => self.answer(out),
        }
    }
}

impl Web {
    fn asked(&mut self, head: &Head<'_>, out: &mut Out) {
        let Start::Request { target, .. } = head.start else { return };
        self.request.clear();
        let mut asked = Asked { other: !probe::is_service(target), ..Asked::default() };
        if let Some((name, password)) = passport::header(head) {
            asked.attempt =
                Some(passport::password(&mut self.person, &name, password.as_bytes(), out));
            asked.signs_on = true;
        }
        if !asked.other {
            let cookies = head.fields("cookie").flat_map(|value| value.split(|b| *b == b';'));
            for ticket in cookies.filter_map(|one| one.trim_ascii().strip_prefix(b"MSPAuth=")) {
                let told = self.person.ticket(ticket, ticket, "msnp-mspauth", out);
                asked.attempt = asked.attempt.or(Some(told));
            }
        }
        self.asks = Some(asked);
    }

    /// A request is whole.
    fn request(&mut self, out: &mut Out) {
        let Some(mut asked) = self.asks.take() else { return };
        let page = std::mem::take(&mut self.request);
        if !asked.other && !page.is_empty() {
            self.envelope(&String::from_utf8_lossy(&page), &mut asked, out);
        }
        if self.waiting.len() < WAITING {
            self.waiting.push_back(asked);
        }
    }

    fn envelope(&mut self, page: &str, asked: &mut Asked, out: &mut Out) {
        let Some(body) = xml::elements(page, "Body").next() else {
            return out.weird("msnp_soap", "a request without a body");
        };
        if let Some(name) = xml::attribute(page, "From", "memberName") {
            self.person.me = Some(account(&name));
        }
        if let Some((name, password)) = passport::form(page) {
            asked.attempt =
                Some(passport::password(&mut self.person, &name, password.as_bytes(), out));
            asked.signs_on = true;
        }
        if let Some((stem, ticket)) = ticket(page) {
            let attempt = self.person.ticket(stem.as_bytes(), ticket.as_bytes(), BY_TICKET, out);
            asked.attempt = asked.attempt.or(Some(attempt));
        }
        asked.changes = xml::value(body, "deltasOnly").is_some_and(|only| only == "true");
        match xml::first(body) {
            Some("MessageType") => self.outbox.put(&self.person, page, body, out),
            Some(method) => self.book.changes(&self.person, method, body, out),
            None => {}
        }
    }

    fn answered(&mut self, head: &Head<'_>, out: &mut Out) {
        let Start::Response { status: status @ 200.., .. } = head.start else { return };
        self.page.clear();
        let mut asked = self.waiting.pop_front().unwrap_or_default();
        if let Some(coding) = head.field("content-encoding").filter(|_| !asked.other) {
            out.weird("msnp_soap_encoded", String::from_utf8_lossy(coding));
        }
        if asked.signs_on {
            passport::judged(&mut self.person, &mut asked, status, head, out);
        }
        self.answers = Some((asked, status));
    }

    /// An answer is whole.
    fn answer(&mut self, out: &mut Out) {
        let Some((mut asked, status)) = self.answers.take() else { return };
        let page = std::mem::take(&mut self.page);
        if asked.other {
            return;
        }
        let page = String::from_utf8_lossy(&page);
        let fault = xml::elements(&page, "Fault").next();
        if let Some(fault) = fault {
            self.fault(&mut asked, fault, out);
        } else if asked.signs_on {
            passport::given(&mut self.person, &mut asked, &page, out);
        } else if let Some(body) = xml::elements(&page, "Body").next() {
            // Who it is for stands in it, at times.
            offline::got(&mut self.person, body, out);
            self.book.got(&mut self.person, body, !asked.changes, out);
            self.person.answered(asked.attempt, Some(true), out);
        } else if matches!(status, 401 | 403) {
            self.person.answered(asked.attempt, Some(false), out);
        }
    }

    /// The service refused, and said why.
    fn fault(&mut self, asked: &mut Asked, fault: &str, out: &mut Out) {
        let code = xml::value(fault, "faultcode").unwrap_or_default();
        let reason = code.rsplit_once(':').map_or(code.as_str(), |(_, reason)| reason);
        out.weird("msnp_soap_refused", reason);
        self.outbox.refused();
        // A lock key is the program's to know; only where it is not asked for was the ticket refused.
        let key = xml::value(fault, "LockKeyChallenge").is_some_and(|key| !key.is_empty());
        let again = xml::value(fault, "TweenerChallenge").is_some_and(|one| !one.is_empty());
        let refused = again || reason.contains("AuthenticationFailed") && !key;
        if asked.signs_on {
            passport::refused(&mut self.person, asked, out);
        } else if refused {
            self.person.answered(asked.attempt, Some(false), out);
        }
    }
}

/// The ticket of an envelope: the part that is the account's everywhere, and the whole of it.
fn ticket(page: &str) -> Option<(String, String)> {
    if let Some(cookie) = xml::elements(page, "PassportCookie").next() {
        let (t, p) = (xml::value(cookie, "t")?, xml::value(cookie, "p").unwrap_or_default());
        return Some((t.clone(), format!("t={t}&p={p}"))).filter(|_| !t.is_empty());
    }
    let whole = xml::attribute(page, "Ticket", "passport")
        .or_else(|| xml::value(page, "TicketToken"))
        .filter(|ticket| !ticket.is_empty())?;
    Some((super::sign_on::stem(&whole).to_owned(), whole))
}

impl Person {
    /// The person, or whoever holds the ticket that was told last.
    fn who(&self) -> Who {
        match (&self.me, self.tickets.last()) {
            (Some(me), _) => Who::Account(me.clone()),
            (None, Some(shown)) => Who::Ticket(Ticket::new("msn", &shown.stem)),
            (None, None) => Who::Unnamed(Side::Client),
        }
    }

    /// The person's name was said.
    fn named(&mut self, name: &Account, out: &mut Out) {
        if self.me.is_some() {
            return;
        }
        self.me = Some(name.clone());
        for shown in &mut self.tickets {
            let (ticket, who) = (Ticket::new("msn", &shown.stem), Who::Account(name.clone()));
            out.emit(Event::Ticket(Ticketed { ticket, who: who.clone() }));
            shown.answer(Some(who), out);
        }
    }

    /// A ticket, told once; gives its number.
    fn ticket(&mut self, stem: &[u8], whole: &[u8], mechanism: &'static str, out: &mut Out) -> u32 {
        if let Some(shown) = self.tickets.iter().find(|shown| shown.stem == stem) {
            return shown.attempt;
        }
        if self.tickets.len() >= TICKETS {
            self.tickets.remove(0).answer(None, out);
        }
        let (stem, attempt) = (stem.to_vec(), self.attempts.wrapping_add(1));
        self.tickets.push(Shown { stem, attempt, accepted: None, told: false });
        let (kind, strength) = (CredentialKind::Token, Strength::Replayable);
        self.secret(kind, mechanism, strength, whole, out)
    }

    fn secret(
        &mut self,
        kind: CredentialKind,
        mechanism: &'static str,
        strength: Strength,
        secret: &[u8],
        out: &mut Out,
    ) -> u32 {
        self.attempts = self.attempts.wrapping_add(1);
        let (attempt, who, secret) = (self.attempts, self.who(), Secret::new(secret));
        out.emit(Event::Credential(Credential { attempt, who, kind, mechanism, strength, secret }));
        attempt
    }

    /// A secret was answered.
    fn answered(&mut self, attempt: Option<u32>, accepted: Option<bool>, out: &mut Out) {
        let Some(attempt) = attempt else { return };
        match self.tickets.iter_mut().find(|shown| shown.attempt == attempt) {
            Some(shown) => {
                shown.accepted = shown.accepted.or(accepted);
                if self.me.is_some() {
                    shown.answer(None, out);
                }
            }
            None => out.emit(Event::Answer(Answer { attempt, accepted, who: None })),
        }
    }

    /// Nobody will say the person's name any more.
    fn leave(&mut self, out: &mut Out) {
        self.tickets.iter_mut().for_each(|shown| shown.answer(None, out));
    }
}

impl Shown {
    /// Tells the answer, once; an owner that became known at any rate.
    fn answer(&mut self, who: Option<Who>, out: &mut Out) {
        let accepted = self.accepted.filter(|_| !self.told);
        self.told |= accepted.is_some();
        if accepted.is_some() || who.is_some() {
            out.emit(Event::Answer(Answer { attempt: self.attempt, accepted, who }));
        }
    }
}

fn hear(body: &mut Vec<u8>, bytes: &[u8]) {
    let room = LONGEST.saturating_sub(body.len()).min(bytes.len());
    body.extend_from_slice(bytes.get(..room).unwrap_or_default());
}
