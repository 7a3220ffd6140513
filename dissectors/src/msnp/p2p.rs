//! Packets between clients (`application/x-msnmsgrp2p`), through a switchboard or directly.
//!
//! Version 1: a header of 48 bytes, little-endian (session, identifier, offset, total, length, flags,
//! and three words of acknowledgement), data, and behind it on a switchboard four bytes more.
//! Version 2 (MSNP16 and later): two headers, big-endian, each with its length first and fields of
//! type, length and value; what is left to come stands in a field. Session 0 negotiates (MSNSLP),
//! any other carries a file or an object.

use std::collections::VecDeque;

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::{be_u8, be_u16, be_u32, be_u64, le_u32, le_u64};

use super::invite::Offered;
use super::say::Saying;
use super::talk::Talk;
use super::{hostile, slp};
use crate::event::{Offer, OfferState};
use crate::ymsg::carried::File;
use crate::{Out, Who};

/// What clients carry to each other on one conversation.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Files offered by invitations of the first kind.
    pub(super) invited: VecDeque<Offered>,
    /// Sessions negotiated.
    pub(super) sessions: VecDeque<Session>,
    /// Negotiations under way.
    pieces: VecDeque<Pieces>,
}

/// One session.
#[derive(Debug)]
pub(super) struct Session {
    /// Its number, 0 while it was not said.
    pub(super) id: u32,
    /// What the steps of a negotiation have in common.
    pub(super) call: String,
    /// What it carries; nothing when that is no file.
    pub(super) offer: Option<Offer>,
    /// What was seen of it.
    file: Option<Box<File>>,
    /// The place in the file that comes next.
    next: u64,
}

/// A negotiation that comes in pieces.
#[derive(Debug)]
struct Pieces {
    from: Who,
    id: u32,
    body: Vec<u8>,
}

/// One packet of either version.
#[derive(Debug, PartialEq, Eq)]
struct Packet<'a> {
    session: u32,
    /// What joins the packets of one message; nothing in version 2, whose packets come in order.
    id: u32,
    offset: Option<u64>,
    /// Bytes of the message that come after this packet.
    left: u64,
    /// What the message has in all, where that is said.
    total: Option<u64>,
    /// It begins a message.
    first: bool,
    /// It carries a part of a file or object.
    is_data: bool,
    data: &'a [u8],
}

/// Sessions and negotiations remembered.
const SESSIONS: usize = 64;
/// Longest negotiation, in bytes.
const LONGEST: usize = 32 << 10;

/// A packet in a message. `to` names the place it is for; where that has one, both ends speak
/// version 2.
pub(super) fn packet(talk: &mut Talk, saying: &Saying, to: &str, body: &[u8], out: &mut Out) {
    let newer = to.contains(";{");
    let packet = if newer { version_2(body, FOOTER) } else { version_1(body, FOOTER) };
    match packet {
        Some(packet) => talk.peers.hear(saying, &packet, out),
        None => out.weird("msnp_p2p_short", format_args!("{} bytes", body.len())),
    }
}

/// Bytes behind a packet on a switchboard.
const FOOTER: usize = 4;

impl Peers {
    /// The conversation is over, and so is what it carried.
    pub(super) fn close(&mut self, out: &mut Out) {
        for session in self.sessions.drain(..) {
            if let Some(file) = session.file {
                file.tell(false, out);
            }
        }
    }

    /// A packet without a switchboard around it.
    pub(super) fn direct(&mut self, saying: &Saying, body: &[u8], out: &mut Out) {
        let newer = body.first() == Some(&8) && body.get(1).is_some_and(|code| *code < 4);
        let packet = if newer { version_2(body, 0) } else { version_1(body, 0) };
        match packet {
            Some(packet) => self.hear(saying, &packet, out),
            None => out.weird("msnp_p2p_short", format_args!("{} bytes", body.len())),
        }
    }

    fn hear(&mut self, saying: &Saying, packet: &Packet<'_>, out: &mut Out) {
        if packet.data.is_empty() {
            return;
        }
        if let (Some(offset), Some(total)) = (packet.offset, packet.total) {
            hostile::place(offset, packet.data.len(), total, out);
        }
        if packet.session != 0 {
            if packet.is_data {
                self.data(saying, packet, out);
            }
            return;
        }
        if packet.left == 0 && packet.first {
            return slp::message(self, saying, packet.data, out);
        }
        if let Some(body) = self.piece(&saying.from, packet) {
            slp::message(self, saying, &body, out);
        }
    }

    /// A piece of a negotiation; the whole when it was the last.
    fn piece(&mut self, from: &Who, packet: &Packet<'_>) -> Option<Vec<u8>> {
        if packet.first {
            if self.pieces.len() >= SESSIONS {
                self.pieces.pop_front();
            }
            let (from, body) = (from.clone(), packet.data.to_vec());
            self.pieces.push_back(Pieces { from, id: packet.id, body });
            return None;
        }
        let ours = |pieces: &Pieces| pieces.from == *from && pieces.id == packet.id;
        let at = self.pieces.iter().rposition(ours)?;
        let pieces = self.pieces.get_mut(at)?;
        let fits = packet.offset.is_none_or(|offset| offset == pieces.body.len() as u64);
        if !fits || pieces.body.len() + packet.data.len() > LONGEST {
            self.pieces.remove(at);
            return None;
        }
        pieces.body.extend_from_slice(packet.data);
        if packet.left == 0 { self.pieces.remove(at).map(|pieces| pieces.body) } else { None }
    }

