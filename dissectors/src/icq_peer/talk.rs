//! Two ICQ clients and what they tell each other.

use encoding_rs::UTF_8;

use super::file::Files;
use super::wire::{self, ACKNOWLEDGE, CANCEL, Message, SAY};
use super::{FACTS, cipher};
use crate::event::{Carries, Event, Leg, MessageKind, Offer, OfferState};
use crate::icq_udp::say::{Route, account};
use crate::oscar::icbm::habit;
use crate::oscar::icq::IS_UTF8;
use crate::{Account, Dissector, Ends, Out, Resume, Side, Step, Text, Who};

/// Kinds of messages that only clients send each other: an offer of a file, the same through a
/// plug-in, and, from this on, requests for somebody's away text.
const FILE: u16 = 0x0003;
const PLUGGED: u16 = 0x001a;
/// An acknowledgement that refuses.
const REFUSED: u16 = 1;

/// One conversation.
#[derive(Debug)]
pub(super) struct Talk {
    ends: Ends,
    names: (Option<Account>, Option<Account>),
    /// Sides that greeted.
    greeted: (bool, bool),
    /// The lower of the versions that were greeted with.
    version: Option<u16>,
    /// What each side said last: some clients repeat it in their acknowledgement.
    said: (Vec<u8>, Vec<u8>),
    /// The connection carries files.
    files: Option<Files>,
    /// What was odd already: a connection of another kind is odd in every packet.
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

    fn gap(&mut self, _: Side, _: u64, out: &mut Out) -> Resume {
        self.finish(out);
        Resume::Quit
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        if self.files.as_ref().is_some_and(|files| files.sender() == side) {
            self.finish(out);
        }
    }
}

impl Talk {
    /// A conversation of which nothing was heard yet.
    pub(super) fn new(ends: Ends) -> Self {
        Self {
            ends,
            names: (None, None),
            greeted: (false, false),
            version: None,
            said: (Vec::new(), Vec::new()),
            files: None,
            odd: Vec::new(),
        }
    }

    fn who(&self, side: Side) -> Who {
        let name = match side {
            Side::Client => &self.names.0,
            Side::Server => &self.names.1,
        };
        name.clone().map_or(Who::Unnamed(side), Who::Account)
    }

    /// Who sends files to whom.
    fn parties(&self, sender: Side) -> [Who; 2] {
        [self.who(sender), self.who(sender.other())]
    }

    fn packet(&mut self, side: Side, packet: &[u8], out: &mut Out) {
        if let Some(sender) = self.files.as_ref().map(Files::sender) {
            let parties = self.parties(sender);
            if let Some(files) = &mut self.files {
                files.packet(side, packet, parties, out);
            }
            return;
        }
        let greeted = match side {
            Side::Client => self.greeted.0,
            Side::Server => self.greeted.1,
        };
        match packet.split_first() {
            Some((&wire::GREETING, _)) if !greeted && self.greet(side, packet) => {}
            // "Heard you": the answer to a greeting.
            Some((1, [0, 0, 0])) => {}
            Some(_) if self.opens_files(side, packet) => {}
            Some((first, body)) => self.message(side, *first, body, packet, out),
            None => self.odd("icq_peer_packet", packet, out),
        }
    }

    /// Reads a message the way its version wrote it.
    fn message(&mut self, side: Side, first: u8, body: &[u8], packet: &[u8], out: &mut Out) {
        let plain = match (self.version, first) {
            (Some(7..), wire::READY) => return,
            (Some(7..), wire::MESSAGE) => cipher::unscramble(body),
            (Some(6), _) => cipher::unscramble(packet),
            (Some(..=5) | None, _) => return self.old_message(side, packet, out),
            (Some(_), _) => return self.odd("icq_peer_packet", packet, out),
        };
        let Some(plain) = plain else { return self.odd("icq_peer_check", packet, out) };
        match wire::message(&plain) {
            Some(message) => self.heard(side, &message, out),
            None => out.weird("icq_peer_short", format_args!("{} bytes", plain.len())),
        }
    }

    /// Before version 6 every message says its version and its sender.
    fn old_message(&mut self, side: Side, packet: &[u8], out: &mut Out) {
        let plain = match wire::old_version(packet) {
            Some(version @ 2..=3) => Some((version, packet.to_vec())),
            Some(version @ 4..=5) => cipher::unscramble_old(packet).map(|plain| (version, plain)),
            _ => return self.odd("icq_peer_packet", packet, out),
        };
        let Some((version, plain)) = plain else {
            return self.odd("icq_peer_check", packet, out);
        };
        let Some(message) = wire::old_message(version, &plain) else {
            return out.weird("icq_peer_short", format_args!("{} bytes", plain.len()));
        };
        if let Some(number) = message.number {
            self.name(side, number, out);
        }
        self.heard(side, &message, out);
    }

    /// Tells an oddity the first time.
    fn odd(&mut self, name: &'static str, packet: &[u8], out: &mut Out) {
        if !self.odd.contains(&name) {
            self.odd.push(name);
            out.weird(name, format_args!("{} bytes", packet.len()));
        }
    }

