//! What a message carries, reduced until copies that were meant to look different look alike.
//!
//! A worm changes what is cheap to change: the victim's name in the link, the host that redirects,
//! a word of the lure. So content has keys on several levels, from the link as it stands to the
//! domain it leads to. The scribe tells them as keyed fingerprints, at every `--content` level; the
//! judge makes the same ones where a stream has text and no keys.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};

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
        let text = text.as_bytes();
        Self {
            link: memchr2(b':', b'.', text).is_some(),
            breaking: memchr3(b'+', b'y', b'Y', text).is_some(),
        }
    }
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
    let broken = memchr3(b'\t', b'\n', b'\r', text.as_bytes()).is_some()
        || memchr2(b'\x0b', b'\x0c', text.as_bytes()).is_some();
    let single = !text.starts_with(' ') && !text.ends_with(' ') && !text.contains("  ");
    if single && !broken && text.is_ascii() {
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
    }
}
