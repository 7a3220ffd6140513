//! libpcap, loaded when it is first needed.
//!
//! Crate `pcap` links against libpcap, so that a program which uses it neither builds nor starts
//! where libpcap is not installed; yet only live capture and the compiler of filters need it. This
//! crate defines the functions `pcap` calls. Each finds its namesake in the installed library, or
//! fails with a message when there is none. An empty library satisfies the linker (`build.rs`).
//!
//! It is the only crate of overhear with unsafe code: beside libpcap, what is done with packet
//! sockets and no safe crate offers.

#[cfg(target_os = "linux")]
mod fanout;
#[cfg(target_os = "linux")]
mod follow;
mod symbols;

use std::fmt;
use std::sync::OnceLock;

use libloading::Library;

/// Whether libpcap is installed.
///
/// # Errors
/// When it is not.
pub fn available() -> Result<(), Missing> {
    library().map(|_| ()).ok_or(Missing)
}

#[cfg(target_os = "linux")]
pub use fanout::fan_out;
#[cfg(target_os = "linux")]
pub use follow::{follow, hardware, is_up};

/// There is no libpcap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing;

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MISSING.to_str().unwrap_or_default())
    }
}

impl std::error::Error for Missing {}

/// The library, which stays loaded.
fn library() -> Option<&'static Library> {
    static LIBRARY: OnceLock<Option<Library>> = OnceLock::new();
    let load = || {
        NAMES.iter().find_map(|name| {
            // SAFETY: libpcap has neither initialisers nor finalisers that depend on anything.
            unsafe { Library::new(name) }.ok()
        })
    };
    LIBRARY.get_or_init(load).as_ref()
}

/// What `pcap` is told.
const MISSING: &std::ffi::CStr =
    c"libpcap is not installed (on Debian and Ubuntu: apt install libpcap0.8)";

#[cfg(target_os = "macos")]
const NAMES: [&str; 2] = ["libpcap.A.dylib", "libpcap.dylib"];
#[cfg(not(target_os = "macos"))]
const NAMES: [&str; 3] = ["libpcap.so.1", "libpcap.so.0.8", "libpcap.so"];
