//! From frames to records: capture, decode, reassembly, dissection, output.
//!
//! A file imports only from files earlier in this order: frame, feed, capture, sync, bell, meter,
//! pulse, ring, live, decode, keep, defrag, notes, tcp, talk, flow, clock, shard, dispatch, worth, worker,
//! batch, sorter, merge, crew, pipeline, teller, output, memory.

mod batch;
mod bell;
pub mod capture;
mod clock;
mod crew;
pub mod decode;
pub mod defrag;
mod dispatch;
pub mod feed;
mod flow;
pub mod frame;
pub mod keep;
pub mod live;
pub mod memory;
mod merge;
mod meter;
mod notes;
pub mod output;
pub mod pipeline;
pub mod pulse;
mod ring;
mod shard;
mod sorter;
mod sync;
mod talk;
mod tcp;
pub mod teller;
mod worker;
mod worth;
