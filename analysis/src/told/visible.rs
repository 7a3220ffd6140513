//! What could be seen of a message.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

/// What could be seen of a message: a set of words, which fits into a byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visible(u8);

/// The words, in the order in which they are told.
const WORDS: [&str; 6] = ["text", "urls", "file", "typing", "errors", "roster"];
/// Stands for every word that means nothing to this version.
const OTHER: u8 = 1 << WORDS.len();

impl Visible {
    /// What these words say.
    pub fn of(words: &[impl AsRef<str>]) -> Self {
        let bit =
            |word: &str| WORDS.iter().position(|one| *one == word).map_or(OTHER, |at| 1 << at);
        Self(words.iter().fold(0, |all, word| all | bit(word.as_ref())))
    }

    /// Whether a word is among them.
    pub fn shows(self, word: &str) -> bool {
        self.words().any(|one| one == word)
    }

    /// Nothing was said of it.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().enumerate().filter(move |(at, _)| self.0 >> at & 1 == 1).map(|(_, w)| w)
    }
}

impl Serialize for Visible {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.words())
    }
}

impl<'de> Deserialize<'de> for Visible {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words: Vec<Cow<'_, str>> = Deserialize::deserialize(deserializer)?;
        Ok(Self::of(&words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written_and_others_still_say_something() {
        let seen: Visible = serde_json::from_str(r#"["roster","text"]"#).unwrap();
        assert_eq!(serde_json::to_string(&seen).unwrap(), r#"["text","roster"]"#);
        assert!(seen.shows("text") && !seen.shows("urls"));
        let new: Visible = serde_json::from_str(r#"["smell"]"#).unwrap();
        assert!(!new.is_empty() && !new.shows("text"));
        assert!(serde_json::from_str::<Visible>("[]").unwrap().is_empty());
    }
}
