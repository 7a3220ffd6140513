//! Segments that came before their turn.

use std::collections::VecDeque;

use overhear_analysis::Time;

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
}

impl Held {
    fn end(&self) -> u64 {
        self.from + self.data.len() as u64
    }
}

impl Reorder {
    /// Empty, with its first hole seen at `since`.
    pub(crate) fn new(since: Time) -> Self {
        Self { since, ..Self::default() }
    }

    /// Keeps the part of `data` nobody has brought before (the first copy heard wins). Gives how
    /// many of its bytes were new.
    pub(crate) fn insert(&mut self, offset: u64, data: &[u8]) -> usize {
        let end = offset.saturating_add(data.len() as u64);
        let (mut at, mut new) = (offset, 0);
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
                at = at.max(held.end());
                place += 1;
                continue;
            }
            let until = next.map_or(end, |held| held.from.min(end));
            let from = usize::try_from(at - offset).unwrap_or(usize::MAX);
            let to = usize::try_from(until - offset).unwrap_or(usize::MAX);
            if let Some(piece) = data.get(from..to) {
                self.held.insert(place, Held { from: at, data: piece.to_vec() });
                self.bytes += piece.len();
                new += piece.len();
            }
            at = until;
            place += 1;
        }
        new
    }

    /// The first held bytes, when they begin at or before `offset`.
    pub(crate) fn take(&mut self, offset: u64) -> Option<(u64, Vec<u8>)> {
        self.held.front().filter(|held| held.from <= offset)?;
        let Held { from, data } = self.held.pop_front()?;
        self.bytes -= data.len();
        Some((from, data))
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
                reorder.insert(from, piece);
                for (at, byte) in piece.iter().enumerate() {
                    expect[from as usize + at] = Some(*byte);
                }
            }
            let mut got = vec![None; 256];
            while let Some((from, data)) = reorder.take(u64::MAX) {
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
