//! The first so many of something, in the order they were met.

use std::collections::HashMap;
use std::hash::Hash;

/// Rows by key, bounded: what no longer fits is counted.
#[derive(Clone, Debug)]
pub struct Kept<K, V> {
    places: HashMap<K, usize>,
    rows: Vec<V>,
    most: usize,
    more: u64,
}

impl<K: Eq + Hash, V> Kept<K, V> {
    /// Keeps at most so many.
    pub fn new(most: usize) -> Self {
        Self { places: HashMap::new(), rows: Vec::new(), most, more: 0 }
    }

    /// The row of a key, made where there is none; nothing when there is no room for it.
    pub fn row(&mut self, key: K, make: impl FnOnce() -> V) -> Option<&mut V> {
        let at = match self.places.get(&key) {
            Some(at) => *at,
            None if self.rows.len() >= self.most => {
                self.more = self.more.saturating_add(1);
                return None;
            }
            None => {
                let at = self.rows.len();
                self.places.insert(key, at);
                self.rows.push(make());
                at
            }
        };
        self.rows.get_mut(at)
    }

    /// The row of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.places.get(key).and_then(|at| self.rows.get(*at))
    }

    /// The rows, first met first.
    pub fn rows(&self) -> &[V] {
        &self.rows
    }

    /// How often something was met for which there was no room.
    pub fn more(&self) -> u64 {
        self.more
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut kept = Kept::new(2);
        for key in ["b", "a", "c", "b", "c"] {
            if let Some(count) = kept.row(key, || 0) {
                *count += 1;
            }
        }
        assert_eq!((kept.rows(), kept.more()), ([2, 1].as_slice(), 2));
        assert_eq!((kept.get(&"b"), kept.get(&"c")), (Some(&2), None));
    }
}
