//! How a reading stands, while it goes on.

use std::borrow::Cow;

use overhear_analysis::told::Ledger;

use crate::meter::{Delays, Stage};

/// How a reading stands.
#[derive(Debug)]
pub struct Pulse<'a> {
    /// Bytes read of files, or frames of a wire.
    pub read: u64,
    /// Of how many, if that is known.
    pub total: Option<u64>,
    /// Batches that wait for a worker, and how many may.
    pub queue: (usize, usize),
    /// What each part of the pipeline has counted.
    pub(crate) ledgers: Cow<'a, [Ledger]>,
    pub(crate) delays: Cow<'a, [(&'static str, Delays)]>,
}

impl Pulse<'_> {
    /// What was counted so far. While things are under way its sums need not agree.
    pub fn ledger(&self) -> Ledger {
        self.ledgers.iter().fold(Ledger::default(), |mut sum, part| {
            sum.add(part);
            sum
        })
    }

    /// How long batches waited so far, where several threads read.
    pub fn stages(&self) -> Vec<Stage> {
        self.delays.iter().map(|(name, delays)| delays.stage(name)).collect()
    }

    /// The same, for another thread.
    pub(crate) fn to_owned(&self) -> Pulse<'static> {
        let Self { read, total, queue, ref ledgers, ref delays } = *self;
        let ledgers = Cow::Owned(ledgers.to_vec());
        Pulse { read, total, queue, ledgers, delays: Cow::Owned(delays.to_vec()) }
    }
}
