//! The Internet checksum (RFC 1071), over several parts.

use std::net::IpAddr;

/// A running one's complement sum. Every part but the last must have an even length.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum(u64);

impl Sum {
    /// Adds the bytes of `part`, odd ones padded with zero.
    pub(super) fn add(mut self, part: &[u8]) -> Self {
        // The sum may be taken over words of any multiple of 16 bits, in any byte order (RFC 1071
        // section 2), so 64 bits of the host's order do, each with the carry of the one before.
        let (words, rest) = part.as_chunks::<8>();
        for word in words {
            self = self.add_long(u64::from_ne_bytes(*word));
        }
        let (words, rest) = rest.as_chunks::<4>();
        words.iter().fold(self, |sum, word| sum.add_word(*word)).add_word(match *rest {
            [a] => [a, 0, 0, 0],
            [a, b] => [a, b, 0, 0],
            [a, b, c] => [a, b, c, 0],
            _ => [0; 4],
        })
    }

    /// Adds the addresses of a pseudo-header.
    pub(super) fn add_address(self, address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => self.add_word(address.octets()),
            IpAddr::V6(address) => self.add(&address.octets()),
        }
    }

    /// Adds a number of a pseudo-header.
    pub(super) const fn add_number(self, number: u32) -> Self {
        self.add_word(number.to_be_bytes())
    }

    const fn add_word(self, word: [u8; 4]) -> Self {
        self.add_long(u32::from_ne_bytes(word) as u64)
    }

    const fn add_long(self, word: u64) -> Self {
        let (sum, carry) = self.0.overflowing_add(word);
        Self(sum.wrapping_add(carry as u64))
    }

    /// The sum in 16 bits; 0xffff over data that includes its own right checksum.
    pub(super) fn fold(self) -> u16 {
        let mut sum = (self.0 & 0xffff_ffff) + (self.0 >> 32);
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        u16::from_be_bytes((sum as u16).to_ne_bytes())
    }
}
