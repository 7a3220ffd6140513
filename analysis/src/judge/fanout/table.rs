//! Maps by number that never hold more than they may.
//!
//! When one is full, the lowest in standing and longest silent of the next few in line goes, and
//! whatever has a reason to stay is passed over: forgetting a worm must cost the attacker more than
//! junk. The line is that of first hearing, so the same stream always forgets the same entries.

use std::collections::VecDeque;
use std::hash::BuildHasher as _;

use hashbrown::HashTable;

use super::changes::Changes;
use super::ids::Id;
use crate::Time;

/// What can be forgotten.
pub(super) trait Standing {
    /// How much it matters: entries of a higher rank outlive those of a lower one.
    fn rank(&self) -> u32;

    /// When it was last heard of.
    fn last(&self) -> Time;
}

/// A table with a bound. What it knows lies in one place for good, and its number and its turn to be
/// forgotten are told by that place: four bytes each.
#[derive(Clone, Debug)]
pub(super) struct Bounded<V> {
    places: HashTable<u32>,
    seed: foldhash::fast::RandomState,
    known: Vec<Vec<(Id, V)>>,
    line: VecDeque<u32>,
    most: usize,
    evicted: u64,
    /// What may have changed, where somebody asks.
    changes: Option<Changes>,
}

/// Where an entry lies: whoever asks for one many times while a line is judged looks for it once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seat {
    place: u32,
    id: Id,
}

/// Entries looked at to make room for one.
const TRIES: usize = 8;
/// Of those that all matter.
const MORE: usize = 64;
/// Bytes of the entries that get their memory together. Allocators round up; a whole mebibyte is round.
const CHUNK: usize = 1 << 20;

/// Entries of a chunk.
const fn chunk<V>() -> usize {
    CHUNK / size_of::<(Id, V)>()
}

/// The entry in a place.
fn entry<V>(known: &[Vec<(Id, V)>], place: u32) -> Option<&(Id, V)> {
    known.get(place as usize / chunk::<V>())?.get(place as usize % chunk::<V>())
}

fn entry_mut<V>(known: &mut [Vec<(Id, V)>], place: u32) -> Option<&mut (Id, V)> {
    known.get_mut(place as usize / chunk::<V>())?.get_mut(place as usize % chunk::<V>())
}

impl<V: Standing> Bounded<V> {
    /// Room for so many.
    pub(super) fn new(most: usize) -> Self {
        Self {
            places: HashTable::new(),
            seed: foldhash::fast::RandomState::default(),
            known: Vec::new(),
            line: VecDeque::new(),
            most: most.clamp(TRIES, u32::MAX as usize),
            evicted: 0,
            changes: None,
        }
    }

    /// Room for so many from now on; what is held already is not forgotten for it.
    pub(super) fn limit(&mut self, most: usize) {
        self.most = most.clamp(TRIES, u32::MAX as usize);
    }

