//! Picks the frames of messaging out of all: each waits until its conversation is known.
//!
//! ```text
//! frame ─▶ held (what nobody has asked for yet) ─▶ forgotten, the oldest first
//!            │ asked for
//!            ▼
//!          ready ─▶ written, five seconds later and in order
//! ```
//!
//! A conversation is only known by what is read of it, which is after its first frames went by, and
//! with several workers long after. What is held is bounded; what had to be forgotten of a
//! conversation that is asked for afterwards is counted, and said beside its first frame.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::net::SocketAddr;

use overhear_analysis::Time;

use super::pair::Pair;
use super::wanted::{Want, Wants};
use crate::decode::Hops;
use crate::frame::{Frame, Link};

/// A frame that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) at: Time,
    pub(super) source: u16,
    pub(super) no: u64,
    pub(super) link: Link,
    pub(super) wire_len: u32,
    pub(super) data: Box<[u8]>,
    /// What is to stand beside it.
    pub(super) comment: String,
}

/// What is known of a conversation.
#[derive(Debug, Default)]
struct Talk {
    /// It is asked for, as this.
    wanted: Option<String>,
    /// The numbers of its frames that are held.
    held: VecDeque<u64>,
    /// Bytes of them.
    bytes: usize,
    /// Frames that were forgotten.
    missed: u64,
    last: Time,
}

/// Picks frames.
#[derive(Debug)]
pub(super) struct Picker {
    wants: Wants,
    talks: HashMap<Pair, Talk>,
    endpoints: HashMap<SocketAddr, String>,
    /// Endpoints in the order they were offered.
    offered: VecDeque<SocketAddr>,
    held: VecDeque<(u64, Pair, Option<Waiting>)>,
    ready: BTreeMap<u64, Waiting>,
    /// Bytes that are ready.
    due: usize,
    /// Bytes held.
    bytes: usize,
    limit: usize,
    hops: Hops,
    now: Time,
}

/// Bytes of one conversation that may wait. The reader may be so far ahead of what is known.
const TALK: usize = 4 << 20;
/// What a frame costs beside its bytes: its place in line, which may be half empty, and its part of what
/// is known of its conversation.
const COST: usize = 320;
/// Conversations remembered before those that fell silent are forgotten.
const TALKS: usize = 1 << 17;
/// How long a conversation may be silent then.
const SILENT: i64 = 60_000_000_000;
/// Offers remembered.
const ENDPOINTS: usize = 4096;
/// How long a frame waits for those before it.
const PATIENCE: i64 = 5_000_000_000;

impl Picker {
    /// Holds at most so many bytes.
    pub(super) fn new(wants: Wants, limit: usize) -> Self {
        Self {
            wants,
            talks: HashMap::new(),
            endpoints: HashMap::new(),
            offered: VecDeque::new(),
            held: VecDeque::new(),
            ready: BTreeMap::new(),
            due: 0,
            bytes: 0,
            limit,
            hops: Hops::default(),
            now: Time::default(),
        }
    }

    /// Takes a frame.
    pub(super) fn frame(&mut self, frame: &Frame<'_>) {
        self.now = self.now.max(frame.stamp.at);
        let Some(pair) = Pair::of(frame, &mut self.hops) else { return };
        if self.talks.len() >= TALKS {
            self.forget_silent();
        }
        let offered = pair.ends().into_iter().find_map(|end| self.endpoints.get(&end)).cloned();
        if let Some(note) = offered {
            self.want(pair, &note);
        }
        let talk = self.talks.entry(pair).or_default();
        talk.last = self.now;
        if let Some(note) = &talk.wanted {
            let comment = comment(note, frame.stamp.no, &mut talk.missed);
            return self.make_ready(frame.seq, Waiting::new(frame, comment));
        }
        if talk.bytes > TALK {
            talk.missed += 1;
            return;
        }
        let waiting = Waiting::new(frame, String::new());
        talk.bytes += waiting.cost();
        talk.held.push_back(frame.seq);
        self.bytes += waiting.cost();
        self.held.push_back((frame.seq, pair, Some(waiting)));
        while self.bytes > self.limit {
            self.forget_oldest();
        }
    }

