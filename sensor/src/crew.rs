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

use std::borrow::Cow;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use overhear_analysis::told::Ledger;
use overhear_analysis::{FlowId, Order, Phase, Record, Time};

use crate::batch::Batch;
use crate::bell::Bell;
use crate::capture::{Filter, FilterError};
use crate::dispatch::{Dispatch, Found};
use crate::feed::{Feed, Lost, Turn};
use crate::frame::Frame;
use crate::merge::Merge;
use crate::meter::{Delays, Meter, Stage};
use crate::pulse::Pulse;
use crate::ring::{Gone, Receiver, Sender, Taken, ring};
use crate::sorter::{DEPTH, Lane, Sorter};
use crate::worker::{Input, Worker};

/// Frames after which every worker gets its batch, also an empty one: progress rides on it.
const BLOCK: u64 = 2048;

/// Why nothing, or not everything, could be read.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The filter makes no sense.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// The system gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[from] io::Error),
}

/// What a lane tells the analyst.
struct Report {
    records: Vec<Record>,
    /// Nothing before this place follows.
    promise: Order,
    /// When it was handed over.
    sent: u64,
    /// What was counted so far.
    ledger: Ledger,
    from: From,
}

/// Whose report it is.
enum From {
    /// The dispatch's: how far it has read, and how many batches wait for workers.
    Front { progress: (u64, Option<u64>), queue: (usize, usize) },
    /// A worker's: for how many nanoseconds its batch waited, and was worked on.
    Worker { queued: u64, worked: u64 },
}

/// The thread that dispatches.
struct Front<'a> {
    filter: Option<&'a mut Filter>,
    dispatch: Dispatch,
    sorter: Sorter,
    out: Sender<Report>,
    bell: Arc<Bell>,
    meter: Meter,
    halt: &'a AtomicBool,
}

/// Reads a feed with these workers. Every record goes to `hear` in order, on this thread.
pub(crate) fn read(
    feed: &mut impl Feed,
    filter: Option<&mut Filter>,
    dispatch: Dispatch,
    workers: Vec<Worker>,
    sheds: bool,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut(&Pulse<'_>) -> bool,
) -> Result<(Ledger, Vec<Stage>), Failure> {
    let (meter, halt) = (Meter::start(), AtomicBool::new(false));
    let (reader, analyst) = (Arc::new(Bell::new()), Arc::new(Bell::new()));
    thread::scope(|scope| {
        let (mut lanes, mut reports, mut crew) = (Vec::new(), Vec::new(), Vec::new());
        for (mut worker, number) in workers.into_iter().zip(0_u16..) {
            if sheds {
                worker.tell_buried();
            }
            let bell = Arc::new(Bell::new());
            let (to, batches) = ring(DEPTH, &reader, &bell);
            let (back, free) = ring(DEPTH + 2, &bell, &reader);
            let (out, report) = ring(DEPTH, &bell, &analyst);
            lanes.push(Lane::new(to, free));
            reports.push(report);
            let work = move || work(worker, batches, back, out, &bell, meter);
            crew.push(named(format!("worker-{number}")).spawn_scoped(scope, work)?);
        }
        let (out, report) = ring(DEPTH, &reader, &analyst);
        reports.push(report);
        let (bell, sorter, halt) = (Arc::clone(&reader), Sorter::new(lanes, sheds), &halt);
        let front = Front { filter, dispatch, sorter, out, bell, meter, halt };
        let front = named("dispatch".into()).spawn_scoped(scope, move || front.run(feed))?;
        let stages = analyse(&mut reports, &analyst, meter, halt, hear, go_on);
        drop(reports);
        let mut ledger = joined(front.join())?;
        for counted in crew.into_iter().map(|worker| joined(worker.join())) {
            ledger.add(&counted);
        }
        Ok((ledger, stages))
    })
}

/// A thread with a name, by which operators can tell who is busy (`top -H`).
pub(crate) fn named(name: String) -> thread::Builder {
    thread::Builder::new().name(name)
}

/// What a thread gave; if it broke, so do we.
pub(crate) fn joined<T>(ended: thread::Result<T>) -> T {
    ended.unwrap_or_else(|broken| std::panic::resume_unwind(broken))
}

impl Front<'_> {
    fn run(mut self, feed: &mut impl Feed) -> Result<Ledger, FilterError> {
        let (mut last, mut failed) = (0, None);
        loop {
            let due = match feed.turn() {
                Turn::Frame(frame) => {
                    last = frame.seq;
                    match self.frame(&frame) {
                        Ok(()) => self.sorter.heavy() || last % BLOCK == 0,
                        Err(error) => {
                            failed = Some(error);
                            break;
                        }
                    }
                }
                Turn::Quiet(until) => {
                    let mut sort = |found: Found<'_>| self.sorter.sort(found);
                    if let Some(until) = until {
                        self.dispatch.quiet(last + 1, until, &mut sort);
                    }
                    true
                }
                Turn::Odd(name, detail) => {
                    let mut sort = |found: Found<'_>| self.sorter.sort(found);
                    self.dispatch.odd_feed(last + 1, name, detail, &mut sort);
                    false
                }
                Turn::Over => break,
            };
            if due {
                let flushed = self.flush(last, None, feed);
                if flushed.is_err() || self.halt.load(Ordering::Relaxed) {
                    break;
                }
            }
        }
        // Whoever is gone took its ring along; the scope tells why.
        let _ = self.flush(last, Some(self.dispatch.now()), feed);
        failed.map_or(Ok(self.counted(feed)), Err)
    }

    fn frame(&mut self, frame: &Frame<'_>) -> Result<(), FilterError> {
        let passes = match &mut self.filter {
            Some(filter) => filter.passes(frame)?,
            None => true,
        };
        self.dispatch.frame(frame, passes, &mut |found| self.sorter.sort(found));
        Ok(())
    }

    /// Sends everybody what came together for them.
    fn flush(&mut self, upto: u64, last: Option<Time>, feed: &impl Feed) -> Result<(), Gone> {
        let sent = self.meter.now();
        let ticked = self.dispatch.ticked();
        self.sorter.flush((upto, ticked), last, sent, &self.bell)?;
        if self.sorter.sheds() && last.is_none() && !self.out.has_room() {
            // What is odd waits, so that nobody waits for the analyst.
            return Ok(());
        }
        self.out.send(Report {
            records: self.sorter.take_odd(),
            promise: promise(upto, ticked, last.is_some()),
            sent,
            ledger: self.counted(feed),
            from: From::Front { progress: feed.progress(), queue: self.sorter.queue() },
        })
    }

    fn counted(&self, feed: &impl Feed) -> Ledger {
        let ledger = counted(&self.dispatch, feed.lost());
        Ledger { shed: self.sorter.shed(), ..ledger }
    }
}

