//! What of a text may be told.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::fmt;

use overhear_dissectors::event::Strength;
use overhear_dissectors::{Name, Secret, Text};

use crate::{ContentLevel, SecretLevel, Settings};

/// Applies `--content` and `--secrets` to text, and remembers the secrets heard, so that one said
/// again in the middle of a chat is masked there too.
#[derive(Debug, Default)]
pub(super) struct Words {
    heard: VecDeque<(Secret, Bytes)>,
}

/// Which bytes a text is made of, in any order: a word with another one is not in it. It prints as
/// nothing, since it may be a secret's.
#[derive(Clone, Copy, Default)]
struct Bytes([u64; 4]);

impl Bytes {
    fn of(text: &[u8]) -> Self {
        let mut bytes = Self::default();
        for byte in text {
            let [a, b, c, d] = &mut bytes.0;
            let part = match byte >> 6 {
                0 => a,
                1 => b,
                2 => c,
                _ => d,
            };
            *part |= 1 << (byte & 63);
        }
        bytes
    }

    /// All of these are among `others`.
    fn are_in(self, others: Self) -> bool {
        self.0.iter().zip(others.0).all(|(mine, others)| mine & !others == 0)
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bytes(••••)")
    }
}

/// Secrets remembered; the oldest goes first.
const HEARD: usize = 64;
/// Secrets of fewer characters are words of any language: masking them would censor talk and tell the secret.
const SHORTEST: usize = 6;
/// Characters of an excerpt.
const EXCERPT: usize = 80;

impl Words {
    /// A secret was heard in a form that somebody could repeat.
    pub(super) fn learn(&mut self, secret: &Secret, strength: Strength) {
        let readable = matches!(strength, Strength::Plaintext | Strength::Reversible);
        let word = std::str::from_utf8(secret.expose()).unwrap_or_default();
        let long = word.chars().nth(SHORTEST - 1).is_some();
        if !readable || !long || self.heard.iter().any(|(heard, _)| heard == secret) {
            return;
        }
        if self.heard.len() == HEARD {
            self.heard.pop_front();
        }
        self.heard.push_back((secret.clone(), Bytes::of(secret.expose())));
    }

    /// What people said, as far as it may be told.
    pub(super) fn content(&self, text: &Text, settings: &Settings) -> Option<String> {
        let shown = self.masked(text, settings);
        match settings.content {
            ContentLevel::None => None,
            ContentLevel::Full => Some(shown),
            ContentLevel::Excerpt => Some(match shown.char_indices().nth(EXCERPT) {
                Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
                None => shown,
            }),
        }
    }

    /// Text that is no content (a file's name), with its secrets masked.
    pub(super) fn masked(&self, text: &Text, settings: &Settings) -> String {
        if settings.secrets == SecretLevel::Reveal {
            return text.expose().to_owned();
        }
        let bytes = Bytes::of(text.expose().as_bytes());
        let mut text = Cow::Borrowed(text);
        for (secret, _) in self.heard.iter().filter(|(_, secret)| secret.are_in(bytes)) {
            if let Ok(word) = std::str::from_utf8(secret.expose()) {
                text.to_mut().hide_word(word);
            }
        }
        text.masked(|span| secret(span.as_bytes(), settings)).into_owned()
    }
}

/// A secret, as `--secrets` tells it.
pub(super) fn secret(bytes: &[u8], settings: &Settings) -> String {
    match settings.secrets {
        SecretLevel::Masked => "********".to_owned(),
        SecretLevel::Fingerprint => fingerprint(bytes, settings).into(),
        SecretLevel::Reveal => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The fingerprint of a secret.
pub(super) fn fingerprint(bytes: &[u8], settings: &Settings) -> Name {
    settings.key.secret(bytes)
}
