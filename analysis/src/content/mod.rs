//! What a message carries, reduced until copies that were meant to look different look alike.
//!
//! A worm changes what is cheap to change: the victim's name in the link, the host that redirects,
//! a word of the lure. So content has keys on several levels, from the link as it stands to the
//! domain it leads to. The scribe tells them as keyed fingerprints, at every `--content` level; the
//! judge makes the same ones where a stream has text and no keys.

pub(crate) mod links;
pub(crate) mod names;
pub(crate) mod near;

/// Text for comparison: lower case, single blanks.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !folded.is_empty() {
            folded.push(' ');
        }
        fold_into(word, &mut folded);
    }
    folded
}

/// Appends a word in lower case.
pub(crate) fn fold_into(word: &str, into: &mut String) {
    if word.is_ascii() {
        into.extend(word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        into.extend(word.chars().flat_map(char::to_lowercase));
    }
}
