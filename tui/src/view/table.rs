//! Rows by key, of which the ones that lie idle longest go when there is no room.

use std::collections::HashMap;
use std::hash::Hash;

/// A bounded table. Every row has a number that is never given again, so that a selection stays
/// on its row whatever happens around it.
#[derive(Clone, Debug)]
pub struct Table<K, R> {
    slots: Vec<Slot<K, R>>,
    places: HashMap<K, u64>,
    next: u64,
    touched: u64,
    most: usize,
    gone: u64,
}

#[derive(Clone, Debug)]
struct Slot<K, R> {
    id: u64,
    touched: u64,
    key: K,
    row: R,
}

impl<K: Clone + Eq + Hash, R> Table<K, R> {
    /// A table of at most so many rows.
    pub fn new(most: usize) -> Self {
        let most = most.max(4);
        Self { slots: Vec::new(), places: HashMap::new(), next: 0, touched: 0, most, gone: 0 }
    }

    /// The row of a key, made where there is none.
    pub fn row(&mut self, key: K, make: impl FnOnce() -> R) -> Option<&mut R> {
        self.touched += 1;
        let id = match self.places.get(&key) {
            Some(id) => *id,
            None => self.add(key, make()),
        };
        let at = self.place(id)?;
        let slot = self.slots.get_mut(at)?;
        slot.touched = self.touched;
        Some(&mut slot.row)
    }

    fn add(&mut self, key: K, row: R) -> u64 {
        if self.slots.len() >= self.most {
            self.make_room();
        }
        let id = self.next;
        self.next += 1;
        self.places.insert(key.clone(), id);
        self.slots.push(Slot { id, touched: self.touched, key, row });
        id
    }

    /// Lets the quarter go that was touched longest ago: seldom, so that each row pays little.
    fn make_room(&mut self) {
        let mut ages: Vec<u64> = self.slots.iter().map(|slot| slot.touched).collect();
        let (_, limit, _) = ages.select_nth_unstable(self.most / 4);
        let limit = *limit;
        let before = self.slots.len();
        let places = &mut self.places;
        self.slots.retain(|slot| {
            let stays = slot.touched > limit;
            if !stays {
                places.remove(&slot.key);
            }
            stays
        });
        self.gone += (before - self.slots.len()) as u64;
    }

    /// A row there is, changed.
    pub fn change(&mut self, key: &K) -> Option<&mut R> {
        self.touched += 1;
        let at = self.place(*self.places.get(key)?)?;
        let slot = self.slots.get_mut(at)?;
        slot.touched = self.touched;
        Some(&mut slot.row)
    }

    /// The row of a key.
    pub fn get(&self, key: &K) -> Option<&R> {
        self.by_id(*self.places.get(key)?)
    }

    /// The number of a key's row.
    pub fn id(&self, key: &K) -> Option<u64> {
        self.places.get(key).copied()
    }
}

impl<K, R> Table<K, R> {
    fn place(&self, id: u64) -> Option<usize> {
        self.slots.binary_search_by_key(&id, |slot| slot.id).ok()
    }

    /// The row of a number.
    pub fn by_id(&self, id: u64) -> Option<&R> {
        self.slots.get(self.place(id)?).map(|slot| &slot.row)
    }

    /// Rows with their numbers, first met first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (u64, &R)> {
        self.slots.iter().map(|slot| (slot.id, &slot.row))
    }

    /// The keys of the rows, in the same order.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        self.slots.iter().map(|slot| &slot.key)
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many rows had to go.
    pub fn gone(&self) -> u64 {
        self.gone
    }

    /// A number that grows with every change.
    pub fn version(&self) -> u64 {
        self.touched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_idle_go_and_numbers_stay() {
        let mut table = Table::new(8);
        for key in 0..8_u64 {
            table.row(key, || key);
        }
        // The first is busy: it stays.
        table.row(0, || 0);
        table.row(8, || 8);
        assert!(table.get(&0).is_some() && table.get(&1).is_none());
        assert_eq!(table.gone() + table.len() as u64, 9);
        assert_eq!(table.by_id(8), Some(&8));
        assert_eq!(table.by_id(1), None);
        for (id, row) in table.iter() {
            assert_eq!(id, *row);
        }
    }

    #[test]
    fn it_never_holds_more_than_it_may() {
        let mut table = Table::new(100);
        for key in 0..10_000_u64 {
            table.row(key, || key);
            assert!(table.len() <= 100);
        }
        assert_eq!(table.gone() + table.len() as u64, 10_000);
    }
}
