//! Which captures are meant: a directory is every capture in it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// What the paths of a command line stand for.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// Captures, in the order of the command line, within a directory by name.
    pub(crate) captures: Vec<PathBuf>,
    /// Their sizes together, in bytes, as far as they have one.
    pub(crate) bytes: u64,
    /// What cannot be read, each as a sentence.
    pub(crate) missing: Vec<String>,
}

impl Inputs {
    /// Finds what is meant. A path that cannot be read does not keep the others from it.
    pub(crate) fn find(paths: &[OsString]) -> Self {
        let mut inputs = Self::default();
        for path in paths {
            if path == STDIN {
                inputs.captures.push(path.into());
            } else {
                inputs.add(Path::new(path), 0);
            }
        }
        inputs
    }

    fn add(&mut self, path: &Path, depth: usize) {
        let known = match std::fs::metadata(path) {
            Ok(known) => known,
            Err(error) => return self.miss(path, &error),
        };
        if known.is_dir() {
            return self.descend(path, depth);
        }
        // Beside captures a directory may hold anything; what was named is read or refused.
        if depth == 0 || is_capture(path) {
            self.bytes = self.bytes.saturating_add(known.len());
            self.captures.push(path.to_owned());
        }
    }

    fn descend(&mut self, folder: &Path, depth: usize) {
        let listed = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(error) => return self.miss(folder, &error),
        };
        entries.sort_by_key(std::fs::DirEntry::file_name);
        let before = self.captures.len();
        for entry in entries {
            // A linked directory may lead anywhere, also back here.
            let linked = entry.file_type().is_ok_and(|kind| kind.is_symlink());
            let path = entry.path();
            if depth < DEEPEST && !(linked && path.is_dir()) {
                self.add(&path, depth + 1);
            }
        }
        if depth == 0 && self.captures.len() == before {
            self.missing.push(format!("{}: no capture in this directory", folder.display()));
        }
    }

    fn miss(&mut self, path: &Path, error: &std::io::Error) {
        self.missing.push(format!("{}: {error}", path.display()));
    }
}

/// Whether a file begins like a capture, or like a compressed one that is also named so.
fn is_capture(path: &Path) -> bool {
    let mut begin = [0; 4];
    // Only regular files: opening a pipe would wait for its writer.
    if !path.is_file() || File::open(path).and_then(|mut file| file.read_exact(&mut begin)).is_err()
    {
        return false;
    }
    match begin {
        [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0xc3, 0xd4]
        | [0x4d, 0x3c, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d]
        | [0x0a, 0x0d, 0x0d, 0x0a] => true,
        [0x1f, 0x8b, ..]
        | [0x28, 0xb5, 0x2f, 0xfd]
        | [0xfd, b'7', b'z', b'X']
        | [4, 0x22, 0x4d, 0x18] => {
            let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
            name.contains("cap") || name.contains("dump") || name.contains(".dmp")
        }
        _ => false,
    }
}

/// Standard input, among paths.
pub(crate) const STDIN: &str = "-";

/// Folders below the one that was named.
const DEEPEST: usize = 32;

/// A path as people read it.
pub(crate) fn named(path: &OsStr) -> String {
    if path == STDIN { "standard input".into() } else { path.to_string_lossy().into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_every_capture_in_it() {
        let home = tempfile::tempdir().unwrap();
        let write = |name: &str, begin: &[u8]| {
            let path = home.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, begin).unwrap();
        };
        write("b.pcap", b"\xd4\xc3\xb2\xa1\x02\0");
        write("a/c.dat", b"\x0a\x0d\x0d\x0a....");
        write("a/d.pcap.gz", b"\x1f\x8b..");
        write("a/source.tar.gz", b"\x1f\x8b..");
        write("README", b"read me");
        write("empty", b"");
        std::os::unix::fs::symlink(home.path(), home.path().join("a/again")).unwrap();

        let inputs = Inputs::find(&[home.path().into(), "-".into(), "/nonexistent".into()]);
        let names: Vec<_> = inputs
            .captures
            .iter()
            .map(|path| path.strip_prefix(home.path()).unwrap_or(path).to_str().unwrap())
            .collect();
        assert_eq!(names, ["a/c.dat", "a/d.pcap.gz", "b.pcap", "-"]);
        assert_eq!(inputs.bytes, 6 + 8 + 4);
        assert_eq!(inputs.missing.len(), 1);
        assert!(inputs.missing[0].starts_with("/nonexistent: "));
    }
}
