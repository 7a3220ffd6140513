//! The bytes of one side that a dissector is not done with.

use std::collections::VecDeque;

use overhear_analysis::Stamp;
use overhear_dissectors::Side;

/// Unread bytes, and the frames they came in: what a tunnel hands on is told with its own frames.
#[derive(Debug, Default)]
pub(super) struct Tail {
    pub(super) bytes: Vec<u8>,
    /// Bytes that must be there before they are read again.
    pub(super) want: usize,
    /// They are read again when the other side has said more.
    pub(super) waits: bool,
    /// It has.
    pub(super) woken: bool,
    pieces: VecDeque<Piece>,
}

/// Bytes of one frame.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// Its place among those of both sides.
    number: u64,
    stamp: Stamp,
    len: usize,
}

/// Frames remembered; what comes later counts for the last of them.
const PIECES: usize = 1024;

impl Tail {
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds what came.
    pub(super) fn push(&mut self, number: u64, stamp: Stamp, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.bytes.extend_from_slice(bytes);
        let len = bytes.len();
        let full = self.pieces.len() >= PIECES;
        match self.pieces.back_mut().filter(|_| full) {
            Some(last) => last.len += len,
            None => self.pieces.push_back(Piece { number, stamp, len }),
        }
    }

    /// The first `used` bytes are done with.
    pub(super) fn took(&mut self, used: usize) {
        self.bytes.drain(..used.min(self.bytes.len()));
        let mut used = used;
        while let Some(first) = self.pieces.front_mut().filter(|_| used > 0) {
            let here = first.len.min(used);
            (first.len, used) = (first.len - here, used - here);
            if first.len == 0 {
                self.pieces.pop_front();
            }
        }
    }

    /// The frame of the first byte.
    pub(super) fn first(&self) -> Option<Stamp> {
        self.pieces.front().map(|piece| piece.stamp)
    }

    /// Everything there is, by frame, with its place.
    pub(super) fn pieces(self, side: Side) -> impl Iterator<Item = (u64, Side, Stamp, Vec<u8>)> {
        let mut at = 0;
        self.pieces.into_iter().map(move |piece| {
            let bytes = self.bytes.get(at..at + piece.len).unwrap_or_default().to_vec();
            at += piece.len;
            (piece.number, side, piece.stamp, bytes)
        })
    }
}
