//! One direction of a TCP connection, as a witness puts it together.

use overhear_analysis::Time;

use super::overlap::{Conflict, Recent};
use super::reorder::Reorder;
use super::seq::Seq;

/// What a stream yields, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// The next bytes, and the stream offset of the first.
    Bytes(u64, &'a [u8]),
    /// Two copies of some bytes disagreed.
    Conflict(&'a Conflict),
    /// Bytes nobody saw.
    Gap(u64),
    /// Nothing more will come.
    End,
}

/// When a segment was heard, and whether somebody cares what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    /// The time.
    pub(crate) now: Time,
    /// Number of its frame, for people.
    pub(crate) frame: u64,
    /// Copies are held against each other.
    pub(crate) compare: bool,
}

/// What became of the payload bytes of a segment, for the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Delivered now (also bytes held before).
    pub(crate) delivered: u64,
    /// Seen before.
    pub(crate) repeated: u64,
    /// Too far from the stream to belong to it.
    pub(crate) outside: u64,
    /// Past the end of the stream.
    pub(crate) after_end: u64,
    /// Of a flow nobody reads.
    pub(crate) ignored: u64,
    /// The holding budget was struck.
    pub(crate) struck: u64,
}

impl std::ops::Add for Tally {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            delivered: self.delivered + other.delivered,
            repeated: self.repeated + other.repeated,
            outside: self.outside + other.outside,
            after_end: self.after_end + other.after_end,
            ignored: self.ignored + other.ignored,
            struck: self.struck + other.struck,
        }
    }
}

/// One direction: in-order bytes pass through without a copy, others wait in a bounded buffer.
/// Offsets count payload bytes from the first one expected.
///
/// Invariant: nothing held begins at or before `next`.
#[derive(Debug, Default)]
pub(crate) struct Half {
    /// Sequence number of stream offset `next`; unknown until the first segment.
    base: Option<Seq>,
    next: u64,
    /// Highest offset the peer said it has.
    acked: u64,
    /// The peer's acknowledgements are heard: one that passes a hole will tell of it.
    answered: bool,
    end: Option<u64>,
    ended: bool,
    reorder: Option<Box<Reorder>>,
    recent: Option<Box<Recent>>,
}

/// Bytes one direction may hold while it waits for a hole to be filled.
const HOLD: usize = 256 << 10;
/// Farthest a segment may lie ahead: the largest scaled window (RFC 7323, section 2.3) is 1 GiB,
/// but no messenger's peer offers more than this.
const WINDOW: i64 = 64 << 20;
/// How long a hole may stay open when nobody says whether it will be filled.
const PATIENCE: i64 = 2_000_000_000;
/// How long it may when its receiver is heard, and has not passed it either: the sender tries again,
/// each time later, for at least 100 s (RFC 9293, section 3.8.3).
const LONG_PATIENCE: i64 = 100_000_000_000;

impl Half {
    /// The first byte has this sequence number.
    pub(crate) fn begin(&mut self, first: Seq) {
        if self.base.is_none() {
            self.base = Some(first);
        }
    }

    /// The sequence number of the next byte, if anything was heard.
    pub(crate) fn expected(&self) -> Option<Seq> {
        self.base
    }

    /// The stream is over.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether `seq` could be of this stream: what an RST or a new SYN is judged by.
    pub(crate) fn near(&self, seq: Seq) -> bool {
        self.base.is_none_or(|base| (-1..=WINDOW).contains(&seq.offset_from(base)))
    }

