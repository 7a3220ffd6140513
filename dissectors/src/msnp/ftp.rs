//! MSNFTP: the connection that carries a file whose invitation was accepted, up to version 6 of the client.
//!
//! Lines without transactions, then blocks. Who connects says `VER MSNFTP` and is answered the same;
//! the reader says who it is, with a cookie from the invitation (`USR`); the sender says the size
//! (`FIL`); the reader wants it (`TFR`), and gets blocks of up to 2045 bytes behind three bytes: a zero,
//! and the length with its low byte first. A one instead of the zero ends them. The reader says how it
//! went (`BYE`), or breaks off (`CCL`). Either may be the one who connects.
//!
//! No name of the file and none of its sender travels here: the analyst knows them from the
//! invitation, by where the connection leads. The cookie opens nothing but this connection, and is not
//! told. Whatever comes between a hole behind a block's end and the next block is not guessed at.

use super::invite::TRANSPORT;
use super::names::account;
use crate::Aspect::{Files, Identify};
use crate::Evidence::Documents;
use crate::content::Passing;
use crate::event::{Carried, Carries, Event, Leg, Offer, OfferState};
use crate::scan::line;
use crate::{
    Dissector, Ends, Facts, Opening, Out, Probe, Protocol, Resume, Row, Side, Step, Text,
    Transport, Who,
};

/// MSNFTP over TCP.
#[derive(Debug)]
pub struct FileTransfer;

impl Protocol for FileTransfer {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        if opening.transport != Transport::Tcp || !opening.from_start {
            return Probe::No;
        }
        match (looks(opening.client), looks(opening.server)) {
            (Some(true), _) | (_, Some(true)) => Probe::Yes,
            (None, None) => Probe::More,
            _ => Probe::No,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<Talk>::default()
    }
}

/// Whether a side begins with `VER` and, among its versions, this one; nothing while that is open. Some
/// clients offer more than one.
fn looks(bytes: &[u8]) -> Option<bool> {
    const VER: &[u8] = b"VER ";
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    if !VER.iter().zip(window).all(|(one, other)| one.eq_ignore_ascii_case(other)) {
        return Some(false);
    }
    match line(window) {
        Some((line, _)) => {
            Some(line.split(|byte| *byte == b' ').skip(1).any(|word| word == b"MSNFTP"))
        }
        None => (window.len() == DEPTH).then_some(false),
    }
}

/// Bytes of a side that decide.
const DEPTH: usize = 64;
/// Longest line, in bytes.
const LONGEST: usize = 1024;
/// How a reader says that all went well: it received the file, or it was sent.
const RECEIVED: [&str; 2] = ["16777989", "16777987"];

/// One connection.
#[derive(Debug, Default)]
struct Talk {
    ways: (Way, Way),
    /// The reader's name, as it was said.
    reader: Option<Who>,
    file: Option<File>,
}

/// What one side says now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Way {
    #[default]
    Lines,
    /// The first byte of a block comes next, or this many bytes of one.
    Blocks(usize),
    /// Nothing that could be read.
    Over,
}

/// The file, from its size on.
#[derive(Debug)]
struct File {
    sender: Side,
    size: u64,
    passing: Passing,
}

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let took = match *self.way(side) {
                Way::Lines => self.line(side, rest, out),
                Way::Blocks(0) => self.block(side, rest, out),
                Way::Blocks(left) => Some(self.content(side, left, rest)),
                Way::Over => Some(rest.len()),
            };
            match took {
                Some(took) => used += took,
                None => break,
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Resume {
        let within = usize::try_from(lost).unwrap_or(usize::MAX);
        match (*self.way(side), &mut self.file) {
            (Way::Blocks(left @ 1..), Some(file)) if within <= left => {
                file.passing.lose(lost);
                *self.way(side) = Way::Blocks(left - within);
            }
            _ => {
                *self.way(side) = Way::Over;
                self.finish_of(side, out);
            }
        }
        Resume::Resync
    }

    fn end(&mut self, side: Side, out: &mut Out) {
        self.finish_of(side, out);
    }
}

impl Talk {
    fn way(&mut self, side: Side) -> &mut Way {
        match side {
            Side::Client => &mut self.ways.0,
            Side::Server => &mut self.ways.1,
        }
    }

