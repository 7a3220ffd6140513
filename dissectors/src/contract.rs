//! What the engine and a dissector promise each other.
//!
//! A [`Protocol`] says whether a conversation is its own; a [`Dissector`] reads one such
//! conversation. Both are pure: bytes go in, events come out. There is no clock, no file, no
//! thread and no other flow to ask. The promises written here are laws: `tests/contract.rs`
//! holds every protocol of [`crate::PROTOCOLS`] to them.
//!
//! * `used` never exceeds the length of the input.
//! * Any cut of the stream into pieces gives the same events.
//! * A verdict of [`Probe::Yes`], [`Probe::Swapped`] or [`Probe::No`] stays when more bytes come.
//! * [`Probe::More`] is only said while both sides are shorter than [`Facts::depth`], and never of
//!   datagrams: each is shown whole and alone, and the first that says enough begins the conversation.
//! * No bytes, gaps or ends make a dissector panic, loop, or hold memory without a bound.

use std::fmt;
use std::net::SocketAddr;

use crate::event::{Event, Seal};

/// One of the two programs of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The one that opened the connection.
    Client,
    /// The one that was called.
    Server,
}

impl Side {
    /// The opposite side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// The transport below a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transport {
    /// A stream: pieces may be cut anywhere.
    Tcp,
    /// Datagrams: one call of [`Dissector::read`] each, the rest of a datagram is discarded.
    Udp,
}

/// Addresses of both programs, as the flow (or the tunnel) names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The client's address and port.
    pub client: SocketAddr,
    /// The server's address and port.
    pub server: SocketAddr,
}

impl Ends {
    /// The address of one side.
    pub fn of(&self, side: Side) -> SocketAddr {
        match side {
            Side::Client => self.client,
            Side::Server => self.server,
        }
    }
}

/// What both sides have said so far. Ports are a hint, never a reason.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// First bytes of the client.
    pub client: &'a [u8],
    /// First bytes of the server.
    pub server: &'a [u8],
    /// Both addresses.
    pub ends: Ends,
    /// Stream or datagrams.
    pub transport: Transport,
    /// The first bytes are the conversation's own first bytes (its SYN was heard, no byte was
    /// lost before them), not those of a pick-up in the middle.
    pub from_start: bool,
}

/// Whether a conversation belongs to a protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Not mine, whatever comes.
    No,
    /// Possibly mine: ask again with more bytes.
    More,
    /// Mine.
    Yes,
    /// Mine, but client and server are the other way round.
    Swapped,
}

/// What became of the bytes handed to [`Dissector::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `used` bytes are done with. The next call comes when `want` bytes are pending
    /// (0: as soon as there is one byte more than now).
    Took {
        /// Bytes of the input that need not be shown again.
        used: usize,
        /// Bytes that must be pending before the next call is of any use.
        want: usize,
    },
    /// `used` bytes are done with; what the others are is for the other side to say. The next call
    /// comes after bytes of that side were taken, or lost. It comes at once, so a side that others
    /// may wait for takes one message at a time: then no cut of the stream changes the order.
    Waits {
        /// Bytes of the input that need not be shown again.
        used: usize,
    },
    /// After `used` bytes the rest of the conversation is somebody else's.
    Became {
        /// Bytes of the input that were still mine.
        used: usize,
        /// Whose the rest is.
        next: Next,
    },
    /// This is not my protocol after all; the reason is counted.
    Refuse(&'static str),
}

/// Whose the rest of a conversation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// A tunnel opened: identify what flows inside it, towards `to` where that was said.
    Identify {
        /// The hop's name for `via`, such as `socks5`.
        hop: &'static str,
        /// Where the tunnel leads, `host:port`, as it was said.
        to: Option<String>,
    },
    /// A tunnel opened to somebody outside who called: the same, but the server's side of it is the
    /// client inside.
    Called {
        /// The hop's name for `via`.
        hop: &'static str,
        /// Who called, `host:port`, as it was said.
        from: Option<String>,
    },
    /// TLS begins here; what is sealed can no longer be read.
    Sealed(Seal),
}

/// What to do with a side that lost bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Nothing more can be read of this conversation.
    Quit,
    /// The dissector finds its place again by itself.
    Resync,
}

