//! Commands, borrowed from the stream: a line of words and, behind some, as many bytes as it says.

use std::borrow::Cow;

use crate::Side;

/// Longest line, in bytes: tickets stand in them.
pub(super) const LINE: usize = 8 << 10;
/// Longest payload, in bytes. Services stopped at 1664 for messages and 7500 for lists.
pub(super) const PAYLOAD: usize = 48 << 10;
/// Words kept of a line.
const WORDS: usize = 32;

/// What stands at the beginning of unread bytes.
#[derive(Debug)]
pub(super) enum Cut<'a> {
    /// This many bytes must be there; 0: more than now.
    Need(usize),
    /// A command, and the bytes it takes with its payload.
    Whole(Command<'a>, usize),
    /// A blank line: this many bytes.
    Blank(usize),
    /// No command.
    Nonsense(&'static str),
}

/// One command.
#[derive(Debug)]
pub(super) struct Command<'a> {
    /// Three capitals, or the three digits of an error.
    pub(super) name: &'a str,
    params: Vec<&'a str>,
    /// The bytes behind the line.
    pub(super) payload: &'a [u8],
}

impl<'a> Command<'a> {
    /// A word behind the name, or nothing at all.
    pub(super) fn param(&self, index: usize) -> &'a str {
        self.params.get(index).copied().unwrap_or_default()
    }

    /// All words behind the name.
    pub(super) fn params(&self) -> &[&'a str] {
        &self.params
    }

    /// The number that joins an answer to its question; 0 says the service spoke unasked.
    pub(super) fn transaction(&self) -> Option<u32> {
        self.param(0).parse().ok()
    }

    /// The number of an error.
    pub(super) fn is_error(&self) -> bool {
        self.name.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// Cuts the first command off.
pub(super) fn cut(side: Side, input: &[u8]) -> Cut<'_> {
    let window = input.get(..LINE).unwrap_or(input);
    let Some(end) = memchr::memchr(b'\n', window) else {
        return match input.len() < LINE {
            true => Cut::Need(0),
            false => Cut::Nonsense("msnp_line_too_long"),
        };
    };
    let line = input.get(..end).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.is_empty() {
        return Cut::Blank(end + 1);
    }
    let Some((name, params)) = words(line) else { return Cut::Nonsense("msnp_line_malformed") };
    let length = match length(side, name, &params) {
        Length::None => 0,
        Length::Bytes(length) if length <= PAYLOAD => length,
        Length::Bytes(_) => return Cut::Nonsense("msnp_payload_too_long"),
        Length::Unsaid => return Cut::Nonsense("msnp_payload_unsaid"),
    };
    let total = end + 1 + length;
    match input.get(end + 1..total) {
        Some(payload) => Cut::Whole(Command { name, params, payload }, total),
        None => Cut::Need(total),
    }
}

/// Whether a line can be the first after a loss: a command both sides know, with what must stand
/// in it.
pub(super) fn plausible(side: Side, line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let Some((name, params)) = words(line) else { return false };
    let first = params.first().copied().unwrap_or_default();
    let known = COMMANDS.contains(&name) || name.bytes().all(|byte| byte.is_ascii_digit());
    let shaped = matches!(name, "OUT" | "PNG") && params.is_empty()
        || first.parse::<u32>().is_ok()
        || params.iter().take(3).any(|word| word.contains('@'))
        || matches!(name, "NOT" | "GTC" | "BLP" | "LSG" | "MSG" | "RNG" | "OUT" | "LST" | "NFY");
    known && shaped && !matches!(length(side, name, &params), Length::Unsaid)
}

/// A line's name and its words, when it has the shape of a command.
fn words(line: &[u8]) -> Option<(&str, Vec<&str>)> {
    let line = std::str::from_utf8(line).ok()?;
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let name = words.next().filter(|name| name.len() == 3 && line.starts_with(*name))?;
    let capitals = name.bytes().all(|byte| byte.is_ascii_uppercase());
    let digits = name.bytes().all(|byte| byte.is_ascii_digit());
    (capitals || digits).then(|| (name, words.take(WORDS).collect()))
}

