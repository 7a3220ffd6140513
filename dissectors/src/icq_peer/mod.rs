//! ICQ between clients, versions 6 to 10: messages that do not pass the service.
//!
//! Each client tells the service where it listens; whoever wants to talk calls it there. Both greet
//! with version and number (and, from version 7, once more), then packets go both ways, scrambled
//! with a key everybody can compute.
//!
//! No secret travels here. The greeting's number is whatever its sender says.
//!
//! Read: numbers, texts, links, requests for authorization, offers of files. Not read: the files,
//! which take another connection, and direct chat.
//!
//! Documents: mICQ's and YSM's descriptions of peer connections, which agree.

mod cipher;
mod wire;

use encoding_rs::WINDOWS_1252;

use crate::contract::Aspect;
use crate::contract::Evidence::{Documents, Missing};
use crate::event::{Carries, Event, Leg, Offer, OfferState};
use crate::oscar::icq;
use crate::scan::Prefix;
use crate::{
    Account, Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Row, Side, Step, Text,
    Transport, Who,
};

/// ICQ's peer connections over TCP.
#[derive(Debug)]
pub struct IcqPeer;

impl Protocol for IcqPeer {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        match (wire::looks(opening.client), wire::looks(opening.server)) {
            (Prefix::Is, _) | (_, Prefix::Is) => Probe::Yes,
            (Prefix::Not, _) | (_, Prefix::Not) => Probe::No,
            (Prefix::MayBe, Prefix::MayBe) => Probe::More,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Talk>::default()
    }
}

/// One conversation.
#[derive(Debug, Default)]
struct Talk {
    names: (Option<Account>, Option<Account>),
    /// The lower of the versions that were greeted with.
    version: Option<u16>,
    /// What was odd already: a connection for a file is odd in every packet.
    odd: Vec<&'static str>,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let Some((length, body)) = rest.split_first_chunk() else {
                return Step::Took { used, want: 2 };
            };
            let length = usize::from(u16::from_le_bytes(*length));
            if length > wire::LONGEST {
                return Step::Refuse("icq_peer_too_long");
            }
            let Some(packet) = body.get(..length) else {
                return Step::Took { used, want: length + 2 };
            };
            self.packet(side, packet, out);
            used += length + 2;
        }
        Step::Took { used, want: 0 }
    }
}

impl Talk {
    fn who(&self, side: Side) -> Who {
        let name = match side {
            Side::Client => &self.names.0,
            Side::Server => &self.names.1,
        };
        name.clone().map_or(Who::Unnamed(side), Who::Account)
    }

    fn packet(&mut self, side: Side, packet: &[u8], out: &mut Out) {
        let named = match side {
            Side::Client => self.names.0.is_some(),
            Side::Server => self.names.1.is_some(),
        };
        match packet.split_first() {
            Some((&wire::GREETING, _)) if !named => self.greet(side, packet, out),
            // "Heard you": the answer to a greeting.
            Some((1, [0, 0, 0])) => {}
            Some((&wire::MESSAGE, body)) if self.version.is_some_and(|it| it > 6) => {
                self.scrambled(side, body, out);
            }
            Some((&wire::READY, _)) if self.version.is_some_and(|it| it > 6) => {}
            Some(_) if self.version == Some(6) => self.scrambled(side, packet, out),
            _ => self.odd("icq_peer_packet", packet, out),
        }
    }

    /// Tells an oddity the first time.
    fn odd(&mut self, name: &'static str, packet: &[u8], out: &mut Out) {
        if !self.odd.contains(&name) {
            self.odd.push(name);
            out.weird(name, format_args!("{} bytes", packet.len()));
        }
    }

    fn greet(&mut self, side: Side, packet: &[u8], out: &mut Out) {
        let Some((version, number)) = wire::greeting(packet) else {
            return out.weird("icq_peer_greeting", format_args!("{} bytes", packet.len()));
        };
        self.version = Some(self.version.map_or(version, |known| known.min(version)));
        let account = Some(Account::new("icq", number.to_string()));
        match side {
            Side::Client => self.names.0 = account,
            Side::Server => self.names.1 = account,
        }
    }

    fn scrambled(&mut self, side: Side, body: &[u8], out: &mut Out) {
        let Some(plain) = cipher::unscramble(body) else {
            return self.odd("icq_peer_check", body, out);
        };
        let Some(message) = wire::message(&plain) else {
            return out.weird("icq_peer_short", format_args!("{} bytes", plain.len()));
        };
        let (from, to) = (self.who(side), self.who(side.other()));
        match (message.command, message.kind) {
            (SAY, FILE) => offer(from, to, message.rest, out),
            (SAY, kind) => icq::direct(from, to, kind, message.text, message.rest, out),
            _ => {}
        }
    }
}

fn offer(from: Who, to: Who, rest: &[u8], out: &mut Out) {
    let Some((name, size)) = wire::file(rest) else {
        return out.weird("icq_peer_short", "an offer of a file");
    };
    out.emit(Event::Offer(Offer {
        from,
        to: vec![to],
        room: None,
        carries: Carries::Wrapped,
        transport: FACTS.name,
        name: Text::guess(name, WINDOWS_1252),
        size: Some(u64::from(size)),
        offset: 0,
        token: None,
        endpoint: None,
        listener: None,
        state: OfferState::Offered,
        leg: Leg::Direct,
    }));
}

/// The command that says something.
const SAY: u16 = 0x07ee;
/// The kind of message that offers a file.
const FILE: u16 = 0x0003;

/// What is known of it.
pub static FACTS: Facts = Facts {
    name: "icq-peer",
    title: "ICQ between clients",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: wire::DEPTH,
    visible: &["text", "urls", "file"],
    rows: ROWS,
    documents: BOTH,
};

const BOTH: &[&str] = &["mICQ: peer-to-peer connections", "YSM: direct connections"];

const ROWS: &[Row] = &[
    Row {
        id: "greeting",
        aspect: Aspect::Identify,
        what: "versions 6 to 10 by their greeting, with both numbers",
        evidence: Documents(BOTH),
    },
    Row {
        id: "messages",
        aspect: Aspect::Direct,
        what: "texts and links, unscrambled and checked",
        evidence: Documents(BOTH),
    },
    Row {
        id: "file-offers",
        aspect: Aspect::Files,
        what: "offers of files",
        evidence: Documents(BOTH),
    },
    Row {
        id: "files",
        aspect: Aspect::Files,
        what: "the files themselves",
        evidence: Missing("they take a connection of their own, which is not read yet"),
    },
];
