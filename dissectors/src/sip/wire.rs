//! SIP's bytes (RFC 3261 section 7): a start line, fields that may be folded or have a short name,
//! a body.

/// A request or a response, borrowed.
#[derive(Clone, Debug)]
pub(super) struct Message<'a> {
    pub(super) start: Start<'a>,
    pub(super) fields: Vec<(&'a str, &'a [u8])>,
    pub(super) body: &'a [u8],
}

/// The first line of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start<'a> {
    /// `METHOD uri SIP/2.0`.
    Request {
        /// The method, upper case as a rule.
        method: &'a str,
        /// Whom it is addressed to.
        uri: &'a str,
    },
    /// `SIP/2.0 200 OK`.
    Response {
        /// The status, three digits.
        status: u16,
        /// The words behind it.
        reason: &'a str,
    },
}

impl<'a> Message<'a> {
    /// Reads a whole head, and takes `body` for its body.
    pub(super) fn parse(head: &'a [u8], body: &'a [u8]) -> Option<Self> {
        let (first, used) = crate::scan::line(head)?;
        Some(Self { start: start(first)?, fields: fields(head.get(used..)?), body })
    }

    /// The value of the first field of this name, without the blanks around it; a folded value
    /// keeps its line ends.
    pub(super) fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.fields(name).next()
    }

    /// Every value of a field, in order.
    pub(crate) fn fields(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields.iter().filter(move |(known, _)| is_named(known, name)).map(|(_, value)| *value)
    }

    /// The same as text.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        std::str::from_utf8(self.field(name)?).ok()
    }

    /// The words of a field that is one word and parameters.
    pub(super) fn word(&self, name: &str) -> Option<&'a str> {
        self.text(name)?.split(';').next().map(str::trim)
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.word(name)?.parse().ok()
    }

    /// Its number, and the method it belongs to.
    pub(super) fn sequence(&self) -> Option<(u32, &'a str)> {
        let (number, method) = self.text("CSeq")?.split_once(|c: char| c.is_ascii_whitespace())?;
        Some((number.trim().parse().ok()?, method.trim()))
    }

    /// Programs it came through, the sender's own included.
    pub(super) fn hops(&self) -> usize {
        self.fields("Via").map(|value| memchr::memchr_iter(b',', value).count() + 1).sum()
    }

    /// What the last hop wrote to know the answer by.
    pub(super) fn branch(&self) -> &'a [u8] {
        let via = self.field("Via").unwrap_or_default();
        via.split(|byte| *byte == b',').next().unwrap_or_default()
    }
}

/// Every field: its name, and its value without the blanks around it.
pub(crate) fn fields(head: &[u8]) -> Vec<(&str, &[u8])> {
    let (mut fields, mut rest) = (Vec::new(), head);
    while let Some((line, mut used)) = crate::scan::line(rest) {
        if line.is_empty() || fields.len() == FIELDS {
            break;
        }
        // A line that begins with a blank goes on with the one before it.
        while let Some([b' ' | b'\t', ..]) = rest.get(used..) {
            let Some((_, more)) = rest.get(used..).and_then(crate::scan::line) else { break };
            used += more;
        }
        let Some((field, behind)) = rest.split_at_checked(used) else { break };
        if let Some(colon) = memchr::memchr(b':', field)
            && let (Some(name), Some(value)) = (field.get(..colon), field.get(colon + 1..))
            && let Ok(name) = std::str::from_utf8(name)
        {
            fields.push((name.trim_ascii(), value.trim_ascii()));
        }
        rest = behind;
    }
    fields
}

/// The value of a field among others.
pub(crate) fn value<'a>(fields: &[(&str, &'a [u8])], name: &str) -> Option<&'a [u8]> {
    fields.iter().find(|(known, _)| is_named(known, name)).map(|(_, value)| *value)
}

fn is_named(known: &str, name: &str) -> bool {
    let short = |short: &str| {
        SHORT.iter().any(|(one, long)| one.eq_ignore_ascii_case(short) && *long == name)
    };
    known.eq_ignore_ascii_case(name) || known.len() == 1 && short(known)
}

/// Short names (RFC 3261 section 7.3.3, and the IANA registry for those that came later).
#[rustfmt::skip]
const SHORT: &[(&str, &str)] = &[
    ("i", "Call-ID"), ("m", "Contact"), ("e", "Content-Encoding"), ("l", "Content-Length"),
    ("c", "Content-Type"), ("f", "From"), ("t", "To"), ("v", "Via"), ("o", "Event"),
];

/// Reads a start line, without its end.
pub(super) fn start(line: &[u8]) -> Option<Start<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    if let Some(rest) = line.strip_prefix(VERSION) {
        let (status, reason) = rest.strip_prefix(' ')?.split_at_checked(3)?;
        let digits = status.bytes().all(|byte| byte.is_ascii_digit());
        let status = status.parse().ok().filter(|status| digits && (100..700).contains(status))?;
        return (reason.is_empty() || reason.starts_with(' '))
            .then_some(Start::Response { status, reason: reason.trim() });
    }
    let (method, rest) = line.split_once(' ')?;
    let uri = rest.trim_end().strip_suffix(VERSION)?.strip_suffix(' ')?.trim();
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte);
    let named = (1..=METHOD).contains(&method.len()) && method.bytes().all(token);
    let addressed = uri.contains(':') && !uri.contains(' ');
    (named && addressed).then_some(Start::Request { method, uri })
}

/// What a stream or a datagram begins with, before a start line: programs keep connections open
/// with line ends (RFC 5626 section 4.4.1).
pub(super) fn blanks(input: &[u8]) -> usize {
    input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// The version there is.
pub(super) const VERSION: &str = "SIP/2.0";
/// Longest name of a method, in bytes.
pub(super) const METHOD: usize = 32;
/// Fields of one message.
const FIELDS: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_have_short_names_and_are_folded() {
        let head =
            b"MESSAGE sip:b@c SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9\r\nSubject: two\r\n\tlines\r\n\
                     F : <sip:a@c>\r\nCSeq: 7\tMESSAGE\r\nl:0\r\n";
        let message = Message::parse(head, b"").unwrap();
        assert_eq!(message.start, Start::Request { method: "MESSAGE", uri: "sip:b@c" });
        assert_eq!(message.field("Subject"), Some(&b"two\r\n\tlines"[..]));
        assert_eq!(message.field("From"), Some(&b"<sip:a@c>"[..]));
        assert_eq!(message.sequence(), Some((7, "MESSAGE")));
        assert_eq!((message.number("Content-Length"), message.hops()), (Some(0), 1));
    }

    #[test]
    fn start_lines_are_told_from_those_of_others() {
        let response = Start::Response { status: 404, reason: "Not Found" };
        assert_eq!(start(b"SIP/2.0 404 Not Found"), Some(response));
        for line in [
            &b"GET / HTTP/1.1"[..],
            b"SIP/2.0 4040 Not Found",
            b"SIP/2.0 99",
            b"MESSAGE bob SIP/2.0",
            b"MESSAGE sip:bob@a",
            b"INVITE sip:a b:c SIP/2.0",
            b"OPTIONS rtsp://a/b RTSP/1.0",
        ] {
            assert_eq!(start(line), None, "{}", String::from_utf8_lossy(line));
        }
    }
}
