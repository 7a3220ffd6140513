//! Text from the wire, with the secrets in it marked.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use encoding_rs::Encoding;
use zeroize::Zeroizing;

/// What somebody wrote, decoded, with the spans that are secrets (the password in
/// `IDENTIFY …`). Printing it for debugging hides those spans.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text {
    body: Zeroizing<String>,
    secret: Vec<Range<usize>>,
    guessed: Option<&'static str>,
}

impl Text {
    /// Text whose charset the protocol stated.
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: Zeroizing::new(body.into()), ..Self::default() }
    }

    /// Bytes of a protocol that states no charset: UTF-8 where they are valid UTF-8, otherwise
    /// the service's habit, and marked as guessed.
    pub fn guess(bytes: &[u8], habit: &'static Encoding) -> Self {
        if let Ok(body) = std::str::from_utf8(bytes) {
            return Self::new(body);
        }
        let (body, _) = habit.decode_without_bom_handling(bytes);
        Self { guessed: Some(habit.name()), ..Self::new(body) }
    }

    /// Bytes in a charset the protocol stated; impossible sequences become U+FFFD.
    pub fn decode(bytes: &[u8], stated: &'static Encoding) -> Self {
        let (body, _) = stated.decode_without_bom_handling(bytes);
        Self::new(body)
    }

    /// Marks a span as secret, widened to whole characters and clipped to the text.
    pub fn hide(&mut self, span: Range<usize>) {
        let mut start = span.start.min(self.body.len());
        let mut end = span.end.min(self.body.len());
        while !self.body.is_char_boundary(start) {
            start -= 1;
        }
        while !self.body.is_char_boundary(end) {
            end += 1;
        }
        if start < end {
            self.secret.push(start..end);
            self.sort();
        }
    }

    /// Marks every occurrence of `word` as secret.
    pub fn hide_all(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        self.secret.extend(self.body.match_indices(word).map(|(at, _)| at..at + word.len()));
        self.sort();
    }

    /// Marks every occurrence of `word` that is not a part of a longer word as secret.
    pub fn hide_word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let edges = |c: char| c.is_alphanumeric();
        let spans = self.body.match_indices(word).filter(|(at, word)| {
            let before = self.body.get(..*at).and_then(|before| before.chars().next_back());
            let after = self.body.get(at + word.len()..).and_then(|after| after.chars().next());
            !(word.starts_with(edges) && inside(before) || word.ends_with(edges) && inside(after))
        });
        let spans: Vec<_> = spans.map(|(at, word)| at..at + word.len()).collect();
        self.secret.extend(spans);
        self.sort();
    }

    fn sort(&mut self) {
        self.secret.sort_by_key(|span| (span.start, span.end));
        self.secret.dedup();
    }

    /// The text itself, secrets included.
    pub fn expose(&self) -> &str {
        &self.body
    }

    /// The text with every secret span replaced by `mask(span)`.
    pub fn masked(&self, mut mask: impl FnMut(&str) -> String) -> Cow<'_, str> {
        if self.secret.is_empty() {
            return Cow::Borrowed(&self.body);
        }
        let (mut shown, mut at) = (String::with_capacity(self.body.len()), 0);
        for span in &self.secret {
            if span.end <= at {
                continue;
            }
            let start = span.start.max(at);
            shown.push_str(self.body.get(at..start).unwrap_or_default());
            shown.push_str(&mask(self.body.get(start..span.end).unwrap_or_default()));
            at = span.end;
        }
        shown.push_str(self.body.get(at..).unwrap_or_default());
        Cow::Owned(shown)
    }

    /// Some span is a secret.
    pub fn holds_secret(&self) -> bool {
        !self.secret.is_empty()
    }

    /// The secret spans, by byte, ascending.
    pub fn secrets(&self) -> &[Range<usize>] {
        &self.secret
    }

    /// The charset, where it was guessed.
    pub fn guessed(&self) -> Option<&'static str> {
        self.guessed
    }

    /// Nothing was written.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The same guess and secrets carried to a text made from this one (markup removed): secret
    /// spans are found again by their content.
    #[must_use]
    pub fn rewritten(&self, body: impl Into<String>) -> Self {
        let mut text = Self { guessed: self.guessed, ..Self::new(body) };
        for span in &self.secret {
            let word = self.body.get(span.clone()).unwrap_or_default().to_owned();
            text.hide_all(&word);
        }
        text
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.masked(|_| "••••".to_owned()))
    }
}

impl From<&str> for Text {
    fn from(body: &str) -> Self {
        Self::new(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_span_is_masked_and_never_debugged() {
        let mut text = Text::new("IDENTIFY hünter2 now");
        text.hide_all("hünter2");
        assert_eq!(text.masked(|_| "*".into()), "IDENTIFY * now");
        assert!(!format!("{text:?}").contains("nter2"));
        assert_eq!(text.expose(), "IDENTIFY hünter2 now");
    }

    #[test]
    fn overlapping_and_wild_spans_are_clipped() {
        let mut text = Text::new("aäb");
        text.hide(2..99);
        text.hide(0..2);
        assert_eq!(text.masked(|_| "*".into()), "**");
    }

    #[test]
    fn bytes_that_are_no_utf8_are_guessed_by_habit() {
        let text = Text::guess(b"caf\xe9", encoding_rs::WINDOWS_1252);
        assert_eq!((text.expose(), text.guessed()), ("café", Some("windows-1252")));
    }
}