/// A protocol: how to recognise it, and what reading it yields.
pub trait Protocol: Sync {
    /// Names, ports, documents and everything that is read of it.
    fn facts(&self) -> &'static Facts;
    /// Judges the first bytes of a conversation.
    fn probe(&self, opening: &Opening<'_>) -> Probe;
    /// A dissector for one conversation.
    fn open(&self, ends: Ends) -> Box<dyn Dissector>;
    /// A dissector for one conversation of datagrams, where that is another one.
    fn open_datagrams(&self, ends: Ends) -> Box<dyn Dissector> {
        self.open(ends)
    }
}

/// Reads one conversation.
pub trait Dissector: Send {
    /// Reads `input`, the bytes of `side` that are not done with yet, oldest first. It is called
    /// again, with what is left and what has come since, until it takes nothing more.
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step;
    /// `lost` bytes of `side` were never seen; unread bytes before them are gone as well.
    fn gap(&mut self, _side: Side, _lost: u64, _out: &mut Out) -> Resume {
        Resume::Quit
    }
    /// `side` will say nothing more.
    fn end(&mut self, _side: Side, _out: &mut Out) {}
    /// Nothing more will come, and what one side said still [waits](Step::Waits) for the other (it
    /// was heard alone, or the answer was lost): whose it is.
    fn settle(&mut self) -> Option<Next> {
        None
    }
}

/// Where a dissector puts what it read.
#[derive(Debug, Default)]
pub struct Out {
    events: Vec<Event>,
    /// For each event read so far, the bytes it was read in.
    spans: Vec<(u64, u64)>,
    weirds: u32,
    limit: Option<u32>,
}

impl Out {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Something was said.
    pub fn emit(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Something malformed or impossible was met. `name` is one fixed word such as
    /// `irc_line_too_long`; `detail` says where and how much, and never holds a secret.
    pub fn weird(&mut self, name: &'static str, detail: impl fmt::Display) {
        self.weirds += 1;
        if self.limit.is_some_and(|limit| self.weirds > limit) {
            return;
        }
        self.events.push(Event::Weird(crate::event::Weird { name, detail: detail.to_string() }));
    }

    /// Of what is malformed only the next `limit` are written down; the rest are counted.
    pub fn limit_weirds(&mut self, limit: u32) {
        self.limit = Some(limit);
    }

    /// How much was malformed since the last call, written down or not.
    pub fn take_weirds(&mut self) -> u32 {
        std::mem::take(&mut self.weirds)
    }

    /// What was written down since the last call of this was read in these bytes of its stream.
    pub fn read_in(&mut self, span: (u64, u64)) {
        self.spans.resize(self.events.len(), span);
    }

    /// Everything since the last call, in order.
    pub fn drain(&mut self) -> std::vec::Drain<'_, Event> {
        self.spans.clear();
        self.events.drain(..)
    }

    /// The same, each with the bytes it was read in.
    pub fn drain_spans(&mut self) -> impl Iterator<Item = (Event, (u64, u64))> {
        self.read_in((0, 0));
        self.events.drain(..).zip(self.spans.drain(..))
    }

    /// Nothing was put here since the last [`Out::drain`].
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

/// What is known about a protocol. `overhear protocols` and the README's table are made from it.
#[derive(Debug)]
pub struct Facts {
    /// Its name in `app_proto`: `irc`, `oscar`.
    pub name: &'static str,
    /// Its name for people: `IRC`, `AIM / ICQ (OSCAR)`.
    pub title: &'static str,
    /// What it runs over.
    pub transports: &'static [Transport],
    /// Where its servers usually listen, without TLS. A hint for people and for the tie-break at
    /// probe depth, never a reason.
    pub ports: &'static [u16],
    /// Where its servers usually listen with TLS from the first byte.
    pub tls_ports: &'static [u16],
    /// Bytes of one side after which [`Probe::More`] is no longer an answer.
    pub depth: usize,
    /// What can be seen of a message here, for `message.visible`.
    pub visible: &'static [&'static str],
    /// Everything that is read, with its evidence.
    pub rows: &'static [Row],
    /// The documents it is written in.
    pub documents: &'static [&'static str],
}

/// One thing that is (or is not) read of a protocol.
#[derive(Debug)]
pub struct Row {
    /// Stable short name, unique within the protocol: `nickserv-identify`.
    pub id: &'static str,
    /// The column of the table it belongs to.
    pub aspect: Aspect,
    /// What is read, for people.
    pub what: &'static str,
    /// Why anybody should believe it.
    pub evidence: Evidence,
}

/// The columns of the protocol table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// Identification on any port.
    Identify,
    /// Sign-on, secrets and their strength.
    SignOn,
    /// What people say.
    Text,
    /// Buddies, presence, rooms' members.
    Presence,
    /// Connections between clients.
    Direct,
    /// Files.
    Files,
    /// Through tunnels and proxies.
    Tunnels,
}

impl Aspect {
    /// The column's heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Identify => "identify",
            Self::SignOn => "sign-on",
            Self::Text => "text",
            Self::Presence => "presence",
            Self::Direct => "direct",
            Self::Files => "files",
            Self::Tunnels => "tunnels",
        }
    }
}

/// Why a row can be believed.
#[derive(Debug)]
pub enum Evidence {
    /// Captures of other people's programs from which a test asserts it, by file name.
    Capture(&'static [&'static str]),
    /// No such capture exists; these independent documents agree.
    Documents(&'static [&'static str]),
    /// Not read, and why.
    Missing(&'static str),
}
