//! What the operator asked for.

use std::fmt;
use std::str::FromStr;

use crate::{FingerprintKey, HomeNet};

/// Options that decide what the event stream says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How much of what people said is told.
    pub content: ContentLevel,
    /// How secrets are told.
    pub secrets: SecretLevel,
    /// What is inside.
    pub home: HomeNet,
    /// Key of all fingerprints.
    pub key: FingerprintKey,
    /// Names of the files, by [`crate::Stamp::source`].
    pub inputs: Vec<String>,
    /// Names of the interfaces in the same order, where they are to be told.
    pub interfaces: Vec<Option<String>>,
    /// Resolutions of their clocks in seconds, where coarser than a microsecond.
    pub resolutions: Vec<Option<f64>>,
    /// Name of the sensor.
    pub sensor: Option<String>,
}

/// How much of what people said is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContentLevel {
    /// Nothing.
    None,
    /// The first 80 characters.
    Excerpt,
    /// All of it.
    #[default]
    Full,
}

/// How secrets are told, wherever they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretLevel {
    /// As asterisks.
    #[default]
    Masked,
    /// By their keyed fingerprint.
    Fingerprint,
    /// In clear.
    Reveal,
}

/// The words of the options.
const CONTENT: [(&str, ContentLevel); 3] = [
    ("full", ContentLevel::Full),
    ("excerpt", ContentLevel::Excerpt),
    ("none", ContentLevel::None),
];
const SECRETS: [(&str, SecretLevel); 3] = [
    ("masked", SecretLevel::Masked),
    ("fingerprint", SecretLevel::Fingerprint),
    ("reveal", SecretLevel::Reveal),
];

fn word<T: PartialEq>(table: &[(&'static str, T)], level: &T) -> &'static str {
    table.iter().find(|(_, other)| other == level).map_or("", |(word, _)| word)
}

fn level<T: Copy>(table: &[(&'static str, T)], word: &str) -> Result<T, String> {
    table.iter().find(|(other, _)| *other == word).map(|(_, level)| *level).ok_or_else(|| {
        let words: Vec<&str> = table.iter().map(|(word, _)| *word).collect();
        format!("{word:?} is none of {}", words.join(", "))
    })
}

impl fmt::Display for ContentLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word(&CONTENT, self))
    }
}

impl fmt::Display for SecretLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word(&SECRETS, self))
    }
}

impl FromStr for ContentLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        level(&CONTENT, text)
    }
}

impl FromStr for SecretLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        level(&SECRETS, text)
    }
}
