//! A dissector at work: the bytes it has not taken yet, and what it decides.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use overhear_dissectors::event::{Seal, Verdict};
use overhear_dissectors::{Dissector, Ends, Next, Out, PROTOCOLS, Resume, Side, Step, tls};

use super::Mark;
use super::tail::Tail;

/// A conversation being read. The engine owns the unread tail of each side, so that dissectors
/// neither buffer nor copy.
pub(super) struct Reading {
    protocol: usize,
    dissector: Box<dyn Dissector>,
    client: Tail,
    server: Tail,
    /// A stream keeps its tails; what a datagram leaves is gone.
    stream: bool,
    /// The verdict of an upgrade to TLS whose names are still to come.
    upgraded: Option<Verdict>,
    /// Pieces heard, of both sides: the number of the next one.
    pieces: u64,
    /// Sides to be read again, in this order.
    due: VecDeque<Side>,
    /// Sides whose end it was told.
    ended: (bool, bool),
    settled: bool,
}

/// What came of one call.
#[derive(Debug)]
pub(super) struct Yield {
    /// Where the dissector leaves the talk.
    pub(super) outcome: Outcome,
    /// Bytes it took.
    pub(super) understood: u64,
    /// Bytes that were pending and never will be read.
    pub(super) unread: u64,
}

