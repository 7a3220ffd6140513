//! Talks: the conversation of programs on a flow, from its first byte to its last.
//!
//! ```text
//! Asking ──claim──▶ Reading ──STARTTLS──▶ Reading TLS ──▶ Deaf (sealed)
//!   ▲  │               │  └─tunnel opens─▶ Asking (one hop further)
//!   │  └──nobody──▶ Unclaimed
//!   └──────refusal─────┘
//! ```

mod identify;
mod reading;
mod script;
mod unclaimed;

use std::sync::Arc;

use overhear_analysis::record;
use overhear_analysis::{Ended, FlowFacts, Heard, Stamp};
use overhear_dissectors::event::Seal;
use overhear_dissectors::{Ends, Event, Opening, Out, PROTOCOLS, Side, Transport};

use crate::notes::Notes;
use crate::tcp::{Conflict, Piece};
use identify::{Claim, Refused};
use reading::{Outcome, Reading, Rest, Yield};
use script::Script;
use unclaimed::Unclaimed;

/// One conversation. Everything it learns goes to the [`Notes`] of the step at hand.
#[derive(Debug)]
pub(crate) struct Talk {
    facts: Arc<FlowFacts>,
    state: State,
    /// The flow's client is the talk's server.
    swapped: bool,
    from_start: bool,
    ended: (bool, bool),
    /// Bytes lost of either side since it last made something known.
    lost: (u64, u64),
    totals: Ended,
    last: Stamp,
    weirds: Weirds,
    conflicts: u32,
    told: bool,
}

#[derive(Debug)]
enum State {
    /// Nobody knows yet whose it is.
    Asking(Box<Script>),
    /// A dissector reads it.
    Reading(Box<Reading>),
    /// No protocol claims it.
    Unclaimed(Box<Unclaimed>),
    /// Sealed, nobody's, or lost: its bytes are only counted.
    Deaf(Why),
}

/// Why nobody listens any more; decides the ledger's column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Why {
    Sealed,
    Nobodys,
    Lost,
}

/// Whether a first datagram of `side` may belong to a conversation somebody reads.
pub(crate) fn spoken(ends: Ends, side: Side, datagram: &[u8]) -> bool {
    let (client, server) = match side {
        Side::Client => (datagram, &[][..]),
        Side::Server => (&[][..], datagram),
    };
    let opening = Opening { client, server, ends, transport: Transport::Udp, from_start: false };
    identify::identify(&opening, 0, false) != Claim::Nobody
}

/// Oddities of one flow that are told; the rest are counted.
const WEIRDS: u8 = 8;

/// Conflicts of one flow that are told; the rest are counted.
const CONFLICTS: u32 = 16;

/// How many oddities of a flow may still be told.
#[derive(Debug)]
struct Weirds(u8);

impl Weirds {
    /// Takes the sheet that dissectors write on.
    fn out(&self, notes: &mut Notes<'_>) -> Out {
        let mut out = std::mem::take(notes.out);
        out.limit_weirds(self.0.into());
        out
    }

    /// Counts what is on it.
    fn count(&mut self, out: &mut Out, notes: &mut Notes<'_>) {
        let weirds = out.take_weirds();
        notes.ledger.weirds += u64::from(weirds);
        self.0 = self.0.saturating_sub(u8::try_from(weirds).unwrap_or(u8::MAX));
    }
}
/// Hops of tunnels in one talk.
const HOPS: usize = 16;

impl Talk {
    /// A talk on a flow, heard from its first byte or from somewhere in the middle.
    pub(crate) fn new(facts: Arc<FlowFacts>, from_start: bool) -> Self {
        Self {
            facts,
            state: State::Asking(Box::default()),
            swapped: false,
            from_start,
            ended: (false, false),
            lost: (0, 0),
            totals: Ended::default(),
            last: Stamp::default(),
            weirds: Weirds(WEIRDS),
            conflicts: 0,
            told: false,
        }
    }

    /// Its bytes need not be put together any more.
    pub(crate) fn deaf(&self) -> bool {
        matches!(self.state, State::Deaf(_))
    }

    /// Somebody listens who cares whether copies of its bytes agree.
    pub(crate) fn compares(&self) -> bool {
        match &self.state {
            State::Reading(_) => true,
            // What was picked up in the middle may never be known for anything.
            State::Asking(_) => self.from_start,
            State::Unclaimed(_) | State::Deaf(_) => false,
        }
    }

    /// It is nobody's messaging, and it never was told of.
    pub(crate) fn nobodys(&self) -> bool {
        matches!(self.state, State::Deaf(Why::Nobodys)) && !self.told
    }

    /// Bytes went by that nobody put together.
    pub(crate) fn skim(&mut self, side: Side, bytes: u64) {
        let side = self.turn(side);
        self.count(side, bytes);
    }

