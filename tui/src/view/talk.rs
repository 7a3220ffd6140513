//! Conversations: who speaks with whom, and on which flows.

use std::collections::VecDeque;
use std::net::SocketAddr;

use overhear_analysis::Time;
use overhear_analysis::told::{Channel, Exposure, File, Head, Message, Room};
use overhear_dissectors::Name;
use overhear_dissectors::event::{Protection, Verdict};
use overhear_sensor::output::scrub::Shown;

use super::shown;

/// A conversation: a room, or the people of it in order of their names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A room of a network.
    Room(Name, Name),
    /// People of a network.
    People(Name, Vec<Name>),
}

impl Key {
    /// That of a message.
    pub fn message(message: &Message) -> Self {
        Self::of(&message.network, message.room.as_deref(), &message.from, &message.to)
    }

    /// That of a file.
    pub fn file(file: &File) -> Self {
        Self::of(&file.network, file.room.as_deref(), &file.from, &file.to)
    }

    /// That of what happened in a room; nothing for what concerns no single one.
    pub fn room(room: &Room) -> Option<Self> {
        let name = room.room.as_ref()?;
        Some(Self::Room(room.network.clone(), name.to_lowercase()))
    }

    fn of(network: &str, room: Option<&str>, from: &str, to: &[Name]) -> Self {
        if let Some(room) = room {
            return Self::Room(network.into(), room.to_lowercase().into());
        }
        let people = std::iter::once(from).chain(to.iter().map(Name::as_str));
        let mut people: Vec<_> =
            people.take(PEOPLE).map(|name| Name::from(name.to_lowercase())).collect();
        people.sort_unstable();
        people.dedup();
        Self::People(network.into(), people)
    }
}

/// One conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Its network.
    pub network: Shown,
    /// Its room, or who speaks with whom.
    pub title: Shown,
    /// It is a room.
    pub is_room: bool,
    /// Names of both sides: who spoke first, and to whom.
    pub sides: [Shown; 2],
    /// Who spoke in a room, the first few.
    pub speakers: Vec<Shown>,
    /// The protocol it was heard in last.
    pub protocol: Shown,
    /// How far it travelled at the worst, where a channel told.
    pub exposure: Option<Exposure>,
    /// How readable it was at the worst, where a channel told.
    pub verdict: Option<Verdict>,
    /// Sayings in it.
    pub messages: u64,
    /// Those protected end to end.
    pub sealed: u64,
    /// Files offered in it.
    pub files: u64,
    /// Bytes nobody saw before something in it.
    pub lost: u64,
    /// Time of the first and the last.
    pub span: Option<(Time, Time)>,
    /// What was said last, as far as a list has room.
    pub last: Shown,
    /// Numbers of its lines.
    pub lines: VecDeque<u64>,
    /// Lines there was no room for.
    pub forgotten: u64,
    /// Flows it was heard on, the first few.
    pub flows: Vec<Flow>,
}

/// A flow, as it is found again in a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Its number in the stream.
    pub id: u64,
    /// Who spoke first in it here.
    pub from: SocketAddr,
    /// To whom.
    pub to: SocketAddr,
    /// The protocol below: `TCP`, `UDP`.
    pub transport: Shown,
    /// Its messenger's protocol.
    pub protocol: Shown,
    /// Its capture, when there are several: as the stream names it, for opening it again.
    pub file: Option<String>,
}

impl Talk {
    /// A conversation that begins with a message.
    pub fn of(message: &Message) -> Self {
        Self::new(&message.network, message.room.as_deref(), &message.from, &message.to)
    }

    /// One that begins with a file.
    pub fn of_file(file: &File) -> Self {
        Self::new(&file.network, file.room.as_deref(), &file.from, &file.to)
    }

    /// One of a room in which something happened.
    pub fn of_room(room: &Room) -> Self {
        Self::new(&room.network, room.room.as_deref(), &room.account, &[])
    }

    fn new(network: &str, room: Option<&str>, from: &str, to: &[Name]) -> Self {
        let others = match to {
            [] => shown("nobody named"),
            [one] => shown(one),
            [one, two] => shown(&format!("{one}, {two}")),
            [one, two, more @ ..] => shown(&format!("{one}, {two} and {} more", more.len())),
        };
        let title = match room {
            Some(room) => shown(room),
            None => shown(&format!("{} · {others}", shown(from))),
        };
        Self {
            network: shown(network),
            sides: [shown(from), room.map_or(others, shown)],
            title,
            is_room: room.is_some(),
            speakers: Vec::new(),
            protocol: Shown::default(),
            exposure: None,
            verdict: None,
            messages: 0,
            sealed: 0,
            files: 0,
            lost: 0,
            span: None,
            last: Shown::default(),
            lines: VecDeque::new(),
            forgotten: 0,
            flows: Vec::new(),
        }
    }

    /// Heard on a flow.
    pub fn heard(&mut self, head: &Head) {
        self.lost = self.lost.saturating_add(head.lost_before.unwrap_or_default());
        if let Some(protocol) = head.app_proto.as_deref()
            && self.protocol.as_str() != protocol
        {
            self.protocol = shown(protocol);
        }
        if self.flows.len() < FLOWS
            && let Some(flow) = Flow::of(head)
            && !self.flows.iter().any(|known| known.id == flow.id)
        {
            self.flows.push(flow);
        }
    }

    /// A line of it.
    pub fn line(&mut self, head: &Head, number: u64) {
        if let Some(at) = head.timestamp {
            let (from, to) = self.span.unwrap_or((at, at));
            self.span = Some((from.min(at), to.max(at)));
        }
        if self.lines.len() >= LINES {
            self.lines.pop_front();
            self.forgotten += 1;
        }
        self.lines.push_back(number);
    }

    /// Something said in it, for the first time.
    pub fn said(&mut self, message: &Message) {
        self.messages += 1;
        self.sealed += u64::from(message.protection != Protection::None);
        let from = message.display.as_ref().unwrap_or(&message.from);
        if self.is_room && self.speakers.len() < SPEAKERS {
            let speaker = shown(from);
            if !self.speakers.contains(&speaker) {
                self.speakers.push(speaker);
            }
        }
        self.last = match &message.text {
            Some(text) => Shown::fitted(&format!("{from}: {text}"), LAST),
            None => Shown::fitted(&format!("{from}: ({} characters)", message.length), LAST),
        };
    }

    /// What its channel tells.
    pub fn travels(&mut self, channel: &Channel) {
        self.exposure = self.exposure.max(Some(channel.exposure));
        self.verdict = match self.verdict {
            Some(known) if open(known) => Some(known),
            _ => Some(channel.verdict),
        };
    }
}

impl Flow {
    /// The flow of a line; nothing for one that has none.
    pub fn of(head: &Head) -> Option<Self> {
        Some(Self {
            id: head.flow_id?,
            from: SocketAddr::new(head.src_ip?, head.src_port?),
            to: SocketAddr::new(head.dest_ip?, head.dest_port?),
            transport: shown(head.proto.as_deref().unwrap_or_default()),
            protocol: shown(head.app_proto.as_deref().unwrap_or_default()),
            file: head.pcap_filename.clone(),
        })
    }
}

/// Whoever listens reads it.
pub fn open(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Cleartext | Verdict::Obfuscated | Verdict::StarttlsRefused)
}

/// Names that make a conversation its own.
const PEOPLE: usize = 32;

/// Speakers kept of a room.
const SPEAKERS: usize = 50;

/// Flows kept of a conversation.
const FLOWS: usize = 8;

/// Lines kept of a conversation.
const LINES: usize = 5_000;

/// Columns of the last saying.
const LAST: usize = 160;
