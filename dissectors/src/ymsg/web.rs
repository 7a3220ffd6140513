//! Yahoo Messenger in HTTP: packets in the bodies of requests and answers, files, and pages to sign
//! on at.
//!
//! An answer with packets begins with their number in four bytes (little-endian), which is passed
//! over: each packet says itself where it ends. A file that is put on the service's web server follows
//! its offer in the same body, behind key 29, and the packet's length tells of neither.

use std::collections::VecDeque;

use super::carried::File;
use super::files::{self, DIRECT, RELAYED};
use super::page::{self, Page};
use super::probe::{DEPTH, Looks};
use super::request::{self, Request, request};
use super::sign_on::answered;
use super::talk::Talk;
use super::wire;
use super::wire::packet::header;
use super::wire::pairs::{Pairs, pairs};
use super::{names, people};
use crate::event::{Event, Offer, OfferState};
use crate::http::head::{Head, Start};
use crate::http::wire::{Connection, Cut, Part};
use crate::scan::{Prefix, prefix};
use crate::{Out, Secret, Side, Step, Ticket, Who};

/// An HTTP connection.
#[derive(Debug, Default)]
pub(super) struct Web {
    connection: Connection,
    client: Body,
    server: Body,
    /// What was asked and not answered, oldest first.
    asked: VecDeque<Request>,
    /// Numbers of the cookies that came with requests, until there is an answer.
    cookies: Vec<u32>,
    broken: bool,
}

/// What the body at hand holds.
#[derive(Debug, Default)]
enum Body {
    #[default]
    Other,
    /// Packets.
    Packets(Packets),
    File(Box<File>),
    Page(Page),
}

/// The packets of a body.
#[derive(Debug, Default)]
struct Packets {
    /// The bytes of one that is not whole.
    pending: Vec<u8>,
    /// The first of them is no offer with a file behind it.
    begun: bool,
}

/// Requests that wait for an answer at once.
const WAITING: usize = 64;
/// Cookies that wait for an answer at once.
const COOKIES: usize = 16;
/// The mark before a file: the end of a value, key 29, and its end.
const MARK: &[u8] = b"\xc0\x8029\xc0\x80";
/// Bytes of a packet within which the mark must stand.
const MARKED: usize = 4096;

