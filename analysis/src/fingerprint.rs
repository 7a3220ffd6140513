//! Keyed fingerprints: equal things have equal ones, and nobody without the key can guess at them.

use std::fmt;

use zeroize::Zeroizing;

/// The key of all fingerprints. It prints as nothing and is overwritten when dropped.
#[derive(Clone, Default)]
pub struct FingerprintKey(Zeroizing<[u8; 32]>);

impl FingerprintKey {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Sixteen hex digits for `bytes`; fingerprints of different `domain`s never meet.
    pub fn fingerprint(&self, domain: &str, bytes: &[u8]) -> String {
        data_encoding::HEXLOWER.encode(&self.number(domain, bytes).to_be_bytes())
    }

    /// The same as a number.
    pub(crate) fn number(&self, domain: &str, bytes: &[u8]) -> u64 {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(domain.as_bytes()).update(&[0]).update(bytes);
        let mut short = [0; 8];
        hasher.finalize_xof().fill(&mut short);
        u64::from_be_bytes(short)
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(••••)")
    }
}

/// Sixteen hex digits without a key, for ids made of what is in the stream anyway.
pub(crate) fn id(parts: &[&[u8]]) -> String {
    digits(hash(parts))
}

/// A number as an id is written.
pub(crate) fn digits(number: u64) -> String {
    data_encoding::HEXLOWER.encode(&number.to_be_bytes())
}

/// The same as a number.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_be_bytes()).update(part);
    }
    let mut short = [0; 8];
    hasher.finalize_xof().fill(&mut short);
    u64::from_be_bytes(short)
}
