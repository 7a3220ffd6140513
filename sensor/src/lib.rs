//! From frames to records: capture, decode, reassembly, dissection, output.
//!
//! A file imports only from files earlier in this order: frame, meter, capture, decode, defrag,
//! flow, tcp, talk, worker, merge, output, pipeline.

pub mod decode;
pub mod frame;
pub mod output;
