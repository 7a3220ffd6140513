//! OFT headers: 256 bytes or more, integers big-endian.

use encoding_rs::{UTF_16BE, WINDOWS_1252};

use crate::Text;
use crate::scan::{Prefix, prefix};

/// The kinds of header that are understood.
pub(super) const PROMPT: u16 = 0x0101;
pub(super) const RESUME_ACCEPT: u16 = 0x0106;
pub(super) const ACK: u16 = 0x0202;
pub(super) const DONE: u16 = 0x0204;
pub(super) const RESUME: u16 = 0x0205;
pub(super) const RESUME_ACK: u16 = 0x0207;
/// "Get file": a list of what may be fetched is offered, taken, was received; a file is asked for.
pub(super) const LIST_PROMPT: u16 = 0x1108;
pub(super) const LIST_ACK: u16 = 0x1209;
pub(super) const LIST_BROKEN: u16 = 0x120a;
pub(super) const LIST_DONE: u16 = 0x120b;
pub(super) const FETCH: u16 = 0x120c;

/// Where the name begins: every header is longer than this.
const NAME: usize = 192;
/// Longest header: the name has 64 bytes by custom, and grows where it must.
const LONGEST: usize = 4096;
/// Bytes that tell a header: magic and length.
pub(super) const DEPTH: usize = 6;
/// A directory's name and what is in it are set apart by this.
const SEPARATOR: char = '\u{1}';

/// One header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header<'a> {
    bytes: &'a [u8],
}

/// What the next bytes of a side are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next<'a> {
    /// A header and its length.
    Header(Header<'a>, usize),
    /// As many bytes are wanted.
    Wants(usize),
    /// No header.
    Nonsense,
}

/// Whether bytes begin like a header; later bytes never change a definite answer.
pub(super) fn looks(input: &[u8]) -> Prefix {
    let Some((magic, rest)) = input.split_first_chunk::<4>() else {
        return match prefix(input, b"OFT2") {
            Prefix::Not => prefix(input, b"OFT3"),
            answer => answer,
        };
    };
    let length = rest.first_chunk::<2>().map(|length| usize::from(u16::from_be_bytes(*length)));
    match (magic, length) {
        (b"OFT2" | b"OFT3", None) => Prefix::MayBe,
        (b"OFT2" | b"OFT3", Some(length)) if length > NAME && length <= LONGEST => Prefix::Is,
        _ => Prefix::Not,
    }
}

/// Reads the next header.
pub(super) fn next(input: &[u8]) -> Next<'_> {
    match looks(input) {
        Prefix::Not => return Next::Nonsense,
        Prefix::MayBe => return Next::Wants(DEPTH),
        Prefix::Is => {}
    }
    let length = usize::from(Header { bytes: input }.u16(4));
    match input.get(..length) {
        Some(bytes) => Next::Header(Header { bytes }, length),
        None => Next::Wants(length),
    }
}

impl<'a> Header<'a> {
    fn u16(&self, at: usize) -> u16 {
        let field = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        field.copied().map_or(0, u16::from_be_bytes)
    }

    fn u32(&self, at: usize) -> u32 {
        let field = self.bytes.get(at..).and_then(|bytes| bytes.first_chunk());
        field.copied().map_or(0, u32::from_be_bytes)
    }

    /// What it is for.
    pub(super) fn kind(&self) -> u16 {
        self.u16(6)
    }

    /// The cookie of the offer; the sender leaves it zero at first.
    pub(super) fn cookie(&self) -> Option<&'a [u8]> {
        self.bytes.get(8..16).filter(|cookie| cookie.iter().any(|byte| *byte != 0))
    }

    /// The content is packed, in a way nobody wrote down.
    pub(super) fn is_packed(&self) -> bool {
        self.u16(16) != 0 || self.u16(18) != 0
    }

    /// Files that are still to come, this one included.
    pub(super) fn files_left(&self) -> u16 {
        self.u16(22)
    }

    /// The size of this file in bytes.
    pub(super) fn size(&self) -> u32 {
        self.u32(32)
    }

    /// The checksum of this file; zero when the sender did not compute it.
    pub(super) fn checksum(&self) -> u32 {
        self.u32(40)
    }

    /// Bytes the reader has: where a transfer is taken up again, what it got at the end.
    pub(super) fn received(&self) -> u32 {
        self.u32(60)
    }

    /// The file's name with the folders it stands in.
    pub(super) fn name(&self) -> Text {
        let bytes = self.bytes.get(NAME..).unwrap_or_default();
        let text = match self.u16(188) {
            2 => {
                let end = bytes.chunks_exact(2).take_while(|pair| *pair != [0, 0]).count() * 2;
                Text::decode(bytes.get(..end).unwrap_or_default(), UTF_16BE)
            }
            charset => {
                let name = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
                match charset {
                    3 => Text::decode(name, WINDOWS_1252),
                    _ => Text::guess(name, WINDOWS_1252),
                }
            }
        };
        text.rewritten(text.expose().replace(SEPARATOR, "/"))
    }
}
