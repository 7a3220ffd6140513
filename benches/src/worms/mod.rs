//! Worms that never were, among people who are or might be: what the detection is measured with.
//!
//! [`stream`] makes the lines of an event stream, [`logs`] reads them from logs of real chat,
//! [`graph`] knows who has whom on their list, [`sim`] lets people talk and a worm spread among
//! them, [`preset`] says how worms of record behave, [`harmless`] what only looks like one, [`baseline`] holds the classical detectors
//! against them, [`watch`] asks the judge what it finds, and when, [`bounds`] counts that over many
//! worlds, [`wire`] makes a capture of it all, and [`capacity`] asks how much the judge can take,
//! and [`throughput`] how much the whole way from a capture does.

#![allow(clippy::cast_precision_loss, reason = "scores, shares and seconds are small numbers")]

pub mod baseline;
pub mod bounds;
pub mod capacity;
pub mod graph;
pub mod harmless;
pub mod logs;
pub mod preset;
pub mod sim;
pub mod stream;
pub mod throughput;
pub mod trees;
pub mod watch;
pub mod wire;
