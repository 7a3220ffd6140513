//! The little XML of lists and personal messages: no nesting is followed, and nothing is believed.

use std::borrow::Cow;

/// What stands between the first `<name>` and its end.
pub(super) fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = xml;
    loop {
        let tag = next(&mut rest)?;
        if tag.name == name {
            if tag.empty {
                return Some("");
            }
            let end = rest.find("</")?;
            let closing = rest.get(end + 2..)?;
            return closing.starts_with(name).then(|| rest.get(..end)).flatten();
        }
    }
}

/// One tag that opens.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// Its name; that of a closing tag begins with `/`.
    pub(super) name: &'a str,
    attributes: &'a str,
    empty: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, in either kind of quotes.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let mut rest = self.attributes;
        while let Some((known, behind)) = rest.split_once('=') {
            let behind = behind.trim_start();
            let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let (value, behind) = behind.get(1..)?.split_once(quote)?;
            if known.trim() == name {
                return Some(unescape(value));
            }
            rest = behind;
        }
        None
    }
}

/// The next tag of a text; the text behind it is left.
pub(super) fn next<'a>(rest: &mut &'a str) -> Option<Tag<'a>> {
    let (_, inside) = rest.split_once('<')?;
    let (tag, behind) = inside.split_once('>')?;
    *rest = behind;
    let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    let (name, attributes) = tag.split_at_checked(end)?;
    Some(Tag { name, attributes, empty })
}

/// Text with its entities read.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if text.contains('&') { Cow::Owned(crate::html::text(text)) } else { Cow::Borrowed(text) }
}
