//! TCP sequence numbers (RFC 9293, section 3.4): 32 bits that wrap.

/// A sequence number. Only distances mean anything, and none of its operations can fail,
/// whatever strangers put into a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Seq(pub(crate) u32);

impl Seq {
    /// Bytes from `base` to this: positive when this lies ahead, by the shorter way round.
    pub(crate) fn offset_from(self, base: Self) -> i64 {
        i64::from(self.0.wrapping_sub(base.0).cast_signed())
    }

    /// The number `bytes` further on.
    pub(crate) fn plus(self, bytes: u64) -> Self {
        // The modulus is what sequence numbers are counted in.
        Self(self.0.wrapping_add((bytes & u64::from(u32::MAX)) as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distances_straddle_the_wrap() {
        assert_eq!(Seq(0).offset_from(Seq(u32::MAX)), 1);
        assert_eq!(Seq(u32::MAX).offset_from(Seq(0)), -1);
        assert_eq!(Seq(0x8000_0000).offset_from(Seq(1)), 0x7fff_ffff);
        assert_eq!(Seq(u32::MAX).plus(2), Seq(1));
    }

    proptest! {
        #[test]
        fn plus_and_offset_agree(base: u32, ahead in 0u64..0x7fff_ffff) {
            prop_assert_eq!(Seq(base).plus(ahead).offset_from(Seq(base)), ahead.cast_signed());
        }
    }
}
