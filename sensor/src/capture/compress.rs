//! Unpacks a stream, by what its first bytes say.
//!
//! Every unpacker works through a window of bounded size, so that a stream which grows a
//! thousandfold costs time and no memory.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;

use super::lz4::Lz4;
use super::zstd::Zstd;

/// A stream of unpacked bytes.
pub(super) enum Stream {
    Plain(Raw),
    Gzip(Box<MultiGzDecoder<BufReader<Raw>>>),
    Zstd(Box<Zstd>),
    Xz(Box<XzReader<BufReader<Raw>>>),
    Lz4(Box<Lz4>),
}

impl Stream {
    /// Looks at the first bytes of `inner`, and unpacks it if it must be.
    pub(super) fn open(inner: Box<dyn Read + Send>) -> io::Result<Self> {
        let raw = Raw::open(inner)?;
        Ok(match *raw.head() {
            [0x1f, 0x8b, 8, ..] => Self::Gzip(Box::new(MultiGzDecoder::new(buffered(raw)))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                Self::Zstd(Box::new(Zstd::new(buffered(raw))))
            }
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
                Self::Xz(Box::new(XzReader::new_mem_limit(buffered(raw), true, XZ_MEMORY)))
            }
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => {
                Self::Lz4(Box::new(Lz4::new(buffered(raw))))
            }
            _ => Self::Plain(raw),
        })
    }

    /// Goes on with a stream that is known not to be packed, behind its first `taken` bytes.
    pub(super) const fn plain(inner: Box<dyn Read + Send>, taken: u64) -> Self {
        Self::Plain(Raw { head: [0; HEAD], len: 0, again: 0, inner, taken })
    }

    /// Whether there was anything to unpack.
    pub(super) const fn is_packed(&self) -> bool {
        !matches!(self, Self::Plain(_))
    }

    /// Bytes taken from the packed stream.
    pub(super) fn taken(&self) -> u64 {
        let raw = match self {
            Self::Plain(raw) => raw,
            Self::Gzip(stream) => stream.get_ref().get_ref(),
            Self::Zstd(stream) => stream.source(),
            Self::Xz(stream) => stream.inner().get_ref(),
            Self::Lz4(stream) => stream.source(),
        };
        raw.taken
    }
}

impl Read for Stream {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        // What an unpacker made in a call that fails is lost, so that calls are kept small.
        let limit = room.len().min(UNPACK);
        let small = room.get_mut(..limit).unwrap_or_default();
        match self {
            Self::Plain(stream) => stream.read(room),
            Self::Gzip(stream) => stream.read(small),
            Self::Zstd(stream) => stream.read(small),
            Self::Xz(stream) => stream.read(small),
            Self::Lz4(stream) => stream.read(small),
        }
    }
}

/// A stream as it is stored, whose first bytes were looked at.
pub(super) struct Raw {
    head: [u8; HEAD],
    /// How many of them there are, and how many were read again.
    len: usize,
    again: usize,
    inner: Box<dyn Read + Send>,
    taken: u64,
}

impl Raw {
    fn open(mut inner: Box<dyn Read + Send>) -> io::Result<Self> {
        let mut head = [0; HEAD];
        let mut len = 0;
        while let Some(room) = head.get_mut(len..).filter(|room| !room.is_empty()) {
            match inner.read(room) {
                Ok(0) => break,
                Ok(more) => len += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self { head, len, again: 0, inner, taken: 0 })
    }

    fn head(&self) -> &[u8] {
        self.head.get(..self.len).unwrap_or_default()
    }
}

impl Read for Raw {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let mut head = self.head.get(self.again..self.len).unwrap_or_default();
        let count = if head.is_empty() {
            self.inner.read(room)?
        } else {
            let count = head.read(room)?;
            self.again += count;
            count
        };
        self.taken += count as u64;
        Ok(count)
    }
}

/// Passes over what a skippable frame holds.
pub(super) fn pass_over(source: &mut impl Read, len: u32) -> io::Result<()> {
    let len = u64::from(len);
    let passed = io::copy(&mut source.take(len), &mut io::sink())?;
    if passed < len { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

fn buffered(raw: Raw) -> BufReader<Raw> {
    BufReader::with_capacity(64 << 10, raw)
}

/// Bytes looked at: the longest magic is xz's.
const HEAD: usize = 6;
/// Most bytes unpacked in one call.
const UNPACK: usize = 16 << 10;
/// In KiB: a 64 MiB dictionary, which `xz -9` uses, fits well.
const XZ_MEMORY: u32 = 132 << 10;