/// Where a dissector leaves the talk.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It reads on.
    GoesOn,
    /// It lost its place for good.
    Quit { unread: u64 },
    /// It broke, which is our fault.
    Broke { unread: u64 },
    /// It was the wrong protocol; `rest` is what it left.
    Refused { protocol: usize, reason: &'static str, rest: Rest },
    /// A tunnel opened; `rest` is the first of what flows inside. Its client is the server's side of
    /// it when it was `called` from outside.
    Tunnel { hop: &'static str, to: Option<String>, called: bool, rest: Rest },
    /// TLS begins with `rest`.
    Sealed { seal: Seal, rest: Rest },
}

/// Bytes nobody has read, in the order they came, each piece with where it was heard.
pub(super) type Rest = Vec<(Side, Mark, Vec<u8>)>;

/// Unread bytes of one side; a dissector that wants more than this has lost its place.
const UNREAD: usize = 64 << 10;

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

impl Reading {
    /// A fresh dissector of the protocol with this number.
    pub(super) fn new(protocol: usize, dissector: Box<dyn Dissector>, stream: bool) -> Self {
        Self {
            protocol,
            dissector,
            client: Tail::default(),
            server: Tail::default(),
            stream,
            upgraded: None,
            pieces: 0,
            due: VecDeque::new(),
            ended: (false, false),
            settled: false,
        }
    }

    /// A TLS dissector for the names in a handshake that another protocol led to.
    pub(super) fn upgraded(ends: Ends, verdict: Verdict) -> Option<Self> {
        let name = tls::FACTS.name;
        let protocol = PROTOCOLS.iter().position(|protocol| protocol.facts().name == name)?;
        let dissector = PROTOCOLS.get(protocol)?.open(ends);
        Some(Self { upgraded: Some(verdict), ..Self::new(protocol, dissector, true) })
    }

    /// Reads on with new bytes of one side.
    pub(super) fn read(&mut self, side: Side, mark: Mark, bytes: &[u8], out: &mut Out) -> Yield {
        self.pieces += 1;
        let number = self.pieces;
        let (step, used) = if self.tail(side).is_empty() {
            let (step, used) = self.run(side, mark.at, bytes, out);
            let mark = Mark { at: mark.at + used as u64, ..mark };
            self.tail(side).push(number, mark, bytes.get(used..).unwrap_or_default());
            (step, used)
        } else {
            self.tail(side).push(number, mark, bytes);
            self.reread(side, out)
        };
        self.heard(side, step, used, out)
    }

    /// A side to be read again because the other one has gone on, and the frame of its bytes.
    pub(super) fn woken(&mut self) -> Option<(Side, Mark)> {
        while let Some(side) = self.due.pop_front() {
            if let Some(mark) = self.tail(side).first() {
                return Some((side, mark));
            }
        }
        None
    }

    /// Reads again what has waited.
    pub(super) fn again(&mut self, side: Side, out: &mut Out) -> Yield {
        self.tail(side).waits = false;
        let (step, used) = self.reread(side, out);
        self.heard(side, step, used, out)
    }

    /// Nothing more will come, and something still waits: perhaps it can be said whose it is.
    pub(super) fn settle(&mut self) -> Option<Yield> {
        if self.pending() == 0 || std::mem::replace(&mut self.settled, true) {
            return None;
        }
        let dissector = &mut self.dissector;
        let outcome = match catch_unwind(AssertUnwindSafe(|| dissector.settle())) {
            Ok(next) => self.outcome(Some(Step::Became { used: 0, next: next? })),
            Err(_) => Outcome::Broke { unread: self.pending() },
        };
        Some(Yield { outcome, understood: 0, unread: 0 })
    }

    fn reread(&mut self, side: Side, out: &mut Out) -> (Option<Step>, usize) {
        let tail = self.tail(side);
        if tail.waits || tail.bytes.len() < tail.want {
            return (None, 0);
        }
        let at = tail.first().map_or(0, |mark| mark.at);
        let bytes = std::mem::take(&mut tail.bytes);
        let (step, used) = self.run(side, at, &bytes, out);
        let tail = self.tail(side);
        tail.bytes = bytes;
        tail.took(used);
        (step, used)
    }

    /// What comes of a step; what it left is kept.
    #[inline]
    fn heard(&mut self, side: Side, step: Option<Step>, used: usize, out: &mut Out) -> Yield {
        let mut unread = 0;
        let stream = self.stream;
        let tail = self.tail(side);
        if !stream {
            unread = tail.bytes.len() as u64;
            *tail = Tail::default();
        }
        tail.waits &= !tail.is_empty();
        let mut outcome = self.outcome(step);
        let pending = self.tail(side).bytes.len();
        if matches!(outcome, Outcome::GoesOn) && pending > UNREAD {
            out.weird("unread_overflow", format_args!("{pending} bytes wanted at once"));
            unread += pending as u64;
            *self.tail(side) = Tail::default();
            outcome = self.lose(side, pending as u64, out);
        }
        Yield { outcome, understood: used as u64, unread }
    }

    /// Bytes were lost; what was pending before them will never be whole.
    pub(super) fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Yield {
        let unread = std::mem::take(self.tail(side)).bytes.len() as u64;
        if self.tail(side.other()).waits {
            self.due.push_back(side.other());
        }
        let outcome = self.lose(side, lost, out);
        Yield { outcome, understood: 0, unread }
    }

    /// A side is over; nothing when that is known.
    pub(super) fn end(&mut self, side: Side, out: &mut Out) -> Option<Yield> {
        let ended = match side {
            Side::Client => &mut self.ended.0,
            Side::Server => &mut self.ended.1,
        };
        if std::mem::replace(ended, true) {
            return None;
        }
        let dissector = &mut self.dissector;
        let ended = catch_unwind(AssertUnwindSafe(|| dissector.end(side, out)));
        let outcome = match ended {
            Ok(()) => Outcome::GoesOn,
            Err(_) => Outcome::Broke { unread: self.pending() },
        };
        Some(Yield { outcome, understood: 0, unread: 0 })
    }

    fn lose(&mut self, side: Side, lost: u64, out: &mut Out) -> Outcome {
        let dissector = &mut self.dissector;
        match catch_unwind(AssertUnwindSafe(|| dissector.gap(side, lost, out))) {
            Ok(Resume::Resync) => Outcome::GoesOn,
            Ok(Resume::Quit) => Outcome::Quit { unread: self.pending() },
            Err(_) => Outcome::Broke { unread: self.pending() },
        }
    }

    /// Bytes that came and were not taken.
    pub(super) fn pending(&self) -> u64 {
        (self.client.bytes.len() + self.server.bytes.len()) as u64
    }

    /// Calls the dissector until it takes nothing more, or decides something else.
    fn run(&mut self, side: Side, at: u64, input: &[u8], out: &mut Out) -> (Option<Step>, usize) {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let dissector = &mut self.dissector;
            let step = catch_unwind(AssertUnwindSafe(|| dissector.read(side, rest, out)));
            let Ok(step) = step else { return (Some(Step::Refuse(BROKE)), used) };
            let took = match step {
                Step::Took { used, want } => {
                    self.tail(side).want = want;
                    used
                }
                Step::Waits { used } => {
                    let tail = self.tail(side);
                    (tail.want, tail.waits) = (0, true);
                    used
                }
                Step::Became { used, .. } => used,
                Step::Refuse(_) => 0,
            };
            let from = at + used as u64;
            used += took.min(rest.len());
            out.read_in((from, at + used as u64));
            if used > 0 && self.tail(side.other()).waits {
                // It may be the next to speak; then this side goes on.
                self.due.extend([side.other(), side]);
                return (Some(step), used);
            }
            if !matches!(step, Step::Took { used: 1.., .. }) {
                return (Some(step), used);
            }
        }
        (None, used)
    }

    fn outcome(&mut self, step: Option<Step>) -> Outcome {
        match step {
            None | Some(Step::Took { .. } | Step::Waits { .. }) => Outcome::GoesOn,
            Some(Step::Refuse(BROKE)) => Outcome::Broke { unread: self.pending() },
            Some(Step::Refuse(_)) if self.upgraded.is_some() => {
                Outcome::Quit { unread: self.pending() }
            }
            Some(Step::Refuse(reason)) => {
                Outcome::Refused { protocol: self.protocol, reason, rest: self.rest() }
            }
            Some(Step::Became { next: Next::Identify { hop, to }, .. }) => {
                Outcome::Tunnel { hop, to, called: false, rest: self.rest() }
            }
            Some(Step::Became { next: Next::Called { hop, from }, .. }) => {
                Outcome::Tunnel { hop, to: from, called: true, rest: self.rest() }
            }
            Some(Step::Became { next: Next::Sealed(mut seal), .. }) => {
                seal.verdict = self.upgraded.unwrap_or(seal.verdict);
                Outcome::Sealed { seal, rest: self.rest() }
            }
        }
    }

    fn rest(&mut self) -> Rest {
        let tails =
            [Side::Client, Side::Server].map(|side| (side, std::mem::take(self.tail(side))));
        let mut pieces: Vec<_> =
            tails.into_iter().flat_map(|(side, tail)| tail.pieces(side)).collect();
        pieces.sort_by_key(|(number, ..)| *number);
        pieces.into_iter().map(|(_, side, mark, bytes)| (side, mark, bytes)).collect()
    }

    fn tail(&mut self, side: Side) -> &mut Tail {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }
}

/// The reason that stands for a caught panic.
const BROKE: &str = "dissector_broke";
