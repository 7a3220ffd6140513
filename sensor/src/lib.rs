//! Frames to records, and records to what is written down.

pub mod output;
