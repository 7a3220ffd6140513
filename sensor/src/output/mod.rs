//! What leaves overhear: the event stream, the tables, the report and the page.
//!
//! Everything from the wire goes through [`scrub`] first, and everything written into a folder is
//! for its owner alone.

pub mod csv;
pub mod eve;
pub mod folder;
pub mod html;
mod json;
mod kept;
pub mod reduce;
pub mod report;
pub mod said;
pub mod scrub;
pub mod story;
pub mod word;

pub use kept::Kept;
pub use word::word;

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder (and those above it) that only its owner may enter; one that exists is kept as
/// it is.
pub fn folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes an empty file that only its owner may read. One that exists is replaced, not written
/// into: its mode, its hard links and what a symbolic link points at stay untouched.
pub fn file(path: &Path) -> io::Result<File> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn mode(path: &Path) -> u32 {
        std::fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn what_is_written_is_for_its_owner_alone() {
        let home = tempfile::tempdir().unwrap();
        let inner = home.path().join("a/b");
        folder(&inner).unwrap();
        assert_eq!((mode(&inner), mode(&home.path().join("a"))), (0o700, 0o700));

        let (target, link) = (home.path().join("target"), inner.join("eve.json"));
        std::fs::write(&target, "kept").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        file(&link).unwrap();
        assert_eq!(mode(&link), 0o600);
        assert_eq!(std::fs::read(&target).unwrap(), b"kept");
    }
}
