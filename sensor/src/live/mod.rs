//! Frames from interfaces, as they come.
//!
//! ```text
//! kernel ─▶ reader (a thread) ──ring──▶ Live ─▶ Turn
//!             ▲──────ring───── empty blocks
//! ```
//!
//! Each interface is read by a thread or by several, which share it (`PACKET_FANOUT`). They copy
//! frames into blocks and never wait but for an empty block: then the kernel's buffer fills, and
//! what it drops is counted there. [`Live`] puts the blocks of all readers into the one order of
//! packet time. A silent reader says up to when it was silent, so that nobody waits for it.

mod block;
mod device;
mod interfaces;
mod reader;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::{io, thread};

use overhear_analysis::{Stamp, Time};

use crate::bell::Bell;
use crate::feed::{Feed, Lost, Turn};
use crate::frame::{Frame, Link};
use crate::ring::{Receiver, Sender, Taken, ring};
use block::Block;
pub use device::{Device, OpenError, Options};
pub use interfaces::{Interface, interfaces};

/// Blocks between a reader and the dispatch.
const DEPTH: usize = 32;

/// Interfaces that are being heard.
#[derive(Debug)]
pub struct Live {
    lanes: Vec<Lane>,
    bell: Arc<Bell>,
    stop: Arc<AtomicBool>,
    readers: Vec<JoinHandle<()>>,
    seq: u64,
    /// It is over after so many frames.
    limit: u64,
    /// Frames have numbers in a file that is being written.
    numbered: bool,
    /// Something has come since the last quiet turn.
    fresh: bool,
}

/// What comes from one reader.
#[derive(Debug)]
struct Lane {
    blocks: Receiver<Block>,
    back: Sender<Block>,
    block: Option<Block>,
    /// The next frame of the block.
    at: usize,
    /// Nothing from before this will come.
    until: Option<Time>,
    lost: Lost,
    over: bool,
}

impl Live {
    /// Begins to read devices that were opened; `numbered` when what is read is also written to a
    /// file, whose frame numbers the events then tell.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(devices: Vec<Device>, numbered: bool) -> io::Result<Self> {
        let (bell, stop) = (Arc::new(Bell::new()), Arc::new(AtomicBool::new(false)));
        let mut live = Self {
            lanes: Vec::new(),
            bell,
            stop,
            readers: Vec::new(),
            seq: 0,
            limit: u64::MAX,
            numbered,
            fresh: false,
        };
        for device in devices {
            let mine = Arc::new(Bell::new());
            let (out, blocks) = ring(DEPTH, &mine, &live.bell);
            let (mut back, free) = ring(DEPTH + 2, &live.bell, &mine);
            for _ in 0..=DEPTH {
                // There is room for all of them.
                let _ = back.send(Block::default());
            }
            let name = format!("capture-{}", device.name());
            let stop = Arc::clone(&live.stop);
            let read = move || reader::read(device, out, free, &mine, &stop);
            live.readers.push(thread::Builder::new().name(name).spawn(read)?);
            live.lanes.push(Lane {
                blocks,
                back,
                block: None,
                at: 0,
                until: None,
                lost: Lost::default(),
                over: false,
            });
        }
        Ok(live)
    }

    /// Ends after so many frames.
    pub fn end_after(&mut self, frames: u64) {
        self.limit = frames;
    }

    /// The reader whose next frame is the earliest of all, when no other can have an earlier one.
    fn earliest(&self) -> Option<usize> {
        let heads = self.lanes.iter().enumerate();
        let (time, first) = heads.filter_map(|(at, lane)| Some((lane.head()?, at))).min()?;
        let silent = self.lanes.iter().filter(|lane| lane.head().is_none() && !lane.over);
        silent.into_iter().all(|lane| lane.until >= Some(time)).then_some(first)
    }

    /// Takes the next block of every reader whose last one is through.
    fn fill(&mut self) -> Option<(&'static str, String)> {
        for lane in &mut self.lanes {
            while lane.head().is_none() && !lane.over {
                if let Some(block) = lane.block.take() {
                    // A reader that is gone needs no block.
                    let _ = lane.back.send(block);
                }
                match lane.blocks.take() {
                    Taken::Nothing => break,
                    Taken::Over => (lane.over, self.fresh) = (true, true),
                    Taken::One(mut block) => {
                        self.fresh = true;
                        (lane.until, lane.lost, lane.at) = (block.until, block.lost, 0);
                        let odd = block.odd.take();
                        lane.block = Some(block);
                        if odd.is_some() {
                            return odd;
                        }
                    }
                }
            }
        }
        None
    }
}

impl Feed for Live {
    fn turn(&mut self) -> Turn<'_> {
        let lane = loop {
            if let Some((name, detail)) = self.fill() {
                return Turn::Odd(name, detail);
            }
            if self.seq >= self.limit
                || self.lanes.iter().all(|lane| lane.over && lane.head().is_none())
            {
                return Turn::Over;
            }
            if let Some(lane) = self.earliest() {
                break lane;
            }
            if std::mem::take(&mut self.fresh) {
                let until = self.lanes.iter().filter(|lane| !lane.over).map(|lane| lane.until);
                return Turn::Quiet(until.min().flatten());
            }
            let lanes = &self.lanes;
            self.bell.wait(|| lanes.iter().any(|lane| !lane.over && lane.ready()));
        };
        self.seq += 1;
        let (seq, no) = (self.seq, if self.numbered { self.seq } else { 0 });
        let frame = self.lanes.get_mut(lane).and_then(Lane::next);
        frame.map_or(Turn::Over, |(entry, source, link, data)| {
            let stamp = Stamp { at: entry.at, source, no };
            Turn::Frame(Frame { seq, stamp, wire_len: entry.wire_len, link, data })
        })
    }

    fn ahead(&mut self) -> Option<(Link, &[u8])> {
        // What comes next is what other threads have read by then.
        None
    }

    fn progress(&self) -> (u64, Option<u64>) {
        (self.seq, None)
    }

    fn lost(&self) -> Lost {
        self.lanes.iter().fold(Lost::default(), |lost, lane| lost + lane.lost)
    }
}

impl Lane {
    /// Time of the next frame.
    fn head(&self) -> Option<Time> {
        Some(self.block.as_ref()?.entries.get(self.at)?.at)
    }

    /// There is another block, or will be none.
    fn ready(&self) -> bool {
        self.head().is_none() && self.blocks.ready()
    }

    fn next(&mut self) -> Option<(block::Entry, u16, Link, &[u8])> {
        let block = self.block.as_ref()?;
        let entry = *block.entries.get(self.at)?;
        self.at += 1;
        Some((entry, block.source, block.link, block.data(entry)))
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Without their rings they end at once.
        self.lanes.clear();
        for reader in self.readers.drain(..) {
            // A reader that broke has said so on standard error.
            let _ = reader.join();
        }
    }
}

#[cfg(test)]
mod tests;
