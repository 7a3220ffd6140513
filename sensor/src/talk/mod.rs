//! Talks: the conversation of programs on a flow, from its first byte to its last.
//!
//! ```text
//! Asking ──claim──▶ Reading ──STARTTLS──▶ Reading TLS ──▶ Deaf (sealed)
//!   ▲  │               │  └─tunnel opens─▶ Asking (one hop further)
//!   │  └──nobody──▶ Unclaimed
//!   └──────refusal─────┘
//! ```

mod handed;
mod identify;
mod reading;
mod script;
mod tail;
mod unclaimed;

use std::sync::Arc;

use overhear_analysis::record;
use overhear_analysis::{Ended, FlowFacts, Heard, Stamp};
use overhear_dissectors::{Ends, Event, Opening, Out, PROTOCOLS, Side, Transport};
use prefetch_index::prefetch_index;

use crate::notes::Notes;
use crate::tcp::{Conflict, Piece};
use identify::Claim;
pub(crate) use identify::is_known;
use reading::Reading;
use script::{Place, Script};
use unclaimed::Unclaimed;

/// One conversation. Everything it learns goes to the [`Notes`] of the step at hand.
#[derive(Debug)]
pub(crate) struct Talk {
    facts: Arc<FlowFacts>,
    state: State,
    /// The flow's client is the talk's server.
    swapped: bool,
    inner: Inner,
    ended: (bool, bool),
    /// Bytes lost of either side since it last made something known.
    lost: (u64, u64),
    totals: Ended,
    last: Stamp,
    weirds: Weirds,
    conflicts: u32,
    told: bool,
}

/// The conversation at hand: that of the flow, or that in its innermost tunnel.
#[derive(Debug)]
struct Inner {
    /// Tunnels it is in.
    hops: usize,
    /// Who speaks, as far as addresses were said.
    ends: Ends,
    /// It is heard from its first byte.
    from_start: bool,
    /// Bytes were lost since a protocol claimed it.
    gapped: bool,
    /// Protocols that have refused it.
    refused: identify::Out,
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

/// Where something was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Mark {
    stamp: Stamp,
    /// Stream offset of the first byte.
    at: u64,
}

/// The bytes of what was read in none.
const NOWHERE: (u64, u64) = (0, 0);

/// Whether a first datagram of `side` may belong to a conversation somebody reads.
pub(crate) fn spoken(ends: Ends, side: Side, datagram: &[u8]) -> bool {
    let (client, server) = match side {
        Side::Client => (datagram, &[][..]),
        Side::Server => (&[][..], datagram),
    };
    let opening = Opening { client, server, ends, transport: Transport::Udp, from_start: false };
    identify::identify(&opening, &mut 0, false) != Claim::Nobody
}

/// Oddities of one flow that are told; the rest are counted.
const WEIRDS: u8 = 32;

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

impl Talk {
    /// A talk on a flow, heard from its first byte or from somewhere in the middle.
    pub(crate) fn new(facts: Arc<FlowFacts>, from_start: bool) -> Self {
        Self {
            inner: Inner { hops: 0, ends: facts.ends, from_start, gapped: false, refused: 0 },
            facts,
            state: State::Asking(Box::default()),
            swapped: false,
            ended: (false, false),
            lost: (0, 0),
            totals: Ended::default(),
            last: Stamp::default(),
            weirds: Weirds(WEIRDS),
            conflicts: 0,
            told: false,
        }
    }

