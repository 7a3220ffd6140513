//! Segments that came before their turn.

use std::collections::VecDeque;

use overhear_analysis::Time;

use super::overlap::{Conflict, Span};

/// Bytes ahead of a hole, by stream offset; no two overlap. Most streams never have one.
#[derive(Debug, Default)]
pub(crate) struct Reorder {
    held: VecDeque<Held>,
    bytes: usize,
    /// When the oldest hole was first seen.
    since: Time,
}

#[derive(Debug)]
struct Held {
    from: u64,
    data: Vec<u8>,
    /// The segment it is a part of, and that segment's frame.
    segment: Span,
    frame: u64,
}

impl Held {
    fn end(&self) -> u64 {
        self.from + self.data.len() as u64
    }

    fn part(&self, from: u64, to: u64) -> &[u8] {
        part(&self.data, self.from, from, to)
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
                self.held.partition_point(|held| held.end() <= offset)
            }
            Some(last) if last.end() > offset => self.held.len() - 1,
            _ => self.held.len(),
        };
        while at < end {
            let next = self.held.get(place);
            if let Some(held) = next.filter(|held| held.from <= at) {
                let until = held.end().min(end);
                let copies = (held.part(at, until), part(data, offset, at, until));
                let (old, late) = ((copies.0, held.frame), (copies.1, frame));
                let spans = Some([held.segment, (offset, end)]);
                conflict = conflict.or_else(|| Conflict::between(at, old, late, spans));
                at = at.max(held.end());
                place += 1;
                continue;
            }
            let until = next.map_or(end, |held| held.from.min(end));
            let data = part(data, offset, at, until).to_vec();
            self.bytes += data.len();
            new += data.len();
            self.held.insert(place, Held { from: at, data, segment: (offset, end), frame });
            at = until;
            place += 1;
        }
        (new, conflict)
    }

    /// Holds bytes whose turn it is against the held ones they reach into.
    pub(crate) fn compare(&self, offset: u64, data: &[u8], frame: u64) -> Option<Conflict> {
        let end = offset.saturating_add(data.len() as u64);
        self.held.iter().take_while(|held| held.from < end).find_map(|held| {
            let (from, until) = (held.from.max(offset), held.end().min(end));
            let old = (held.part(from, until), held.frame);
            let late = (part(data, offset, from, until), frame);
            Conflict::between(from, old, late, Some([held.segment, (offset, end)]))
        })
    }

    /// The first held bytes, when they begin at or before `offset`.
    pub(crate) fn take(&mut self, offset: u64) -> Option<(u64, Vec<u8>, u64)> {
        self.held.front().filter(|held| held.from <= offset)?;
        let Held { from, data, frame, .. } = self.held.pop_front()?;
        self.bytes -= data.len();
        Some((from, data, frame))
    }

    /// Where the first held bytes begin.
    pub(crate) fn first(&self) -> Option<u64> {
        self.held.front().map(|held| held.from)
    }

    /// Held bytes, with what keeping them costs.
    pub(crate) fn cost(&self) -> usize {
        self.bytes + self.held.len() * 64
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
            while let Some((from, data, _)) = reorder.take(u64::MAX) {
                for (at, byte) in data.iter().enumerate() {
                    prop_assert!(got[from as usize + at].is_none(), "a byte came twice");
                    got[from as usize + at] = Some(*byte);
                }
            }
            prop_assert_eq!(got, expect);
            prop_assert_eq!(reorder.cost(), 0);
        }
    }
}
