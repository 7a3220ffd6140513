//! Bodies: parts of a multipart (RFC 2046), and messages in an envelope of their own (CPIM, RFC
//! 3862).

use std::borrow::Cow;

use data_encoding::BASE64;
use encoding_rs::{Encoding, WINDOWS_1252};
use memchr::memmem;

use super::uri::{self, Uri};
use super::wire::{fields, value};
use crate::Text;

/// One part of a body, borrowed unless it was encoded.
#[derive(Clone, Debug)]
pub(crate) struct Part<'a> {
    /// Type and subtype, lower case.
    pub(crate) kind: String,
    /// The parameters of the type.
    parameters: String,
    pub(crate) content: Cow<'a, [u8]>,
    /// Who wrote it to whom, as the envelope says.
    pub(crate) from: Option<Uri>,
    pub(crate) to: Vec<Uri>,
}

impl<'a> Part<'a> {
    /// A part of this type.
    pub(crate) fn new(kind: &str, content: &'a [u8]) -> Self {
        let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
        Self {
            kind: kind.trim().to_ascii_lowercase(),
            parameters: parameters.to_owned(),
            content: Cow::Borrowed(content),
            from: None,
            to: Vec::new(),
        }
    }

    /// Its text, in the charset it states.
    pub(crate) fn text(&self) -> Text {
        let stated = parameter(&self.parameters, "charset");
        match stated.and_then(|label| Encoding::for_label(label.as_bytes())) {
            Some(stated) => Text::decode(&self.content, stated),
            None => Text::guess(&self.content, WINDOWS_1252),
        }
    }

    /// What is inside: parts of parts, what an envelope holds. Of an alternative, what is read
    /// best.
    pub(crate) fn open(self) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        open(self, 0, &mut parts);
        parts
    }
}

fn open<'a>(part: Part<'a>, depth: usize, parts: &mut Vec<Part<'a>>) {
    if parts.len() >= PARTS {
        return;
    }
    // What was encoded is not looked into.
    let content = match &part.content {
        Cow::Borrowed(content) if depth < DEPTH => *content,
        _ => return parts.push(part),
    };
    if part.kind == "message/cpim" {
        open(envelope(content), depth + 1, parts);
    } else if part.kind.starts_with("multipart/") {
        let Some(boundary) = parameter(&part.parameters, "boundary") else { return };
        let mut found = Vec::new();
        for piece in pieces(content, boundary).take(PARTS) {
            open(typed(piece, "text/plain"), depth + 1, &mut found);
        }
        if part.kind == "multipart/alternative" {
            let best = ["text/plain", "text/html"]
                .iter()
                .find_map(|wanted| found.iter().position(|part| part.kind == *wanted));
            found = best.map(|at| vec![found.swap_remove(at)]).unwrap_or(found);
        }
        parts.extend(found);
        parts.truncate(PARTS);
    } else {
        parts.push(part);
    }
}

/// The pieces between lines of `--boundary`.
fn pieces<'a>(content: &'a [u8], boundary: &str) -> impl Iterator<Item = &'a [u8]> {
    let mark = format!("--{boundary}").into_bytes();
    let mut rest = memmem::find(content, &mark).and_then(|at| content.get(at + mark.len()..));
    std::iter::from_fn(move || {
        let here = rest?;
        if here.starts_with(b"--") {
            return None;
        }
        let end = memmem::find(here, &mark);
        let piece = here.get(..end.unwrap_or(here.len()))?;
        rest = end.and_then(|end| here.get(end + mark.len()..));
        let piece = piece.strip_prefix(b"\r\n").or(piece.strip_prefix(b"\n")).unwrap_or(piece);
        Some(piece.strip_suffix(b"\r\n").or(piece.strip_suffix(b"\n")).unwrap_or(piece))
    })
}