    /// Hears a segment's payload; `fin` marks the end after it.
    pub(crate) fn segment(
        &mut self,
        seq: Seq,
        data: &[u8],
        fin: bool,
        heard: Heard,
        out: &mut dyn FnMut(Piece<'_>),
    ) -> Tally {
        let mut tally = Tally::default();
        let len = data.len() as u64;
        let base = *self.base.get_or_insert(seq);
        if self.ended {
            tally.after_end = len;
            return tally;
        }
        let ahead = seq.offset_from(base);
        if !(-(1 << 30)..=WINDOW).contains(&ahead) {
            tally.outside = len;
            return tally;
        }
        if !heard.compare {
            self.recent = None;
        }
        let (start, data) = if ahead < 0 {
            let old = usize::try_from(-ahead).unwrap_or(usize::MAX).min(data.len());
            tally.repeated += old as u64;
            self.compare(ahead, data.get(..old).unwrap_or_default(), heard.frame, out);
            (self.next, data.get(old..).unwrap_or_default())
        } else {
            (self.next + ahead.unsigned_abs(), data)
        };
        let reached = (self.next.cast_signed() + ahead).max(0).unsigned_abs() + len;
        if fin && self.end.is_none() && reached >= self.next {
            self.end = Some(reached);
        }
        let data = self.clip(start, data, &mut tally);
        if start == self.next {
            if heard.compare {
                self.recent.get_or_insert_default();
            }
            self.dispute(start, data, heard, out);
            self.pass(data, heard.frame, &mut tally, out);
        } else if !data.is_empty() {
            let held = self.reorder.get_or_insert_with(|| Box::new(Reorder::new(heard.now)));
            let (new, conflict) = held.insert(start, data, heard.frame);
            tally.repeated += (data.len() - new) as u64;
            if let Some(conflict) = conflict.filter(|_| heard.compare) {
                out(Piece::Conflict(&conflict));
            }
        }
        self.advance(heard.now, &mut tally, out);
        tally
    }

    /// Holds a copy of bytes that were delivered against what they were.
    fn compare(&self, ahead: i64, data: &[u8], frame: u64, out: &mut dyn FnMut(Piece<'_>)) {
        let Some(recent) = &self.recent else { return };
        let Some(at) = self.next.checked_add_signed(ahead) else { return };
        // A keep-alive repeats one byte, which may be any (RFC 9293, section 3.8.4).
        if data.len() == 1 && ahead == -1 {
            return;
        }
        if let Some(conflict) = recent.compare(at, data, frame) {
            out(Piece::Conflict(&conflict));
        }
    }

    /// Holds bytes that are next against those that came before their turn.
    fn dispute(&self, at: u64, data: &[u8], heard: Heard, out: &mut dyn FnMut(Piece<'_>)) {
        let Some(held) = self.reorder.as_ref().filter(|_| heard.compare) else { return };
        if let Some(conflict) = held.compare(at, data, heard.frame) {
            out(Piece::Conflict(&conflict));
        }
    }

    /// Hears that the peer has everything before `ack`.
    pub(crate) fn ack(&mut self, ack: Seq, now: Time, out: &mut dyn FnMut(Piece<'_>)) -> Tally {
        let mut tally = Tally::default();
        if let Some(base) = self.base {
            let ahead = ack.offset_from(base);
            self.answered |= (-WINDOW..=WINDOW).contains(&ahead);
            if (1..=WINDOW).contains(&ahead) {
                self.acked = self.acked.max(self.next + ahead.unsigned_abs());
                self.advance(now, &mut tally, out);
            }
        }
        tally
    }

    /// A moment has passed: holes that stayed open too long become gaps.
    pub(crate) fn tick(&mut self, now: Time, out: &mut dyn FnMut(Piece<'_>)) -> Tally {
        let mut tally = Tally::default();
        while self.deadline().is_some_and(|deadline| deadline <= now) {
            self.give_up(now, &mut tally, out);
        }
        tally
    }

    /// When [`Half::tick`] has something to do.
    pub(crate) fn deadline(&self) -> Option<Time> {
        let held = self.reorder.as_ref().filter(|held| !held.is_empty())?;
        Some(held.since() + if self.answered { LONG_PATIENCE } else { PATIENCE })
    }

    /// The stream ended, and nobody needs the bytes still held; gives how many they were.
    pub(crate) fn close(&mut self) -> u64 {
        self.ended = true;
        self.reorder.take().map_or(0, |held| held.bytes())
    }

    /// Nothing more will be heard: what is held is delivered across its gaps.
    pub(crate) fn finish(&mut self, now: Time, out: &mut dyn FnMut(Piece<'_>)) -> Tally {
        let mut tally = Tally::default();
        while self.reorder.as_ref().is_some_and(|held| !held.is_empty()) {
            self.give_up(now, &mut tally, out);
        }
        if !self.ended {
            self.ended = true;
            out(Piece::End);
        }
        tally
    }

    /// Cuts off what lies past the stream's end.
    fn clip<'a>(&self, start: u64, data: &'a [u8], tally: &mut Tally) -> &'a [u8] {
        let Some(end) = self.end else { return data };
        let room = usize::try_from(end.saturating_sub(start)).unwrap_or(usize::MAX);
        match data.split_at_checked(room) {
            Some((kept, past)) => {
                tally.after_end += past.len() as u64;
                kept
            }
            None => data,
        }
    }

    /// Delivers bytes that are next.
    fn pass(&mut self, data: &[u8], frame: u64, tally: &mut Tally, out: &mut dyn FnMut(Piece<'_>)) {
        if data.is_empty() {
            return;
        }
        let at = self.next;
        if let Some(recent) = &mut self.recent {
            recent.push(at, data, frame);
        }
        self.skip(data.len() as u64);
        tally.delivered += data.len() as u64;
        out(Piece::Bytes(at, data));
    }

    /// Moves on by so many bytes.
    fn skip(&mut self, bytes: u64) {
        self.next += bytes;
        self.base = self.base.map(|base| base.plus(bytes));
    }

    /// Delivers what has become deliverable, gives up holes the peer will not see filled, and
    /// ends the stream when it is complete.
    #[inline]
    fn advance(&mut self, now: Time, tally: &mut Tally, out: &mut dyn FnMut(Piece<'_>)) {
        if self.reorder.is_some() {
            self.pass_holes(now, tally, out);
        }
        if self.end == Some(self.next) && !self.ended {
            // What is held now lies past the end.
            tally.after_end += self.close();
            out(Piece::End);
        }
    }

    /// Delivers what was held, as far as it is known to be next.
    fn pass_holes(&mut self, now: Time, tally: &mut Tally, out: &mut dyn FnMut(Piece<'_>)) {
        self.drain(tally, out);
        while let Some(held) = &self.reorder {
            let over = held.cost() > HOLD;
            let hopeless = held.first().is_some_and(|first| first <= self.acked);
            if !over && !hopeless {
                break;
            }
            tally.struck += u64::from(over);
            self.give_up(now, tally, out);
        }
    }

    /// Delivers held bytes that are next.
    fn drain(&mut self, tally: &mut Tally, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(run) = self.reorder.as_mut().and_then(|held| held.take(self.next)) {
            for (at, data, frame) in run.parts() {
                let passed = usize::try_from(self.next.saturating_sub(at)).unwrap_or(usize::MAX);
                let (old, data) = data.split_at(passed.min(data.len()));
                tally.repeated += old.len() as u64;
                self.pass(data, frame, tally, out);
            }
        }
        if self.reorder.as_ref().is_some_and(|held| held.is_empty()) {
            self.reorder = None;
        }
    }

    /// Declares the first hole a gap and goes on behind it.
    fn give_up(&mut self, now: Time, tally: &mut Tally, out: &mut dyn FnMut(Piece<'_>)) {
        if let Some(first) = self.reorder.as_ref().and_then(|held| held.first()) {
            let lost = first.saturating_sub(self.next);
            self.skip(lost);
            out(Piece::Gap(lost));
        }
        self.drain(tally, out);
        if let Some(held) = &mut self.reorder {
            held.renew(now);
        }
    }
}

#[cfg(test)]
mod tests;
