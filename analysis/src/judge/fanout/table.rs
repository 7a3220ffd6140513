//! Maps by number that never hold more than they may.
//!
//! When one is full, the lowest in standing and longest silent of the next few in line goes, and
//! whatever has a reason to stay is passed over: forgetting a worm must cost the attacker more than
//! junk. The line is that of first hearing, so the same stream always forgets the same entries.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::ids::Id;
use crate::Time;

/// A map by number. It is seeded anew in every run, so that nobody can aim at its buckets, and
/// nothing ever walks through it in its own order.
pub(super) type Table<V> = HashMap<Id, V, foldhash::fast::RandomState>;

/// What can be forgotten.
pub(super) trait Standing {
    /// How much it matters: entries of a higher rank outlive those of a lower one.
    fn rank(&self) -> u32;

    /// When it was last heard of.
    fn last(&self) -> Time;
}

/// A table with a bound.
#[derive(Debug)]
pub(super) struct Bounded<V> {
    known: Table<V>,
    line: VecDeque<Id>,
    most: usize,
    evicted: u64,
}

/// Entries looked at to make room for one.
const TRIES: usize = 8;
/// Of those that all matter.
const MORE: usize = 64;

impl<V: Standing> Bounded<V> {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        let most = most.max(TRIES);
        Self { known: Table::default(), line: VecDeque::new(), most, evicted: 0 }
    }

    pub(super) fn get(&self, id: Id) -> Option<&V> {
        self.known.get(&id)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut V> {
        self.known.get_mut(&id)
    }

    /// The entry of this number, made when there is none.
    pub(super) fn meet(&mut self, id: Id, make: impl FnOnce() -> V) -> &mut V {
        if !self.known.contains_key(&id) {
            while self.known.len() >= self.most && self.evict() {}
            self.line.push_back(id);
        }
        self.known.entry(id).or_insert_with(make)
    }

    /// Entries held.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Entries forgotten for want of room.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    /// Forgets one; false when there is none.
    fn evict(&mut self) -> bool {
        let mut worst: Option<((u32, Time), Id)> = None;
        for looked in 0..MORE.min(self.line.len()) {
            if looked >= TRIES && worst.is_some_and(|((rank, _), _)| rank == 0) {
                break;
            }
            let Some(id) = self.line.pop_front() else { break };
            let Some(entry) = self.known.get(&id) else { continue };
            let standing = (entry.rank(), entry.last());
            match worst {
                Some((other, stays)) if standing < other => {
                    self.line.push_back(stays);
                    worst = Some((standing, id));
                }
                Some(_) => self.line.push_back(id),
                None => worst = Some((standing, id)),
            }
        }
        let out = worst.map(|(_, id)| id).or_else(|| self.line.pop_front());
        let known = out.is_some_and(|id| self.known.remove(&id).is_some());
        self.evicted += u64::from(known);
        out.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Entry(u32, i64);

    impl Standing for Entry {
        fn rank(&self) -> u32 {
            self.0
        }

        fn last(&self) -> Time {
            Time::from_secs(self.1)
        }
    }

    #[test]
    fn junk_goes_first_and_what_matters_stays() {
        let mut table = Bounded::new(100);
        table.meet(7, || Entry(1, 0));
        for junk in 0..100_000_u64 {
            table.meet(junk + 1_000, || Entry(0, i64::try_from(junk).unwrap()));
        }
        assert_eq!(table.len(), 100);
        assert_eq!(table.evicted(), 99_901);
        assert!(table.get(7).is_some(), "who is under suspicion is not forgotten for junk");
        for worse in 0..1_000_u64 {
            table.meet(worse + 1_000_000, || Entry(2, 0));
        }
        assert_eq!(table.len(), 100, "the bound holds when everything matters");
    }
}
