//! Secrets: values that cannot be printed by accident.

use std::fmt;

use zeroize::Zeroizing;

/// A password, token, cookie or digest from the wire. Printing it prints its length; the bytes
/// are overwritten when it is dropped. Only [`Secret::expose`] gives them, and only the one place
/// that applies the `--secrets` option calls that.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes as they would be typed or sent: a password in clear, a digest in hex.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The secret itself.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "•••• ({} bytes)", self.0.len())
    }
}