    /// Hears the next piece of one side of the flow.
    pub(crate) fn hear(&mut self, side: Side, piece: &Piece<'_>, notes: &mut Notes<'_>) {
        if let Some(stamp) = notes.stamp() {
            self.last = stamp;
        }
        let (side, stamp) = (self.turn(side), self.last);
        match *piece {
            Piece::Bytes(at, bytes) => {
                self.count(side, bytes.len() as u64);
                self.bytes(side, at, bytes, stamp, notes);
            }
            Piece::Conflict(conflict) => self.conflict(side, conflict, notes),
            Piece::Gap(lost) => self.gap(side, lost, notes),
            Piece::End => self.end(side, notes),
        }
    }

    /// The flow is over.
    pub(crate) fn finish(&mut self, notes: &mut Notes<'_>) {
        self.end(Side::Client, notes);
        self.end(Side::Server, notes);
        if let State::Reading(reading) = &self.state {
            notes.ledger.unread += reading.pending();
        }
        if let State::Asking(script) = &self.state {
            script.play(|_, _, _, bytes| notes.ledger.unidentified += bytes.len() as u64);
        }
        self.state = State::Deaf(Why::Lost);
        if self.told {
            let Ended { client_bytes, server_bytes, .. } = self.totals;
            let one_way = self.facts.app.is_some() && (client_bytes == 0 || server_bytes == 0);
            notes.ledger.one_way += u64::from(one_way);
            self.tell(Side::Client, self.last, (0, 0), Heard::Ended(self.totals), notes);
        }
    }

    /// Takes bytes where the talk stands. Whatever state follows takes the rest.
    fn bytes(&mut self, side: Side, at: u64, bytes: &[u8], stamp: Stamp, notes: &mut Notes<'_>) {
        let len = bytes.len() as u64;
        match &mut self.state {
            State::Deaf(Why::Sealed) => notes.ledger.sealed += len,
            State::Deaf(Why::Nobodys) => notes.ledger.unidentified += len,
            State::Deaf(Why::Lost) => notes.ledger.unread += len,
            State::Unclaimed(unclaimed) => {
                notes.ledger.unidentified += len;
                let mut events = Vec::new();
                unclaimed.hear(side, bytes, &mut |event| events.push(event));
                events.into_iter().for_each(|event| self.said(side, stamp, (0, 0), event, notes));
            }
            State::Asking(script) => {
                script.push(side, stamp, at, bytes);
                self.ask(false, notes);
            }
            State::Reading(reading) => {
                let mut out = self.weirds.out(notes);
                let heard = reading.read(side, at, bytes, &mut out);
                self.after(side, stamp, heard, out, notes);
            }
        }
    }

    /// Bytes of one side were lost.
    fn gap(&mut self, side: Side, lost: u64, notes: &mut Notes<'_>) {
        self.totals.lost_bytes += lost;
        notes.ledger.gaps += 1;
        notes.ledger.gap_bytes += lost;
        if matches!(&self.state, State::Asking(script) if !script.is_empty()) {
            self.ask(true, notes);
        }
        match side {
            Side::Client => self.lost.0 += lost,
            Side::Server => self.lost.1 += lost,
        }
        match &mut self.state {
            State::Asking(_) => self.from_start = false,
            State::Unclaimed(unclaimed) => unclaimed.gap(side),
            State::Deaf(_) => {}
            State::Reading(reading) => {
                let mut out = self.weirds.out(notes);
                let heard = reading.gap(side, lost, &mut out);
                self.note(side, self.last, Heard::Gap { bytes: lost }, notes);
                self.after(side, self.last, heard, out, notes);
            }
        }
    }

    /// One side is over.
    fn end(&mut self, side: Side, notes: &mut Notes<'_>) {
        let ended = match side {
            Side::Client => &mut self.ended.0,
            Side::Server => &mut self.ended.1,
        };
        if std::mem::replace(ended, true) {
            return;
        }
        let both = self.ended == (true, true);
        if both && matches!(&self.state, State::Asking(script) if !script.is_empty()) {
            self.ask(true, notes);
        }
        let stamp = self.last;
        match &mut self.state {
            State::Reading(reading) => {
                let mut out = self.weirds.out(notes);
                let heard = reading.end(side, &mut out);
                self.after(side, stamp, heard, out, notes);
            }
            State::Unclaimed(unclaimed) => {
                let mut events = Vec::new();
                unclaimed.end(side, &mut |event| events.push(event));
                if both {
                    unclaimed.end(side.other(), &mut |event| events.push(event));
                }
                events.into_iter().for_each(|event| self.said(side, stamp, (0, 0), event, notes));
            }
            State::Asking(_) | State::Deaf(_) => {}
        }
    }

