//! Small pieces of parsing that several protocols share.

/// The next line of `input` without its end, and the bytes it takes with it. Ends are LF, CR LF
/// or a lone CR that is followed by something else; nothing when the line is not whole yet.
pub fn line(input: &[u8]) -> Option<(&[u8], usize)> {
    let end = memchr::memchr(b'\n', input)?;
    let (line, _) = input.split_at_checked(end)?;
    Some((line.strip_suffix(b"\r").unwrap_or(line), end + 1))
}

/// Where the next line that `begins` a message is, for a reader that lost its place: the bytes before
/// it, or those that hold none, and whether it was found. Lines longer than `longest` bytes are none;
/// `inside` is kept between calls, and says that the next bytes go on with one.
pub fn resync(
    input: &[u8],
    longest: usize,
    inside: &mut bool,
    begins: impl Fn(&[u8]) -> bool,
) -> (usize, bool) {
    let mut at = 0;
    while let Some(rest) = input.get(at..) {
        let Some((line, used)) = line(rest) else { break };
        if !std::mem::take(inside) && used <= longest && begins(line) {
            return (at, true);
        }
        at += used;
    }
    *inside |= input.len() - at > longest;
    if *inside { (input.len(), false) } else { (at, false) }
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
    fn a_beginning_is_found_however_the_bytes_come() {
        let text = b"rest\nlong long BEGIN\nBEGIN\nmore";
        for longest in 1..text.len() {
            let (mut inside, mut pending, mut passed) = (false, Vec::new(), 0);
            for piece in text.chunks(longest) {
                pending.extend_from_slice(piece);
                let begins = |line: &[u8]| line.ends_with(b"BEGIN");
                let (taken, found) = resync(&pending, 9, &mut inside, begins);
                pending.drain(..taken);
                passed += taken;
                if found {
                    break;
                }
            }
            assert_eq!(passed, 21, "in pieces of {longest}");
        }
    }

    #[test]
    fn a_line_needs_its_end() {
        assert_eq!(line(b"NICK a\r\nUSER"), Some((&b"NICK a"[..], 8)));
        assert_eq!(line(b"NICK a\nUSER"), Some((&b"NICK a"[..], 7)));
        assert_eq!(line(b"NICK a\r"), None);
    }
}
