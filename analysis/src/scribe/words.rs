//! What of a text may be told.

use std::collections::VecDeque;

use overhear_dissectors::event::Strength;
use overhear_dissectors::{Secret, Text};

use crate::{ContentLevel, SecretLevel, Settings};

/// Applies `--content` and `--secrets` to text, and remembers the secrets heard, so that one said
/// again in the middle of a chat is masked there too.
#[derive(Debug, Default)]
pub(super) struct Words {
    heard: VecDeque<Secret>,
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
        if !readable || !long || self.heard.contains(secret) {
            return;
        }
        if self.heard.len() == HEARD {
            self.heard.pop_front();
        }
        self.heard.push_back(secret.clone());
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
        let mut text = text.clone();
        for secret in &self.heard {
            if let Ok(word) = std::str::from_utf8(secret.expose()) {
                text.hide_word(word);
            }
        }
        text.masked(|span| secret(span.as_bytes(), settings)).into_owned()
    }
}

/// A secret, as `--secrets` tells it.
pub(super) fn secret(bytes: &[u8], settings: &Settings) -> String {
    match settings.secrets {
        SecretLevel::Masked => "********".to_owned(),
        SecretLevel::Fingerprint => fingerprint(bytes, settings),
        SecretLevel::Reveal => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The fingerprint of a secret.
pub(super) fn fingerprint(bytes: &[u8], settings: &Settings) -> String {
    settings.key.fingerprint("secret", bytes)
}
