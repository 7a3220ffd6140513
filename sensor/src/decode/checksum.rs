//! The Internet checksum (RFC 1071), over several parts.

use std::net::IpAddr;

/// A running one's complement sum. Every part but the last must have an even length.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum(u64);

impl Sum {
    /// Adds the bytes of `part`, odd ones padded with zero.
    pub(super) fn add(mut self, part: &[u8]) -> Self {
        // The sum may be taken over words of any multiple of 16 bits, in any byte order (RFC 1071
        // section 2), so 32 bits of the host's order do. A packet has far fewer than 2^32 of them.
        let (words, rest) = part.as_chunks::<4>();
        for word in words {
            self.0 = self.0.wrapping_add(u64::from(u32::from_ne_bytes(*word)));
        }
        self.add_word(match *rest {
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
        Self(self.0.wrapping_add(u32::from_ne_bytes(word) as u64))
    }

    /// The sum in 16 bits; 0xffff over data that includes its own right checksum.
    pub(super) fn fold(self) -> u16 {
        let mut sum = self.0;
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        u16::from_be_bytes((sum as u16).to_ne_bytes())
    }
}
