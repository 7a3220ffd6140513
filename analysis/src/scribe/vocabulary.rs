//! Words whose keyed numbers are known already.
//!
//! A keyed hash costs more than all else that is done with a word, and people use few words: of
//! those heard lately the number is remembered. They are what people said, so they print as nothing
//! and are overwritten at the end.

use std::fmt;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use zeroize::Zeroize;

/// The words heard lately, each in the one place its hash gives it.
pub(super) struct Vocabulary {
    places: Box<[Entry]>,
    state: RandomState,
}

/// A word and its number; an empty one is none.
#[derive(Clone, Copy, Default)]
struct Entry {
    number: u64,
    len: u8,
    word: [u8; LONGEST],
}

/// Words remembered.
const WORDS: usize = 1 << 11;
/// Bytes of the longest word remembered.
const LONGEST: usize = 23;

impl Default for Vocabulary {
    fn default() -> Self {
        let places = vec![Entry::default(); WORDS].into_boxed_slice();
        Self { places, state: RandomState::default() }
    }
}

impl Vocabulary {
    /// The number of a word, which is always the same: that `reckon` gives.
    pub(super) fn number(&mut self, word: &str, reckon: impl FnOnce(&str) -> u64) -> u64 {
        let bytes = word.as_bytes();
        let place = (self.state.hash_one(bytes) >> 32) as usize % WORDS;
        let Some(entry) = self.places.get_mut(place) else { return reckon(word) };
        if entry.word() == bytes && !bytes.is_empty() {
            return entry.number;
        }
        let number = reckon(word);
        if let Some(room) = entry.word.get_mut(..bytes.len()) {
            room.copy_from_slice(bytes);
            (entry.number, entry.len) = (number, bytes.len() as u8);
        }
        number
    }
}

impl Entry {
    fn word(&self) -> &[u8] {
        self.word.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Drop for Vocabulary {
    fn drop(&mut self) {
        self.places.iter_mut().for_each(|entry| entry.word.zeroize());
    }
}

impl fmt::Debug for Vocabulary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vocabulary(••••)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_its_number_however_many_were_heard_since() {
        let mut vocabulary = Vocabulary::default();
        let mut reckoned = 0;
        let words = ["", "a", "lunch", "a-word-that-is-longer-than-most"].map(str::to_owned);
        let words: Vec<String> =
            words.into_iter().chain((0..9_000).map(|n| n.to_string())).collect();
        for round in 0..2 {
            for (number, word) in (0..).zip(&words) {
                let got = vocabulary.number(word, |_| {
                    reckoned += 1;
                    number
                });
                assert_eq!(got, number, "{word} in round {round}");
            }
        }
        assert!(reckoned < 2 * words.len(), "nothing was remembered");
        assert_eq!(format!("{vocabulary:?}"), "Vocabulary(••••)");
    }
}
