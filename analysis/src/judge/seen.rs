//! Copies of one saying: a sensor between several people hears it more than once.

use std::hash::BuildHasher as _;

use hashbrown::HashTable;

use crate::Time;
use crate::content::near::mix;

/// Sayings heard within the last minutes, as numbers made of their ids. There is an older half and a
/// newer one, and the older is forgotten as a whole when the newer is full or its time is over.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    new: HashTable<u64>,
    old: HashTable<u64>,
    since: Time,
    seed: foldhash::fast::RandomState,
}

/// A saying, and whether it was heard for the first time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Saying {
    /// Made of its id; one without an id has no copies.
    number: Option<u64>,
    pub(super) first: bool,
}

/// Copies of a saying come within 60 s of its first; the rest is for clocks that step.
const WINDOW: i64 = 300_000_000_000;
/// Ids of each half: as many as 2^17 buckets take.
const HALF: usize = (1 << 17) / 8 * 7;

impl Saying {
    /// What is said once, and has no copies.
    pub(super) const ONLY: Self = Self { number: None, first: true };
}

impl Seen {
    /// Hears a saying by its id.
    pub(super) fn hear(&mut self, id: &str, at: Option<Time>) -> Saying {
        let number = (!id.is_empty()).then(|| self.seed.hash_one(id));
        Saying { number, first: number.is_none_or(|number| self.first(number, at)) }
    }

    /// Whether a saying is heard for the first time in this place.
    pub(super) fn first_in(&mut self, place: u64, saying: Saying, at: Option<Time>) -> bool {
        saying.number.is_none_or(|number| self.first(mix(number ^ place), at))
    }

    fn first(&mut self, number: u64, at: Option<Time>) -> bool {
        let at = at.unwrap_or_default();
        if at.since(self.since) > WINDOW || self.new.len() >= HALF {
            std::mem::swap(&mut self.new, &mut self.old);
            self.new.clear();
            self.since = at;
        }
        let is = |one: &u64| *one == number;
        if self.old.find(number, is).is_some() || self.new.find(number, is).is_some() {
            return false;
        }
        self.new.insert_unique(number, number, |one| *one);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_secs(1_000_000_000 + second)
    }

    #[test]
    fn a_copy_is_known_for_minutes_and_forgotten_after_twice_as_many() {
        let mut seen = Seen::default();
        assert!(seen.hear("a", Some(at(0))).first);
        assert!(!seen.hear("a", Some(at(299))).first);
        assert!(seen.hear("b", Some(at(301))).first);
        assert!(!seen.hear("a", Some(at(302))).first, "the older half is still there");
        assert!(seen.hear("c", Some(at(700))).first);
        assert!(seen.hear("a", Some(at(701))).first);
        assert!(seen.hear("", Some(at(701))).first && seen.hear("", Some(at(701))).first);
    }

    #[test]
    fn a_saying_is_new_once_in_each_place_and_the_bound_holds() {
        let mut seen = Seen::default();
        let saying = Saying { number: Some(7), first: true };
        assert!(seen.first_in(1, saying, Some(at(0))) && seen.first_in(2, saying, Some(at(0))));
        assert!(!seen.first_in(1, saying, Some(at(0))));
        for number in 0..3 * HALF as u64 {
            seen.first(mix(number), Some(at(0)));
        }
        assert!(seen.new.len() <= HALF && seen.old.len() <= HALF);
    }
}
