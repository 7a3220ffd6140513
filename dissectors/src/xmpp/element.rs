//! One whole element as a tree: names with their name spaces, attributes, text.
//!
//! There is no document type and there are no entities but the five of XML and characters by number
//! (RFC 6120 section 11.1): what a program defines itself is left as it stands, and told.

use std::borrow::Cow;

use super::ns;
use super::wire::DEEPEST;

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element<'a> {
    /// Its name without the prefix.
    pub(super) name: &'a str,
    /// Its name space; empty where it is that of the stream.
    pub(super) ns: &'a str,
    /// The name space of what has no prefix in it: what a header says of the stream's content.
    pub(super) content: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// Elements directly in it.
    pub(super) children: Vec<Element<'a>>,
    /// The text directly in it.
    pub(super) text: String,
    /// Everything between its tags, as it was written.
    pub(super) inner: &'a str,
}

/// What was strange about an element that could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Strange {
    /// An entity nobody knows.
    pub(super) entity: bool,
    /// More attributes in one tag than are kept.
    pub(super) attributes: bool,
}

/// Elements of one stanza. Long buddy lists have some thousands.
pub(super) const ELEMENTS: usize = 16 << 10;
/// Attributes of one tag that are kept.
const ATTRIBUTES: usize = 64;
/// Prefixes that may be declared at once.
const PREFIXES: usize = 64;

impl<'a> Element<'a> {
    /// Reads the element that `xml` is, or a tag that only opens. `Err` names what cannot be read.
    pub(super) fn read(xml: &'a str, strange: &mut Strange) -> Result<Self, &'static str> {
        Reader { rest: xml, strange, spaces: Vec::new(), count: 0 }.read()
    }

    /// The value of an attribute, its entities read. A prefix is a part of the name.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'a, str>> {
        let (_, value) = self.attributes.iter().find(|(known, _)| *known == name)?;
        Some(unescape(value, &mut false))
    }

    /// The same where it says something.
    pub(super) fn said(&self, name: &str) -> Option<Cow<'a, str>> {
        self.attribute(name).filter(|value| !value.is_empty())
    }

    /// Whether an attribute has this value.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.attribute(name).is_some_and(|said| said == value)
    }

    /// The first element in it of this name, in this name space or that of the stream.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first element in it of this name and name space.
    pub(super) fn find(&self, name: &str, ns: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name && child.ns == ns)
    }

    /// The first element in it of this name space.
    pub(super) fn space(&self, ns: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.ns == ns)
    }

    /// The text of the first element in it of this name, where there is any.
    pub(super) fn word(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim()).filter(|text| !text.is_empty())
    }
}

/// Reads one element; what is open lies on a stack, not in calls.
struct Reader<'a, 'b> {
    rest: &'a str,
    strange: &'b mut Strange,
    /// Declared prefixes with the depth that declared them.
    spaces: Vec<(usize, &'a str, &'a str)>,
    count: usize,
}

/// An element whose end was not read yet, its full name, and what stands behind its first tag.
struct Open<'a> {
    element: Element<'a>,
    name: &'a str,
    behind: &'a str,
}

