//! The pipeline on several threads.
//!
//! ```text
//!            batches                 reports
//! reader ──ring──▶ worker × N ──ring──▶ analyst (the calling thread)
//!    ▲               │  └───────────────▲
//!    └──ring─────────┘ empty batches    └── ring: what is odd below any flow
//! ```
//!
//! Nothing is shared. Whoever is too fast waits at a full ring, and waits point one way only, from
//! the reader to the analyst, so that nobody waits for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use overhear_analysis::told::Ledger;
use overhear_analysis::{FlowId, Order, Phase, Record, Time};

use crate::batch::Batch;
use crate::bell::Bell;
use crate::capture::{Filter, FilterError, Timeline};
use crate::dispatch::{Dispatch, Found};
use crate::merge::Merge;
use crate::meter::{Delays, Meter, Stage};
use crate::ring::{Gone, Receiver, Sender, Taken, ring};
use crate::worker::{Input, Worker};

/// Batches on their way to one worker.
const DEPTH: usize = 4;
/// Frames after which every worker gets its batch, also an empty one: progress rides on it.
const BLOCK: u64 = 2048;
/// Bytes of one batch that send all of them on their way before that.
const WEIGHT: usize = 512 << 10;

/// What a lane tells the analyst.
struct Report {
    records: Vec<Record>,
    /// Nothing before this place follows.
    promise: Order,
    /// When it was handed over.
    sent: u64,
    /// Bytes read of the files, and of how many.
    progress: Option<(u64, Option<u64>)>,
}

/// What a worker counted, at its end.
struct Counted {
    ledger: Ledger,
    queued: Delays,
    worked: Delays,
}

/// The way to one worker.
struct Lane {
    batch: Batch,
    to: Sender<Batch>,
    free: Receiver<Batch>,
    made: usize,
}

/// The reading thread.
struct Front<'a> {
    timeline: &'a mut Timeline,
    filter: Option<&'a mut Filter>,
    dispatch: Dispatch,
    lanes: Vec<Lane>,
    odd: Vec<Record>,
    out: Sender<Report>,
    bell: Arc<Bell>,
    meter: Meter,
    halt: &'a AtomicBool,
}

/// Reads a timeline with these workers. Every record goes to `hear` in order, on this thread.
pub(crate) fn read(
    timeline: &mut Timeline,
    filter: Option<&mut Filter>,
    dispatch: Dispatch,
    workers: Vec<Worker>,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut((u64, Option<u64>)) -> bool,
) -> Result<(Ledger, Vec<Stage>), FilterError> {
    let (meter, halt) = (Meter::start(), AtomicBool::new(false));
    let (reader, analyst) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
    thread::scope(|scope| {
        let (mut lanes, mut reports, mut crew) = (Vec::new(), Vec::new(), Vec::new());
        for worker in workers {
            let bell = Arc::new(Bell::new());
            let (to, batches) = ring(DEPTH, &reader, &bell);
            let (back, free) = ring(DEPTH + 2, &bell, &reader);
            let (out, report) = ring(DEPTH, &bell, &analyst);
            lanes.push(Lane { batch: Batch::default(), to, free, made: 1 });
            reports.push(report);
            crew.push(scope.spawn(move || work(worker, batches, back, out, &bell, meter)));
        }
        let (out, report) = ring(DEPTH, &reader, &analyst);
        reports.push(report);
        let (bell, odd, halt) = (Arc::clone(&reader), Vec::new(), &halt);
        let front = Front { timeline, filter, dispatch, lanes, odd, out, bell, meter, halt };
        let front = scope.spawn(move || front.run());
        let merged = analyse(&mut reports, &analyst, meter, halt, hear, go_on);
        drop(reports);
        let mut ledger = joined(front.join())?;
        let (mut queued, mut worked) = (Delays::default(), Delays::default());
        for counted in crew.into_iter().map(|worker| joined(worker.join())) {
            ledger.add(&counted.ledger);
            queued.add(&counted.queued);
            worked.add(&counted.worked);
        }
        let stages = [queued.stage("queued"), worked.stage("worked"), merged.stage("merged")];
        Ok((ledger, stages.to_vec()))
    })
}

/// What a thread gave; if it broke, so do we.
fn joined<T>(ended: thread::Result<T>) -> T {
    ended.unwrap_or_else(|broken| std::panic::resume_unwind(broken))
}