impl Web {
    /// Reads as much as there is.
    pub(super) fn read(
        &mut self,
        talk: &mut Talk,
        side: Side,
        input: &[u8],
        out: &mut Out,
    ) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..) {
            match self.connection.next(side, rest) {
                Cut::Need | Cut::Held | Cut::Tunnel => break,
                Cut::Skip(length) => used += length,
                Cut::Part(Part::Head(head), length) => {
                    self.head(talk, side, &head, out);
                    used += length;
                }
                Cut::Part(Part::Body(bytes), length) => {
                    self.body(talk, side, bytes, out);
                    used += length;
                }
                Cut::Part(Part::End, length) => {
                    self.finish(talk, side, true, out);
                    used += length;
                }
                Cut::Malformed(why) => {
                    if !std::mem::replace(&mut self.broken, true) {
                        out.weird(why, "in a conversation of Yahoo Messenger");
                    }
                    return Step::Took { used: input.len(), want: 0 };
                }
            }
        }
        Step::Took { used, want: 0 }
    }

    /// Bytes of a side were lost.
    pub(super) fn gap(&mut self, side: Side, lost: u64) {
        self.connection.gap(side, lost);
        match self.of(side) {
            Body::File(file) => file.gap(),
            Body::Packets(_) | Body::Page(_) => *self.of(side) = Body::Other,
            Body::Other => {}
        }
    }

    /// A side will say nothing more: what goes on until then is whole.
    pub(super) fn end(&mut self, talk: &mut Talk, side: Side, out: &mut Out) {
        let whole = match self.of(side) {
            Body::File(file) => !file.is_promised(),
            _ => true,
        };
        self.finish(talk, side, whole, out);
    }

    fn of(&mut self, side: Side) -> &mut Body {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    fn head(&mut self, talk: &mut Talk, side: Side, head: &Head<'_>, out: &mut Out) {
        self.finish(talk, side, false, out);
        let promised = head.field("content-length").and_then(wire::pairs::number);
        let promised = promised.and_then(|length| u64::try_from(length).ok());
        let body = match head.start {
            Start::Request { .. } => self.asks(talk, head, promised, out),
            Start::Response { status: 100..200, .. } => return,
            Start::Response { status, .. } => self.answers(talk, status, head, promised, out),
        };
        *self.of(side) = body;
    }

    fn asks(
        &mut self,
        talk: &mut Talk,
        head: &Head<'_>,
        promised: Option<u64>,
        out: &mut Out,
    ) -> Body {
        let asked = request(head);
        if asked.is_some() {
            self.cookies(talk, head, out);
        }
        let body = match &asked {
            Some(Request::Packets) => Body::Packets(Packets::default()),
            Some(Request::Relay { sender, receiver, posts: true }) => {
                Body::File(File::new(relayed(talk, Side::Client, sender, receiver), promised))
            }
            Some(Request::SignOn { account, password, token }) => {
                page::asks(talk, account, password, token, out);
                Body::Other
            }
            _ => Body::Other,
        };
        if self.asked.len() < WAITING {
            self.asked.push_back(asked.unwrap_or(Request::Other));
        }
        body
    }

    fn answers(
        &mut self,
        talk: &mut Talk,
        status: u16,
        head: &Head<'_>,
        promised: Option<u64>,
        out: &mut Out,
    ) -> Body {
        let done = (200..300).contains(&status);
        for attempt in std::mem::take(&mut self.cookies) {
            answered(attempt, done, out);
        }
        let asked = self.asked.pop_front().unwrap_or(Request::Other);
        if matches!(asked, Request::SignOn { .. }) {
            for cookie in head.fields("set-cookie").filter_map(session) {
                let attempt = talk.cookie(talk.own(Side::Client), Secret::new(cookie), out);
                answered(attempt, true, out);
            }
        }
        match asked {
            _ if !done => Body::Other,
            Request::Packets => Body::Packets(Packets::default()),
            Request::SignOn { .. } => Body::Page(Page::default()),
            Request::Relay { sender, receiver, posts: false } => {
                let offer = relayed(talk, Side::Server, &sender, &receiver);
                Body::File(File::new(offer, promised))
            }
            Request::Peer { receiver, name } => {
                let (from, to) = (Who::Unnamed(Side::Server), people::who(&receiver));
                let state = OfferState::Transferring;
                let blank = files::blank(from, to, DIRECT, state, talk, Side::Server);
                let leg = crate::event::Leg::Direct;
                Body::File(File::new(Offer { name, size: promised, leg, ..blank }, promised))
            }
            _ => Body::Other,
        }
    }

    /// The cookies of a request: whoever holds them is signed on.
    fn cookies(&mut self, talk: &mut Talk, head: &Head<'_>, out: &mut Out) {
        let values = head.fields("cookie").flat_map(|value| value.split(|byte| *byte == b';'));
        for cookie in values.filter_map(session) {
            if talk.me.is_none() && cookie.starts_with(b"T=") || talk.ticket.is_none() {
                talk.ticket = Some(Ticket::new("yahoo", cookie));
            }
            let attempt = talk.cookie(talk.own(Side::Client), Secret::new(cookie), out);
            if self.cookies.len() < COOKIES {
                self.cookies.push(attempt);
            }
        }
    }

    fn body(&mut self, talk: &mut Talk, side: Side, bytes: &[u8], out: &mut Out) {
        match self.of(side) {
            Body::Other => {}
            Body::Page(page) => page.hear(bytes),
            Body::File(file) => file.hear(bytes),
            Body::Packets(packets) => {
                let mut packets = std::mem::take(packets);
                packets.pending.extend_from_slice(bytes);
                *self.of(side) = packets.read(talk, side, out);
            }
        }
    }

    /// A body is over.
    fn finish(&mut self, talk: &mut Talk, side: Side, whole: bool, out: &mut Out) {
        match std::mem::take(self.of(side)) {
            Body::File(file) => file.tell(whole, out),
            Body::Page(page) => page.tell(talk, out),
            Body::Packets(_) | Body::Other => {}
        }
    }
}