impl<'a> Reader<'a, '_> {
    fn read(mut self) -> Result<Element<'a>, &'static str> {
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            let Some((text, behind)) = self.rest.split_once('<') else {
                // A header stays open.
                return match open.pop() {
                    Some(Open { element, .. }) if open.is_empty() => Ok(element),
                    _ => Err("xmpp_not_well_formed"),
                };
            };
            if let Some(top) = open.last_mut() {
                let said = unescape(text, &mut self.strange.entity);
                top.element.text.push_str(&said);
            }
            self.rest = behind;
            if let Some(aside) = self.aside() {
                if let (Some(top), Some(said)) = (open.last_mut(), aside?) {
                    top.element.text.push_str(said);
                }
                continue;
            }
            let done = if let Some(closing) = behind.strip_prefix('/') {
                self.close(closing, &mut open)?
            } else {
                self.open(behind, &mut open)?
            };
            let Some(done) = done else { continue };
            match open.last_mut() {
                Some(top) => top.element.children.push(done),
                None => return Ok(done),
            }
        }
    }

    /// A comment, an instruction, or CDATA with its text.
    fn aside(&mut self) -> Option<Result<Option<&'a str>, &'static str>> {
        let (inside, end, says) = if let Some(inside) = self.rest.strip_prefix("![CDATA[") {
            (inside, "]]>", true)
        } else if let Some(inside) = self.rest.strip_prefix("!--") {
            (inside, "-->", false)
        } else if let Some(inside) = self.rest.strip_prefix('?') {
            (inside, "?>", false)
        } else if self.rest.starts_with('!') {
            return Some(Err("xmpp_document_type"));
        } else {
            return None;
        };
        let Some((said, behind)) = inside.split_once(end) else {
            return Some(Err("xmpp_not_well_formed"));
        };
        self.rest = behind;
        Some(Ok(says.then_some(said)))
    }

    fn open(
        &mut self,
        tag: &'a str,
        open: &mut Vec<Open<'a>>,
    ) -> Result<Option<Element<'a>>, &'static str> {
        self.count += 1;
        if self.count > ELEMENTS {
            return Err("xmpp_too_many_elements");
        }
        if open.len() >= DEEPEST {
            return Err("xmpp_too_deep");
        }
        let end = tag.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>'));
        let (name, mut rest) = tag.split_at(end.ok_or("xmpp_not_well_formed")?);
        let mut element = Element::default();
        let depth = open.len() + 1;
        let empty = loop {
            rest = rest.trim_ascii_start();
            if let Some(behind) = rest.strip_prefix('>') {
                self.rest = behind;
                break false;
            }
            if let Some(behind) = rest.strip_prefix("/>") {
                self.rest = behind;
                break true;
            }
            rest = self.attribute(rest, depth, &mut element)?;
        };
        let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
        (element.name, element.ns) = (local, self.space(prefix));
        element.content = self.space("");
        if empty {
            self.leave(depth);
            return Ok(Some(element));
        }
        open.push(Open { element, name, behind: self.rest });
        Ok(None)
    }

    /// One attribute; gives what follows it.
    fn attribute(
        &mut self,
        rest: &'a str,
        depth: usize,
        element: &mut Element<'a>,
    ) -> Result<&'a str, &'static str> {
        let (name, behind) = rest.split_once('=').ok_or("xmpp_not_well_formed")?;
        let behind = behind.trim_ascii_start();
        let quote = behind.chars().next().filter(|c| matches!(c, '"' | '\''));
        let value = quote.and_then(|quote| behind.get(1..)?.split_once(quote));
        let ((value, behind), name) = (value.ok_or("xmpp_not_well_formed")?, name.trim_ascii());
        let declared = name.strip_prefix("xmlns:").or_else(|| (name == "xmlns").then_some(""));
        if let Some(prefix) = declared {
            if self.spaces.len() < PREFIXES {
                self.spaces.push((depth, prefix, value));
            }
        } else if element.attributes.len() < ATTRIBUTES {
            element.attributes.push((name, value));
        } else {
            self.strange.attributes = true;
        }
        Ok(behind)
    }

    fn close(
        &mut self,
        tag: &'a str,
        open: &mut Vec<Open<'a>>,
    ) -> Result<Option<Element<'a>>, &'static str> {
        let (name, behind) = tag.split_once('>').ok_or("xmpp_not_well_formed")?;
        let mut top = open.pop().ok_or("xmpp_not_well_formed")?;
        if top.name != name.trim_ascii_end() {
            return Err("xmpp_not_well_formed");
        }
        let inside = top.behind.len().saturating_sub(tag.len() + "</".len());
        top.element.inner = top.behind.get(..inside).unwrap_or_default();
        self.rest = behind;
        self.leave(open.len() + 1);
        Ok(Some(top.element))
    }

    /// What a prefix stands for. Those of the stream are declared by its header, which may not have
    /// been heard.
    fn space(&self, prefix: &str) -> &'a str {
        let declared = self.spaces.iter().rev().find(|(_, known, _)| *known == prefix);
        match (declared, prefix) {
            (Some((.., space)), _) => space,
            (None, "stream") => ns::STREAMS,
            (None, "db") => ns::DIALBACK,
            (None, _) => "",
        }
    }

    /// The prefixes declared at this depth are forgotten.
    fn leave(&mut self, depth: usize) {
        while self.spaces.last().is_some_and(|(declared, ..)| *declared >= depth) {
            self.spaces.pop();
        }
    }
}

