//! Keyed fingerprints: equal things have equal ones, and nobody without the key can guess at them.

use std::fmt;
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;
use zeroize::Zeroizing;

/// The key of all fingerprints. It prints as nothing and is overwritten when dropped.
#[derive(Clone)]
pub struct FingerprintKey {
    secrets: Zeroizing<[u8; 32]>,
    /// Made of it, for all that is no secret.
    content: Zeroizing<[u8; 16]>,
}

impl FingerprintKey {
    /// From 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        let mut content = Zeroizing::new([0; 16]);
        blake3::Hasher::new_keyed(&bytes).update(b"content").finalize_xof().fill(&mut *content);
        Self { secrets: Zeroizing::new(bytes), content }
    }

    /// Sixteen hex digits for `bytes`; fingerprints of different `domain`s never meet.
    pub fn fingerprint(&self, domain: &str, bytes: &[u8]) -> String {
        digits(self.number(domain, bytes))
    }

    /// The same as a number.
    pub(crate) fn number(&self, domain: &str, bytes: &[u8]) -> u64 {
        let mut hasher = SipHasher24::new_with_key(&self.content);
        hasher.write(domain.as_bytes());
        hasher.write(&[0]);
        hasher.write(bytes);
        hasher.finish()
    }

    /// The same for a secret. There is no hurry with those, and much to guess for.
    pub(crate) fn secret(&self, secret: &[u8]) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.secrets);
        hasher.update(b"secret\0").update(secret);
        let mut short = [0; 8];
        hasher.finalize_xof().fill(&mut short);
        digits(u64::from_be_bytes(short))
    }
}

impl Default for FingerprintKey {
    fn default() -> Self {
        Self::new([0; 32])
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
    let mut hasher = SipHasher24::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_be_bytes());
        hasher.write(part);
    }
    hasher.finish()
}
