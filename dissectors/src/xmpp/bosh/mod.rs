//! XMPP in HTTP: BOSH (XEP-0124, XEP-0206). Every request and every answer has a `<body/>` with the
//! stanzas that were due; what the stream's header says otherwise stands in its attributes.
//!
//! A session has a name (`sid`) that the first answer tells, and may use several connections: on
//! another one the name stands for the account.

mod facts;
mod probe;

use std::collections::VecDeque;

use super::element::Element;
use super::ns;
use super::stream::{read, utf8};
use super::talk::Talk;
use super::wire::LONGEST;
use crate::http::carried::{self, Carried};
use crate::http::head::{Head, Start};
use crate::http::wire::{Connection, Part};
use crate::{Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Side, Step, Ticket};

/// XMPP in the bodies of HTTP messages.
#[derive(Debug)]
pub struct Bosh;

impl Protocol for Bosh {
    fn facts(&self) -> &'static Facts {
        &facts::FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        probe::judge(opening)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Web>::default()
    }
}

/// One HTTP connection.
#[derive(Debug, Default)]
struct Web {
    http: Connection,
    client: Page,
    server: Page,
    sessions: VecDeque<Session>,
    /// Sessions of the requests without an answer, by number.
    asked: VecDeque<Option<usize>>,
    /// Sessions begun.
    begun: usize,
    ended: (bool, bool),
}

/// The body at hand.
#[derive(Debug, Default)]
struct Page {
    bytes: Vec<u8>,
    /// It is read: a final answer, or a request.
    read: bool,
    /// Some of it was lost, or is more than is read.
    holed: bool,
}

/// A session of a connection.
#[derive(Debug)]
struct Session {
    number: usize,
    name: Option<String>,
    talk: Talk,
}

/// Sessions of one connection; the oldest goes first.
const SESSIONS: usize = 8;
/// Requests waiting.
const ASKED: usize = 64;

impl Dissector for Web {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        carried::read(self, side, input, out)
    }

    fn gap(&mut self, side: Side, lost: u64, _: &mut Out) -> Resume {
        let knows = self.http.gap(side, lost);
        let page = self.page(side);
        page.holed = true;
        if !knows {
            page.read = false;
            if side == Side::Client {
                self.ask(None);
            }
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        // An answer without a length is whole where the connection ends.
        self.whole(side, out);
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            self.sessions.iter_mut().for_each(|session| session.talk.finish(out));
        }
    }
}

impl Carried for Web {
    const PLACE: &'static str = "in a connection of XMPP";

    fn http(&mut self) -> &mut Connection {
        &mut self.http
    }

    fn part(&mut self, side: Side, part: &Part<'_>, out: &mut Out) {
        match part {
            Part::Head(head) => self.head(side, head),
            Part::Body(body) => self.page(side).hear(body),
            Part::End => self.whole(side, out),
        }
    }
}

impl Page {
    fn hear(&mut self, body: &[u8]) {
        if !self.read {
            return;
        }
        if self.bytes.len() + body.len() > LONGEST {
            self.holed = true;
            self.bytes = Vec::new();
        }
        if !self.holed {
            self.bytes.extend_from_slice(body);
        }
    }
}

impl Web {
    fn page(&mut self, side: Side) -> &mut Page {
        if side == Side::Client { &mut self.client } else { &mut self.server }
    }

    fn head(&mut self, side: Side, head: &Head<'_>) {
        let read = match head.start {
            Start::Request { .. } => true,
            Start::Response { status, .. } => status >= 200,
        };
        *self.page(side) = Page { read, ..Page::default() };
    }

    /// A message is whole.
    fn whole(&mut self, side: Side, out: &mut Out) {
        let page = std::mem::take(self.page(side));
        if !page.read {
            return;
        }
        let asked = if side == Side::Server { self.asked.pop_front().flatten() } else { None };
        let number = self.body(side, &page, asked, out);
        if side == Side::Client {
            self.ask(number);
        }
    }

    fn ask(&mut self, number: Option<usize>) {
        self.asked.push_back(number);
        if self.asked.len() > ASKED {
            self.asked.pop_front();
        }
    }

    /// Reads a body; gives the session it belongs to.
    fn body(
        &mut self,
        side: Side,
        page: &Page,
        asked: Option<usize>,
        out: &mut Out,
    ) -> Option<usize> {
        if page.holed {
            out.weird("xmpp_bosh_body", "one that was lost in part, or is too long");
            return None;
        }
        let bytes = page.bytes.trim_ascii();
        if !bytes.starts_with(b"<") {
            if !bytes.is_empty() {
                out.weird("xmpp_bosh_body", "one that is no XML");
            }
            return None;
        }
        let xml = utf8(bytes, out);
        let body = read(&xml, out).filter(|body| body.ns == ns::HTTP_BIND)?;
        let number = self.session(side, &body, asked, out)?;
        let session = self.sessions.iter_mut().find(|session| session.number == number)?;
        session.hear(side, &body, out);
        Some(number)
    }

    /// The session a body belongs to: by its name, or by its request. One without a name begins.
    fn session(
        &mut self,
        side: Side,
        body: &Element<'_>,
        asked: Option<usize>,
        out: &mut Out,
    ) -> Option<usize> {
        let name = body.said("sid").map(std::borrow::Cow::into_owned);
        let known = |session: &&mut Session| match &name {
            Some(name) => session.name.as_deref() == Some(name),
            None => asked == Some(session.number),
        };
        if let Some(session) = self.sessions.iter_mut().find(known) {
            return Some(session.number);
        }
        let unnamed =
            |session: &&mut Session| session.name.is_none() && asked == Some(session.number);
        if let (Some(name), Some(session)) = (&name, self.sessions.iter_mut().find(unnamed)) {
            session.called(name);
            return Some(session.number);
        }
        (name.is_some() || side == Side::Client).then(|| self.begin(name.as_deref(), out))
    }

    fn begin(&mut self, name: Option<&str>, out: &mut Out) -> usize {
        self.begun += 1;
        let mut session = Session { number: self.begun, name: None, talk: Talk::default() };
        if let Some(name) = name {
            session.called(name);
        }
        if self.sessions.len() >= SESSIONS
            && let Some(mut oldest) = self.sessions.pop_front()
        {
            oldest.talk.finish(out);
        }
        self.sessions.push_back(session);
        self.begun
    }
}

impl Session {
    /// Its name was said: on another connection it stands for the account.
    fn called(&mut self, name: &str) {
        self.name = Some(name.to_owned());
        self.talk.ticket = Some(Ticket::new("xmpp", name.as_bytes()));
    }

    fn hear(&mut self, side: Side, body: &Element<'_>, out: &mut Out) {
        self.talk.wrapped(side, body);
        for stanza in &body.children {
            self.talk.element(side, stanza, out);
        }
        if body.is("type", "terminate") {
            self.talk.finish(out);
        }
    }
}
