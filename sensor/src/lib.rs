//! From frames to records: capture, decode, reassembly, dissection, output.
//!
//! A file imports only from files earlier in this order: frame, capture, sync, bell, meter, ring, decode,
//! defrag, notes, tcp, talk, flow, clock, shard, dispatch, worker, batch, merge, crew, pipeline,
//! output.

mod batch;
mod bell;
pub mod capture;
mod clock;
mod crew;
pub mod decode;
pub mod defrag;
mod dispatch;
mod flow;
pub mod frame;
mod merge;
mod meter;
mod notes;
pub mod output;
pub mod pipeline;
mod ring;
mod shard;
mod sync;
mod talk;
mod tcp;
mod worker;
