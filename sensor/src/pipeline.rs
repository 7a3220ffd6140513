//! From a capture to records in order.

use overhear_analysis::told::Ledger;
use overhear_analysis::{FlowId, Heard, Order, Phase, Record, Time};
use overhear_dissectors::Side;

use crate::capture::{Filter, FilterError, Timeline};
use crate::clock::{Beat, Clock};
use crate::decode::{Decoded, decode};
use crate::frame::Frame;
use crate::merge::Merge;
use crate::shard::{SHARDS, shard};
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

/// Frames after which waiting records are merged and progress is told.
const BLOCK: u64 = 1024;
/// What a flow is reckoned to cost, with an unread tail and what waits for a hole.
const FLOW_COST: u64 = 4 << 10;

/// Reads a capture to its end, or until `go_on` says no. Every record goes to `hear`, in the one
/// order that any number of workers gives.
pub fn read(
    timeline: &mut Timeline,
    options: &mut Options,
    hear: &mut dyn FnMut(Record),
    go_on: &mut dyn FnMut(&Timeline) -> bool,
) -> Result<Ledger, FilterError> {
    let flows = usize::try_from(options.memory / FLOW_COST / SHARDS as u64).unwrap_or(1 << 20);
    let mut hall = Hall::new(options.workers.clamp(1, SHARDS), flows);
    let mut last = 0;
    while let Some(frame) = timeline.next() {
        last = frame.seq;
        let passes = match &mut options.filter {
            Some(filter) => filter.passes(&frame)?,
            None => true,
        };
        hall.frame(&frame, passes, hear);
        if last % BLOCK == 0 {
            hall.settle(last + 1, hear);
            if !go_on(timeline) {
                break;
            }
        }
    }
    hall.stop(last, hear);
    let mut ledger = hall.ledger();
    ledger.kernel_dropped = timeline.inputs().iter().map(|input| input.drops).sum();
    Ok(ledger)
}

/// The workers, stepped one after the other on this thread, and what stands before them.
struct Hall {
    workers: Vec<Worker>,
    merge: Merge,
    clock: Clock,
    counts: Ledger,
    oddities: u32,
}

/// Clock oddities that are told; the rest are counted.
const ODDITIES: u32 = 16;

impl Hall {
    fn new(workers: usize, flows: usize) -> Self {
        Self {
            workers: (0..workers).map(|_| Worker::new(flows)).collect(),
            merge: Merge::new(workers + 1),
            clock: Clock::default(),
            counts: Ledger::default(),
            oddities: 0,
        }
    }

    fn frame(&mut self, frame: &Frame<'_>, passes: bool, hear: &mut dyn FnMut(Record)) {
        self.counts.frames += 1;
        self.counts.bytes += frame.data.len() as u64;
        self.counts.cut_frames += u64::from((frame.data.len() as u64) < u64::from(frame.wire_len));
        let now = match self.clock.hear(frame.stamp.at) {
            Beat::At(now) => now,
            Beat::Tick(at) => {
                self.every(Input::Tick { before: frame.seq, at }, hear);
                at
            }
            Beat::Back(now) => {
                self.odd(frame, "clock_step_back", now, hear);
                now
            }
            Beat::Leap(now) => {
                self.odd(frame, "clock_leap", now, hear);
                now
            }
        };
        if !passes {
            self.counts.filtered += 1;
            return;
        }
        let lane = self.lane(frame);
        self.step(lane, Input::Frame(*frame, now), hear);
    }

    /// The worker that owns a frame's shard.
    fn lane(&self, frame: &Frame<'_>) -> usize {
        if self.workers.len() == 1 {
            return 0;
        }
        match decode(frame.link, frame.data, frame.wire_len) {
            Decoded::Packet(packet) => shard(packet.src, packet.dst) % self.workers.len(),
            _ => 0,
        }
    }

    fn every(&mut self, input: Input<'_>, hear: &mut dyn FnMut(Record)) {
        for lane in 0..self.workers.len() {
            self.step(lane, input, hear);
        }
    }

    /// One worker's records are in order as they come; several workers' are merged.
    fn step(&mut self, lane: usize, input: Input<'_>, hear: &mut dyn FnMut(Record)) {
        let alone = self.workers.len() == 1;
        let Some(worker) = self.workers.get_mut(lane) else { return };
        let merge = &mut self.merge;
        worker.step(input, &mut |record| match alone {
            true => hear(record),
            false => merge.push(lane, record),
        });
    }

    fn odd(
        &mut self,
        frame: &Frame<'_>,
        name: &'static str,
        now: Time,
        hear: &mut dyn FnMut(Record),
    ) {
        self.counts.weirds += 1;
        self.oddities += 1;
        if self.oddities > ODDITIES {
            return;
        }
        let detail = format!("frame at {}, clock at {now}", frame.stamp.at);
        let record = Record {
            order: place(frame.seq, Phase::Frame),
            stamp: frame.stamp,
            flow: None,
            side: Side::Client,
            lost_before: 0,
            heard: Heard::Oddity(name, detail),
        };
        match self.workers.len() {
            1 => hear(record),
            lane => self.merge.push(lane, record),
        }
    }

    /// Everybody has heard all frames before `next`.
    fn settle(&mut self, next: u64, hear: &mut dyn FnMut(Record)) {
        for lane in 0..=self.workers.len() {
            self.merge.promise(lane, place(next, Phase::Tick));
        }
        while let Some(record) = self.merge.next() {
            hear(record);
        }
    }

    fn stop(&mut self, last: u64, hear: &mut dyn FnMut(Record)) {
        self.settle(last + 1, hear);
        self.every(Input::Stop { at: self.clock.now() }, hear);
        for lane in 0..=self.workers.len() {
            let end = place(u64::MAX, Phase::Stop);
            self.merge.promise(lane, Order { deadline: Time(i64::MAX), ..end });
        }
        while let Some(record) = self.merge.next() {
            hear(record);
        }
    }

    fn ledger(&self) -> Ledger {
        let mut sum = self.counts.clone();
        self.workers.iter().for_each(|worker| sum.add(worker.ledger()));
        sum
    }
}

/// The first place of a phase of a frame.
fn place(frame: u64, phase: Phase) -> Order {
    Order { frame, phase, deadline: Time(i64::MIN), flow: FlowId::default(), index: 0 }
}
