//! The HTML of messengers, read as a person would see it.
//!
//! Clients of the time wrote a handful of tags around plain text. Here tags are taken out, line
//! breaks and entities mean what they mean, and white space folds as HTML folds it. A `<` that
//! begins no tag is a `<`.

/// Whether a text is meant as HTML: one of the tags messengers write stands in it.
pub(crate) fn is_markup(text: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('<') {
        let name = after.strip_prefix('/').unwrap_or(after);
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let known = name
            .get(..end)
            .is_some_and(|name| TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name)));
        if known && tag_end(after).is_some() {
            return true;
        }
        rest = after;
    }
    false
}

/// The tags messengers write.
const TAGS: &[&str] = &[
    "html", "body", "font", "b", "i", "u", "s", "a", "br", "p", "div", "span", "hr", "img", "sub",
    "sup", "strong", "em", "center", "pre", "h1", "h2", "h3",
];

/// What a person reads.
pub(crate) fn text(markup: &str) -> String {
    let mut page = Page::default();
    let mut rest = markup;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, here) = rest.split_at(at);
        page.say(before);
        rest = if here.starts_with('<') { page.tag(here) } else { page.entity(here) };
    }
    page.say(rest);
    page.text
}

/// A text with its entities read, and nothing else: what an XML element says.
pub(crate) fn entities(text: &str) -> String {
    let (mut said, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, inside)) = rest.split_once('&') {
        said.push_str(before);
        let (c, behind) = named(inside).unwrap_or(('&', inside));
        said.push(c);
        rest = behind;
    }
    said.push_str(rest);
    said
}

/// The entity at the beginning, behind its `&`, and what follows it.
fn named(inside: &str) -> Option<(char, &str)> {
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '#').unwrap_or(inside.len());
    let (name, rest) = inside.split_at_checked(end)?;
    Some((entity(name)?, rest.strip_prefix(';').unwrap_or(rest)))
}

/// What was read so far.
#[derive(Debug, Default)]
struct Page {
    text: String,
    /// A blank is due before the next word.
    blank: bool,
    /// Where the link at hand leads, and where its text begins.
    link: Option<(String, usize)>,
}

impl Page {
    /// Text between tags: white space folds into one blank, none at the beginning of a line.
    fn say(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\r' | '\n') {
                self.blank = true;
            } else {
                self.put(c);
            }
        }
    }

    fn put(&mut self, c: char) {
        if std::mem::take(&mut self.blank) && self.in_line() {
            self.text.push(' ');
        }
        self.text.push(c);
    }

    /// Something stands in the last line.
    fn in_line(&self) -> bool {
        !(self.text.is_empty() || self.text.ends_with('\n'))
    }

    /// A link ends. Where it leads is a part of what it says, unless it says so itself.
    fn leave(&mut self) {
        let Some((address, begin)) = self.link.take() else { return };
        let shown = self.text.get(begin..).unwrap_or_default();
        if !address.is_empty() && !shown.contains(address.trim_end_matches('/')) {
            self.text.push_str(&format!(" ({address})"));
        }
    }

    fn line(&mut self) {
        self.blank = false;
        self.text.push('\n');
    }

    /// A tag, or a `<` that begins none; gives what follows.
    fn tag<'a>(&mut self, here: &'a str) -> &'a str {
        let Some(inside) = here.strip_prefix('<') else { return here };
        let begins = inside.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        let end = if begins { tag_end(inside) } else { None };
        let Some((tag, rest)) = end.and_then(|end| inside.split_at_checked(end)) else {
            self.put('<');
            return inside;
        };
        let rest = rest.strip_prefix('>').unwrap_or(rest);
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        match name.get(..end).unwrap_or_default().to_ascii_lowercase().as_str() {
            "br" => self.line(),
            "a" if closing => self.leave(),
            "a" => self.link = address(tag).map(|address| (address.to_owned(), self.text.len())),
            "p" | "div" | "hr" if self.in_line() && !(closing && is_blank(rest)) => self.line(),
            _ => {}
        }
        rest
    }

    /// An entity, or an `&` that begins none; gives what follows.
    fn entity<'a>(&mut self, here: &'a str) -> &'a str {
        let inside = here.strip_prefix('&').unwrap_or(here);
        let (c, rest) = named(inside).unwrap_or(('&', inside));
        self.put(c);
        rest
    }
}

/// Where a tag ends, when it does so within reason: nobody's tag is longer, and a text full of `<`
/// must not be searched to its end for each.
fn tag_end(inside: &str) -> Option<usize> {
    let near = inside.as_bytes().get(..LONGEST).unwrap_or(inside.as_bytes());
    memchr::memchr(b'>', near)
}

/// Longest tag, in bytes.
const LONGEST: usize = 1024;

/// Where `<a href=…>` leads.
fn address(tag: &str) -> Option<&str> {
    let at = tag.to_ascii_lowercase().find("href=")?;
    let value = tag.get(at + "href=".len()..)?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote {
        Some(quote) => value.get(1..)?.split(quote).next(),
        None => value.split_ascii_whitespace().next(),
    }
}

/// Nothing is left to read.
fn is_blank(markup: &str) -> bool {
    markup.trim_start().is_empty()
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
        return code.and_then(char::from_u32).filter(|c| *c != '\0');
    }
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "copy" => '©',
        "reg" => '®',
        "euro" => '€',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_reads_as_a_person_would() {
        let table = [
            (
                "<HTML><BODY BGCOLOR=\"#ffffff\"><FONT SIZE=2>hey  there</FONT></BODY></HTML>",
                "hey there",
            ),
            ("one<br>two<BR/>three", "one\ntwo\nthree"),
            ("<p>one</p><p>two</p>", "one\ntwo"),
            ("a &lt;b&gt; &amp; c &#9731; &#x41; &bogus; 5 & 6", "a <b> & c ☃ A &bogus; 5 & 6"),
            (
                "see <A HREF=\"http://example.org/\">http://example.org/</A>",
                "see http://example.org/",
            ),
            (
                "<a href='http://example.org/x.exe'>my photo</a>!",
                "my photo (http://example.org/x.exe)!",
            ),
            ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
            ("broken <b", "broken <b"),
            ("", ""),
        ];
        for (markup, said) in table {
            assert_eq!(text(markup), said, "{markup}");
        }
    }

    #[test]
    fn entities_leave_the_rest_as_it_is() {
        assert_eq!(
            entities("a &lt;b&gt;\r\n  &#233;&amp;lt; &bogus; &"),
            "a <b>\r\n  é&lt; &bogus; &"
        );
    }

    #[test]
    fn plain_text_is_no_markup() {
        assert!(is_markup("<HTML>x</HTML>") && is_markup("a<br>b") && is_markup("<b>x</b>"));
        assert!(!is_markup("1 < 2 > 1") && !is_markup("a <bogus> tag") && !is_markup("<b"));
    }
}
