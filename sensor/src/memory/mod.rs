//! What is remembered from run to run, in a file.
//!
//! ```text
//!   judge ─▶ Lesson ─▶ Learner ──ring──▶ a thread ─▶ Book ─▶ Memory ─▶ judge, of the next run
//! ```
//!
//! A [`Book`] is one file that one process at a time has open. What is written into it is there as a
//! whole or not at all, also when the program is killed meanwhile. It is as large as it may become
//! at most, and whatever was silent the longest goes first. What cannot be read is put aside, never
//! written over.

mod book;
mod learner;

pub use book::{Book, Failure};
pub use learner::Learner;

use std::path::{Path, PathBuf};

/// Opens a book, or makes a new one where there is none. A book that cannot be read, because it is
/// damaged or of another version, is put aside, and a new one is begun: then also where it is now, and
/// why.
///
/// # Errors
/// When another process has it open, it is no book at all, or the system refuses.
pub fn open(path: &Path) -> Result<(Book, Option<Aside>), Failure> {
    match Book::open(path) {
        Err(Failure::Unread(why)) => {
            let aside = put_aside(path)?;
            Ok((Book::open(path)?, Some(Aside { path: aside, why })))
        }
        opened => opened.map(|book| (book, None)),
    }
}

/// A book that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// Where it is now.
    pub path: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// Gives a file a name beside its own that nothing else has.
fn put_aside(path: &Path) -> Result<PathBuf, Failure> {
    let name = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".unread-{number}"));
        PathBuf::from(name)
    };
    let taken = |path: &PathBuf| std::fs::symlink_metadata(path).is_ok();
    let free = (1..=u32::MAX).map(name).find(|path| !taken(path)).unwrap_or_else(|| name(0));
    std::fs::rename(path, &free)?;
    Ok(free)
}

#[cfg(test)]
mod tests;
