//! MSNP in HTTP: `POST /gateway/gateway.dll?…`, through a proxy or not.
//!
//! The first request names the kind of server, the answer a session (`X-MSN-Messenger`), which all
//! later ones carry; `Action=poll` asks for what the service has to say. A client may use one
//! connection for several sessions, or several for one.

use std::collections::VecDeque;

use super::facts::GATEWAY;
use super::talk::Talk;
use crate::http::carried::{self, Carried};
use crate::http::head::{Head, Start};
use crate::http::looks::{self, Looks};
use crate::http::wire::{Connection, Part};
use crate::scan::line;
use crate::{Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Side, Step, Ticket};

/// MSNP in the bodies of HTTP messages.
#[derive(Debug)]
pub struct Gateway;

impl Protocol for Gateway {
    fn facts(&self) -> &'static Facts {
        &GATEWAY
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        looks::judge(opening, DEPTH, looks)
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Web>::default()
    }
}

fn looks(bytes: &[u8]) -> Looks {
    let may = |word: &[u8]| crate::scan::prefix(bytes, word) != crate::scan::Prefix::Not;
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    if !bytes.is_empty() && may(b"HTTP/1.") {
        let field = memchr::memmem::find(window, FIELD);
        return match (field, memchr::memmem::find(window, b"\r\n\r\n")) {
            (Some(field), end) if end.is_none_or(|end| field < end) => Looks::Answers,
            (_, None) => Looks::May,
            _ => Looks::Unlike,
        };
    }
    if !may(b"POST ") {
        return Looks::Unlike;
    }
    match line(window) {
        None => Looks::May,
        Some((line, _)) if memchr::memmem::find(line, PATH).is_some() => Looks::Asks,
        Some(_) => Looks::Unlike,
    }
}

/// What every request goes to.
const PATH: &[u8] = b"/gateway/gateway.dll?";
/// What every answer has.
const FIELD: &[u8] = b"\r\nX-MSN-Messenger: ";
/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 2048;

/// One HTTP connection.
#[derive(Debug, Default)]
struct Web {
    http: Connection,
    sessions: VecDeque<Session>,
    /// The session of the body at hand, by side.
    at: (Option<usize>, Option<usize>),
    /// Requests without an answer, by the session they name; nothing for those that open one.
    asked: VecDeque<Option<String>>,
    /// Sessions begun.
    next: usize,
    ended: (bool, bool),
}

/// A conversation in the gateway, and what of it is no whole command yet.
#[derive(Debug)]
struct Session {
    number: usize,
    name: Option<String>,
    talk: Talk,
    client: Vec<u8>,
    server: Vec<u8>,
}

/// What of a session's name stays: behind a dot stands what changes with every answer.
fn stem(name: &str) -> String {
    name.split('.').next().unwrap_or(name).to_owned()
}

/// Conversations on one connection.
const SESSIONS: usize = 16;
/// Requests waiting.
const ASKED: usize = 64;
/// Unread bytes of one side of a conversation.
const TAIL: usize = 64 << 10;

impl Dissector for Web {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        carried::read(self, side, input, out)
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        self.http.gap(side, lost);
        if let Some(session) = self.session(side) {
            let tail = if side == Side::Client { &mut session.client } else { &mut session.server };
            tail.clear();
            session.talk.gap(side, lost, out);
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        match side {
            Side::Client => self.ended.0 = true,
            Side::Server => self.ended.1 = true,
        }
        if self.ended == (true, true) {
            for session in &mut self.sessions {
                session.talk.close(out);
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
            Part::Head(head) => match head.start {
                Start::Request { target, .. } => self.request(target, out),
                Start::Response { status, .. } if status >= 200 => self.response(status, head),
                Start::Response { .. } => {}
            },
            Part::Body(body) => {
                if let Some(session) = self.session(side) {
                    session.read(side, body, out);
                }
            }
            Part::End => {}
        }
    }
}

impl Web {
    /// A request: the session it names, or a new one.
    fn request(&mut self, target: &str, out: &mut Out) {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let words = || query.split('&').filter_map(|pair| pair.split_once('='));
        let name = words().find(|(key, _)| *key == "SessionID").map(|(_, value)| stem(value));
        let ours = memchr::memmem::find(target.as_bytes(), PATH).is_some();
        self.at.0 = ours.then(|| self.of(name.as_deref(), out));
        self.asked.push_back(name);
        if self.asked.len() > ASKED {
            self.asked.pop_front();
        }
    }

