//! One flow: two half streams and the talk they carry.

use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::FixedState;
use overhear_analysis::{FlowFacts, FlowId, Time};
use overhear_dissectors::Side;
use prefetch_index::prefetch_index;

use super::Key;
use crate::notes::Notes;
use crate::talk::Talk;
use crate::tcp::{Half, Heard, Piece, Seq, Tally};

/// A conversation of programs. Sides are those of its opening; the talk may find out later that
/// they are the other way round, and keeps that to itself.
#[derive(Debug)]
pub(crate) struct Flow {
    key: Key,
    id: FlowId,
    client_ascends: bool,
    client: Half,
    server: Half,
    talk: Talk,
    last: Time,
    patience: i64,
    due: Time,
    over: bool,
    /// Its sequence numbers mean nothing: bytes are taken as they come.
    numberless: bool,
    /// The last datagram of each side.
    datagrams: Option<Box<[Last; 2]>>,
}

/// A flow silent for so long is over. IRC servers ping every few minutes, buddy lists keep still
/// for hours.
const SILENCE: i64 = 4 * 3_600 * 1_000_000_000;
/// After the end, late retransmissions are still known to be that.
const LINGER: i64 = 60 * 1_000_000_000;
/// After a reset the receiver may have ignored, the same.
const RESET: i64 = 5 * 1_000_000_000;

/// The hash of a datagram, and when it came.
type Last = Option<(u64, Time)>;

/// The same datagram again within this came over two mirror ports; programs that repeat
/// themselves wait longer.
const TWICE: i64 = 10_000_000;

impl Flow {
    /// A flow whose client is the lower end of its key (`client_ascends`) or the upper.
    pub(crate) fn new(key: Key, facts: FlowFacts, client_ascends: bool, from_start: bool) -> Self {
        let (id, last) = (facts.id, facts.began);
        Self {
            key,
            id,
            client_ascends,
            client: Half::default(),
            server: Half::default(),
            talk: Talk::new(Arc::new(facts), from_start),
            last,
            patience: SILENCE,
            due: Time(i64::MAX),
            over: false,
            numberless: false,
            datagrams: None,
        }
    }

    /// What its packets have in common.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Has the parts fetched that every packet changes.
    #[inline]
    pub(crate) fn fetch(&self) {
        prefetch_index(std::slice::from_ref(&self.key), 0);
        prefetch_index(std::slice::from_ref(&self.client), 0);
        prefetch_index(std::slice::from_ref(&self.server), 0);
        prefetch_index(std::slice::from_ref(&self.last), 0);
        self.talk.fetch();
    }

    /// Number of the flow.
    pub(crate) fn id(&self) -> FlowId {
        self.id
    }

    /// The side a packet comes from.
    pub(crate) fn side(&self, ascending: bool) -> Side {
        if ascending == self.client_ascends { Side::Client } else { Side::Server }
    }

