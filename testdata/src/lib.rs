//! Traffic of our own making, for the tests of every other crate.
//!
//! A [`Dialogue`] is a conversation written down as text. [`frames`](mod@frames) cuts it into
//! packets the way a network would, kindly or not, and [`pcap`](mod@pcap) writes packets as
//! capture files. Nothing here knows a messenger, and the same input always gives the same bytes.

pub mod carriers;
pub mod dialogue;
pub mod frames;
#[cfg(feature = "lab")]
pub mod lab;
pub mod pcap;

pub use dialogue::{Dialogue, Ends, Side, Transport, Turn};
pub use frames::{Frame, Wire};
