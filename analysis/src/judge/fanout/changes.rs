//! Which places of a table may have changed, each told once, in the order they did.

use std::collections::VecDeque;

/// Places that wait to be asked for. No more of them can wait than the table has.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    waiting: VecDeque<u32>,
    /// A bit for each place that waits.
    marks: Vec<u64>,
}

impl Changes {
    /// Something may have changed here.
    pub(super) fn note(&mut self, place: u32) {
        let (word, bit) = (place as usize / 64, 1 << (place % 64));
        if self.marks.len() <= word {
            self.marks.resize(word + 1, 0);
        }
        let Some(marks) = self.marks.get_mut(word) else { return };
        if *marks & bit == 0 {
            *marks |= bit;
            self.waiting.push_back(place);
        }
    }

    /// The place that has waited the longest.
    pub(super) fn next(&mut self) -> Option<u32> {
        let place = self.waiting.pop_front()?;
        if let Some(marks) = self.marks.get_mut(place as usize / 64) {
            *marks &= !(1 << (place % 64));
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_often_is_told_once_and_again_when_it_changes_again() {
        let mut changes = Changes::default();
        for place in [70, 3, 70, 70, 3, 1_000] {
            changes.note(place);
        }
        assert_eq!(changes.next(), Some(70));
        changes.note(70);
        let rest: Vec<_> = std::iter::from_fn(|| changes.next()).collect();
        assert_eq!(rest, [3, 1_000, 70]);
    }
}
