//! Where each flow of a shard is: hashes to slots.
//!
//! Eight entries share a cache line, and an entry is nearly always in the line its hash points to: a
//! packet that finds its flow has to wait for one line here. Which one can be said as soon as the
//! packet's addresses are known, so that it can be fetched while others are still being read.

use prefetch_index::prefetch_index;

/// A table with open addresses.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// A power of two of places, or none.
    places: Vec<Entry>,
    used: usize,
}

/// 32 bits of a hash, and a slot, from 1; nothing at all is 0.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    tag: u32,
    slot: u32,
}

/// Places of the smallest table.
const SMALLEST: usize = 16;

impl Index {
    /// Entries held.
    pub(super) fn len(&self) -> usize {
        self.used
    }

    /// The first slot with this hash that is the `same`.
    #[inline]
    pub(super) fn find(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<u32> {
        self.place(hash, same).and_then(|place| Some(self.places.get(place)?.slot - 1))
    }

    /// Has the part of the table that [`Index::find`] will look at fetched.
    #[inline]
    pub(super) fn fetch(&self, hash: u64) {
        if !self.places.is_empty() {
            prefetch_index(&self.places, self.home(tag(hash)));
        }
    }

    /// Adds a slot that is not in the table.
    pub(super) fn insert(&mut self, hash: u64, slot: u32) {
        if (self.used + 1) * 4 > self.places.len() * 3 {
            self.grow();
        }
        self.used += 1;
        self.put(Entry { tag: tag(hash), slot: slot + 1 });
    }

    /// Takes a slot out.
    pub(super) fn remove(&mut self, hash: u64, slot: u32) {
        let Some(mut hole) = self.place(hash, |other| other == slot) else { return };
        self.used -= 1;
        let mut next = hole;
        // Whatever stands behind the hole and would be looked for before it moves into it.
        loop {
            next = self.after(next);
            let Some(&entry) = self.places.get(next).filter(|entry| entry.slot > 0) else { break };
            let mask = self.places.len() - 1;
            let distance = |from: usize| next.wrapping_sub(from) & mask;
            if distance(self.home(entry.tag)) >= distance(hole) {
                self.set(hole, entry);
                hole = next;
            }
        }
        self.set(hole, Entry::default());
    }

    /// Takes everything out.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    fn place(&self, hash: u64, same: impl Fn(u32) -> bool) -> Option<usize> {
        let tag = tag(hash);
        let mut at = self.home(tag);
        loop {
            let entry = self.places.get(at).filter(|entry| entry.slot > 0)?;
            if entry.tag == tag && same(entry.slot - 1) {
                return Some(at);
            }
            at = self.after(at);
        }
    }

    fn put(&mut self, entry: Entry) {
        let mut at = self.home(entry.tag);
        while self.places.get(at).is_some_and(|entry| entry.slot > 0) {
            at = self.after(at);
        }
        self.set(at, entry);
    }

    fn set(&mut self, at: usize, entry: Entry) {
        if let Some(place) = self.places.get_mut(at) {
            *place = entry;
        }
    }

    fn grow(&mut self) {
        let places = vec![Entry::default(); (self.places.len() * 2).max(SMALLEST)];
        let old = std::mem::replace(&mut self.places, places);
        old.into_iter().filter(|entry| entry.slot > 0).for_each(|entry| self.put(entry));
    }

    fn home(&self, tag: u32) -> usize {
        tag as usize & self.places.len().wrapping_sub(1)
    }

    fn after(&self, at: usize) -> usize {
        (at + 1) & self.places.len().wrapping_sub(1)
    }
}

/// The bits of a hash that are kept; a place is made of the lowest of them.
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever comes and goes, and however many hashes meet, each slot is found by its own.
        #[test]
        fn slots_are_found_until_they_are_taken_out(
            steps in proptest::collection::vec((0u64..24, any::<bool>()), 1..400),
        ) {
            let (mut index, mut known) = (Index::default(), BTreeMap::new());
            for (number, (hash, add)) in (0u32..).zip(steps) {
                let hash = (hash % 12) << 32 | hash << 60;
                if add {
                    index.insert(hash, number);
                    known.insert(number, hash);
                } else if let Some((slot, hash)) = known.pop_first() {
                    index.remove(hash, slot);
                    prop_assert_eq!(index.find(hash, |other| other == slot), None);
                }
                prop_assert_eq!(index.len(), known.len());
                for (slot, hash) in &known {
                    prop_assert_eq!(index.find(*hash, |other| other == *slot), Some(*slot));
                }
            }
        }
    }
}
