//! A dissector at work: the bytes it has not taken yet, and what it decides.

use std::panic::{AssertUnwindSafe, catch_unwind};

use overhear_dissectors::event::{Seal, Verdict};
use overhear_dissectors::{Dissector, Ends, Next, Out, PROTOCOLS, Resume, Side, Step, tls};

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
}

/// The bytes of one side that are not done with.
#[derive(Debug, Default)]
struct Tail {
    bytes: Vec<u8>,
    want: usize,
    /// Stream offset behind the last of them.
    end: u64,
}

impl Tail {
    fn start(&self) -> u64 {
        self.end.saturating_sub(self.bytes.len() as u64)
    }
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
    /// A tunnel opened; `rest` is the first of what flows inside.
    Tunnel { hop: &'static str, to: Option<String>, rest: Rest },
    /// TLS begins with `rest`.
    Sealed { seal: Seal, rest: Rest },
}

/// Bytes nobody has read, by side, with the stream offset of the first.
pub(super) type Rest = Vec<(Side, u64, Vec<u8>)>;

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
        let (client, server) = (Tail::default(), Tail::default());
        Self { protocol, dissector, client, server, stream, upgraded: None }
    }

    /// A TLS dissector for the names in a handshake that another protocol led to.
    pub(super) fn upgraded(ends: Ends, verdict: Verdict) -> Option<Self> {
        let name = tls::FACTS.name;
        let protocol = PROTOCOLS.iter().position(|protocol| protocol.facts().name == name)?;
        let dissector = PROTOCOLS.get(protocol)?.open(ends);
        Some(Self { upgraded: Some(verdict), ..Self::new(protocol, dissector, true) })
    }

    /// Reads on with new bytes of one side.
    pub(super) fn read(&mut self, side: Side, at: u64, bytes: &[u8], out: &mut Out) -> Yield {
        let mut tail = std::mem::take(self.tail(side));
        tail.end = at + bytes.len() as u64;
        let (step, used) = if tail.bytes.is_empty() {
            let (step, used) = self.run(side, at, bytes, out, &mut tail.want);
            tail.bytes.extend_from_slice(bytes.get(used..).unwrap_or_default());
            (step, used)
        } else {
            tail.bytes.extend_from_slice(bytes);
            let at = tail.start();
            let due = tail.bytes.len() >= tail.want;
            let (step, used) = match due {
                true => self.run(side, at, &tail.bytes, out, &mut tail.want),
                false => (None, 0),
            };
            tail.bytes.drain(..used);
            (step, used)
        };
        let mut unread = 0;
        if !self.stream {
            unread = std::mem::take(&mut tail.bytes).len() as u64;
        }
        *self.tail(side) = tail;
        let mut outcome = self.outcome(step);
        let pending = self.tail(side).bytes.len();
        if matches!(outcome, Outcome::GoesOn) && pending > UNREAD {
            out.weird("unread_overflow", format_args!("{pending} bytes wanted at once"));
            unread += pending as u64;
            self.tail(side).bytes = Vec::new();
            outcome = self.lose(side, pending as u64, out);
        }
        Yield { outcome, understood: used as u64, unread }
    }

    /// Bytes were lost; what was pending before them will never be whole.
    pub(super) fn gap(&mut self, side: Side, lost: u64, out: &mut Out) -> Yield {
        let unread = std::mem::take(self.tail(side)).bytes.len() as u64;
        let outcome = self.lose(side, lost, out);
        Yield { outcome, understood: 0, unread }
    }

    /// A side is over.
    pub(super) fn end(&mut self, side: Side, out: &mut Out) -> Yield {
        let dissector = &mut self.dissector;
        let ended = catch_unwind(AssertUnwindSafe(|| dissector.end(side, out)));
        let outcome = match ended {
            Ok(()) => Outcome::GoesOn,
            Err(_) => Outcome::Broke { unread: self.pending() },
        };
        Yield { outcome, understood: 0, unread: 0 }
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
    fn run(
        &mut self,
        side: Side,
        at: u64,
        input: &[u8],
        out: &mut Out,
        want: &mut usize,
    ) -> (Option<Step>, usize) {
        let (mut used, dissector) = (0, &mut self.dissector);
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            let step = catch_unwind(AssertUnwindSafe(|| dissector.read(side, rest, out)));
            let Ok(step) = step else { return (Some(Step::Refuse(BROKE)), used) };
            let took = match step {
                Step::Took { used, want: wanted } => {
                    *want = wanted;
                    used
                }
                Step::Became { used, .. } => used,
                Step::Refuse(_) => 0,
            };
            let from = at + used as u64;
            used += took.min(rest.len());
            out.read_in((from, at + used as u64));
            if !matches!(step, Step::Took { used: 1.., .. }) {
                return (Some(step), used);
            }
        }
        (None, used)
    }

    fn outcome(&mut self, step: Option<Step>) -> Outcome {
        match step {
            None | Some(Step::Took { .. }) => Outcome::GoesOn,
            Some(Step::Refuse(BROKE)) => Outcome::Broke { unread: self.pending() },
            Some(Step::Refuse(_)) if self.upgraded.is_some() => {
                Outcome::Quit { unread: self.pending() }
            }
            Some(Step::Refuse(reason)) => {
                Outcome::Refused { protocol: self.protocol, reason, rest: self.rest() }
            }
            Some(Step::Became { next: Next::Identify { hop, to }, .. }) => {
                Outcome::Tunnel { hop, to, rest: self.rest() }
            }
            Some(Step::Became { next: Next::Sealed(mut seal), .. }) => {
                seal.verdict = self.upgraded.unwrap_or(seal.verdict);
                Outcome::Sealed { seal, rest: self.rest() }
            }
        }
    }

    fn rest(&mut self) -> Rest {
        let [client, server] = [&mut self.client, &mut self.server].map(std::mem::take);
        vec![
            (Side::Client, client.start(), client.bytes),
            (Side::Server, server.start(), server.bytes),
        ]
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
