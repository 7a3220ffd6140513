//! What the bell is made of; its model check puts loom's in this place.

pub(crate) use std::sync::OnceLock as Once;
pub(crate) use std::sync::atomic::{AtomicBool, Ordering};
pub(crate) use std::thread::{Thread, current, park};
