//! A worker: it owns whole shards, and everything in them.
//!
//! [`Worker::step`] is a pure function of its inputs: no ring, no thread, no clock. All state that
//! is bounded belongs to one of [`SHARDS`] shards, which a packet's address pair decides, so that
//! what a struck budget costs is the same for any number of workers.

mod desk;
mod scout;
mod timers;

use std::cmp::Reverse;

use overhear_analysis::told::Ledger;
use overhear_analysis::{Record, Time};
use overhear_dissectors::Out;

use crate::dispatch::Parcel;
use crate::flow::{Key, Syns, Table};
use crate::notes::Notes;
use crate::shard::SHARDS;
use crate::tcp::Tally;
use desk::Desk;
use scout::Scout;
pub(crate) use scout::{Head, LEAD};
use timers::{Timer, Timers};

/// What a worker is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// A packet of one of its shards.
    Packet(&'a Parcel<'a>),
    /// A packet that will come when [`LEAD`] others have, if it is known which.
    Soon(Option<&'a Head>),
    /// Time has passed; the next frame anywhere will have the number `before`.
    Tick {
        /// Number of the next frame.
        before: u64,
        /// The last point of the clock's lattice that was reached.
        at: Time,
    },
    /// Nothing more will come.
    Stop {
        /// The time at the end.
        at: Time,
    },
}

/// One worker.
#[derive(Debug)]
pub(crate) struct Worker {
    shards: Vec<Option<Box<Shard>>>,
    timers: Timers,
    scout: Scout,
    ledger: Ledger,
    out: Out,
    flows: usize,
    /// Conversations found to be nobody's, where somebody wants to know.
    buried: Option<Vec<Key>>,
}

/// The state of one shard.
#[derive(Debug)]
struct Shard {
    flows: Table,
    syns: Syns,
}

impl Worker {
    /// A worker whose shards hold so many flows each.
    pub(crate) fn new(flows: usize) -> Self {
        let shards = (0..SHARDS).map(|_| None).collect();
        Self {
            shards,
            timers: Timers::default(),
            scout: Scout::default(),
            ledger: Ledger::default(),
            out: Out::new(),
            flows,
            buried: None,
        }
    }

    /// Whether it wants to hear of packets that will come soon; to be asked about once in a thousand.
    pub(crate) fn looks_ahead(&mut self) -> bool {
        self.scout.is_needed(&self.shards)
    }

    /// From now on it remembers which conversations it has found to be nobody's.
    pub(crate) fn tell_buried(&mut self) {
        self.buried = Some(Vec::new());
    }

    /// Which it has found since it was last asked.
    pub(crate) fn take_buried(&mut self) -> Vec<Key> {
        self.buried.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// What it has counted.
    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Takes one input; what it makes known goes to `sink`, in order.
    pub(crate) fn step(&mut self, input: Input<'_>, sink: &mut dyn FnMut(Record)) {
        match input {
            Input::Packet(parcel) => self.packet(parcel, sink),
            Input::Soon(head) => self.scout.look(head, &self.shards),
            Input::Tick { before, at } => self.tick(before, at, sink),
            Input::Stop { at } => self.stop(at, sink),
        }
    }

    fn packet(&mut self, parcel: &Parcel<'_>, sink: &mut dyn FnMut(Record)) {
        let seen = parcel.seen;
        let Some(place) = self.shards.get_mut(seen.shard) else { return };
        let shard = place.get_or_insert_with(|| Box::new(Shard::new(self.flows)));
        let mut notes = Notes::frame(seen.frame, seen.stamp, &mut self.ledger, &mut self.out, sink);
        let buried = self.buried.as_mut();
        Desk { shard, timers: &mut self.timers, buried, seen }.packet(parcel, &mut notes);
    }

    /// Acts on every timer due at `at`, in the order of deadlines and flows. For a flow the time
    /// is its deadline: it is nothing to it whether time has passed at once or step by step.
    fn tick(&mut self, before: u64, at: Time, sink: &mut dyn FnMut(Record)) {
        let mut due = self.timers.due(at);
        while let Some(Reverse(timer)) = due.pop() {
            let Timer { at: deadline, flow: id, shard: number, slot } = timer;
            let Some(Some(shard)) = self.shards.get_mut(usize::from(number)) else { continue };
            let Some(flow) = shard.flows.same(slot, id) else { continue };
            flow.unschedule(deadline);
            if flow.deadline() <= deadline {
                let (ledger, out) = (&mut self.ledger, &mut self.out);
                let mut notes = Notes::timer(before, deadline, ledger, out, sink);
                let (tally, gone) = flow.tick(deadline, &mut notes);
                book(notes.ledger, tally);
                if gone {
                    shard.flows.remove(slot);
                    continue;
                }
            }
            match flow.schedule().map(|at| Timer { at, ..timer }) {
                Some(soon) if soon.at <= at => due.push(Reverse(soon)),
                Some(later) => self.timers.set(later),
                None => {}
            }
        }
        if self.timers.are_worn() {
            let shards = &mut self.shards;
            self.timers.keep(|timer| {
                let shard = shards.get_mut(usize::from(timer.shard)).and_then(Option::as_mut);
                let flow = shard.and_then(|shard| shard.flows.same(timer.slot, timer.flow));
                flow.is_some_and(|flow| flow.waits_for(timer.at))
            });
        }
    }

    fn stop(&mut self, at: Time, sink: &mut dyn FnMut(Record)) {
        let mut flows: Vec<_> =
            self.shards.iter_mut().flatten().flat_map(|shard| shard.flows.drain()).collect();
        flows.sort_unstable_by_key(|flow| flow.id());
        for mut flow in flows {
            let mut notes = Notes::stop(&mut self.ledger, &mut self.out, sink);
            let tally = flow.finish(at, &mut notes);
            book(&mut self.ledger, tally);
        }
        self.timers.clear();
    }
}

impl Shard {
    fn new(flows: usize) -> Self {
        Self { flows: Table::new(flows), syns: Syns::default() }
    }
}

/// Adds a tally to the ledger.
fn book(ledger: &mut Ledger, tally: Tally) {
    ledger.delivered += tally.delivered;
    ledger.repeated += tally.repeated;
    ledger.outside_window += tally.outside;
    ledger.after_end += tally.after_end;
    ledger.ignored += tally.ignored;
    ledger.struck += tally.struck;
}