    /// A line: the bytes it takes, once it is whole.
    fn line(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Option<usize> {
        // How much of a line has come yet must not matter.
        let Some((line, took)) = line(rest.get(..LONGEST).unwrap_or(rest)) else {
            if rest.len() < LONGEST {
                return None;
            }
            out.weird("msnftp_line_too_long", format_args!("{LONGEST} bytes or more"));
            *self.way(side) = Way::Over;
            return Some(rest.len());
        };
        let line = String::from_utf8_lossy(line);
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match word {
            "VER" | "TFR" => {}
            "USR" => {
                let name = rest.split(' ').next().filter(|name| name.contains('@'));
                self.reader = name.map(|name| Who::Account(account(name)));
            }
            "FIL" => self.announced(side, rest, out),
            "BYE" => {
                if !RECEIVED.contains(&rest.trim_end()) {
                    out.weird("msnftp_ended", format_args!("with {}", code(rest)));
                }
                self.finish_of(side.other(), out);
            }
            "CCL" => {
                out.weird("msnftp_cancelled", "by the reader");
                self.finish_of(side.other(), out);
            }
            _ => {
                out.weird("msnftp_line", format_args!("{} bytes", line.len()));
                *self.way(side) = Way::Over;
            }
        }
        Some(took)
    }

    /// The sender says how large the file is; what it says next are blocks.
    fn announced(&mut self, sender: Side, length: &str, out: &mut Out) {
        let Ok(size) = length.trim_end().parse() else {
            *self.way(sender) = Way::Over;
            return out.weird("msnftp_size", "not a number");
        };
        *self.way(sender) = Way::Blocks(0);
        self.file = Some(File { sender, size, passing: Passing::default() });
    }

    /// What stands before a block. The last has no content.
    fn block(&mut self, side: Side, rest: &[u8], out: &mut Out) -> Option<usize> {
        let [kind, low, high] = *rest.first_chunk()?;
        let length = usize::from(u16::from_le_bytes([low, high]));
        *self.way(side) = match kind {
            0 => Way::Blocks(length),
            1 => Way::Over,
            _ => {
                out.weird("msnftp_block", format_args!("{kind:#04x}"));
                Way::Over
            }
        };
        if kind != 0 {
            self.finish_of(side, out);
        }
        Some(3)
    }

    fn content(&mut self, side: Side, left: usize, rest: &[u8]) -> usize {
        let (mine, _) = rest.split_at_checked(left).unwrap_or((rest, &[]));
        if let Some(file) = &mut self.file {
            file.passing.hear(mine);
        }
        *self.way(side) = Way::Blocks(left - mine.len());
        mine.len()
    }

    /// Tells the file of this sender, which is over.
    fn finish_of(&mut self, sender: Side, out: &mut Out) {
        let Some(file) = self.file.take_if(|file| file.sender == sender) else { return };
        let passed = file.passing.passed();
        if passed > file.size {
            out.weird("msnftp_overrun", format_args!("{} bytes", passed - file.size));
        }
        let whole = file.passing.is_whole() && passed >= file.size;
        let offer = Offer {
            from: Who::Unnamed(sender),
            to: vec![self.reader.clone().unwrap_or(Who::Unnamed(sender.other()))],
            room: None,
            carries: Carries::Wrapped,
            transport: TRANSPORT,
            name: Text::new(""),
            size: Some(file.size),
            offset: 0,
            token: None,
            endpoint: None,
            listener: None,
            state: if whole { OfferState::Complete } else { OfferState::Truncated },
            leg: Leg::Direct,
        };
        let content = file.passing.content();
        out.emit(Event::Carried(Carried { network: Some("msn"), offer, content }));
    }
}

/// Why a reader went, as the documents call it.
fn code(code: &str) -> &str {
    match code.trim_end() {
        "2147942405" => "no room left",
        "2164261682" => "cancelled",
        "2164261694" => "timed out",
        _ => "another reason",
    }
}

/// What is known of MSNFTP.
static FACTS: Facts = Facts {
    name: TRANSPORT,
    title: "MSN Messenger file transfer (MSNFTP)",
    transports: &[Transport::Tcp],
    ports: &[6891],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["file"],
    rows: ROWS,
    documents: SOURCES,
};

const SOURCES: &[&str] =
    &["hypothetic.org: file transfer (MSNFTP)", "yellows111: MSNP documentation, MSNFTP"];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "connections on any port, whoever of them speaks first",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "files",
        aspect: Files,
        what: "what is sent: size, SHA-256, kind, and the reader's account; cancelled, cut off or lost",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "reasons",
        aspect: Files,
        what: "why the reader broke off",
        evidence: Documents(SOURCES),
    },
];
