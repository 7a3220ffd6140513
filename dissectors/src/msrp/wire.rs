//! MSRP's bytes (RFC 4975 section 9).

/// The first line of a request or a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start<'a> {
    /// The name of the transaction, with which its last line ends as well.
    pub(super) transaction: &'a str,
    pub(super) what: What<'a>,
}

/// What is asked, or answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What<'a> {
    /// The method.
    Asks(&'a str),
    /// The status, and words behind it.
    Answers(u16, &'a str),
}

/// Reads a first line, without its end.
pub(super) fn start(line: &[u8]) -> Option<Start<'_>> {
    let line = std::str::from_utf8(line).ok()?;
    let (transaction, rest) = line.strip_prefix(NAME)?.split_once(' ')?;
    let fits = (4..=32).contains(&transaction.len())
        && transaction.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+%=".contains(&b));
    let (word, behind) = rest.split_once(' ').unwrap_or((rest, ""));
    let what = match word.parse() {
        Ok(status) if word.len() == 3 => What::Answers(status, behind),
        _ => What::Asks(word),
    };
    let method = (1..=16).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_uppercase());
    let sound = match what {
        What::Asks(_) => method && behind.is_empty(),
        What::Answers(..) => true,
    };
    (fits && sound).then_some(Start { transaction, what })
}

/// What a side's first bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    Like,
    Possibly,
    Unlike,
}

/// Looks at the first line.
pub(super) fn looks(bytes: &[u8]) -> Looks {
    let bytes = bytes.get(..DEPTH).unwrap_or(bytes);
    match crate::scan::line(bytes) {
        Some((line, _)) if start(line).is_some() => Looks::Like,
        Some(_) => Looks::Unlike,
        None if bytes.len() >= DEPTH => Looks::Unlike,
        None if crate::scan::prefix(bytes, NAME.as_bytes()) == crate::scan::Prefix::Not => {
            Looks::Unlike
        }
        None => Looks::Possibly,
    }
}

/// Where a head ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Not yet.
    Need,
    /// Before an empty line: that many bytes, and that many with the line. Content follows.
    Body(usize, usize),
    /// Before the last line of the transaction: there is no content.
    Last(usize, usize),
    /// It is longer than any.
    TooLong,
}

/// Looks for the end of a head. `scanned` is kept between calls, so that each line is looked at
/// once.
pub(super) fn head(input: &[u8], scanned: &mut usize) -> End {
    let window = input.get(..HEAD).unwrap_or(input);
    while let Some((line, used)) = window.get(*scanned..).and_then(crate::scan::line) {
        let (before, behind) = (*scanned, *scanned + used);
        let end = match line {
            [] => Some(End::Body(before, behind)),
            _ if line.starts_with(DASHES) => Some(End::Last(before, behind)),
            _ => None,
        };
        if let Some(end) = end {
            *scanned = 0;
            return end;
        }
        *scanned = behind;
    }
    if input.len() >= HEAD { End::TooLong } else { End::Need }
}

/// How much of a message a chunk is (section 7.1.1): its first byte, counted from 1, its last and
/// the whole, where they are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: u64,
    pub(super) to: Option<u64>,
    pub(super) total: Option<u64>,
}

impl Range {
    /// Reads `1-25/25`, `1-*/*`; without it a chunk is all there is.
    pub(super) fn parse(value: Option<&str>) -> Option<Self> {
        let Some(value) = value else { return Some(Self { from: 1, to: None, total: None }) };
        let (range, total) = value.split_once('/')?;
        let (from, to) = range.split_once('-')?;
        let known = |number: &str| number.trim().parse().ok().filter(|number| *number <= LARGEST);
        let from = known(from).filter(|from| *from > 0)?;
        Some(Self { from, to: known(to), total: known(total) })
    }
}

const NAME: &str = "MSRP ";
/// What the last line of a transaction begins with.
pub(super) const DASHES: &[u8] = b"-------";
/// Bytes of one side that decide: a first line.
pub(super) const DEPTH: usize = 256;
/// Largest message there may be, in bytes.
const LARGEST: u64 = 1 << 48;
/// Longest head, in bytes.
pub(super) const HEAD: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_are_told_from_those_of_others() {
        let asks = Start { transaction: "a786hjs2", what: What::Asks("SEND") };
        assert_eq!(start(b"MSRP a786hjs2 SEND"), Some(asks));
        let answers = Start { transaction: "a786hjs2", what: What::Answers(200, "OK") };
        assert_eq!(start(b"MSRP a786hjs2 200 OK"), Some(answers));
        for line in
            [&b"MSRP a SEND"[..], b"MSRP a786hjs2 send", b"MSRP a786hjs2", b"MSRPS abcd SEND"]
        {
            assert_eq!(start(line), None);
        }
        assert_eq!(looks(b"MSRP a786"), Looks::Possibly);
        assert_eq!(looks(b"MSN"), Looks::Unlike);
    }

    #[test]
    fn ranges_may_be_open() {
        let range = |value| Range::parse(Some(value));
        assert_eq!(range("1-25/25"), Some(Range { from: 1, to: Some(25), total: Some(25) }));
        assert_eq!(range("26-*/*"), Some(Range { from: 26, to: None, total: None }));
        assert_eq!(range("0-1/2"), None);
    }
}
