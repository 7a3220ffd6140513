//! From frames to records: capture, decode, reassembly, dissection, output.
//!
//! A file imports only from files earlier in this order: frame, capture, decode, defrag, notes,
//! tcp, talk, flow, clock, shard, worker, merge, pipeline, output.

pub mod capture;
mod clock;
pub mod decode;
pub mod defrag;
mod flow;
pub mod frame;
mod merge;
mod notes;
pub mod output;
pub mod pipeline;
mod shard;
mod talk;
mod tcp;
mod worker;
