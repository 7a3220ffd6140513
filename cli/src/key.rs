//! The key of all fingerprints.
//!
//! Two captures can be compared only under the same key, so it is made once and kept where only
//! its owner may read it. Whoever has it can test guesses against fingerprints.

use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use overhear_sensor::output;

use crate::config::base;

/// Bytes of a key.
pub(crate) type Key = [u8; 32];

/// The key in `named`, or the one in the state directory, which is made where there is none.
pub(crate) fn find(named: Option<&Path>) -> anyhow::Result<Key> {
    if let Some(path) = named {
        return read(path).with_context(|| format!("key {}", path.display()));
    }
    let Some(path) = usual() else {
        bail!("no home for the fingerprint key: set XDG_STATE_HOME, or give --key FILE");
    };
    match read(&path) {
        Err(error) if is_missing(&error) => {
            make(&path).with_context(|| format!("cannot make the key {}", path.display()))
        }
        other => other.with_context(|| format!("key {}", path.display())),
    }
}

fn usual() -> Option<PathBuf> {
    base("XDG_STATE_HOME", ".local/state").map(|dir| dir.join("key"))
}

/// Reads 32 bytes, or their 64 hexadecimal digits.
fn read(path: &Path) -> anyhow::Result<Key> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(4096).read_to_end(&mut bytes)?;
    if let Ok(key) = Key::try_from(bytes.as_slice()) {
        return Ok(key);
    }
    let digits = bytes.trim_ascii();
    match digits.len() {
        64 => from_hex(digits).context("64 characters, but not hexadecimal digits"),
        _ => bail!("expected 32 bytes or 64 hexadecimal digits, found {} bytes", bytes.len()),
    }
}

fn from_hex(digits: &[u8]) -> Option<Key> {
    let mut key = Key::default();
    for (byte, pair) in key.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| !pair.contains('+'))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(key)
}

/// Makes a key. Two runs that start together agree: the key is written aside and linked into its
/// place, and whoever comes second reads what the first one left.
fn make(path: &Path) -> anyhow::Result<Key> {
    let mut key = Key::default();
    getrandom::fill(&mut key).context("the system has no randomness")?;
    let folder = path.parent().context("no folder")?;
    output::folder(folder)?;
    let aside = folder.join(format!("key.{}", std::process::id()));
    output::file(&aside)?.write_all(&key)?;
    let linked = std::fs::hard_link(&aside, path);
    std::fs::remove_file(&aside)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => read(path),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(key),
    }
}

fn is_missing(error: &anyhow::Error) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("state/overhear/key");
        let made = make(&path).unwrap();
        assert_eq!(read(&path).unwrap(), made);
        assert_eq!(make(&path).unwrap(), made, "the second comer takes the first one's");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_key_is_bytes_or_digits() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("key");
        std::fs::write(&path, "0f".repeat(32) + "\n").unwrap();
        assert_eq!(read(&path).unwrap(), [15; 32]);
        for wrong in ["", "short", &"+f".repeat(32), &"zz".repeat(32)] {
            std::fs::write(&path, wrong).unwrap();
            assert!(read(&path).is_err(), "{wrong}");
        }
    }
}
