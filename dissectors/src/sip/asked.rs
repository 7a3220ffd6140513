//! What is remembered of requests: those that wait for an answer, and those that were heard.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::event::Offer;
use crate::{Side, Who};

/// A request that waits for its answer.
#[derive(Debug)]
pub(super) struct Asked {
    /// Hash of call, number and method.
    pub(super) key: u64,
    pub(super) side: Side,
    pub(super) method: Method,
    pub(super) from: Who,
    /// Secrets that came with it: number of the attempt, and its mechanism.
    pub(super) secrets: Vec<(u32, &'static str)>,
    /// Files that it offered.
    pub(super) offers: Vec<Offer>,
    /// It takes a registration back.
    pub(super) leaves: bool,
}

/// Methods whose answer matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Register,
    Invite,
    Message,
    Other,
}

/// The latest [`RECENT`] hashes.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<u64>);

impl Recent {
    /// Whether this is new; it is remembered.
    pub(super) fn is_new(&mut self, hash: u64) -> bool {
        if self.0.contains(&hash) {
            return false;
        }
        self.0.push_back(hash);
        if self.0.len() > RECENT {
            self.0.pop_front();
        }
        true
    }
}

/// One number for several fields; the same in every run.
pub(super) fn hash(fields: &[&[u8]]) -> u64 {
    let mut hasher = DefaultHasher::new();
    fields.hash(&mut hasher);
    hasher.finish()
}

/// Requests and the like that are remembered.
const RECENT: usize = 256;