    /// One direction.
    pub(crate) fn half(&mut self, side: Side) -> &mut Half {
        match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        }
    }

    /// The conversation was told to its end; what comes now is late.
    pub(crate) fn over(&self) -> bool {
        self.over
    }

    /// Some capturing shims (Network Monitor on a loopback) invent sequence numbers and leave out
    /// the ACK bit, without which no data is valid (RFC 9293, section 3.10.7.4). Where a
    /// conversation begins so, bytes are taken as they come.
    pub(crate) fn distrust_numbers(&mut self) {
        self.numberless = true;
    }

    /// Its sequence numbers mean nothing.
    pub(crate) fn numberless(&self) -> bool {
        self.numberless
    }

    /// Nobody listens to it any more.
    pub(crate) fn deaf(&self) -> bool {
        self.talk.deaf()
    }

    /// Nobody's messaging, and nothing was told of it: only that is worth keeping.
    pub(crate) fn nobodys(&self) -> bool {
        self.talk.nobodys() && !self.over
    }

    /// Bytes that were held for a hole and will not be needed.
    pub(crate) fn drop_held(&mut self) -> u64 {
        self.client.close() + self.server.close()
    }

    /// Hears a TCP segment's payload.
    pub(crate) fn segment(
        &mut self,
        side: Side,
        seq: Seq,
        data: &[u8],
        fin: bool,
        now: Time,
        notes: &mut Notes<'_>,
    ) -> Tally {
        self.last = now;
        if self.patience == RESET {
            self.patience = SILENCE;
        }
        let talk = &mut self.talk;
        let half = match side {
            Side::Client => &mut self.client,
            Side::Server => &mut self.server,
        };
        if talk.deaf() && !self.over {
            talk.skim(side, data.len() as u64);
            let held = if fin { half.close() } else { 0 };
            return Tally { ignored: data.len() as u64 + held, ..Tally::default() };
        }
        let seq = if self.numberless { half.expected().unwrap_or(seq) } else { seq };
        let frame = notes.stamp().map_or(0, |stamp| stamp.no);
        let heard = Heard { now, frame, compare: talk.compares() };
        half.segment(seq, data, fin, heard, &mut |piece| talk.hear(side, &piece, notes))
    }

    /// Hears that `side` has everything the other one said before `ack`.
    pub(crate) fn ack(&mut self, side: Side, ack: Seq, now: Time, notes: &mut Notes<'_>) -> Tally {
        if self.numberless {
            return Tally::default();
        }
        let other = side.other();
        let (half, talk) = match other {
            Side::Client => (&mut self.client, &mut self.talk),
            Side::Server => (&mut self.server, &mut self.talk),
        };
        half.ack(ack, now, &mut |piece| talk.hear(other, &piece, notes))
    }

    /// Hears a datagram. One that comes twice within a moment came over two mirror ports.
    pub(crate) fn datagram(&mut self, side: Side, data: &[u8], now: Time, notes: &mut Notes<'_>) {
        self.last = now;
        let [client, server] = &mut **self.datagrams.get_or_insert_default();
        let last = if side == Side::Client { client } else { server };
        let hash = FixedState::default().hash_one(data);
        let before = last.replace((hash, now));
        if before.is_some_and(|(before, at)| before == hash && now.since(at) < TWICE) {
            notes.ledger.repeated += data.len() as u64;
            return;
        }
        notes.ledger.delivered += data.len() as u64;
        self.talk.hear(side, &Piece::Bytes(0, data), notes);
    }

    /// A reset was heard: if nothing follows, it was believed.
    pub(crate) fn reset(&mut self, now: Time) {
        self.last = now;
        self.patience = RESET;
    }

    /// Both sides have ended.
    pub(crate) fn complete(&self) -> bool {
        self.client.ended() && self.server.ended()
    }

    /// Acts on what is due at `now`; true when the flow may be forgotten.
    pub(crate) fn tick(&mut self, now: Time, notes: &mut Notes<'_>) -> (Tally, bool) {
        if self.last + self.patience <= now {
            let tally = self.finish(now, notes);
            return (tally, true);
        }
        let talk = &mut self.talk;
        let one = self.client.tick(now, &mut |piece| talk.hear(Side::Client, &piece, notes));
        let two = self.server.tick(now, &mut |piece| talk.hear(Side::Server, &piece, notes));
        (one + two, false)
    }

    /// Tells the conversation to its end; late segments are known for what they are.
    pub(crate) fn finish(&mut self, now: Time, notes: &mut Notes<'_>) -> Tally {
        if self.over {
            return Tally::default();
        }
        let talk = &mut self.talk;
        let one = self.client.finish(now, &mut |piece| talk.hear(Side::Client, &piece, notes));
        let two = self.server.finish(now, &mut |piece| talk.hear(Side::Server, &piece, notes));
        self.talk.finish(notes);
        self.over = true;
        self.patience = LINGER;
        one + two
    }

    /// When [`Flow::tick`] next has something to do.
    pub(crate) fn deadline(&self) -> Time {
        let holes = [self.client.deadline(), self.server.deadline()].into_iter().flatten().min();
        let silence = self.last + self.patience;
        holes.map_or(silence, |hole| hole.min(silence))
    }

    /// Whether a timer must be set for its deadline, and for when: one is set only when it is
    /// earlier than the one already set.
    pub(crate) fn schedule(&mut self) -> Option<Time> {
        let deadline = self.deadline();
        (deadline < self.due).then(|| {
            self.due = deadline;
            deadline
        })
    }

    /// Whether it waits for the timer of this time, and not for an earlier one.
    pub(crate) fn waits_for(&self, set: Time) -> bool {
        self.due == set
    }

    /// The timer that was set went off.
    pub(crate) fn unschedule(&mut self, set: Time) {
        if self.due == set {
            self.due = Time(i64::MAX);
        }
    }
}
