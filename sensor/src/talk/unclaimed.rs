//! Conversations no protocol claims.
//!
//! A data connection (DCC and its kin) says nothing about itself: only the analyst, who heard the
//! offer on another flow, knows what it is. So such a flow is kept in small: a running hash of each
//! side, the kind of file its first bytes look like, and its lines while it reads as text.

use overhear_dissectors::event::{Content, Event, Unclaimed as Heard};
use overhear_dissectors::{Side, Text, scan};
use sha2::{Digest, Sha256};

/// Both sides of a flow nobody claims.
#[derive(Debug, Default)]
pub(super) struct Unclaimed {
    client: Half,
    server: Half,
}

/// One side of it.
#[derive(Debug, Default)]
struct Half {
    hash: Sha256,
    bytes: u64,
    holed: bool,
    head: Vec<u8>,
    line: Vec<u8>,
    prose: Prose,
    told: bool,
}

/// Whether a side reads as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Prose {
    #[default]
    SoFar,
    No,
}

/// First bytes kept for telling the kind of file.
const HEAD: usize = 4 << 10;
/// Bytes hashed at most: larger files are told without a hash.
const HASHED: u64 = 1 << 32;
/// Bytes of a side that are read as lines.
const READ: u64 = 64 << 10;
/// Longest line.
const LINE: usize = 4 << 10;

impl Unclaimed {
    /// Whether these first bytes belong to something that carries no direct chat or file and is
    /// not worth hashing.
    pub(super) fn is_nobodys(first: &[u8]) -> bool {
        const OPENINGS: &[&[u8]] = &[
            b"GET ",
            b"POST ",
            b"PUT ",
            b"HEAD ",
            b"OPTIONS ",
            b"CONNECT ",
            b"HTTP/1.",
            b"SSH-",
            b"\x00\x00\x00\x85\xffSMB",
            b"PRI * HTTP/2",
            b"\x13BitTorrent protocol",
            b"RTSP/",
        ];
        OPENINGS.iter().any(|opening| first.starts_with(opening))
            || first.get(4..8).is_some_and(|magic| magic == b"\xffSMB" || magic == b"\xfeSMB")
    }

    /// Hears bytes; `tell` gets every line they complete.
    pub(super) fn hear(&mut self, side: Side, bytes: &[u8], tell: &mut dyn FnMut(Event)) {
        let half = self.half(side);
        if half.bytes < HASHED && !half.holed {
            half.hash.update(bytes);
        }
        half.bytes += bytes.len() as u64;
        let room = HEAD.saturating_sub(half.head.len()).min(bytes.len());
        half.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        half.read(side, bytes, tell);
    }

    /// Bytes were lost.
    pub(super) fn gap(&mut self, side: Side) {
        let half = self.half(side);
        half.holed = true;
        half.line.clear();
    }

    /// A side is over.
    pub(super) fn end(&mut self, side: Side, tell: &mut dyn FnMut(Event)) {
        let half = self.half(side);
        if half.told || half.bytes == 0 {
            return;
        }
        half.told = true;
        let whole = !half.holed && half.bytes <= HASHED;
        let content = Content {
            bytes: half.bytes,
            sha256: whole.then(|| half.hash.clone().finalize().into()),
            mime: infer::get(&half.head).map(|kind| kind.mime_type()),
        };
        tell(Event::Unclaimed(Heard::Content { side, content }));
    }

    fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

impl Half {
    /// Reads lines, as long as the side reads as text.
    fn read(&mut self, side: Side, bytes: &[u8], tell: &mut dyn FnMut(Event)) {
        if self.prose == Prose::No || self.bytes > READ {
            return;
        }
        // Without a way out of it the loop is a vector's.
        if !bytes.iter().fold(true, |prose, byte| prose & is_prose(*byte))
            || self.line.len() + bytes.len() > READ as usize
        {
            self.prose = Prose::No;
            self.line = Vec::new();
            return;
        }
        self.line.extend_from_slice(bytes);
        let mut rest = &self.line[..];
        while let Some((line, used)) = scan::line(rest) {
            let text = Text::guess(line.get(..LINE).unwrap_or(line), encoding_rs::WINDOWS_1252);
            tell(Event::Unclaimed(Heard::Line { side, text }));
            rest = rest.get(used..).unwrap_or_default();
        }
        let done = self.line.len() - rest.len();
        self.line.drain(..done);
        if self.line.len() > LINE {
            self.prose = Prose::No;
            self.line = Vec::new();
        }
    }
}

/// Printable, a blank, a line end, or one of the control characters IRC clients format with.
fn is_prose(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7f
        || matches!(byte, b'\t' | b'\r' | b'\n' | 1 | 2 | 3 | 4 | 0x0f | 0x11 | 0x16 | 0x1d..=0x1f)
}