/// Text with its entities read; `unknown` where there is one that XML does not know.
fn unescape<'a>(text: &'a str, unknown: &mut bool) -> Cow<'a, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let (mut said, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inside)) = rest.split_once('&') {
        said.push_str(before);
        let near = inside.as_bytes().iter().take(ENTITY).position(|byte| *byte == b';');
        let entity = near.and_then(|end| Some((inside.get(..end)?, inside.get(end + 1..)?)));
        let known = entity.and_then(|(name, behind)| Some((character(name)?, behind)));
        *unknown |= known.is_none();
        let (c, behind) = known.unwrap_or(('&', inside));
        said.push(c);
        rest = behind;
    }
    said.push_str(rest);
    Cow::Owned(said)
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(number)?
        }
    })
}

/// Longest entity.
const ENTITY: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(xml: &str) -> Result<Element<'_>, &'static str> {
        Element::read(xml, &mut Strange::default())
    }

    #[test]
    fn names_spaces_attributes_and_text_are_read() {
        let xml = "<message to='a&amp;b' xml:lang=\"en\"><x:y xmlns:x='one'><z/></x:y>\
                   <body xmlns='two'>1 &lt; 2 &#x263a;<![CDATA[ <&> ]]><!-- no --></body></message>";
        let message = read(xml).unwrap();
        assert_eq!((message.name, message.ns), ("message", ""));
        assert_eq!(message.attribute("to").unwrap(), "a&b");
        assert!(message.is("xml:lang", "en"));
        let spaced = message.find("y", "one").unwrap();
        assert_eq!((spaced.inner, spaced.children[0].ns), ("<z/>", ""));
        assert_eq!(message.find("body", "two").unwrap().text, "1 < 2 ☺ <&> ");
        assert_eq!(message.child("none"), None);
    }

    #[test]
    fn a_header_is_a_tag_that_stays_open() {
        let header =
            read("<stream:stream to='im' xmlns:stream='s' xmlns='jabber:client'>").unwrap();
        assert_eq!((header.name, header.ns), ("stream", "s"));
        assert_eq!(read("<stream:features><a/></stream:features>").unwrap().ns, ns::STREAMS);
    }

    #[test]
    fn what_is_no_xml_is_refused_and_named() {
        for xml in
            ["<a", "<a b>", "<a b='>", "<a></b>", "<a><b></a></b>", "</a>", "<a><!-- </a>", ""]
        {
            assert_eq!(read(xml), Err("xmpp_not_well_formed"), "{xml}");
        }
        assert_eq!(read("<a><!ENTITY b 'c'></a>"), Err("xmpp_document_type"));
        assert_eq!(read(&"<a>".repeat(DEEPEST + 1)), Err("xmpp_too_deep"));
        let many = format!("<a>{}</a>", "<b/>".repeat(ELEMENTS));
        assert_eq!(read(&many), Err("xmpp_too_many_elements"));
    }

    #[test]
    fn entities_of_ones_own_are_left_and_noticed() {
        let mut strange = Strange::default();
        let element = Element::read("<a>&lol; &amp;lol; &</a>", &mut strange).unwrap();
        assert_eq!((element.text.as_str(), strange.entity), ("&lol; &lol; &", true));
    }
}
