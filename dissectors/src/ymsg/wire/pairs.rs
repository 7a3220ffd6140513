//! The content of a packet: a key in decimal digits, `C0 80`, a value, `C0 80`, and so on. The same
//! key may come many times, and their order says what belongs together.

/// What a packet says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ymsg) struct Pairs<'a> {
    list: Vec<(u32, &'a [u8])>,
    /// Keys that were no numbers.
    pub(in crate::ymsg) strange: usize,
    /// The last key had no value, or the last value no end.
    pub(in crate::ymsg) torn: bool,
}

/// What ends keys and values.
const END: [u8; 2] = [0xc0, 0x80];

/// Reads a packet's content.
pub(in crate::ymsg) fn pairs(body: &[u8]) -> Pairs<'_> {
    let mut read = Pairs::default();
    let mut rest = body;
    while let Some((key, after)) = field(rest) {
        let Some((value, next)) = field(after) else {
            // The content ends without the last mark: servers do that too.
            read.torn = true;
            read.push(key, after);
            return read;
        };
        read.push(key, value);
        rest = next;
    }
    // Zeroes at the end are padding.
    read.torn = rest.iter().any(|byte| *byte != 0);
    read
}

/// What stands before the next mark, and what stands behind it.
fn field(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut at = 0;
    loop {
        at += memchr::memchr(END[0], input.get(at..)?)?;
        let (field, rest) = input.split_at_checked(at)?;
        match rest.strip_prefix(&END) {
            Some(rest) => return Some((field, rest)),
            None => at += 1,
        }
    }
}

impl<'a> Pairs<'a> {
    fn push(&mut self, key: &[u8], value: &'a [u8]) {
        // A stray 01 stands before some keys of mail notices.
        let digits = key.strip_prefix(&[1]).unwrap_or(key);
        let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
        match number {
            Some(key) => self.list.push((key, value)),
            None => self.strange += 1,
        }
    }

    /// All of them, in order.
    pub(in crate::ymsg) fn iter(&self) -> impl Iterator<Item = (u32, &'a [u8])> + '_ {
        self.list.iter().copied()
    }

    /// The first value of a key.
    pub(in crate::ymsg) fn get(&self, key: u32) -> Option<&'a [u8]> {
        self.iter().find(|(one, _)| *one == key).map(|(_, value)| value)
    }

    /// The first value of a key, unless it is empty.
    pub(in crate::ymsg) fn some(&self, key: u32) -> Option<&'a [u8]> {
        self.get(key).filter(|value| !value.is_empty())
    }

    /// Every value of a key.
    pub(in crate::ymsg) fn all(&self, key: u32) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.iter().filter(move |(one, _)| *one == key).map(|(_, value)| value)
    }

    /// The first value of a key, as a number.
    pub(in crate::ymsg) fn number(&self, key: u32) -> Option<i64> {
        self.get(key).and_then(number)
    }

    /// The key is there.
    pub(in crate::ymsg) fn has(&self, key: u32) -> bool {
        self.get(key).is_some()
    }
}

/// A value as a number.
pub(in crate::ymsg) fn number(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lone_c0_is_a_part_of_its_value() {
        let read = pairs(b"14\xc0\x80a\xc0b\xc0\x8097\xc0\x801\xc0\x80\0");
        assert_eq!(read.get(14), Some(&b"a\xc0b"[..]));
        assert_eq!(read.number(97), Some(1));
        assert!(!read.torn);
    }

    #[test]
    fn what_is_cut_off_is_said_so() {
        for body in [&b"0\xc0\x80anna\xc0\x808"[..], b"0\xc0\x80anna"] {
            let read = pairs(body);
            assert!(read.torn);
            assert_eq!(read.get(0), Some(&b"anna"[..]));
        }
        assert_eq!(pairs(b"x\xc0\x80y\xc0\x80").strange, 1);
    }
}
