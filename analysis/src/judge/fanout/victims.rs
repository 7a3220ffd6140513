//! Which open outbreak somebody was reached by.

use super::ids::{Id, Table};
use super::tree::Tree;

/// The victims of all open outbreaks, each with the first that reached them.
#[derive(Clone, Debug, Default)]
pub(super) struct Victims(Table<Id>);

/// Victims remembered; of further ones nobody knows whose they were.
const VICTIMS: usize = 1 << 18;

impl Victims {
    /// Somebody was reached by an outbreak.
    pub(super) fn note(&mut self, who: Id, outbreak: Id) {
        if self.0.len() < VICTIMS {
            self.0.entry(who).or_insert(outbreak);
        }
    }

    pub(super) fn of(&self, who: Id) -> Option<Id> {
        self.0.get(&who).copied()
    }

    /// An outbreak is over.
    pub(super) fn forget(&mut self, outbreak: Id, tree: &Tree) {
        for who in tree.reached() {
            if self.of(who) == Some(outbreak) {
                self.0.remove(&who);
            }
        }
    }
}
