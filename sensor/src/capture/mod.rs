//! From a path to frames: captures are found, unpacked and read as one timeline.
//!
//! ```text
//! path ─▶ find ─▶ compress ─▶ source ─▶ pcap │ pcapng ─▶ timeline ─▶ Frame
//!        (files)  (unpacked)  (a block)
//! ```
//!
//! Everything is read through one reused block a file: a frame is a slice of it, and no length in
//! a file is believed before it was held against a limit. What cannot be read is a [`Fault`]; all
//! frames before it are given out.

mod bpf;
mod compress;
mod fields;
mod filter;
mod find;
mod lz4;
mod origins;
mod pcap;
mod pcapng;
mod reader;
mod source;
mod timeline;
mod zstd;

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

pub use filter::{Filter, FilterError};
pub use timeline::{Input, Timeline};

/// Why an input could not be read, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which input; `-` is standard input.
    pub file: PathBuf,
    /// Where reading ended, in bytes from its start; nothing when it never began.
    pub offset: Option<u64>,
    /// Whether the offset counts bytes of the unpacked content.
    pub unpacked: bool,
    /// Why.
    pub reason: Cow<'static, str>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file.display())?;
        if let Some(offset) = self.offset {
            let of = if self.unpacked { " of the unpacked content" } else { "" };
            write!(f, "byte {offset}{of}: ")?;
        }
        f.write_str(&self.reason)
    }
}

impl std::error::Error for Fault {}

/// Most bytes of one frame: what tcpdump and Wireshark keep at most.
const MAX_FRAME: usize = 256 << 10;

#[cfg(test)]
mod tests;