    /// An answer: it names the session, the first time for all.
    fn response(&mut self, status: u16, head: &Head<'_>) {
        let asked = self.asked.pop_front();
        let said = head.field("x-msn-messenger").and_then(|value| std::str::from_utf8(value).ok());
        let named = said.and_then(|said| {
            said.split(';').find_map(|pair| pair.trim().strip_prefix("SessionID=")).map(stem)
        });
        let unnamed = self.sessions.iter_mut().find(|session| session.name.is_none());
        if let (Some(None), Some(name), Some(session)) = (&asked, &named, unnamed) {
            session.called(name);
        }
        let name = named.clone().or(asked.flatten());
        let known = |session: &&Session| session.name.is_some() && session.name == name;
        self.at.1 = match self.sessions.iter().find(known) {
            _ if status != 200 => None,
            Some(session) => Some(session.number),
            // Its request was not heard.
            None => named.map(|name| self.begin(Some(&name))),
        };
    }

    /// The number of a session, which begins where it was not known.
    fn of(&mut self, name: Option<&str>, out: &mut Out) -> usize {
        let known = |session: &&Session| name.is_some() && session.name.as_deref() == name;
        if let Some(session) = self.sessions.iter().find(known) {
            return session.number;
        }
        if self.sessions.len() >= SESSIONS
            && let Some(mut old) = self.sessions.pop_front()
        {
            old.talk.close(out);
        }
        self.begin(name)
    }

    fn begin(&mut self, name: Option<&str>) -> usize {
        self.next += 1;
        let mut session = Session {
            number: self.next,
            name: None,
            talk: Talk::default(),
            client: Vec::new(),
            server: Vec::new(),
        };
        if let Some(name) = name {
            session.called(name);
        }
        if self.sessions.len() >= SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(session);
        self.next
    }

    fn session(&mut self, side: Side) -> Option<&mut Session> {
        let number = if side == Side::Client { self.at.0 } else { self.at.1 }?;
        self.sessions.iter_mut().find(|session| session.number == number)
    }
}

impl Session {
    /// The gateway's name for it: on another connection it stands for the account.
    fn called(&mut self, name: &str) {
        self.name = Some(name.to_owned());
        self.talk.ticket = Some(Ticket::new("msn", name.as_bytes()));
    }

    /// A piece of a body. A command may begin in one body and end in the next.
    fn read(&mut self, side: Side, body: &[u8], out: &mut Out) {
        let tail = if side == Side::Client { &mut self.client } else { &mut self.server };
        tail.extend_from_slice(body);
        if let Step::Took { used, .. } = self.talk.read(side, tail, out) {
            tail.drain(..used);
        }
        if tail.len() > TAIL {
            tail.clear();
            self.talk.gap(side, 0, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(client: &str, server: &str) -> Probe {
        let end = std::net::SocketAddr::from(([10, 0, 0, 1], 80));
        Gateway.probe(&Opening {
            client: client.as_bytes(),
            server: server.as_bytes(),
            ends: Ends { client: end, server: end },
            transport: crate::Transport::Tcp,
            from_start: true,
        })
    }

    #[test]
    fn only_the_gateways_requests_and_answers_are_ours() {
        let answer = "HTTP/1.1 200 OK\r\nX-MSN-Messenger: SessionID=1.2; GW-IP=10.0.0.1\r\n\r\n";
        assert_eq!(verdict("POST /gateway/gateway.dll?Action=open HTTP/1.1\r\n", ""), Probe::Yes);
        assert_eq!(verdict("", answer), Probe::Yes);
        assert_eq!(verdict(answer, ""), Probe::Swapped);
        assert_eq!(verdict("POST /gate", ""), Probe::More);
        assert_eq!(verdict("POST /form HTTP/1.1\r\n", ""), Probe::No);
        assert_eq!(verdict("", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n"), Probe::No);
        assert_eq!(verdict("GET / HTTP/1.1\r\n", answer), Probe::No);
    }
}
