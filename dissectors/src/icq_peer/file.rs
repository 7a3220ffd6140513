//! The connection that carries files: the sender says how many, the reader that it listens; then, for
//! each file, its name and size, from where the reader wants it, and the bytes.

use nom::Parser;
use nom::bytes::complete::tag;
use nom::number::complete::{le_u8, le_u32};

use super::FACTS;
use super::wire::Parsed;
use crate::content::Passing;
use crate::event::{Carried, Carries, Event, Leg, Offer, OfferState};
use crate::icq_udp::text::string;
use crate::oft::names;
use crate::oscar::icbm::habit;
use crate::{Out, Side, Text, Who};

/// First bytes of packets.
const OPENING: u8 = 0x00;
const LISTENING: u8 = 0x01;
const FILE: u8 = 0x02;
const START: u8 = 0x03;
const STOP: u8 = 0x04;
const SPEED: u8 = 0x05;
const CONTENT: u8 = 0x06;
/// No file system takes a longer name.
const LONGEST: usize = 255;

/// A connection for files.
#[derive(Debug)]
pub(super) struct Files {
    sender: Side,
    /// The file at hand.
    file: Option<File>,
}

#[derive(Debug)]
struct File {
    name: Text,
    size: u64,
    offset: u64,
    passing: Passing,
}

impl File {
    /// Bytes that are still to come.
    fn left(&self) -> u64 {
        self.size.saturating_sub(self.offset).saturating_sub(self.passing.passed())
    }
}

impl Files {
    /// Whether a packet of `side` opens such a connection.
    pub(super) fn opened(side: Side, packet: &[u8]) -> Option<Self> {
        let sends: Parsed<'_, _> =
            (tag(&[OPENING, 0, 0, 0, 0][..]), le_u32, le_u32, le_u32, string).parse(packet);
        let reads: Parsed<'_, _> = (tag(&[LISTENING][..]), le_u32, string).parse(packet);
        let sender = match (sends, reads) {
            (Ok(([], (_, 1.., ..))), _) => side,
            (_, Ok(([], _))) => side.other(),
            _ => return None,
        };
        Some(Self { sender, file: None })
    }

    /// A packet of `side`; `from` sends the files `to` somebody.
    pub(super) fn packet(
        &mut self,
        side: Side,
        packet: &[u8],
        [from, to]: [Who; 2],
        out: &mut Out,
    ) {
        let Some((&kind, body)) = packet.split_first() else { return };
        let sends = side == self.sender;
        match (kind, sends) {
            (FILE, true) => {
                self.finish([from, to], out);
                self.file = named(body, out);
            }
            (START, false) => self.start(body, [from, to], out),
            (CONTENT, true) => self.content(body, [from, to], out),
            (STOP, _) => self.finish([from, to], out),
            (OPENING | SPEED, true) | (LISTENING | SPEED, false) => {}
            _ => out.weird("icq_peer_file_packet", format_args!("{kind:#04x}")),
        }
    }

    /// The side that sends.
    pub(super) fn sender(&self) -> Side {
        self.sender
    }

    /// The reader says from where it wants the file: what it has of it came another time.
    fn start(&mut self, body: &[u8], parties: [Who; 2], out: &mut Out) {
        let parsed: Parsed<'_, u32> = le_u32(body);
        let (Ok((_, offset)), Some(file)) = (parsed, &mut self.file) else {
            return out.weird("icq_peer_short", "the start of a file");
        };
        if file.passing.passed() == 0 {
            file.offset = u64::from(offset).min(file.size);
        }
        if file.left() == 0 {
            self.finish(parties, out);
        }
    }

    fn content(&mut self, bytes: &[u8], parties: [Who; 2], out: &mut Out) {
        let Some(file) = &mut self.file else {
            if !bytes.is_empty() {
                out.weird("icq_peer_file_stray", format_args!("{} bytes", bytes.len()));
            }
            return;
        };
        let left = usize::try_from(file.left()).unwrap_or(usize::MAX);
        let (mine, beyond) = bytes.split_at_checked(left).unwrap_or((bytes, &[]));
        if !beyond.is_empty() {
            out.weird("icq_peer_file_overrun", format_args!("{} bytes", beyond.len()));
        }
        file.passing.hear(mine);
        if file.left() == 0 {
            self.finish(parties, out);
        }
    }

    /// The file at hand is over.
    pub(super) fn finish(&mut self, [from, to]: [Who; 2], out: &mut Out) {
        let Some(file) = self.file.take() else { return };
        let whole = file.left() == 0 && file.passing.is_whole();
        let offer = Offer {
            from,
            to: vec![to],
            room: None,
            carries: Carries::Wrapped,
            transport: FACTS.name,
            name: file.name,
            size: Some(file.size),
            offset: file.offset,
            token: None,
            endpoint: None,
            listener: None,
            state: if whole { OfferState::Complete } else { OfferState::Truncated },
            leg: Leg::Direct,
        };
        let content = file.passing.content();
        out.emit(Event::Carried(Carried { network: Some("icq"), offer, content }));
    }
}

/// A file's name, a description nobody sends, its size.
fn named(body: &[u8], out: &mut Out) -> Option<File> {
    let parsed: Parsed<'_, _> = (le_u8, string, string, le_u32).parse(body);
    let Ok((_, (_, name, _, size))) = parsed else {
        out.weird("icq_peer_short", "the name of a file");
        return None;
    };
    if name.len() > LONGEST {
        out.weird("icq_peer_name_oversized", format_args!("{} bytes", name.len()));
    }
    let name = Text::guess(name, habit(name));
    if names::leads_out(name.expose()) {
        out.weird("icq_peer_name_leads_out", "the file's name leaves its folder");
    }
    if names::poses(name.expose()) {
        out.weird("icq_peer_name_poses", "the file's name looks like another kind of file");
    }
    Some(File { name, size: u64::from(size), offset: 0, passing: Passing::default() })
}
