//! From a capture to records in order.

use std::borrow::Cow;

use overhear_analysis::Record;
use overhear_analysis::told::Ledger;

use crate::capture::{Filter, FilterError};
pub use crate::crew::Failure;
use crate::crew::{self, counted};
use crate::dispatch::{Dispatch, Found};
use crate::feed::{Feed, Turn};
pub use crate::meter::{Stage, WireDelays};
use crate::pulse::Pulse;
use crate::shard::SHARDS;
use crate::worker::{Head, Input, LEAD, Worker};

/// How to read.
#[derive(Debug)]
pub struct Options {
    /// Workers among which the shards are divided.
    pub workers: usize,
    /// Frames it does not match are counted and passed over.
    pub filter: Option<Filter>,
    /// Budget for everything that grows with traffic, in bytes. Half of it is for flows; who hears
    /// the records has the other half.
    pub memory: u64,
    /// The feed does not wait: what the workers cannot follow is shed, and counted.
    pub sheds: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { workers: 1, filter: None, memory: 1 << 30, sheds: false }
    }
}

impl Options {
    /// One thread does everything.
    pub(crate) fn is_alone(&self) -> bool {
        self.workers <= 1 && !self.sheds
    }
}

/// Frames after which progress is told.
const BLOCK: u64 = 1024;
/// The part of the budget that flows get.
const FLOWS: u64 = 2;
/// What a flow is reckoned to cost, with an unread tail and what waits for a hole.
const FLOW_COST: u64 = 6 << 10;
/// The part of the budget that fragments get.
const FRAGMENTS: u64 = 64;

/// What a run came to.
#[derive(Debug)]
pub struct Run {
    /// What was counted.
    pub ledger: Ledger,
    /// How long batches waited, where several workers read.
    pub stages: Vec<Stage>,
}

/// Reads a feed to its end, or until `go_on`, which hears how it stands, says no. Every record goes to
/// `hear`, in the one order that any number of workers gives, on this thread.
pub fn read(
    feed: &mut impl Feed,
    options: &mut Options,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut(&Pulse<'_>) -> bool,
) -> Result<Run, Failure> {
    let flows =
        usize::try_from(options.memory / FLOWS / FLOW_COST / SHARDS as u64).unwrap_or(1 << 20);
    let fragments = usize::try_from(options.memory / FRAGMENTS).unwrap_or(1 << 20);
    let dispatch = Dispatch::new(fragments);
    let alone = options.is_alone();
    let filter = options.filter.as_mut();
    let (ledger, stages) = if alone {
        (by_one(feed, filter, dispatch, Worker::new(flows), hear, go_on)?, Vec::new())
    } else {
        let many = options.workers.clamp(1, SHARDS);
        let workers = (0..many).map(|_| Worker::new(flows)).collect();
        crew::read(feed, filter, dispatch, workers, options.sheds, hear, go_on)?
    };
    Ok(Run { ledger, stages })
}

/// One worker, stepped on this thread: no ring, no copy.
fn by_one(
    feed: &mut impl Feed,
    mut filter: Option<&mut Filter>,
    mut dispatch: Dispatch,
    mut worker: Worker,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut(&Pulse<'_>) -> bool,
) -> Result<Ledger, FilterError> {
    let (mut last, mut ahead, mut looks) = (0, 0_usize, false);
    loop {
        while looks
            && ahead < LEAD
            && let Some((link, data)) = feed.ahead()
        {
            worker.step(Input::Soon(Head::peek(link, data).as_ref()), hear);
            ahead += 1;
        }
        ahead = ahead.saturating_sub(1);
        let mut step = |found: Found<'_>| match found {
            Found::Packet(parcel) => worker.step(Input::Packet(parcel), hear),
            Found::Tick { before, at } => worker.step(Input::Tick { before, at }, hear),
            Found::Record(record) => hear(record),
        };
        // Looked at where it stands: a processor that moves what was just written waits for all that
        // was written before it.
        let due = match &feed.turn() {
            Turn::Frame(frame) => {
                last = frame.seq;
                let passes = match &mut filter {
                    Some(filter) => filter.passes(frame)?,
                    None => true,
                };
                dispatch.frame(frame, passes, &mut step);
                last % BLOCK == 0
            }
            Turn::Quiet(until) => {
                if let Some(until) = *until {
                    dispatch.quiet(last + 1, until, &mut step);
                }
                true
            }
            Turn::Odd(name, detail) => {
                dispatch.odd_feed(last + 1, name, detail.clone(), &mut step);
                false
            }
            Turn::Over => break,
        };
        if due {
            looks = worker.looks_ahead();
            let (read, total) = feed.progress();
            let ledgers = [counted(&dispatch, feed.lost()), worker.ledger().clone()];
            let (ledgers, delays) = (Cow::from(&ledgers[..]), Cow::from(&[]));
            let pulse = Pulse { read, total, queue: (0, 0), ledgers, delays };
            if !go_on(&pulse) {
                break;
            }
        }
    }
    worker.step(Input::Stop { at: dispatch.now() }, hear);
    let mut ledger = counted(&dispatch, feed.lost());
    ledger.add(worker.ledger());
    Ok(ledger)
}
