//! Segments that came before their turn.

use std::collections::VecDeque;

use overhear_analysis::Time;

use super::overlap::{Conflict, Span};

/// Bytes ahead of a hole, by stream offset; no two overlap. Most streams never have one.
#[derive(Debug, Default)]
pub(crate) struct Reorder {
    held: VecDeque<Run>,
    bytes: usize,
    /// Segments that what is held is made of.
    segments: usize,
    /// When the oldest hole was first seen.
    since: Time,
}

/// Bytes without a hole, of one segment or of several that follow upon each other.
#[derive(Debug)]
pub(crate) struct Run {
    from: u64,
    data: Vec<u8>,
    marks: Vec<Mark>,
}

/// Where in a run the bytes of a segment begin.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: u32,
    /// Bytes of the segment before those, which others had brought.
    before: u32,
    /// All bytes of the segment.
    len: u32,
    frame: u64,
}

/// Bytes of a run that are still moved behind those of the one before it: what a segment may make
/// others move.
const MOVED: usize = 4 << 10;

impl Run {
    /// The bytes of each segment, where they lie, and its frame.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (u64, &[u8], u64)> {
        let ends = self.marks.iter().skip(1).map(|mark| mark.at as usize);
        let ends = ends.chain([self.data.len()]);
        self.marks.iter().zip(ends).map(|(mark, end)| {
            let at = mark.at as usize;
            (self.from + at as u64, self.data.get(at..end).unwrap_or_default(), mark.frame)
        })
    }

    fn end(&self) -> u64 {
        self.from + self.data.len() as u64
    }

    /// Adds bytes of a segment at `segment` behind the others.
    fn push(&mut self, data: &[u8], segment: Span, frame: u64) {
        let short = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX);
        self.marks.push(Mark {
            at: short(self.data.len() as u64),
            before: short(self.end() - segment.0),
            len: short(segment.1 - segment.0),
            frame,
        });
        self.data.extend_from_slice(data);
    }

    /// Adds another run that follows upon this one.
    fn append(&mut self, other: &Self) {
        let shift = u32::try_from(self.data.len()).unwrap_or(u32::MAX);
        self.data.extend_from_slice(&other.data);
        self.marks.extend(other.marks.iter().map(|mark| Mark { at: mark.at + shift, ..*mark }));
    }

    /// The first bytes of this run that a later copy does not agree with. The copy, of a whole
    /// segment at `offset`, is looked at between `from` and `until`, which lie in both.
    fn dispute(
        &self,
        (from, until): Span,
        (offset, copy, frame): (u64, &[u8], u64),
    ) -> Option<Conflict> {
        if part(&self.data, self.from, from, until) == part(copy, offset, from, until) {
            return None;
        }
        let late = (offset, offset + copy.len() as u64);
        self.parts().zip(&self.marks).find_map(|((at, data, first), mark)| {
            let (from, until) = (from.max(at), until.min(at + data.len() as u64));
            let begin = at.saturating_sub(mark.before.into());
            let spans = Some([(begin, begin + u64::from(mark.len)), late]);
            let old = (part(data, at, from, until), first);
            Conflict::between(from, old, (part(copy, offset, from, until), frame), spans)
        })
    }
}

/// What of `data`, which begins at `offset`, lies between two stream offsets.
fn part(data: &[u8], offset: u64, from: u64, to: u64) -> &[u8] {
    let place = |at: u64| usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
    data.get(place(from)..place(to)).unwrap_or_default()
}

impl Reorder {
    /// Empty, with its first hole seen at `since`.
    pub(crate) fn new(since: Time) -> Self {
        Self { since, ..Self::default() }
    }

