//! What a message carries, reduced until copies that were meant to look different look alike.
//!
//! A worm changes what is cheap to change: the victim's name in the link, the host that redirects,
//! a word of the lure. So content has keys on several levels, from the link as it stands to the
//! domain it leads to. The scribe tells them as keyed fingerprints, at every `--content` level; the
//! judge makes the same ones where a stream has text and no keys.

use std::borrow::Cow;

pub(crate) mod links;
pub(crate) mod names;
pub(crate) mod near;

/// What a quick look at a text tells: what is not there needs no slower one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Glance {
    /// There may be a link.
    pub(crate) link: bool,
    /// There may be something that makes programs fail.
    pub(crate) breaking: bool,
}

impl Glance {
    /// One quick look at a text.
    #[inline]
    pub(crate) fn at(text: &str) -> Self {
        let [colon, dot, plus, low, high] = holds(text, *b":.+yY");
        Self { link: colon || dot, breaking: plus || low || high }
    }
}

/// Which of some bytes a text holds: one quick look at all of it, eight bytes at a time, before slow
/// ones at what is rare.
#[inline]
fn holds<const N: usize>(text: &str, wanted: [u8; N]) -> [bool; N] {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let mut seen = [0_u64; N];
    let mut look = |word: [u8; 8]| {
        let word = u64::from_ne_bytes(word);
        for (seen, wanted) in seen.iter_mut().zip(wanted) {
            // Of a byte that is wanted nothing is left, and only below such a one a borrow begins.
            let left = word ^ (ONES * u64::from(wanted));
            *seen |= left.wrapping_sub(ONES) & !left;
        }
    };
    let text = text.as_bytes();
    let (words, rest) = text.as_chunks();
    words.iter().for_each(|word| look(*word));
    if let Some(last) = text.last_chunk() {
        look(*last);
    } else {
        let mut last = [0; 8];
        last.iter_mut().zip(rest).for_each(|(last, byte)| *last = *byte);
        look(last);
    }
    seen.map(|seen| seen & ONES << 7 != 0)
}

/// A name in lower case; most are.
pub(crate) fn low(name: &str) -> Cow<'_, str> {
    let is_low = name.is_ascii() && !name.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_low { Cow::Borrowed(name) } else { Cow::Owned(name.to_lowercase()) }
}

/// Text for comparison: lower case, single blanks.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_text(text, &mut folded);
    folded
}

/// Appends a text in lower case, with single blanks.
pub(crate) fn fold_text(text: &str, into: &mut String) {
    let [tab, line, feed, form, back] = holds(text, *b"\t\n\x0b\x0c\r");
    let single = !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
    if single && !(tab || line || feed || form || back) && text.is_ascii() {
        return fold_into(text, into);
    }
    let start = into.len();
    for word in text.split_whitespace() {
        if into.len() > start {
            into.push(' ');
        }
        fold_into(word, into);
    }
}

/// Appends a word in lower case.
pub(crate) fn fold_into(word: &str, into: &mut String) {
    if word.is_ascii() {
        let start = into.len();
        into.push_str(word);
        into.get_mut(start..).into_iter().for_each(str::make_ascii_lowercase);
    } else {
        into.extend(word.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn a_folded_text_has_low_words_and_single_blanks(text in "[ a-cA-C\t\n]*") {
            let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
            proptest::prop_assert_eq!(folded(&text), words.join(" "));
        }

        #[test]
        fn a_byte_is_seen_wherever_it_stands(text: String) {
            let seen = holds(&text, *b"a+\xc3");
            proptest::prop_assert_eq!(seen, b"a+\xc3".map(|byte| text.as_bytes().contains(&byte)));
        }
    }
}
