//! Lines and messages (RFC 1459 section 2.3, RFC 2812 section 2.3, `IRCv3` message tags), borrowed
//! from the stream.

use std::borrow::Cow;

/// What stands at the beginning of unread bytes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut<'a> {
    /// The line is not whole yet.
    Need,
    /// A line and the bytes it takes, its end included.
    Line(&'a [u8], usize),
    /// The line exceeds every limit: these bytes of it, and the rest up to its end, are skipped.
    TooLong(usize),
}

/// Cuts the first line off. Servers end a line at CR as well as at LF, so a lone CR ends one here;
/// the LF of a CR LF is always taken with it, because TLS may begin right behind.
pub(super) fn cut(input: &[u8]) -> Cut<'_> {
    let limit = if input.first() == Some(&b'@') { TAGGED_LIMIT } else { LIMIT };
    let window = input.get(..=limit).unwrap_or(input);
    let Some(end) = memchr::memchr2(b'\r', b'\n', window) else {
        return if input.len() > limit { Cut::TooLong(input.len()) } else { Cut::Need };
    };
    let line = input.get(..end).unwrap_or_default();
    match (input.get(end), input.get(end + 1)) {
        (Some(b'\r'), None) => Cut::Need,
        (Some(b'\r'), Some(b'\n')) => Cut::Line(line, end + 2),
        _ => Cut::Line(line, end + 1),
    }
}

/// Bytes up to and with the end of a line that is being skipped, and whether that end was there.
pub(super) fn skip(input: &[u8]) -> (usize, bool) {
    match memchr::memchr2(b'\r', b'\n', input) {
        Some(end) => (end + 1, true),
        None => (input.len(), false),
    }
}

/// One message.
#[derive(Clone, Debug)]
pub(super) struct Line<'a> {
    tags: &'a [u8],
    /// Who it comes from, where the line says so.
    pub(super) source: Option<Source<'a>>,
    /// The command or numeric, in the case it was written.
    pub(super) command: &'a str,
    params: Vec<&'a [u8]>,
}

/// The prefix of a message: a server's name, a nickname, or a nickname with user and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source<'a> {
    /// The server's name, or the nickname.
    pub(super) name: &'a [u8],
    /// A user or host was given, so it is a person.
    pub(super) person: bool,
}

impl<'a> Line<'a> {
    /// Parses one line without its end. Blanks before, between and after are forgiven; a line
    /// without a command is none.
    pub(super) fn parse(line: &'a [u8]) -> Option<Self> {
        let mut rest = blank(line);
        let (mut tags, mut source) = (&b""[..], None);
        if let Some(tagged) = rest.strip_prefix(b"@") {
            (tags, rest) = word(tagged);
        }
        if let Some(prefixed) = rest.strip_prefix(b":") {
            let (prefix, behind) = word(prefixed);
            (source, rest) = (Some(Source::parse(prefix)), behind);
        }
        let (command, rest) = word(rest);
        let command = std::str::from_utf8(command).ok()?;
        let known = !command.is_empty() && command.bytes().all(|byte| byte.is_ascii_alphanumeric());
        known.then(|| Self { tags, source, command, params: params(rest) })
    }

    /// The same line with its first word as the source, the way P10 servers write.
    pub(super) fn parse_unmarked(line: &'a [u8]) -> Option<Self> {
        let (prefix, rest) = word(blank(line));
        let parsed = Self::parse(rest)?;
        Some(Self { source: Some(Source::parse(prefix)), ..parsed })
    }

    /// The parameter of this number from 0, or nothing at all.
    pub(super) fn param(&self, number: usize) -> &'a [u8] {
        self.params.get(number).copied().unwrap_or_default()
    }

    /// A parameter as text; impossible bytes become U+FFFD.
    pub(super) fn word(&self, number: usize) -> Cow<'a, str> {
        String::from_utf8_lossy(self.param(number))
    }

    /// The last parameter.
    pub(super) fn last(&self) -> &'a [u8] {
        self.params.last().copied().unwrap_or_default()
    }

    /// Every parameter from this number on.
    pub(super) fn from(&self, number: usize) -> &[&'a [u8]] {
        self.params.get(number..).unwrap_or_default()
    }

    /// How many parameters there are.
    pub(super) fn count(&self) -> usize {
        self.params.len()
    }

    /// The three digits of a server's reply.
    pub(super) fn numeric(&self) -> Option<u16> {
        let digits = self.command.len() == 3 && self.command.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| self.command.parse().ok()).flatten()
    }

    /// The raw value of a tag; empty when the tag has none.
    pub(super) fn tag(&self, key: &str) -> Option<&'a [u8]> {
        self.tags.split(|byte| *byte == b';').find_map(|tag| {
            let rest = tag.strip_prefix(key.as_bytes())?;
            if rest.is_empty() { Some(rest) } else { rest.strip_prefix(b"=") }
        })
    }
}