enum Length {
    None,
    Bytes(usize),
    /// A payload must follow, and nothing says how long it is.
    Unsaid,
}

/// How many bytes follow a line. The last word says it; which commands have a payload depends on
/// who speaks, and of those that may answer with a word (`ADL 7 OK`) only a number says it.
fn length(side: Side, name: &str, params: &[&str]) -> Length {
    let last = params.last().copied().unwrap_or_default();
    let number = last.parse::<usize>().ok();
    let always = |number: Option<usize>| number.map_or(Length::Unsaid, Length::Bytes);
    let perhaps = |number: Option<usize>| number.map_or(Length::None, Length::Bytes);
    match name {
        "MSG" if params.len() >= 3 => always(number),
        "MSG" => Length::Unsaid,
        "NOT" | "IPG" => always(number),
        "QRY" if side == Side::Client && params.len() >= 3 => always(number),
        "UBX" | "UBN" | "UBM" | "UUX" | "UUN" | "UUM" | "ADL" | "RML" | "FQY" | "GCF" | "PAG"
        | "SDG" | "NFY" | "PUT" | "DEL" | "UBP"
            if params.len() >= 2 =>
        {
            perhaps(number)
        }
        // Since MSNP13 some errors say in XML what was wrong.
        _ if name.bytes().all(|byte| byte.is_ascii_digit()) && params.len() >= 2 => perhaps(number),
        _ => Length::None,
    }
}

/// Commands by which a place is found again.
const COMMANDS: &[&str] = &[
    "ACK", "ADC", "ADD", "ADG", "ADL", "ANS", "BLP", "BPR", "BYE", "CAL", "CHG", "CHL", "CVR",
    "DEL", "FLN", "FQY", "GCF", "GTC", "ILN", "INF", "IPG", "IRO", "JOI", "LSG", "LST", "MSG",
    "NAK", "NFY", "NLN", "NOT", "OUT", "PNG", "PRP", "PUT", "QNG", "QRY", "REA", "REG", "REM",
    "RMG", "RML", "RNG", "SBS", "SDG", "SYN", "UBM", "UBN", "UBX", "UPD", "URL", "USR", "UUM",
    "UUN", "UUX", "VER", "XFR",
];

/// The words as people wrote them: `%20` and its like undone.
pub(super) fn unquote(word: &str) -> Cow<'_, str> {
    if !word.contains('%') {
        return Cow::Borrowed(word);
    }
    let (mut bytes, mut rest) = (Vec::with_capacity(word.len()), word.as_bytes());
    while let Some((&byte, behind)) = rest.split_first() {
        let hex =
            |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        rest = behind;
        if byte == b'%'
            && let Some((&[high, low], behind)) = behind.split_first_chunk::<2>()
            && let (Some(high), Some(low)) = (hex(high), hex(low))
        {
            bytes.push(high << 4 | low);
            rest = behind;
        } else {
            bytes.push(byte);
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// Fields and body of a payload, as in mail: `Name: value` lines, a blank line, the rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    head: &'a [u8],
    /// What stands behind the blank line.
    pub(super) body: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Splits a payload. Without a blank line all of it is fields.
    pub(super) fn of(payload: &'a [u8]) -> Self {
        let mut at = 0;
        while let Some((line, used)) = payload.get(at..).and_then(crate::scan::line) {
            if line.is_empty() {
                let head = payload.get(..at).unwrap_or_default();
                return Self { head, body: payload.get(at + used..).unwrap_or_default() };
            }
            at += used;
        }
        Self { head: payload, body: &[] }
    }

    /// The value of a field, where it is text.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        self.head.split(|byte| *byte == b'\n').find_map(|line| {
            let line = std::str::from_utf8(line.trim_ascii()).ok()?;
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The media type of a `Content-Type`, and its charset.
pub(super) fn content_type(value: &str) -> (&str, Option<&str>) {
    let (kind, rest) = value.split_once(';').unwrap_or((value, ""));
    let charset = rest.split(';').find_map(|one| one.trim().strip_prefix("charset="));
    (kind.trim(), charset.map(|name| name.trim_matches('"')))
}