    /// A part of a file or object.
    fn data(&mut self, saying: &Saying, packet: &Packet<'_>, out: &mut Out) {
        let known = self.sessions.iter().rposition(|session| session.id == packet.session);
        let at = known.unwrap_or_else(|| {
            let offer = slp::offer(saying, "msnslp", OfferState::Transferring);
            self.add(Session::new(packet.session, "", Some(offer)))
        });
        let Some(session) = self.sessions.get_mut(at) else { return };
        let offset = packet.offset.unwrap_or(session.next);
        let total = offset.saturating_add(packet.data.len() as u64).saturating_add(packet.left);
        let Some(offer) = &session.offer else { return };
        // Four zeros announce that a file begins.
        if session.file.is_none() && total == 4 && packet.data == [0; 4] {
            return;
        }
        let file = session.file.get_or_insert_with(|| File::new(offer.clone(), Some(total)));
        let seen = usize::try_from(session.next.saturating_sub(offset)).unwrap_or(usize::MAX);
        let Some(news) = packet.data.get(seen..).filter(|news| !news.is_empty()) else { return };
        if offset > session.next {
            file.gap();
        }
        if offset == 0 {
            hostile::picture(news, out);
        }
        file.hear(news);
        session.next = offset.saturating_add(packet.data.len() as u64);
        if packet.left == 0 {
            session.next = 0;
            if let Some(file) = session.file.take() {
                file.tell(true, out);
            }
        }
    }

    /// Adds a session, and gives its place.
    pub(super) fn add(&mut self, session: Session) -> usize {
        if self.sessions.len() >= SESSIONS {
            self.sessions.pop_front();
        }
        self.sessions.push_back(session);
        self.sessions.len() - 1
    }
}

impl Session {
    /// One of which nothing was seen yet.
    pub(super) fn new(id: u32, call: &str, offer: Option<Offer>) -> Self {
        Self { id, call: call.to_owned(), offer, file: None, next: 0 }
    }

    /// It is over.
    pub(super) fn close(&mut self, out: &mut Out) {
        if let Some(file) = self.file.take() {
            file.tell(false, out);
        }
    }
}

type Parsed<'a, T> = nom::IResult<&'a [u8], T>;

/// A packet of version 1, with `footer` bytes behind it.
fn version_1(body: &[u8], footer: usize) -> Option<Packet<'_>> {
    let head: Parsed<'_, _> =
        (le_u32, le_u32, le_u64, le_u64, le_u32, le_u32, take(16usize)).parse(body);
    let (rest, (session, id, offset, total, length, flags, _)) = head.ok()?;
    let data = rest.get(..usize::try_from(length).ok()?)?;
    rest.get(data.len() + footer..)?;
    let left = total.saturating_sub(offset).saturating_sub(data.len() as u64);
    // 0x20 is an object, 0x01000030 a file; an acknowledgement (2) has no data.
    let is_data = flags & 0x20 != 0 || total == 4;
    let (first, offset, total) = (offset == 0, Some(offset), Some(total));
    Some(Packet { session, id, offset, left, total, first, is_data, data })
}

/// A packet of version 2. Its second header is there when it carries something.
fn version_2(body: &[u8], footer: usize) -> Option<Packet<'_>> {
    let head: Parsed<'_, _> = (be_u8, be_u8, be_u16, be_u32).parse(body);
    let (_, (head_length, _, length, _)) = head.ok()?;
    let rest = body.get(usize::from(head_length).max(8)..)?;
    let inner = rest.get(..usize::from(length))?;
    rest.get(inner.len() + footer..)?;
    if inner.is_empty() {
        let (first, is_data) = (true, false);
        return Some(Packet {
            session: 0,
            id: 0,
            offset: None,
            left: 0,
            total: None,
            first,
            is_data,
            data: inner,
        });
    }
    let head: Parsed<'_, _> = (be_u8, be_u8, be_u16, be_u32).parse(inner);
    let (_, (head_length, combination, package, session)) = head.ok()?;
    let fields = inner.get(8..usize::from(head_length).max(8))?;
    let data = inner.get(usize::from(head_length).max(8)..)?;
    let first = combination & 1 != 0;
    let is_data = combination & 4 != 0;
    Some(Packet {
        session,
        id: package.into(),
        offset: None,
        left: left(fields),
        total: None,
        first,
        is_data,
        data,
    })
}

/// The field that says how much comes after this packet.
fn left(mut fields: &[u8]) -> u64 {
    while let Ok((rest, (kind, value))) =
        (be_u8, length_data(be_u8)).parse(fields) as Parsed<'_, (u8, &[u8])>
    {
        if kind == 1
            && let Ok((_, left)) = be_u64::<_, nom::error::Error<&[u8]>>(value)
        {
            return left;
        }
        // Fields are filled up with zeros.
        fields = if kind == 0 { fields.get(1..).unwrap_or_default() } else { rest };
    }
    0
}