    /// Has the parts fetched that every piece changes.
    #[inline]
    pub(crate) fn fetch(&self) {
        prefetch_index(std::slice::from_ref(&self.state), 0);
        prefetch_index(std::slice::from_ref(&self.last), 0);
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
            State::Asking(_) => self.inner.from_start,
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
                self.bytes(side, bytes, Mark { stamp, at }, notes);
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
            script.play(|_, _, bytes| notes.ledger.unidentified += bytes.len() as u64);
        }
        self.state = State::Deaf(Why::Lost);
        if self.told {
            let Ended { client_bytes, server_bytes, .. } = self.totals;
            let one_way = self.facts.app.is_some() && (client_bytes == 0 || server_bytes == 0);
            notes.ledger.one_way += u64::from(one_way);
            self.tell(Side::Client, self.last, NOWHERE, Heard::Ended(self.totals), notes);
        }
    }

    /// Takes bytes where the talk stands. Whatever state follows takes the rest.
    fn bytes(&mut self, side: Side, bytes: &[u8], mark: Mark, notes: &mut Notes<'_>) {
        let len = bytes.len() as u64;
        match &mut self.state {
            State::Deaf(Why::Sealed) => notes.ledger.sealed += len,
            State::Deaf(Why::Nobodys) => notes.ledger.unidentified += len,
            State::Deaf(Why::Lost) => notes.ledger.unread += len,
            State::Unclaimed(unclaimed) => {
                notes.ledger.unidentified += len;
                let mut events = Vec::new();
                unclaimed.hear(side, bytes, &mut |event| events.push(event));
                for event in events {
                    self.said(side, mark.stamp, NOWHERE, event, notes);
                }
            }
            State::Asking(script) => {
                script.push(side, mark, bytes);
                self.ask(false, notes);
            }
            State::Reading(reading) => {
                let mut out = self.weirds.out(notes);
                let heard = reading.read(side, mark, bytes, &mut out);
                self.after(side, mark.stamp, heard, out, notes);
                self.wake(notes);
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
            State::Asking(_) => self.inner.from_start = false,
            State::Unclaimed(unclaimed) => unclaimed.gap(side),
            State::Deaf(_) => {}
            State::Reading(reading) => {
                self.inner.gapped = true;
                let mut out = self.weirds.out(notes);
                let heard = reading.gap(side, lost, &mut out);
                self.note(side, self.last, Heard::Gap { bytes: lost }, notes);
                self.after(side, self.last, heard, out, notes);
                self.wake(notes);
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
        self.ends(side, notes);
        if both {
            self.settle(side, notes);
        }
    }

    /// Tells whoever listens now which sides are over; `last` is the one that ended just now.
    fn ends(&mut self, last: Side, notes: &mut Notes<'_>) {
        for side in [last, last.other()] {
            let ended = match side {
                Side::Client => self.ended.0,
                Side::Server => self.ended.1,
            };
            let mut events = Vec::new();
            match &mut self.state {
                State::Reading(reading) if ended => {
                    let mut out = self.weirds.out(notes);
                    match reading.end(side, &mut out) {
                        Some(heard) => self.after(side, self.last, heard, out, notes),
                        None => *notes.out = out,
                    }
                }
                State::Unclaimed(unclaimed) if ended => {
                    unclaimed.end(side, &mut |event| events.push(event));
                }
                _ => {}
            }
            for event in events {
                self.said(side, self.last, NOWHERE, event, notes);
            }
        }
    }

    /// Nothing more will come: what still waits for the other side is given to whose it must be.
    fn settle(&mut self, last: Side, notes: &mut Notes<'_>) {
        while let State::Reading(reading) = &mut self.state
            && let Some(heard) = reading.settle()
        {
            let out = self.weirds.out(notes);
            self.after(last, self.last, heard, out, notes);
            if matches!(&self.state, State::Asking(script) if !script.is_empty()) {
                self.ask(true, notes);
            }
            self.ends(last, notes);
        }
    }

    /// Asks whose talk it is; `last` when no more bytes will come before a decision.
    fn ask(&mut self, last: bool, notes: &mut Notes<'_>) {
        let State::Asking(script) = &mut self.state else { return };
        let Inner { ends, from_start, refused, .. } = self.inner;
        let place = Place { ends, from_start, transport: self.facts.transport };
        let claim = script.ask(&place, refused, last);
        if claim == Claim::Wait {
            return;
        }
        let script = std::mem::take(&mut **script);
        match claim {
            Claim::Wait => {}
            Claim::By { protocol, swapped } => self.claimed(protocol, swapped, &script, notes),
            Claim::Nobody if last && self.ended != (true, true) => {
                // A gap follows: what comes after it may yet be recognised.
                script.play(|_, _, bytes| notes.ledger.unidentified += bytes.len() as u64);
                self.state = State::Asking(Box::default());
            }
            Claim::Nobody => self.unclaimed(&script, notes),
        }
    }

    /// A protocol claims the talk: it hears everything from the beginning.
    fn claimed(&mut self, protocol: usize, swapped: bool, script: &Script, notes: &mut Notes<'_>) {
        let Some(candidate) = PROTOCOLS.get(protocol) else { return };
        let written = self.swapped;
        if swapped {
            self.swap();
        }
        self.inner.gapped = false;
        let facts = Arc::make_mut(&mut self.facts);
        facts.app = Some(candidate.facts().name);
        let stream = facts.transport == Transport::Tcp;
        let ends = self.inner.ends;
        let dissector = if stream { candidate.open(ends) } else { candidate.open_datagrams(ends) };
        self.state = State::Reading(Box::new(Reading::new(protocol, dissector, stream)));
        self.note(Side::Client, self.last, Heard::Identified, notes);
        for (side, stamp, conflict) in script.disputes.clone() {
            let side = if swapped { side.other() } else { side };
            self.note(side, stamp, Heard::Conflict(Box::new(conflict)), notes);
        }
        self.replay(script, written, notes);
    }

    /// Plays a script to whoever listens now. Its sides are those of when it was `written`.
    fn replay(&mut self, script: &Script, written: bool, notes: &mut Notes<'_>) {
        script.play(|side, mark, bytes| {
            // A tunnel that opens meanwhile may turn the sides once more.
            let side = if self.swapped == written { side } else { side.other() };
            if let State::Asking(later) = &mut self.state {
                // Refused, or a tunnel opened, while the script still plays.
                later.push(side, mark, bytes);
            } else {
                self.bytes(side, bytes, mark, notes);
            }
        });
        if matches!(&self.state, State::Asking(script) if !script.is_empty()) {
            self.ask(false, notes);
        }
    }

    /// No protocol claims it.
    fn unclaimed(&mut self, script: &Script, notes: &mut Notes<'_>) {
        let mut nobodys = self.facts.transport == Transport::Udp;
        script.play(|_, _, bytes| nobodys |= Unclaimed::is_nobodys(bytes));
        self.state =
            if nobodys { State::Deaf(Why::Nobodys) } else { State::Unclaimed(Box::default()) };
        script.play(|side, mark, bytes| self.bytes(side, bytes, mark, notes));
    }

    /// Something was said.
    #[inline]
    fn said(
        &mut self,
        side: Side,
        stamp: Stamp,
        span: (u64, u64),
        event: Event,
        notes: &mut Notes<'_>,
    ) {
        match event {
            Event::Weird(_) => self.note(side, stamp, Heard::said(event), notes),
            event => self.tell(side, stamp, span, Heard::said(event), notes),
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
        out.drain().for_each(|event| self.said(side, stamp, NOWHERE, event, notes));
        *notes.out = out;
    }

    /// Writes down something that was said, with what was lost before it.
    #[inline]
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
        notes.tell(&self.facts, side, stamp, 0, NOWHERE, heard);
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
        let turn = |Ends { client, server }| Ends { client: server, server: client };
        (facts.ends, self.inner.ends) = (turn(facts.ends), turn(self.inner.ends));
    }

    fn count(&mut self, side: Side, bytes: u64) {
        match side {
            Side::Client => self.totals.client_bytes += bytes,
            Side::Server => self.totals.server_bytes += bytes,
        }
    }
}