    pub(super) fn get(&self, id: Id) -> Option<&V> {
        let place = self.place(id)?;
        entry(&self.known, place).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut V> {
        let place = self.place(id)?;
        self.look(Seat { place, id })
    }

    /// The entry of this number, made when there is none. There always is one.
    pub(super) fn meet(&mut self, id: Id, make: impl FnOnce() -> V) -> Option<&mut V> {
        let seat = self.sit(None, id, make);
        self.look(seat)
    }

    /// Where the entry of this number lies.
    pub(super) fn seat(&self, id: Id) -> Option<Seat> {
        self.place(id).map(|place| Seat { place, id })
    }

    /// The same, made when there is none. Where it was found to lie before, nobody looks again.
    pub(super) fn sit(&mut self, seat: Option<Seat>, id: Id, make: impl FnOnce() -> V) -> Seat {
        let seat = seat.filter(|seat| seat.id == id && self.at(*seat).is_some());
        match seat.or_else(|| self.seat(id)) {
            Some(seat) => seat,
            None => Seat { place: self.admit(id, make()), id },
        }
    }

    /// Whoever lies there, unless they were forgotten since.
    pub(super) fn at(&self, seat: Seat) -> Option<&V> {
        let (id, value) = entry(&self.known, seat.place)?;
        (*id == seat.id).then_some(value)
    }

    /// The same, to be changed.
    #[inline]
    pub(super) fn look(&mut self, seat: Seat) -> Option<&mut V> {
        if let Some(changes) = &mut self.changes {
            changes.note(seat.place);
        }
        let (id, value) = entry_mut(&mut self.known, seat.place)?;
        (*id == seat.id).then_some(value)
    }

    /// From now on somebody asks what has changed.
    pub(super) fn follow(&mut self) {
        self.changes.get_or_insert_default();
    }

    /// Tells at most so many entries that may have changed since they were last told, those first
    /// that wait the longest; how many.
    pub(super) fn changed(&mut self, most: usize, mut tell: impl FnMut(Id, &V)) -> usize {
        let Some(changes) = &mut self.changes else { return 0 };
        let mut told = 0;
        while told < most
            && let Some(place) = changes.next()
        {
            told += 1;
            if let Some((id, value)) = entry(&self.known, place) {
                tell(*id, value);
            }
        }
        told
    }

    /// Entries held.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Entries forgotten for want of room.
    pub(super) fn evicted(&self) -> u64 {
        self.evicted
    }

    fn place(&self, id: Id) -> Option<u32> {
        let is = |place: &u32| entry(&self.known, *place).is_some_and(|(known, _)| *known == id);
        self.places.find(self.seed.hash_one(id), is).copied()
    }

    /// Gives a new entry the place of a forgotten one, or a new one.
    fn admit(&mut self, id: Id, value: V) -> u32 {
        let is_full = self.places.len() >= self.most;
        let free = if is_full { self.evict() } else { None };
        let place = free.unwrap_or(self.places.len() as u32);
        match entry_mut(&mut self.known, place) {
            Some(entry) => *entry = (id, value),
            None => self.append((id, value)),
        }
        self.line.push_back(place);
        let (seed, known) = (&self.seed, &self.known);
        let hash = |place: &u32| entry(known, *place).map_or(0, |(id, _)| seed.hash_one(id));
        self.places.insert_unique(seed.hash_one(id), place, hash);
        place
    }

    fn append(&mut self, entry: (Id, V)) {
        let most = chunk::<V>();
        if let Some(last) = self.known.last_mut().filter(|last| last.len() < most) {
            return last.push(entry);
        }
        let mut next = Vec::with_capacity(most);
        next.push(entry);
        self.known.push(next);
    }

    /// Forgets one; gives its place.
    fn evict(&mut self) -> Option<u32> {
        let mut worst: Option<((u32, Time), u32)> = None;
        for looked in 0..MORE.min(self.line.len()) {
            if looked >= TRIES && worst.is_some_and(|((rank, _), _)| rank == 0) {
                break;
            }
            let Some(place) = self.line.pop_front() else { break };
            let Some((_, entry)) = entry(&self.known, place) else { continue };
            let standing = (entry.rank(), entry.last());
            match worst {
                Some((other, stays)) if standing < other => {
                    self.line.push_back(stays);
                    worst = Some((standing, place));
                }
                Some(_) => self.line.push_back(place),
                None => worst = Some((standing, place)),
            }
        }
        let (_, place) = worst?;
        let (id, _) = entry(&self.known, place)?;
        let found = self.places.find_entry(self.seed.hash_one(id), |other| *other == place);
        self.evicted += u64::from(found.is_ok_and(|found| found.remove().0 == place));
        Some(place)
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
        table.meet(7, || Entry(1, 0)).unwrap();
        for junk in 0..100_000_u64 {
            assert!(table.meet(junk + 1_000, || Entry(0, i64::try_from(junk).unwrap())).is_some());
        }
        assert_eq!(table.len(), 100);
        assert_eq!(table.evicted(), 99_901);
        assert!(table.get(7).is_some(), "who is under suspicion is not forgotten for junk");
        for worse in 0..1_000_u64 {
            assert!(table.meet(worse + 1_000_000, || Entry(2, 0)).is_some());
        }
        assert_eq!(table.len(), 100, "the bound holds when everything matters");
    }
}
