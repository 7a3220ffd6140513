//! From a capture to records in order.

use overhear_analysis::Record;
use overhear_analysis::told::Ledger;

use crate::capture::{Filter, FilterError, Timeline};
use crate::crew;
use crate::dispatch::{Dispatch, Found};
pub use crate::meter::Stage;
use crate::shard::SHARDS;
use crate::worker::{Input, Worker};

/// How to read.
#[derive(Debug)]
pub struct Options {
    /// Workers among which the shards are divided.
    pub workers: usize,
    /// Frames it does not match are counted and passed over.
    pub filter: Option<Filter>,
    /// Budget for everything that grows with traffic, in bytes.
    pub memory: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { workers: 1, filter: None, memory: 1 << 30 }
    }
}

/// Frames after which progress is told.
const BLOCK: u64 = 1024;
/// What a flow is reckoned to cost, with an unread tail and what waits for a hole.
const FLOW_COST: u64 = 10 << 10;
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

/// Reads a capture to its end, or until `go_on`, which hears the bytes read and of how many, says
/// no. Every record goes to `hear`, in the one order that any number of workers gives.
pub fn read(
    timeline: &mut Timeline,
    options: &mut Options,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut((u64, Option<u64>)) -> bool,
) -> Result<Run, FilterError> {
    let flows = usize::try_from(options.memory / FLOW_COST / SHARDS as u64).unwrap_or(1 << 20);
    let fragments = usize::try_from(options.memory / FRAGMENTS).unwrap_or(1 << 20);
    let dispatch = Dispatch::new(fragments);
    let filter = options.filter.as_mut();
    let (mut ledger, stages) = match options.workers.clamp(1, SHARDS) {
        1 => (alone(timeline, filter, dispatch, Worker::new(flows), hear, go_on)?, Vec::new()),
        many => {
            let workers = (0..many).map(|_| Worker::new(flows)).collect();
            crew::read(timeline, filter, dispatch, workers, hear, go_on)?
        }
    };
    ledger.kernel_dropped = timeline.inputs().iter().map(|input| input.drops).sum();
    Ok(Run { ledger, stages })
}

/// One worker, stepped on this thread: no ring, no copy.
fn alone(
    timeline: &mut Timeline,
    mut filter: Option<&mut Filter>,
    mut dispatch: Dispatch,
    mut worker: Worker,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut((u64, Option<u64>)) -> bool,
) -> Result<Ledger, FilterError> {
    while let Some(frame) = timeline.next() {
        let seq = frame.seq;
        let passes = match &mut filter {
            Some(filter) => filter.passes(&frame)?,
            None => true,
        };
        dispatch.frame(&frame, passes, &mut |found| match found {
            Found::Packet(parcel) => worker.step(Input::Packet(parcel), hear),
            Found::Tick { before, at } => worker.step(Input::Tick { before, at }, hear),
            Found::Record(record) => hear(record),
        });
        if seq % BLOCK == 0 && !go_on(timeline.progress()) {
            break;
        }
    }
    worker.step(Input::Stop { at: dispatch.now() }, hear);
    let mut ledger = dispatch.ledger().clone();
    ledger.add(worker.ledger());
    Ok(ledger)
}
