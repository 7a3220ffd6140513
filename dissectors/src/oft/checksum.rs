//! OFT's checksum: 16-bit words, first byte high, taken from 0xffff in one's complement.

/// A running checksum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checksum {
    rest: u16,
    odd: bool,
}

impl Default for Checksum {
    fn default() -> Self {
        Self { rest: u16::MAX, odd: false }
    }
}

impl Checksum {
    /// Hears the next bytes, however the stream is cut.
    pub(super) fn hear(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let word = u16::from(*byte) << if self.odd { 0 } else { 8 };
            let (rest, borrowed) = self.rest.overflowing_sub(word);
            self.rest = rest.wrapping_sub(u16::from(borrowed));
            self.odd = !self.odd;
        }
    }

    /// As headers write it: in the upper half.
    pub(super) fn value(self) -> u32 {
        u32::from(self.rest) << 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_between_the_halves_of_a_word_changes_nothing() {
        let mut whole = Checksum::default();
        whole.hear(b"\xff\xfe\x01\x02\x03");
        let mut cut = Checksum::default();
        cut.hear(b"\xff\xfe\x01");
        cut.hear(b"\x02\x03");
        // 0xffff - 0xfffe = 1; 1 - 0x0102 borrows: 0xfefe; 0xfefe - 0x0300 = 0xfbfe.
        assert_eq!((whole.value(), cut.value()), (0xfbfe_0000, 0xfbfe_0000));
        assert_eq!(Checksum::default().value(), 0xffff_0000);
    }
}
