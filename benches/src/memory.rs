//! A feed of frames that are in memory, so that a bench measures no file.

use overhear_analysis::{Stamp, Time};
use overhear_sensor::feed::{Feed, Lost, Turn};
use overhear_sensor::frame::{Frame, Link};
use overhear_testdata as testdata;

/// Ethernet frames in the order they are given in.
#[derive(Debug)]
pub struct Memory<'a> {
    frames: std::slice::Iter<'a, testdata::Frame>,
    seq: u64,
    /// Frames behind the last one that were looked ahead to.
    peeked: usize,
}

impl<'a> Memory<'a> {
    /// Of these frames.
    pub fn new(frames: &'a [testdata::Frame]) -> Self {
        Self { frames: frames.iter(), seq: 0, peeked: 0 }
    }
}

impl Feed for Memory<'_> {
    fn turn(&mut self) -> Turn<'_> {
        let Some(frame) = self.frames.next() else { return Turn::Over };
        self.seq += 1;
        self.peeked = self.peeked.saturating_sub(1);
        let at = Time(i64::try_from(frame.at).unwrap_or(i64::MAX));
        Turn::Frame(Frame {
            seq: self.seq,
            stamp: Stamp { at, source: 0, no: self.seq },
            wire_len: u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX),
            link: Link::ETHERNET,
            data: &frame.bytes,
        })
    }

    fn ahead(&mut self) -> Option<(Link, &[u8])> {
        let frame = self.frames.as_slice().get(self.peeked)?;
        self.peeked += 1;
        Some((Link::ETHERNET, &frame.bytes))
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.seq, None)
    }

    fn lost(&self) -> Lost {
        Lost::default()
    }
}