/// What was counted before the workers.
pub(crate) fn counted(dispatch: &Dispatch, lost: Lost) -> Ledger {
    let (kernel_dropped, interface_dropped) = (lost.kernel, lost.interface);
    Ledger { kernel_dropped, interface_dropped, ..dispatch.ledger().clone() }
}

/// A worker's life; what it counted.
fn work(
    mut worker: Worker,
    mut batches: Receiver<Batch>,
    mut back: Sender<Batch>,
    mut out: Sender<Report>,
    bell: &Bell,
    meter: Meter,
) -> Ledger {
    loop {
        bell.wait(|| batches.ready());
        let mut batch = match batches.take() {
            Taken::One(batch) => batch,
            Taken::Nothing => continue,
            Taken::Over => break,
        };
        let start = meter.now();
        let queued = start.saturating_sub(batch.sent);
        let mut records = Vec::new();
        let mut sink = |record| records.push(record);
        let looks_ahead = worker.looks_ahead();
        batch.each(looks_ahead, |input| worker.step(input, &mut sink));
        if let Some(at) = batch.last {
            worker.step(Input::Stop { at }, &mut sink);
        }
        let (promise, sent) =
            (promise(batch.upto, batch.ticked, batch.last.is_some()), meter.now());
        let from = From::Worker { queued, worked: sent.saturating_sub(start) };
        batch.clear();
        batch.buried = worker.take_buried();
        // A reader that is gone needs no batches.
        let _ = back.send(batch);
        let ledger = worker.ledger().clone();
        if out.send(Report { records, promise, sent, ledger, from }).is_err() {
            break;
        }
    }
    worker.ledger().clone()
}

/// Brings everybody's records into the one order.
fn analyse(
    reports: &mut [Receiver<Report>],
    bell: &Bell,
    meter: Meter,
    halt: &AtomicBool,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut(&Pulse<'_>) -> bool,
) -> Vec<Stage> {
    let mut merge = Merge::new(reports.len());
    let mut delays = ["queued", "worked", "merged"].map(|name| (name, Delays::default()));
    let mut ledgers = vec![Ledger::default(); reports.len()];
    let mut open = reports.len();
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
            let [waited, worked, merged] = &mut delays;
            merged.1.note(meter.now().saturating_sub(report.sent));
            ledgers.get_mut(lane).into_iter().for_each(|known| known.clone_from(&report.ledger));
            merge.push(lane, report.records);
            merge.promise(lane, report.promise);
            match report.from {
                From::Worker { queued, worked: took } => {
                    waited.1.note(queued);
                    worked.1.note(took);
                }
                From::Front { progress: (read, total), queue } => {
                    let (ledgers, delays) = (Cow::from(&ledgers), Cow::from(&delays[..]));
                    if !go_on(&Pulse { read, total, queue, ledgers, delays }) {
                        halt.store(true, Ordering::Relaxed);
                    }
                }
            }
        }
        while let Some(record) = merge.next() {
            hear(record);
        }
    }
    delays.iter().map(|(name, delays)| delays.stage(name)).collect()
}

/// What comes after all frames up to `upto` and all timers up to `ticked`, or after everything.
fn promise(upto: u64, ticked: Time, last: bool) -> Order {
    let (frame, phase, deadline) = match last {
        false => (upto.saturating_add(1), Phase::Tick, ticked + 1),
        true => (u64::MAX, Phase::Stop, Time(i64::MAX)),
    };
    Order { frame, phase, deadline, flow: FlowId::default(), index: 0 }
}