    /// Asks whose talk it is; `last` when no more bytes will come before a decision.
    fn ask(&mut self, last: bool, notes: &mut Notes<'_>) {
        let State::Asking(script) = &mut self.state else { return };
        let claim = script.ask(&self.facts, self.from_start, last);
        if claim == Claim::Wait {
            return;
        }
        let script = std::mem::take(&mut **script);
        match claim {
            Claim::Wait => {}
            Claim::By { protocol, swapped } => self.claimed(protocol, swapped, &script, notes),
            Claim::Nobody if last && self.ended != (true, true) => {
                // A gap follows: what comes after it may yet be recognised.
                script.play(|_, _, _, bytes| notes.ledger.unidentified += bytes.len() as u64);
                self.state = State::Asking(Box::new(Script::refused(script.refused)));
            }
            Claim::Nobody => self.unclaimed(&script, notes),
        }
    }

    /// A protocol claims the talk: it hears everything from the beginning.
    fn claimed(&mut self, protocol: usize, swapped: bool, script: &Script, notes: &mut Notes<'_>) {
        let Some(candidate) = PROTOCOLS.get(protocol) else { return };
        if swapped {
            self.swap();
        }
        let facts = Arc::make_mut(&mut self.facts);
        facts.app = Some(candidate.facts().name);
        let stream = facts.transport == Transport::Tcp;
        let dissector = candidate.open(facts.ends);
        self.state = State::Reading(Box::new(Reading::new(protocol, dissector, stream)));
        self.note(Side::Client, self.last, Heard::Identified, notes);
        for (side, stamp, conflict) in script.disputes.clone() {
            let side = if swapped { side.other() } else { side };
            self.note(side, stamp, Heard::Conflict(Box::new(conflict)), notes);
        }
        self.replay(script, swapped, script.refused, notes);
    }

    /// Plays a script to whoever listens now.
    fn replay(&mut self, script: &Script, swapped: bool, refused: Refused, notes: &mut Notes<'_>) {
        script.play(|side, stamp, at, bytes| {
            let side = if swapped { side.other() } else { side };
            if let State::Asking(later) = &mut self.state {
                // Refused, or a tunnel opened, while the script still plays.
                later.refused |= refused;
                later.push(side, stamp, at, bytes);
            } else {
                self.bytes(side, at, bytes, stamp, notes);
            }
        });
        if matches!(&self.state, State::Asking(script) if !script.is_empty()) {
            self.ask(false, notes);
        }
    }

    /// No protocol claims it.
    fn unclaimed(&mut self, script: &Script, notes: &mut Notes<'_>) {
        let mut nobodys = self.facts.transport == Transport::Udp;
        script.play(|_, _, _, bytes| nobodys |= Unclaimed::is_nobodys(bytes));
        self.state =
            if nobodys { State::Deaf(Why::Nobodys) } else { State::Unclaimed(Box::default()) };
        script.play(|side, stamp, at, bytes| self.bytes(side, at, bytes, stamp, notes));
    }

    /// Writes down what a dissector said, and goes where it sent the talk.
    fn after(
        &mut self,
        side: Side,
        stamp: Stamp,
        heard: Yield,
        mut out: Out,
        notes: &mut Notes<'_>,
    ) {
        notes.ledger.understood += heard.understood;
        notes.ledger.unread += heard.unread;
        self.weirds.count(&mut out, notes);
        out.drain_spans().for_each(|(event, span)| self.said(side, stamp, span, event, notes));
        *notes.out = out;
        match heard.outcome {
            Outcome::GoesOn => {}
            Outcome::Quit { unread } => {
                notes.ledger.unread += unread;
                self.state = State::Deaf(Why::Lost);
            }
            Outcome::Broke { unread } => {
                notes.ledger.unread += unread;
                notes.ledger.broken += 1;
                self.state = State::Deaf(Why::Lost);
                let heard = Heard::Oddity("dissector_broke", format!("{:?}", self.facts.app));
                self.note(side, stamp, heard, notes);
            }
            Outcome::Refused { protocol, reason, rest } => {
                self.weird(side, stamp, reason, notes);
                Arc::make_mut(&mut self.facts).app = None;
                self.from_start = false;
                self.state = State::Asking(Box::new(Script::refused(1 << protocol)));
                self.pass_on(stamp, &rest, notes);
            }
            Outcome::Tunnel { hop, to, rest } => {
                let facts = Arc::make_mut(&mut self.facts);
                facts.via.push(to.map_or_else(|| hop.to_owned(), |to| format!("{hop}:{to}")));
                facts.app = None;
                let open = facts.via.len() < HOPS;
                self.from_start = true;
                self.state = match open {
                    true => State::Asking(Box::default()),
                    false => State::Deaf(Why::Lost),
                };
                self.pass_on(stamp, &rest, notes);
            }
            Outcome::Sealed { seal, rest } => self.sealed(side, stamp, seal, &rest, notes),
        }
    }

