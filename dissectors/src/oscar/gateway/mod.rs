//! OSCAR in HTTP, as ICQ and AIM clients spoke it from behind web proxies: `http.proxy.icq.com` and
//! `aimhttp.oscar.aol.com`.
//!
//! `GET /hello` gives a session number of 32 hex digits and the address of a gateway. What the client
//! says goes there in `POST /data?sid=…&seq=…`, what the service says comes in the answers to
//! `GET /monitor?sid=…`. Bodies are packets, each for one of the connections the gateway holds for the
//! client: the authorizer, then a BOS server, then chat rooms. Programs of the time opened a TCP
//! connection for nearly every request, so that a side is heard here and the other there; the
//! session's number says whose it is.

mod facts;
mod probe;
mod wire;

use std::collections::VecDeque;

use super::talk::Talk;
use crate::event::Ticketed;
use crate::http::carried::{self, Carried};
use crate::http::head::{Head, Start};
use crate::http::wire::{Connection, Part};
use crate::{
    Dissector, Ends, Event, Facts, Opening, Out, Probe, Protocol, Resume, Side, Step, Ticket, Who,
};

/// OSCAR in the bodies of HTTP messages.
#[derive(Debug)]
pub struct Gateway;

impl Protocol for Gateway {
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

/// One HTTP connection.
#[derive(Debug, Default)]
struct Web {
    http: Connection,
    inner: VecDeque<Inner>,
    client: Body,
    server: Body,
    /// Requests without an answer, by the session they name.
    asked: VecDeque<Option<String>>,
    ended: (bool, bool),
}

/// The body of a side that is at hand.
#[derive(Debug, Default)]
struct Body {
    /// It is one of the gateway's.
    ours: bool,
    session: Option<String>,
    /// What of it is no whole packet yet.
    tail: Vec<u8>,
}

/// A connection the gateway holds for the client.
#[derive(Debug)]
struct Inner {
    session: Option<String>,
    number: u32,
    talk: Talk,
    client: Vec<u8>,
    server: Vec<u8>,
}

/// Connections inside, at once.
const INNER: usize = 16;
/// Requests waiting.
const ASKED: usize = 64;
/// Unread bytes of one side of a connection inside.
const TAIL: usize = 64 << 10;

impl Dissector for Web {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        carried::read(self, side, input, out)
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        self.http.gap(side, lost);
        *self.body(side) = Body::default();
        for inner in &mut self.inner {
            inner.lose(side, out);
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            for inner in &mut self.inner {
                inner.talk.close(out);
            }
        }
    }
}

impl Carried for Web {
    const PLACE: &'static str = "in a gateway's connection";

    fn http(&mut self) -> &mut Connection {
        &mut self.http
    }

    fn part(&mut self, side: Side, part: &Part<'_>, out: &mut Out) {
        match part {
            Part::Head(head) => self.head(head),
            Part::Body(bytes) => self.packets(side, bytes, out),
            Part::End => {
                let body = self.body(side);
                let left = std::mem::take(&mut body.tail).len();
                if left > 0 {
                    out.weird("oscar_http_torn", format_args!("{left} bytes of a packet"));
                }
            }
        }
    }
}

impl Web {
    fn body(&mut self, side: Side) -> &mut Body {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn head(&mut self, head: &Head<'_>) {
        match head.start {
            Start::Request { target, .. } => {
                let session = wire::session(target).map(str::to_owned);
                self.client.ours = session.is_some();
                self.client.session.clone_from(&session);
                self.asked.push_back(session);
                if self.asked.len() > ASKED {
                    self.asked.pop_front();
                }
            }
            Start::Response { status, .. } if status >= 200 => {
                // Where its request was not heard, the packets say themselves what they are.
                self.server.session = self.asked.pop_front().flatten();
                self.server.ours = status == 200;
            }
            Start::Response { .. } => {}
        }
    }

    /// A piece of a body: packets, the last of which may end in the next piece.
    fn packets(&mut self, side: Side, bytes: &[u8], out: &mut Out) {
        let body = self.body(side);
        if !body.ours {
            return;
        }
        let mut tail = std::mem::take(&mut body.tail);
        let session = body.session.clone();
        tail.extend_from_slice(bytes);
        let mut used = 0;
        while let Some(rest) = tail.get(used..) {
            match wire::packet(rest) {
                Ok(Some((packet, length))) => {
                    self.packet(side, session.as_deref(), &packet, out);
                    used += length;
                }
                Ok(None) => break,
                Err(wire::Foreign) => {
                    let body = self.body(side);
                    if body.session.is_some() {
                        out.weird("oscar_http_packet", "a body that is no packet");
                    }
                    body.ours = false;
                    return;
                }
            }
        }
        tail.drain(..used);
        self.body(side).tail = tail;
    }

    fn packet(
        &mut self,
        side: Side,
        session: Option<&str>,
        packet: &wire::Packet<'_>,
        out: &mut Out,
    ) {
        match packet.kind {
            wire::DATA => self.data(side, session, packet, out),
            wire::CLOSE | wire::CLOSED => {
                let same = |inner: &Inner| {
                    inner.number == packet.connection && inner.session.as_deref() == session
                };
                if let Some(at) = self.inner.iter().position(same)
                    && let Some(mut inner) = self.inner.remove(at)
                {
                    inner.talk.close(out);
                }
            }
            _ => {}
        }
    }

    /// Data on a connection inside, which begins where it was not known.
    fn data(
        &mut self,
        side: Side,
        session: Option<&str>,
        packet: &wire::Packet<'_>,
        out: &mut Out,
    ) {
        let number = packet.connection;
        let same = |inner: &Inner| inner.number == number && inner.session.as_deref() == session;
        if !self.inner.iter().any(same) {
            if self.inner.len() >= INNER
                && let Some(mut old) = self.inner.pop_front()
            {
                old.talk.close(out);
            }
            self.inner.push_back(Inner::new(session, number));
        }
        if let Some(inner) = self.inner.iter_mut().find(|inner| same(inner)) {
            inner.read(side, packet.data, out);
        }
    }
}

impl Inner {
    fn new(session: Option<&str>, number: u32) -> Self {
        let mut talk = Talk::default();
        talk.ticket = session.map(|session| Ticket::new("aim", session.as_bytes()));
        let session = session.map(str::to_owned);
        Self { session, number, talk, client: Vec::new(), server: Vec::new() }
    }

    /// What one side says. A frame may begin in one packet and end in the next.
    fn read(&mut self, side: Side, data: &[u8], out: &mut Out) {
        let named = self.talk.me.is_some();
        let tail = if side == Side::Client { &mut self.client } else { &mut self.server };
        tail.extend_from_slice(data);
        if let Step::Took { used, .. } = self.talk.read(side, tail, out) {
            tail.drain(..used);
        }
        if tail.len() > TAIL {
            self.lose(side, out);
        }
        if let (false, Some(me), Some(session)) = (named, &self.talk.me, &self.session) {
            let (ticket, who) = (Ticket::new("aim", session.as_bytes()), Who::Account(me.clone()));
            out.emit(Event::Ticket(Ticketed { ticket, who }));
        }
    }

    fn lose(&mut self, side: Side, out: &mut Out) {
        let tail = if side == Side::Client { &mut self.client } else { &mut self.server };
        tail.clear();
        self.talk.gap(side, 0, out);
    }
}
