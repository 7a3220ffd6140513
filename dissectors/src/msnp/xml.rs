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
pub(crate) struct Tag<'a> {
    /// Its name; that of a closing tag begins with `/`.
    pub(crate) name: &'a str,
    attributes: &'a str,
    empty: bool,
}

impl<'a> Tag<'a> {
    /// The value of an attribute, in either kind of quotes.
    pub(crate) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
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
pub(crate) fn next<'a>(rest: &mut &'a str) -> Option<Tag<'a>> {
    let (_, inside) = rest.split_once('<')?;
    let (tag, behind) = inside.split_once('>')?;
    *rest = behind;
    let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
    let end = tag.find(|c: char| c.is_ascii_whitespace()).unwrap_or(tag.len());
    let (name, attributes) = tag.split_at_checked(end)?;
    Some(Tag { name, attributes, empty })
}

/// What stands in each element of this name, whatever its name space; elements in elements of the same
/// name are none of their own.
pub(crate) fn elements<'a>(xml: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        loop {
            let tag = next(&mut rest)?;
            if local(tag.name) == name {
                return if tag.empty { Some("") } else { inside(&mut rest, name) };
            }
        }
    })
}

/// The first element of this name, its entities read.
pub(crate) fn value(xml: &str, name: &str) -> Option<String> {
    elements(xml, name).next().map(|value| crate::html::entities(value.trim()))
}

/// The attribute of the first tag of this name, its entities read.
pub(crate) fn attribute(xml: &str, name: &str, attribute: &str) -> Option<String> {
    let mut rest = xml;
    while let Some(tag) = next(&mut rest) {
        if local(tag.name) == name {
            return tag.attribute(attribute).map(Cow::into_owned);
        }
    }
    None
}

/// The name of the first tag that opens, without its name space.
pub(super) fn first(xml: &str) -> Option<&str> {
    let mut rest = xml;
    next(&mut rest).map(|tag| local(tag.name))
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// What stands before the tag that closes this name; the text behind it is left.
fn inside<'a>(rest: &mut &'a str, name: &str) -> Option<&'a str> {
    let begin = *rest;
    loop {
        let before = *rest;
        let tag = next(rest)?;
        if tag.name.strip_prefix('/').is_some_and(|closes| local(closes) == name) {
            let passed = begin.len() - before.len() + before.find('<')?;
            return begin.get(..passed);
        }
    }
}

/// Text with its entities read.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if text.contains('&') { Cow::Owned(crate::html::entities(text)) } else { Cow::Borrowed(text) }
}