impl<'a> Source<'a> {
    fn parse(prefix: &'a [u8]) -> Self {
        let end = memchr::memchr2(b'!', b'@', prefix);
        let name = prefix.get(..end.unwrap_or(prefix.len())).unwrap_or_default();
        Self { name, person: end.is_some() }
    }

    /// It looks like the name of a server: hosts have dots, nicknames cannot.
    pub(super) fn is_server(&self) -> bool {
        !self.person && self.name.contains(&b'.')
    }
}

/// Parameters: words, the last one with blanks when a colon marks it. More than 64 are none that
/// any server sends, the rest is then one parameter.
fn params(line: &[u8]) -> Vec<&[u8]> {
    let (mut params, mut rest) = (Vec::new(), line);
    while !rest.is_empty() {
        if let Some(trailing) = rest.strip_prefix(b":") {
            params.push(trailing);
            break;
        }
        if params.len() == PARAMS {
            params.push(rest);
            break;
        }
        let (first, behind) = word(rest);
        params.push(first);
        rest = behind;
    }
    params
}

/// The first word and what follows its blanks.
pub(super) fn word(input: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr2(b' ', b'\t', input).unwrap_or(input.len());
    let (word, rest) = input.split_at_checked(end).unwrap_or((input, b""));
    (word, blank(rest))
}

fn blank(input: &[u8]) -> &[u8] {
    let blanks = input.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    input.get(blanks..).unwrap_or_default()
}

/// Bytes of a line without tags: modern servers allow 512, some 8 KiB.
const LIMIT: usize = 8 * 1024;
/// Bytes of a line with tags (`IRCv3` message tags allow 8191 more).
const TAGGED_LIMIT: usize = LIMIT + 8 * 1024;
const PARAMS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_tags_a_source_a_command_and_parameters() {
        let line = Line::parse(b"@time=12;+typing :ann!u@h PRIVMSG #room :two words").unwrap();
        assert_eq!(line.tag("time"), Some(&b"12"[..]));
        assert_eq!(line.tag("+typing"), Some(&b""[..]));
        assert_eq!(line.tag("tim"), None);
        assert_eq!(line.source, Some(Source { name: b"ann", person: true }));
        assert_eq!(
            (line.command, line.param(0), line.last()),
            ("PRIVMSG", &b"#room"[..], &b"two words"[..])
        );
    }

    #[test]
    fn stray_blanks_and_a_missing_colon_are_forgiven() {
        let line = Line::parse(b"   NICK   brotest  ").unwrap();
        assert_eq!((line.command, line.param(0), line.count()), ("NICK", &b"brotest"[..], 1));
        assert!(Line::parse(b"   ").is_none());
        assert!(Line::parse(b":only.prefix").is_none());
    }

    #[test]
    fn a_line_ends_at_cr_lf_lf_or_a_lone_cr() {
        assert_eq!(cut(b"A\r\nB"), Cut::Line(b"A", 3));
        assert_eq!(cut(b"A\nB"), Cut::Line(b"A", 2));
        assert_eq!(cut(b"A\rB"), Cut::Line(b"A", 2));
        assert_eq!(cut(b"A\r"), Cut::Need);
    }

    #[test]
    fn only_tags_make_a_long_line_legal() {
        let long = vec![b'a'; LIMIT + 1];
        assert_eq!(cut(&long), Cut::TooLong(LIMIT + 1));
        let tagged = [b"@", &long[..]].concat();
        assert_eq!(cut(&tagged), Cut::Need);
        assert_eq!(skip(b"abc\rd"), (4, true));
    }
}