impl Packets {
    /// Reads as many as there are; what the body is from here on.
    fn read(mut self, talk: &mut Talk, side: Side, out: &mut Out) -> Body {
        if !self.begun {
            match marked(side, &self.pending) {
                Marked::File(said, file) => {
                    let mut upload = upload(talk, side, &said, out);
                    upload.hear(file);
                    return Body::File(Box::new(upload));
                }
                Marked::Wants => return Body::Packets(self),
                Marked::Not => {
                    self.begun = true;
                    talk.look_for(side);
                }
            }
        }
        if let Step::Took { used, .. } = talk.packets(side, &self.pending, out) {
            self.pending.drain(..used.min(self.pending.len()));
        }
        Body::Packets(self)
    }
}

/// Whether a file stands in the body of a request, behind its offer.
enum Marked<'a> {
    /// It does: what is said of it, and its first bytes.
    File(Pairs<'a>, &'a [u8]),
    Not,
    /// There are too few bytes.
    Wants,
}

fn marked(side: Side, pending: &[u8]) -> Marked<'_> {
    if side == Side::Server || wire::plausible(pending) == Some(false) {
        return Marked::Not;
    }
    let Some((head, rest)) = header(pending) else { return Marked::Wants };
    if head.service != names::service::FILE_TRANSFER {
        return Marked::Not;
    }
    let most = (head.length + MARK.len()).min(MARKED);
    let window = rest.get(..most).unwrap_or(rest);
    match window.windows(MARK.len()).position(|at| at == MARK) {
        Some(at) => {
            let said = rest.get(..at + 2).unwrap_or_default();
            Marked::File(pairs(said), rest.get(at + MARK.len()..).unwrap_or_default())
        }
        None if window.len() < most => Marked::Wants,
        None => Marked::Not,
    }
}

/// A file that is put on the service's web server.
fn upload(talk: &mut Talk, side: Side, said: &Pairs<'_>, out: &mut Out) -> File {
    if let Some(name) = said.some(0).or(said.some(1)) {
        talk.me = Some(people::account(name));
    }
    let offer = files::put(talk, side, said);
    out.emit(Event::Offer(Offer { state: OfferState::Offered, ..offer.clone() }));
    let promised = offer.size;
    File::of(offer, promised)
}

/// A file on its way through the service.
fn relayed(talk: &Talk, side: Side, sender: &[u8], receiver: &[u8]) -> Offer {
    let (from, to) = (people::who(sender), people::who(receiver));
    files::blank(from, to, RELAYED, OfferState::Transferring, talk, side)
}

/// A cookie that holds a session, without its life and place.
fn session(cookie: &[u8]) -> Option<&[u8]> {
    let cookie = cookie.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    (cookie.starts_with(b"Y=") || cookie.starts_with(b"T=")).then_some(cookie)
}

/// Judges the first bytes of a side that are no packet: a request of Yahoo Messenger's, or an answer,
/// which says nothing by itself.
pub(super) fn look(bytes: &[u8], side: Side) -> Looks {
    let open = if bytes.len() < DEPTH { Looks::Possibly } else { Looks::Unlike };
    let begins = |word: &[u8]| prefix(bytes, word) != Prefix::Not;
    if begins(b"HTTP/1.") {
        return open;
    }
    if ![&b"POST "[..], b"GET ", b"HEAD "].into_iter().any(begins) {
        return Looks::Unlike;
    }
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    let line = crate::scan::line(window).map(|(line, _)| String::from_utf8_lossy(line));
    if line.is_some_and(|line| !request::WORDS.iter().any(|word| line.contains(word))) {
        return Looks::Unlike;
    }
    let asks = if side == Side::Client { Looks::Like } else { Looks::Reversed };
    match Connection::default().next(Side::Client, window) {
        Cut::Need => open,
        Cut::Part(Part::Head(head), length) => match request(&head) {
            Some(Request::Packets) => match wire::plausible(window.get(length..).unwrap_or(b"")) {
                Some(true) => asks,
                Some(false) => Looks::Unlike,
                None => open,
            },
            Some(_) => asks,
            None => Looks::Unlike,
        },
        _ => Looks::Unlike,
    }
}
