//! Small pieces of parsing that several protocols share.

/// The next line of `input` without its end, and the bytes it takes with it. Ends are LF, CR LF
/// or a lone CR that is followed by something else; nothing when the line is not whole yet.
pub fn line(input: &[u8]) -> Option<(&[u8], usize)> {
    let end = memchr::memchr(b'\n', input)?;
    let (line, _) = input.split_at_checked(end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1))
}

/// How a text prefix compares with an expected word: for probes, which must not change their mind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// The input begins with the word.
    Is,
    /// The input is shorter than the word and agrees so far.
    MayBe,
    /// It differs.
    Not,
}

/// Compares the beginning of `input` with `word`.
pub fn prefix(input: &[u8], word: &[u8]) -> Prefix {
    if input.starts_with(word) {
        Prefix::Is
    } else if word.starts_with(input) {
        Prefix::MayBe
    } else {
        Prefix::Not
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_needs_its_end() {
        assert_eq!(line(b"NICK a\r\nUSER"), Some((&b"NICK a"[..], 8)));
        assert_eq!(line(b"NICK a\nUSER"), Some((&b"NICK a"[..], 7)));
        assert_eq!(line(b"NICK a\r"), None);
    }
}