impl Front<'_> {
    fn run(mut self) -> Result<Ledger, FilterError> {
        let (mut last, mut failed) = (0, None);
        while let Some(frame) = self.timeline.next() {
            last = frame.seq;
            let passes = match &mut self.filter {
                Some(filter) => match filter.passes(&frame) {
                    Ok(passes) => passes,
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                },
                None => true,
            };
            let (lanes, odd) = (&mut self.lanes, &mut self.odd);
            let mut heavy = false;
            self.dispatch.frame(&frame, passes, &mut |found| match found {
                Found::Packet(parcel) => {
                    let lane = parcel.seen.shard % lanes.len();
                    if let Some(lane) = lanes.get_mut(lane) {
                        lane.batch.push(&parcel);
                        heavy |= lane.batch.weight() > WEIGHT;
                    }
                }
                Found::Tick { before, at } => {
                    lanes.iter_mut().for_each(|lane| lane.batch.tick(before, at));
                }
                Found::Record(record) => odd.push(record),
            });
            if heavy || last % BLOCK == 0 {
                let flushed = self.flush(last, None);
                if flushed.is_err() || self.halt.load(Ordering::Relaxed) {
                    break;
                }
            }
        }
        // Whoever is gone took its ring along; the scope tells why.
        let _ = self.flush(last, Some(self.dispatch.now()));
        failed.map_or_else(|| Ok(self.dispatch.ledger().clone()), Err)
    }

    /// Sends everybody what came together for them.
    fn flush(&mut self, upto: u64, last: Option<Time>) -> Result<(), Gone> {
        for lane in &mut self.lanes {
            let batch = lane.empty(&self.bell)?;
            let mut full = std::mem::replace(&mut lane.batch, batch);
            (full.upto, full.last, full.sent) = (upto, last, self.meter.now());
            lane.to.send(full)?;
        }
        self.out.send(Report {
            records: std::mem::take(&mut self.odd),
            promise: promise(upto, last.is_some()),
            sent: self.meter.now(),
            progress: Some(self.timeline.progress()),
        })
    }
}

impl Lane {
    /// An empty batch, as soon as there is one.
    fn empty(&mut self, bell: &Bell) -> Result<Batch, Gone> {
        loop {
            match self.free.take() {
                Taken::One(batch) => return Ok(batch),
                Taken::Over => return Err(Gone),
                Taken::Nothing if self.made < DEPTH + 2 => {
                    self.made += 1;
                    return Ok(Batch::default());
                }
                Taken::Nothing => bell.wait(|| self.free.ready()),
            }
        }
    }
}

/// A worker's life.
fn work(
    mut worker: Worker,
    mut batches: Receiver<Batch>,
    mut back: Sender<Batch>,
    mut out: Sender<Report>,
    bell: &Bell,
    meter: Meter,
) -> Counted {
    let (mut queued, mut busy) = (Delays::default(), Delays::default());
    loop {
        bell.wait(|| batches.ready());
        let mut batch = match batches.take() {
            Taken::One(batch) => batch,
            Taken::Nothing => continue,
            Taken::Over => break,
        };
        let start = meter.now();
        queued.note(start.saturating_sub(batch.sent));
        let mut records = Vec::new();
        let mut sink = |record| records.push(record);
        batch.each(|input| worker.step(input, &mut sink));
        if let Some(at) = batch.last {
            worker.step(Input::Stop { at }, &mut sink);
        }
        let (promise, sent) = (promise(batch.upto, batch.last.is_some()), meter.now());
        busy.note(sent.saturating_sub(start));
        batch.clear();
        // A reader that is gone needs no batches.
        let _ = back.send(batch);
        if out.send(Report { records, promise, sent, progress: None }).is_err() {
            break;
        }
    }
    Counted { ledger: worker.ledger().clone(), queued, worked: busy }
}

/// Brings everybody's records into the one order.
fn analyse(
    reports: &mut [Receiver<Report>],
    bell: &Bell,
    meter: Meter,
    halt: &AtomicBool,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut((u64, Option<u64>)) -> bool,
) -> Delays {
    let mut merge = Merge::new(reports.len());
    let (mut merged, mut open) = (Delays::default(), reports.len());
    while open > 0 {
        bell.wait(|| reports.iter().any(Receiver::ready));
        open = 0;
        for (lane, ring) in reports.iter_mut().enumerate() {
            let report = match ring.take() {
                Taken::One(report) => report,
                Taken::Nothing => {
                    open += 1;
                    continue;
                }
                Taken::Over => continue,
            };
            open += 1;
            merged.note(meter.now().saturating_sub(report.sent));
            report.records.into_iter().for_each(|record| merge.push(lane, record));
            merge.promise(lane, report.promise);
            if let Some(progress) = report.progress
                && !go_on(progress)
            {
                halt.store(true, Ordering::Relaxed);
            }
        }
        while let Some(record) = merge.next() {
            hear(record);
        }
    }
    merged
}

/// What comes after all frames up to `upto`, or after everything.
fn promise(upto: u64, last: bool) -> Order {
    let (frame, phase, deadline) = match last {
        false => (upto.saturating_add(1), Phase::Tick, Time(i64::MIN)),
        true => (u64::MAX, Phase::Stop, Time(i64::MAX)),
    };
    Order { frame, phase, deadline, flow: FlowId::default(), index: 0 }
}
