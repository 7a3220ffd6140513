//! Images behind a text: `<BINARY><DATA ID="1" SIZE="5">…</DATA></BINARY>`, as they are sent, and
//! what the text's `<IMG>` tags call them.

/// What stands between text and images.
pub(super) const BEGIN: &[u8] = b"<BINARY>";
/// Longest tag among images.
const TAG: usize = 256;
/// Images of one text whose names are kept.
const NAMED: usize = 64;

/// A tag among images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// An image of this number and size begins.
    Data(String, u64),
    /// Any other.
    Other,
}

/// What comes next among images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A tag, and its length.
    Tag(Tag, usize),
    /// More bytes are wanted.
    Wants,
    /// No tag.
    Nonsense,
}

/// Reads the next tag; no more than `left` bytes will ever be there.
pub(super) fn next(rest: &[u8], left: u64) -> Next {
    let most = usize::try_from(left).unwrap_or(usize::MAX).min(TAG);
    let window = rest.get(..most).unwrap_or(rest);
    if !window.starts_with(b"<") {
        return Next::Nonsense;
    }
    let Some(end) = memchr::memchr(b'>', window) else {
        return if window.len() < most { Next::Wants } else { Next::Nonsense };
    };
    let tag = String::from_utf8_lossy(window.get(1..end).unwrap_or_default());
    let size = attribute(&tag, "SIZE").and_then(|size| size.parse().ok());
    let tag = match size {
        Some(size) if starts(&tag, "DATA ") => {
            Tag::Data(attribute(&tag, "ID").unwrap_or_default().to_owned(), size)
        }
        _ => Tag::Other,
    };
    Next::Tag(tag, end + 1)
}

/// Numbers and names of the images a text shows.
pub(super) fn named(text: &str) -> Vec<(String, String)> {
    let tags = text.split('<').filter(|tag| starts(tag, "IMG "));
    let tags = tags.filter_map(|tag| tag.split('>').next());
    tags.filter_map(|tag| {
        Some((attribute(tag, "ID")?.to_owned(), attribute(tag, "SRC")?.to_owned()))
    })
    .take(NAMED)
    .collect()
}

fn starts(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word))
}

/// The value of `NAME="value"` or `NAME=value`.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    while let Some((before, value)) = rest.split_once('=') {
        let is_it =
            before.rsplit(char::is_whitespace).next().is_some_and(|w| w.eq_ignore_ascii_case(name));
        let (value, after) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        if is_it {
            return Some(value);
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_in_any_order_and_spelling() {
        let text = "see <img SRC=\"a b.gif\" ID=\"1\" DATASIZE=\"9\"> <IMG id=2 src=c.jpg>";
        let named = named(text);
        let pairs: Vec<_> = named.iter().map(|(id, name)| (&**id, &**name)).collect();
        assert_eq!(pairs, [("1", "a b.gif"), ("2", "c.jpg")]);
    }

    #[test]
    fn a_tag_is_waited_for_and_given_up() {
        assert_eq!(next(b"<DATA ID=\"7\" SI", 100), Next::Wants);
        assert_eq!(
            next(b"<DATA ID=\"7\" SIZE=\"5\">", 100),
            Next::Tag(Tag::Data("7".into(), 5), 22)
        );
        assert_eq!(next(b"<DATA", 5), Next::Nonsense);
        assert_eq!(next(&[b'<'; 300], 300), Next::Nonsense);
    }
}
