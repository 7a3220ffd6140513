//! The content of a file, as it goes by.

use sha2::{Digest, Sha256};

use crate::event::Content;

/// A running account of a file's bytes; the bytes themselves are not kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passing {
    hash: Sha256,
    seen: u64,
    lost: u64,
    head: Vec<u8>,
}

/// First bytes kept for telling the kind of file.
const HEAD: usize = 4 << 10;

impl Passing {
    /// Hears the next bytes.
    pub(crate) fn hear(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.seen += bytes.len() as u64;
        if self.lost == 0 {
            let room = HEAD.saturating_sub(self.head.len()).min(bytes.len());
            self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
    }

    /// Bytes of it were never seen.
    pub(crate) fn lose(&mut self, bytes: u64) {
        self.lost += bytes;
    }

    /// Bytes that went by, seen or not.
    pub(crate) fn passed(&self) -> u64 {
        self.seen + self.lost
    }

    /// Every byte so far was seen.
    pub(crate) fn is_whole(&self) -> bool {
        self.lost == 0
    }

    /// The account.
    pub(crate) fn content(self) -> Content {
        Content {
            bytes: self.seen,
            sha256: (self.lost == 0).then(|| self.hash.finalize().into()),
            mime: infer::get(&self.head).map(|kind| kind.mime_type()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_costs_the_hash_and_nothing_else() {
        let mut passing = Passing::default();
        passing.hear(b"GIF89a..");
        passing.lose(2);
        passing.hear(b"x");
        assert!(!passing.is_whole());
        assert_eq!(passing.passed(), 11);
        let content = passing.content();
        assert_eq!((content.bytes, content.sha256), (9, None));
        assert_eq!(content.mime, Some("image/gif"));
    }
}
