//! Start line and fields of an HTTP/1.x message (RFC 9112 sections 2 to 5).

/// Longest head, in bytes.
pub const LONGEST: usize = 32 << 10;
/// Most fields kept of a head.
const FIELDS: usize = 128;

/// Start line and fields, borrowed from the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// The first line.
    pub start: Start<'a>,
    /// The version is 1.`minor`.
    pub minor: u8,
    fields: Vec<(&'a str, &'a [u8])>,
}

/// The first line of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    /// `METHOD target HTTP/1.x`.
    Request {
        /// The method, in the case it was written.
        method: &'a str,
        /// What it is applied to: a path, a URL, `host:port` for CONNECT.
        target: &'a str,
    },
    /// `HTTP/1.x 200 reason`.
    Response {
        /// The status, three digits.
        status: u16,
        /// The words behind it, which mean nothing.
        reason: &'a [u8],
    },
}

impl<'a> Head<'a> {
    /// The value of a field, without the blanks around it; the first one where it is repeated. A
    /// folded value keeps its line ends.
    pub fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.fields(name).next()
    }

    /// Every value of a field, in order.
    pub fn fields(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.fields
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| *value)
    }

    /// Whether a field that is a list of words holds this one.
    pub fn lists(&self, name: &str, word: &str) -> bool {
        self.fields(name)
            .flat_map(|value| value.split(|byte| *byte == b','))
            .any(|one| one.trim_ascii().eq_ignore_ascii_case(word.as_bytes()))
    }
}

/// Where a head ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Not yet.
    Need,
    /// There are that many bytes of blank lines before it.
    Blank(usize),
    /// It holds this many bytes, and this many with the blank line behind it.
    At(usize, usize),
    /// It exceeds [`LONGEST`].
    TooLong,
}

/// Looks for the blank line that ends a head. `scanned` is kept between calls, so that a head in
/// many pieces is looked through once.
pub(crate) fn end(input: &[u8], scanned: &mut usize) -> End {
    let blanks = input.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    if blanks > 0 {
        *scanned = 0;
        return End::Blank(blanks);
    }
    let window = input.get(..LONGEST).unwrap_or(input);
    let mut at = (*scanned).min(window.len());
    while let Some(found) = window.get(at..).and_then(|rest| memchr::memchr(b'\n', rest)) {
        let line_end = at + found;
        let behind = match window.get(line_end + 1..) {
            Some([b'\n', ..]) => Some(1),
            Some([b'\r', b'\n', ..]) => Some(2),
            Some([] | [b'\r']) | None => {
                // The next byte decides.
                *scanned = line_end;
                return if window.len() < LONGEST { End::Need } else { End::TooLong };
            }
            _ => None,
        };
        if let Some(behind) = behind {
            *scanned = 0;
            return End::At(line_end + 1, line_end + 1 + behind);
        }
        at = line_end + 1;
    }
    *scanned = at.max(window.len());
    if window.len() < LONGEST { End::Need } else { End::TooLong }
}

/// Reads a whole head, its last line end included. Fields without a colon are passed over.
pub(super) fn parse(head: &[u8]) -> Option<Head<'_>> {
    let (first, used) = crate::scan::line(head)?;
    let (start, minor) = start(first)?;
    let mut fields = Vec::new();
    let mut rest = head.get(used..)?;
    while let Some((_, mut used)) = crate::scan::line(rest) {
        // A line that begins with a blank goes on with the one before it.
        while let Some([b' ' | b'\t', ..]) = rest.get(used..) {
            used += crate::scan::line(rest.get(used..)?)?.1;
        }
        let (field, behind) = rest.split_at_checked(used)?;
        if let Some(colon) = memchr::memchr(b':', field)
            && let (Some(name), Some(value)) = (field.get(..colon), field.get(colon + 1..))
            && let Ok(name) = std::str::from_utf8(name)
            && fields.len() < FIELDS
        {
            fields.push((name.trim_ascii(), value.trim_ascii()));
        }
        rest = behind;
    }
    Some(Head { start, minor, fields })
}

/// Reads a start line, without its end.
pub(super) fn start(line: &[u8]) -> Option<(Start<'_>, u8)> {
    if let Some(rest) = line.strip_prefix(b"HTTP/1.") {
        let Some((&[minor, b' ', a, b, c], reason)) = rest.split_first_chunk::<5>() else {
            return None;
        };
        let status = [a, b, c].iter().all(u8::is_ascii_digit);
        let status = status.then(|| {
            [a, b, c].iter().fold(0, |number: u16, digit| number * 10 + u16::from(digit - b'0'))
        })?;
        let reason = if reason.is_empty() { reason } else { reason.strip_prefix(b" ")? };
        return Some((Start::Response { status, reason }, minor_version(minor)?));
    }
    let line = std::str::from_utf8(line).ok()?;
    let (line, version) = line.rsplit_once(" HTTP/1.")?;
    let (method, target) = line.split_once(' ')?;
    let &[minor] = version.as_bytes() else { return None };
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let whole = !method.is_empty() && method.bytes().all(token) && !target.is_empty();
    whole.then_some((Start::Request { method, target }, minor_version(minor)?))
}

fn minor_version(digit: u8) -> Option<u8> {
    digit.is_ascii_digit().then(|| digit - b'0')
}
