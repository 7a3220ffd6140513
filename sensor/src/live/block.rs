//! Frames that travel together from a reader.

use overhear_analysis::Time;

use crate::feed::Lost;
use crate::frame::Link;

/// A block of frames of one reader, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) entries: Vec<Entry>,
    bytes: Vec<u8>,
    /// The interface's number.
    pub(super) source: u16,
    pub(super) link: Link,
    /// Nothing from before this follows.
    pub(super) until: Option<Time>,
    /// Frames the reader has lost so far.
    pub(super) lost: Lost,
    /// Something odd that happened before it.
    pub(super) odd: Option<(&'static str, String)>,
}

/// One frame of a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) at: Time,
    pub(super) wire_len: u32,
    start: usize,
    end: usize,
}

/// Bytes of a block that is full.
const FULL: usize = 256 << 10;
/// Frames of one.
const FRAMES: usize = 4096;

impl Block {
    /// Adds a frame.
    pub(super) fn push(&mut self, at: Time, wire_len: u32, data: &[u8]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(data);
        self.entries.push(Entry { at, wire_len, start, end: self.bytes.len() });
    }

    /// The bytes of one of its frames.
    pub(super) fn data(&self, entry: Entry) -> &[u8] {
        self.bytes.get(entry.start..entry.end).unwrap_or_default()
    }

    /// It holds enough.
    pub(super) fn full(&self) -> bool {
        self.bytes.len() >= FULL || self.entries.len() >= FRAMES
    }

    /// Makes it empty.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.odd = None;
    }
}