    /// Keeps the part of `data` nobody has brought before (the first copy heard wins). Gives how
    /// many of its bytes were new, and the first held ones it does not agree with.
    pub(crate) fn insert(
        &mut self,
        offset: u64,
        data: &[u8],
        frame: u64,
    ) -> (usize, Option<Conflict>) {
        let end = offset.saturating_add(data.len() as u64);
        let (mut at, mut new, mut conflict) = (offset, 0, None);
        // Nearly always the last place.
        let mut place = match self.held.back() {
            Some(last) if last.from > offset => {
                self.held.partition_point(|run| run.end() <= offset)
            }
            Some(last) if last.end() > offset => self.held.len() - 1,
            _ => self.held.len(),
        };
        while at < end {
            let next = self.held.get(place);
            if let Some(run) = next.filter(|run| run.from <= at) {
                let until = run.end().min(end);
                conflict = conflict.or_else(|| run.dispute((at, until), (offset, data, frame)));
                at = at.max(run.end());
                place += 1;
                continue;
            }
            let until = next.map_or(end, |run| run.from.min(end));
            let fresh = part(data, offset, at, until);
            new += fresh.len();
            place = self.put(place, at, fresh, (offset, end), frame);
            at = until;
        }
        (new, conflict)
    }

    /// Puts bytes of a segment before the run at `place`, and gives the place of the run that holds
    /// what follows them, if any does.
    fn put(&mut self, place: usize, at: u64, data: &[u8], segment: Span, frame: u64) -> usize {
        self.bytes += data.len();
        self.segments += 1;
        let before = place
            .checked_sub(1)
            .filter(|before| self.held.get(*before).is_some_and(|run| run.end() == at));
        let here = before.unwrap_or_else(|| {
            self.held.insert(place, Run { from: at, data: Vec::new(), marks: Vec::new() });
            place
        });
        let Some(run) = self.held.get_mut(here) else { return place };
        run.push(data, segment, frame);
        let end = run.end();
        let joins = |next: &Run| next.from == end && next.data.len() <= MOVED;
        if self.held.get(here + 1).is_some_and(joins)
            && let Some(next) = self.held.remove(here + 1)
            && let Some(run) = self.held.get_mut(here)
        {
            run.append(&next);
            return here;
        }
        here + 1
    }

    /// Holds bytes whose turn it is against the held ones they reach into.
    pub(crate) fn compare(&self, offset: u64, data: &[u8], frame: u64) -> Option<Conflict> {
        let end = offset.saturating_add(data.len() as u64);
        self.held.iter().take_while(|run| run.from < end).find_map(|run| {
            run.dispute((run.from.max(offset), run.end().min(end)), (offset, data, frame))
        })
    }

    /// The first held bytes, when they begin at or before `offset`.
    pub(crate) fn take(&mut self, offset: u64) -> Option<Run> {
        self.held.front().filter(|run| run.from <= offset)?;
        let run = self.held.pop_front()?;
        self.bytes -= run.data.len();
        self.segments -= run.marks.len();
        Some(run)
    }

    /// Where the first held bytes begin.
    pub(crate) fn first(&self) -> Option<u64> {
        self.held.front().map(|run| run.from)
    }

    /// Held bytes, with what keeping them costs.
    pub(crate) fn cost(&self) -> usize {
        self.bytes + self.segments * size_of::<Mark>() + self.held.len() * size_of::<Run>()
    }

    /// Held bytes.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    /// When the hole before the first held byte was seen.
    pub(crate) fn since(&self) -> Time {
        self.since
    }

    /// A hole was passed; the next one counts from `now`.
    pub(crate) fn renew(&mut self, now: Time) {
        self.since = now;
    }

    /// Nothing is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Whatever order pieces come in, every byte is kept once and comes out in its place.
        #[test]
        fn pieces_come_out_in_order(cuts in proptest::collection::vec((0u64..200, 1usize..40), 1..40)) {
            let stream: Vec<u8> = (0..=255u8).collect();
            let mut reorder = Reorder::default();
            let mut expect = vec![None; 256];
            for (from, len) in cuts {
                let piece = &stream[from as usize..from as usize + len];
                let (_, conflict) = reorder.insert(from, piece, 1);
                prop_assert_eq!(conflict, None);
                for (at, byte) in piece.iter().enumerate() {
                    expect[from as usize + at] = Some(*byte);
                }
            }
            let mut got = vec![None; 256];
            while let Some(run) = reorder.take(u64::MAX) {
                for (from, part, _) in run.parts() {
                    for (at, byte) in part.iter().enumerate() {
                        let place = &mut got[from as usize + at];
                        prop_assert!(place.replace(*byte).is_none(), "a byte came twice");
                    }
                }
            }
            prop_assert_eq!(got, expect);
            prop_assert_eq!(reorder.cost(), 0);
        }
    }
}