    /// TLS begins. Where a readable protocol led to it, its first records still name the server.
    fn sealed(&mut self, side: Side, stamp: Stamp, seal: Seal, rest: &Rest, notes: &mut Notes<'_>) {
        let named = seal.tls_version.is_some();
        let verdict = seal.verdict;
        let since: usize = rest.iter().map(|(_, _, bytes)| bytes.len()).sum();
        let bytes = self.totals.client_bytes + self.totals.server_bytes;
        let since_byte = Some(bytes.saturating_sub(since as u64));
        let event = Event::Seal(Seal { since_byte, ..seal });
        self.said(side, stamp, (0, 0), event, notes);
        let upgrade = (!named).then(|| Reading::upgraded(self.facts.ends, verdict)).flatten();
        self.state = match upgrade {
            Some(reading) => State::Reading(Box::new(reading)),
            None => State::Deaf(Why::Sealed),
        };
        self.pass_on(stamp, rest, notes);
    }

    /// Hands unread bytes to whoever listens now.
    fn pass_on(&mut self, stamp: Stamp, rest: &Rest, notes: &mut Notes<'_>) {
        for (side, at, bytes) in rest.iter().filter(|(_, _, bytes)| !bytes.is_empty()) {
            self.bytes(*side, *at, bytes, stamp, notes);
        }
    }

    /// Something was said.
    fn said(
        &mut self,
        side: Side,
        stamp: Stamp,
        span: (u64, u64),
        event: Event,
        notes: &mut Notes<'_>,
    ) {
        match event {
            Event::Weird(_) => self.note(side, stamp, Heard::Said(event), notes),
            event => self.tell(side, stamp, span, Heard::Said(event), notes),
        }
    }

    /// Two copies of some bytes disagreed. Before anybody knows whose conversation it is, that
    /// waits as the bytes do.
    fn conflict(&mut self, side: Side, conflict: &Conflict, notes: &mut Notes<'_>) {
        notes.ledger.conflicts += 1;
        self.conflicts += 1;
        if self.conflicts > CONFLICTS {
            return;
        }
        let believers = conflict.believers().map(|(name, second)| (name, usize::from(second)));
        let heard = record::Conflict {
            offset: conflict.offset,
            copies: [conflict.first.clone(), conflict.second.clone()],
            believed_by: believers.collect(),
            delivered: conflict.is_delivered(),
        };
        match &mut self.state {
            State::Reading(_) => {
                self.note(side, self.last, Heard::Conflict(Box::new(heard)), notes);
            }
            State::Asking(script) => script.disputes.push((side, self.last, heard)),
            State::Unclaimed(_) | State::Deaf(_) => {}
        }
    }

    fn weird(&mut self, side: Side, stamp: Stamp, name: &'static str, notes: &mut Notes<'_>) {
        let detail = self.facts.app.unwrap_or_default().to_owned();
        let mut out = self.weirds.out(notes);
        out.weird(name, detail);
        self.weirds.count(&mut out, notes);
        out.drain().for_each(|event| self.said(side, stamp, (0, 0), event, notes));
        *notes.out = out;
    }

    /// Writes down something that was said, with what was lost before it.
    fn tell(
        &mut self,
        side: Side,
        stamp: Stamp,
        span: (u64, u64),
        heard: Heard,
        notes: &mut Notes<'_>,
    ) {
        self.told = true;
        let lost = match side {
            Side::Client => std::mem::take(&mut self.lost.0),
            Side::Server => std::mem::take(&mut self.lost.1),
        };
        notes.tell(&self.facts, side, stamp, lost, span, heard);
    }

    /// Writes down something about the talk itself.
    fn note(&mut self, side: Side, stamp: Stamp, heard: Heard, notes: &mut Notes<'_>) {
        self.told = true;
        notes.tell(&self.facts, side, stamp, 0, (0, 0), heard);
    }

    /// The talk's name for a side of the flow.
    fn turn(&self, side: Side) -> Side {
        if self.swapped { side.other() } else { side }
    }

    /// Client and server change places, in everything kept by side.
    fn swap(&mut self) {
        self.swapped = !self.swapped;
        self.ended = (self.ended.1, self.ended.0);
        self.lost = (self.lost.1, self.lost.0);
        let Ended { client_bytes, server_bytes, lost_bytes } = self.totals;
        self.totals = Ended { client_bytes: server_bytes, server_bytes: client_bytes, lost_bytes };
        let facts = Arc::make_mut(&mut self.facts);
        let Ends { client, server } = facts.ends;
        facts.ends = Ends { client: server, server: client };
    }

    fn count(&mut self, side: Side, bytes: u64) {
        match side {
            Side::Client => self.totals.client_bytes += bytes,
            Side::Server => self.totals.server_bytes += bytes,
        }
    }
}