    /// Hears what was asked for, and gives the next frame to be written: `all` of them, or those
    /// before which none can come any more.
    pub(super) fn next(&mut self, all: bool) -> Option<Waiting> {
        while let Some(want) = self.wants.take() {
            match want {
                Want::Talk(pair, note) => {
                    // What is in pieces is somebody's; whose, only all pieces tell.
                    self.want(pair.fragments(), "a fragment");
                    self.want(pair, &note);
                }
                Want::Endpoint(end, note) => self.expect(end, note),
            }
        }
        let first = self.ready.first_entry()?;
        let ripe = all || self.due > self.limit || self.now.since(first.get().at) >= PATIENCE;
        let frame = ripe.then(|| first.remove())?;
        self.due = self.due.saturating_sub(frame.cost());
        Some(frame)
    }

    /// Hears that there was silence until then.
    pub(super) fn quiet(&mut self, until: Time) {
        self.now = self.now.max(until);
    }

    fn make_ready(&mut self, seq: u64, frame: Waiting) {
        self.due += frame.cost();
        self.ready.insert(seq, frame);
    }

    fn want(&mut self, pair: Pair, note: &str) {
        let talk = self.talks.entry(pair).or_default();
        if talk.wanted.is_some() {
            return;
        }
        talk.wanted = Some(note.to_owned());
        talk.last = self.now;
        let (held, mut missed) = (std::mem::take(&mut talk.held), std::mem::take(&mut talk.missed));
        for seq in held {
            let found = self.held.binary_search_by_key(&seq, |held| held.0).ok();
            let held = found.and_then(|at| self.held.get_mut(at)).and_then(|held| held.2.take());
            let Some(mut frame) = held else { continue };
            self.bytes = self.bytes.saturating_sub(frame.cost());
            frame.comment = comment(note, frame.no, &mut missed);
            self.make_ready(seq, frame);
        }
        // None was held: it stands beside the next.
        if missed > 0
            && let Some(talk) = self.talks.get_mut(&pair)
        {
            talk.missed = missed;
        }
    }

    fn expect(&mut self, end: SocketAddr, note: String) {
        if self.endpoints.insert(end, note).is_none() {
            self.offered.push_back(end);
        }
        if self.offered.len() > ENDPOINTS
            && let Some(oldest) = self.offered.pop_front()
        {
            self.endpoints.remove(&oldest);
        }
    }

    fn forget_oldest(&mut self) {
        let Some((_, pair, frame)) = self.held.pop_front() else {
            self.bytes = 0;
            return;
        };
        let (Some(frame), Some(talk)) = (frame, self.talks.get_mut(&pair)) else { return };
        let cost = frame.cost();
        talk.held.pop_front();
        talk.missed += 1;
        talk.bytes = talk.bytes.saturating_sub(cost);
        self.bytes = self.bytes.saturating_sub(cost);
    }

    fn forget_silent(&mut self) {
        let Self { talks, now, .. } = self;
        talks.retain(|_, talk| now.since(talk.last) < SILENT || !talk.held.is_empty());
        if talks.len() >= TALKS {
            // A flood: what is held stays, and is written if it is asked for.
            talks.retain(|_, talk| talk.wanted.is_some() || !talk.held.is_empty());
        }
        if talks.len() >= TALKS {
            while !self.held.is_empty() {
                self.forget_oldest();
            }
            self.talks.clear();
        }
    }
}

impl Waiting {
    fn new(frame: &Frame<'_>, comment: String) -> Self {
        let (at, source, no) = (frame.stamp.at, frame.stamp.source, frame.stamp.no);
        let (link, wire_len) = (frame.link, frame.wire_len);
        Self { at, source, no, link, wire_len, data: frame.data.into(), comment }
    }

    /// What it is reckoned to cost, in bytes.
    fn cost(&self) -> usize {
        self.data.len() + COST
    }
}

/// What stands beside a frame.
fn comment(note: &str, no: u64, missed: &mut u64) -> String {
    let place = if no == 0 { String::new() } else { format!(", frame {no}") };
    match std::mem::take(missed) {
        0 => format!("{note}{place}"),
        missed => format!("{note}{place}; {missed} frames before it were not kept"),
    }
}
