//! Keyed fingerprints: equal things have equal ones, and nobody without the key can guess at them.

use std::fmt;
use std::hash::Hasher as _;

use overhear_dissectors::Name;
use siphasher::sip::SipHasher24;
use smallvec::SmallVec;
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

    /// A prefix, a colon, and sixteen hex digits for `bytes`; fingerprints of different `domain`s
    /// never meet.
    pub(crate) fn print(&self, prefix: u8, domain: &str, bytes: &[u8]) -> Name {
        printed(prefix, self.number(domain, bytes))
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
    pub(crate) fn secret(&self, secret: &[u8]) -> Name {
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
pub(crate) fn id(parts: &[&[u8]]) -> Name {
    digits(hash(parts))
}

/// A number as an id is written.
pub(crate) fn digits(number: u64) -> Name {
    str::from_utf8(&hex(number)).unwrap_or_default().into()
}

/// A number as a key of content is written.
pub(crate) fn printed(prefix: u8, number: u64) -> Name {
    let mut print = [b':'; 18];
    let [first, _, digits @ ..] = &mut print;
    (*first, *digits) = (prefix, hex(number));
    str::from_utf8(&print).unwrap_or_default().into()
}

fn hex(number: u64) -> [u8; 16] {
    std::array::from_fn(|at| {
        let digit = (number >> (60 - 4 * at) & 0xf) as u8;
        digit + if digit < 10 { b'0' } else { b'a' - 10 }
    })
}

/// The same as a number.
pub(crate) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hasher = SipHasher24::new();
    // One long piece costs less than many short ones, and comes to the same.
    let mut piece: SmallVec<[u8; 256]> = SmallVec::new();
    for part in parts {
        piece.extend_from_slice(&(part.len() as u64).to_be_bytes());
        piece.extend_from_slice(part);
    }
    hasher.write(&piece);
    hasher.finish()
}
