//! TOC's bytes: the greeting, words and fields inside frames that are OSCAR's.

use super::names::{CLIENT, SERVER};
use crate::Side;
use crate::oscar::wire::flap::{DATA, HEADER, KEEP_ALIVE, MARK, SIGN_OFF, SIGN_ON};
use crate::scan::{Prefix, prefix};

/// What the client says before its first frame; line ends follow.
pub(super) const FLAPON: &[u8] = b"FLAPON";

/// Most words of one command: more than a client may send bytes.
const WORDS: usize = 4096;

/// The words of a command, unquoted.
pub(super) fn words(mut command: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    while let (Some((word, rest)), true) = (word(command), words.len() < WORDS) {
        words.push(word);
        command = rest;
    }
    words
}

/// The next word and what follows it. Quotes and braces keep blanks together; what a backslash
/// stands before is itself. A word that is never closed ends with the command.
fn word(input: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let input = input.trim_ascii_start();
    let first = *input.first()?;
    let close = match first {
        b'"' => Some(b'"'),
        b'{' => Some(b'}'),
        _ => None,
    };
    let (mut word, mut open) = (Vec::new(), 0_usize);
    let mut rest = if close.is_some() { input.get(1..)? } else { input };
    while let Some((byte, after)) = rest.split_first() {
        match *byte {
            b'\\' => {
                word.extend(after.first());
                rest = after.get(1..).unwrap_or_default();
                continue;
            }
            byte if Some(byte) == close && open == 0 => return Some((word, after)),
            b'{' if first == b'{' => open += 1,
            b'}' if first == b'{' => open = open.saturating_sub(1),
            byte if close.is_none() && byte.is_ascii_whitespace() => return Some((word, after)),
            _ => {}
        }
        word.push(*byte);
        rest = after;
    }
    Some((word, rest))
}

/// The first `N` fields of what the server says, the last with every colon that follows; nothing
/// where there are fewer.
pub(super) fn fields<const N: usize>(said: &[u8]) -> Option<[&[u8]; N]> {
    let mut fields = [said; N];
    let mut parts = said.splitn(N, |byte| *byte == b':');
    for field in &mut fields {
        *field = parts.next()?;
    }
    Some(fields)
}

/// Whose words a command begins with; nothing while that can still change.
pub(super) fn speaker(said: &[u8]) -> Option<Result<Side, Foreign>> {
    let any = |words: &[&[u8]], how| words.iter().any(|word| prefix(said, word) == how);
    Some(match () {
        () if any(CLIENT, Prefix::Is) => Ok(Side::Client),
        () if any(SERVER, Prefix::Is) => Ok(Side::Server),
        () if any(CLIENT, Prefix::MayBe) || any(SERVER, Prefix::MayBe) => return None,
        () => Err(Foreign),
    })
}

/// No command of TOC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Foreign;

/// Whether a frame of TOC begins here; nothing while there are too few bytes.
pub(super) fn plausible(window: &[u8]) -> Option<bool> {
    let begins = match window {
        [] | [MARK] => return None,
        [MARK, channel, ..] => (SIGN_ON..=KEEP_ALIVE).contains(channel),
        _ => false,
    };
    if !begins {
        return Some(false);
    }
    let (&[_, channel, _, _, high, low], rest) = window.split_first_chunk::<HEADER>()?;
    let length = u16::from_be_bytes([high, low]);
    match channel {
        SIGN_ON => Some(length >= 4 && rest.first_chunk::<4>()? == &[0, 0, 0, 1]),
        DATA => Some(length >= 4 && speaker(rest)?.is_ok()),
        SIGN_OFF | KEEP_ALIVE => {
            let &[mark, next] = rest.first_chunk::<2>()?;
            Some(length == 0 && mark == MARK && (SIGN_ON..=KEEP_ALIVE).contains(&next))
        }
        _ => Some(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(command: &str) -> Vec<String> {
        let lossy = |word: &Vec<u8>| String::from_utf8_lossy(word).into_owned();
        words(command.as_bytes()).iter().map(lossy).collect()
    }

    #[test]
    fn words_are_unquoted() {
        assert_eq!(
            heard(r#"toc_send_im bob99 "a \"b\" \$5 \{x\} \\ c" auto"#),
            ["toc_send_im", "bob99", r#"a "b" $5 {x} \ c"#, "auto"]
        );
        assert_eq!(heard("a  {g x\nb {y} z}  \"\" c\\ d"), ["a", "g x\nb {y} z", "", "c d"]);
        assert_eq!(heard("a \"never closed b"), ["a", "never closed b"]);
        assert_eq!(heard("a {never { closed} b\\"), ["a", "never { closed} b"]);
    }

    #[test]
    fn the_last_field_keeps_its_colons() {
        assert_eq!(
            fields(b"IM_IN:bob:F:at: 12:30"),
            Some([&b"IM_IN"[..], b"bob", b"F", b"at: 12:30"])
        );
        assert_eq!(fields::<4>(b"IM_IN:bob"), None);
    }

    #[test]
    fn a_frame_is_found_by_its_words() {
        assert_eq!(plausible(b"*\x02\0\x01\0\x09toc_init"), Some(true));
        assert_eq!(plausible(b"*\x02\0\x01\0\x09to"), None);
        assert_eq!(plausible(b"*\x02\0\x01\0\x09IM_IN2:x"), Some(true));
        assert_eq!(plausible(b"*\x02\0\x01\0\x09tic_x"), Some(false));
        assert_eq!(plausible(b"*\x05\0\x01\0\0*\x02"), Some(true));
    }
}
