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

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(no: u64) -> Stamp {
        Stamp { no, ..Stamp::default() }
    }

    /// Number, frame and text of every piece.
    fn pieces(tail: Tail) -> Vec<(u64, u64, String)> {
        tail.pieces(Side::Client)
            .map(|(number, _, stamp, bytes)| {
                (number, stamp.no, String::from_utf8_lossy(&bytes).into_owned())
            })
            .collect()
    }

    #[test]
    fn what_is_left_keeps_its_frames() {
        let mut tail = Tail::default();
        for (number, said) in [(1, "ab"), (2, ""), (4, "cde"), (5, "f")] {
            tail.push(number, stamp(number + 10), said.as_bytes());
        }
        tail.took(3);
        assert_eq!((tail.first(), &tail.bytes[..]), (Some(stamp(14)), &b"def"[..]));
        assert_eq!(pieces(tail), [(4, 14, "de".to_owned()), (5, 15, "f".to_owned())]);
    }

    #[test]
    fn a_flood_of_small_frames_loses_places_and_no_bytes() {
        let mut tail = Tail::default();
        for number in 0..5_000 {
            tail.push(number, stamp(number), b"x");
        }
        tail.took(1);
        let pieces = pieces(tail);
        assert_eq!(pieces.len(), PIECES - 1);
        assert_eq!(pieces.iter().map(|(.., text)| text.len()).sum::<usize>(), 4_999);
    }
}