/// Headers and content of a piece.
fn typed<'a>(piece: &'a [u8], otherwise: &str) -> Part<'a> {
    let (head, content) = split(piece);
    let fields = fields(head);
    let kind = value(&fields, "Content-Type").map_or(otherwise.into(), String::from_utf8_lossy);
    let mut part = Part::new(&kind, content);
    let encoding = value(&fields, "Content-Transfer-Encoding").unwrap_or_default();
    if encoding.eq_ignore_ascii_case(b"base64") {
        let bare: Vec<u8> = content.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        if let Ok(decoded) = BASE64.decode(&bare) {
            part.content = Cow::Owned(decoded);
        }
    }
    part
}

/// An envelope: its own headers, those of the content, the content (RFC 3862 section 2).
fn envelope(content: &[u8]) -> Part<'_> {
    let (head, inside) = split(content);
    let headers = fields(head);
    let mut part = typed(inside, "text/plain");
    part.from = value(&headers, "From").and_then(uri::address);
    let to = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("To"));
    part.to = to.filter_map(|(_, value)| uri::address(value)).take(PARTS).collect();
    part
}

/// What stands before an empty line, its last line end included, and what stands behind it.
fn split(piece: &[u8]) -> (&[u8], &[u8]) {
    if let Some(rest) = piece.strip_prefix(b"\r\n").or(piece.strip_prefix(b"\n")) {
        return (b"", rest);
    }
    let wide = memmem::find(piece, b"\r\n\r\n").map(|at| (at + 2, at + 4));
    let narrow = memmem::find(piece, b"\n\n").map(|at| (at + 1, at + 2));
    let ends = match (wide, narrow) {
        (Some(wide), Some(narrow)) => Some(wide.min(narrow)),
        (wide, narrow) => wide.or(narrow),
    };
    let cut = ends.and_then(|(end, begin)| Some((piece.get(..end)?, piece.get(begin..)?)));
    cut.unwrap_or((piece, b""))
}

/// The value of a parameter, without quotes.
pub(crate) fn parameter<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    parameters.split(';').find_map(|one| {
        let (known, value) = one.split_once('=')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Parts of one body, and recipients of one envelope.
const PARTS: usize = 32;
/// Bodies in bodies.
const DEPTH: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: &str, content: &str) -> Vec<(String, String)> {
        let parts = Part::new(kind, content.as_bytes()).open();
        let said = |part: Part<'_>| (part.kind.clone(), part.text().expose().to_owned());
        parts.into_iter().map(said).collect()
    }

    fn plain(text: &str) -> (String, String) {
        ("text/plain".to_owned(), text.to_owned())
    }

    #[test]
    fn parts_are_found_in_parts() {
        let content = "--a\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
                       --b\r\nContent-Type: text/html\r\n\r\n<b>hi</b>\r\n\
                       --b\r\n\r\nhi\r\n--b--\r\n\
                       --a\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGV5\r\n--a--";
        assert_eq!(said("multipart/mixed;boundary=a", content), [plain("hi"), plain("hey")]);
    }

    #[test]
    fn an_envelope_says_from_whom() {
        let content = "From: MR SANDERS <im:piglet@100akerwood.com>\r\nTo: Depressed Donkey <im:eeyore@100akerwood.com>\r\n\
                       DateTime: 2000-12-13T13:40:00-08:00\r\n\r\nContent-type: text/plain; charset=utf-8\r\n\r\nHere is the text.";
        let parts = Part::new("message/cpim", content.as_bytes()).open();
        let from = parts[0].from.as_ref().map(|from| from.account().name);
        assert_eq!(from.as_deref(), Some("piglet@100akerwood.com"));
        assert_eq!(parts[0].text().expose(), "Here is the text.");
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let mut content = "x".to_owned();
        for _ in 0..100 {
            content = format!("--a\r\nContent-Type: multipart/mixed;boundary=a\r\n\r\n{content}");
        }
        assert!(said("multipart/mixed;boundary=a", &content).len() <= PARTS);
        let many = "--a\r\n\r\nx\r\n".repeat(1000);
        assert_eq!(said("multipart/mixed;boundary=a", &many).len(), PARTS);
    }
}