    /// Whether this was a greeting.
    fn greet(&mut self, side: Side, packet: &[u8]) -> bool {
        let Some((version @ 2..=10, number)) = wire::greeting(packet) else { return false };
        self.version = Some(self.version.map_or(version, |known| known.min(version)));
        match side {
            Side::Client => (self.greeted.0, self.names.0) = (true, Some(account(number))),
            Side::Server => (self.greeted.1, self.names.1) = (true, Some(account(number))),
        }
        true
    }

    /// A message says whose it is. Nobody checks that it is always the same.
    fn name(&mut self, side: Side, number: u32, out: &mut Out) {
        let name = match side {
            Side::Client => &mut self.names.0,
            Side::Server => &mut self.names.1,
        };
        let said = account(number);
        if name.as_ref().is_some_and(|name| *name != said) {
            out.weird("icq_peer_other_number", "a message of somebody else than who greeted");
        }
        *name = Some(said);
    }

    fn opens_files(&mut self, side: Side, packet: &[u8]) -> bool {
        self.files = Files::opened(side, packet);
        self.files.is_some()
    }

    fn finish(&mut self, out: &mut Out) {
        if let Some(sender) = self.files.as_ref().map(Files::sender) {
            let parties = self.parties(sender);
            if let Some(files) = &mut self.files {
                files.finish(parties, out);
            }
        }
    }

    fn heard(&mut self, side: Side, message: &Message<'_>, out: &mut Out) {
        let Message { rest, .. } = *message;
        match (message.command, message.kind) {
            (SAY, FILE) => self.offered(side, rest, wire::file(rest), out),
            (SAY, PLUGGED) => self.offered(side, rest, wire::plugged_file(rest), out),
            (SAY, kind) => {
                self.route(side, rest).say(MessageKind::Im, kind, message.text, out);
                let said = match side {
                    Side::Client => &mut self.said.0,
                    Side::Server => &mut self.said.1,
                };
                message.text.clone_into(said);
            }
            (ACKNOWLEDGE, FILE) => self.answered(side, message, wire::file(rest), out),
            (ACKNOWLEDGE, PLUGGED) => {
                self.answered(side, message, wire::plugged_file(rest), out);
            }
            (ACKNOWLEDGE, _) => self.acknowledged(side, message, out),
            (CANCEL, FILE | PLUGGED) => {
                let offer = self.step(side, None, OfferState::Declined);
                out.emit(Event::Offer(offer));
            }
            _ => {}
        }
    }

    fn route(&self, side: Side, rest: &[u8]) -> Route {
        let (from, to) = (self.who(side), self.who(side.other()));
        let charset = memchr::memmem::find(rest, IS_UTF8).map(|_| UTF_8);
        Route { from, to, leg: Leg::Direct, charset }
    }

    /// An acknowledgement holds the text of who is away, or repeats what is acknowledged.
    fn acknowledged(&mut self, side: Side, message: &Message<'_>, out: &mut Out) {
        let said = match side {
            Side::Client => &self.said.1,
            Side::Server => &self.said.0,
        };
        if message.text != said {
            let text = message.text.split(|byte| *byte == 0).next().unwrap_or_default();
            self.route(side, message.rest).emit(MessageKind::AutoReply, text, out);
        }
    }

    fn offered(&mut self, side: Side, rest: &[u8], file: Option<wire::File<'_>>, out: &mut Out) {
        let Some(file) = file else { return self.odd("icq_peer_plugin", rest, out) };
        out.emit(Event::Offer(self.step(side, Some(&file), OfferState::Offered)));
    }

    /// An offer of the other side is taken, at a port, or refused.
    fn answered(
        &mut self,
        side: Side,
        message: &Message<'_>,
        file: Option<wire::File<'_>>,
        out: &mut Out,
    ) {
        let taken = file.filter(|file| file.port != 0 && message.status != REFUSED);
        let offer = match taken {
            None => self.step(side.other(), None, OfferState::Declined),
            Some(file) => Offer {
                endpoint: Some((self.ends.of(side).ip(), file.port)),
                listener: Some(self.who(side)),
                ..self.step(side.other(), Some(&file), OfferState::Accepted)
            },
        };
        out.emit(Event::Offer(offer));
    }

    /// A step of a transfer that `sender` offered.
    fn step(&self, sender: Side, file: Option<&wire::File<'_>>, state: OfferState) -> Offer {
        let [from, to] = self.parties(sender);
        let name = file.map(|file| file.name).unwrap_or_default();
        Offer {
            from,
            to: vec![to],
            room: None,
            carries: Carries::Wrapped,
            transport: FACTS.name,
            name: Text::guess(name, habit(name)),
            size: file.map(|file| u64::from(file.size)).filter(|size| *size != 0),
            offset: 0,
            token: None,
            endpoint: None,
            listener: None,
            state,
            leg: Leg::Direct,
        }
    }
}
