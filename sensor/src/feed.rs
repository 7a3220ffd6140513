//! Where frames come from: files, or a wire.

use overhear_analysis::Time;

use crate::frame::{Frame, Link};

/// What a feed gives next.
#[derive(Clone, Debug)]
pub enum Turn<'a> {
    /// A frame.
    Frame(Frame<'a>),
    /// No frame now, and none any more from before this time, as far as that is known. What came
    /// together so far should not wait for the next.
    Quiet(Option<Time>),
    /// Something odd about the feed itself: a fixed name, and what there is to say.
    Odd(&'static str, String),
    /// Nothing any more.
    Over,
}

/// Gives frames in the order of packet time. Each feed numbers them from 1 (`Frame::seq`).
pub trait Feed: Send {
    /// The next turn; a frame stands in a block that the next call changes.
    fn turn(&mut self) -> Turn<'_>;

    /// A frame that is likely to come some turns later, if its bytes are here already; the next
    /// call gives the one behind it.
    fn ahead(&mut self) -> Option<(Link, &[u8])>;

    /// Bytes read, and of how many if that is known.
    fn progress(&self) -> (u64, Option<u64>);

    /// Frames that were lost before they could be read.
    fn lost(&self) -> Lost;
}

/// Frames lost before they could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// By the kernel, whose buffer was full.
    pub kernel: u64,
    /// By the interface or its driver.
    pub interface: u64,
}

impl std::ops::Add for Lost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            kernel: self.kernel.saturating_add(other.kernel),
            interface: self.interface.saturating_add(other.interface),
        }
    }
}

impl std::ops::Sub for Lost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            kernel: self.kernel.saturating_sub(other.kernel),
            interface: self.interface.saturating_sub(other.interface),
        }
    }
}
