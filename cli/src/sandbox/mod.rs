//! The cell a sensor works in.
//!
//! Whoever reads strangers' bytes for days should be able to do little else. Once interfaces and
//! outputs are open, [`Cell::enter`] gives up what was needed to open them: all capabilities, the way
//! to more of them (`no_new_privs`), every file but its outputs (Landlock), and every system call
//! that is not needed to read, to reckon and to write (seccomp). Of the sockets frames are heard
//! at, none can be written to: that overhear sends nothing is not only its intention.
//!
//! A kernel that lacks one of these is told of, and the rest is used.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod linux;

use std::os::fd::RawFd;
use std::path::PathBuf;

/// What a process may still do in its cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// Folders in which it may make, write and rename files.
    pub(crate) writable: Vec<PathBuf>,
    /// Folders in which it may make, rename and remove files, but read none.
    pub(crate) fillable: Vec<PathBuf>,
    /// Folders whose files it may read.
    pub(crate) readable: Vec<PathBuf>,
    /// Sockets it may read but not write.
    pub(crate) mute: Vec<RawFd>,
}

/// One wall of the cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wall {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Why it does not stand, or not wholly.
    pub(crate) missing: Option<String>,
}

impl Cell {
    /// Enters the cell, for good: this thread, and all it starts from now on.
    pub(crate) fn enter(&self) -> Vec<Wall> {
        #[cfg(target_os = "linux")]
        return linux::enter(self);
        #[cfg(not(target_os = "linux"))]
        return vec![Wall { name: "sandbox", missing: Some("this system has none".to_owned()) }];
    }
}

/// Gives up all capabilities of this thread, and of all it starts from now on. What could not be
/// given up is told by [`Cell::enter`].
pub(crate) fn drop_capabilities() {
    #[cfg(target_os = "linux")]
    let _ = linux::drop_capabilities();
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
