//! What this capture cannot tell: losses, oddities, and what overhear does not read.

use std::collections::BTreeMap;

use overhear_analysis::told::{Anomaly, Head, Ledger};
use overhear_dissectors::{Evidence, PROTOCOLS, Row};

use super::{At, shown};
use crate::output::kept::Kept;
use crate::output::scrub::Shown;
use crate::output::word::{bytes, count};

/// What was lost, odd or disputed.
#[derive(Debug)]
pub struct Limits {
    /// Anomalies by name.
    pub oddities: Kept<String, Oddity>,
    /// Disputed ranges told.
    pub conflicts: u64,
}

/// Anomalies of one name.
#[derive(Clone, Debug)]
pub struct Oddity {
    /// The name.
    pub event: Shown,
    /// How often.
    pub times: u64,
    /// Bytes nobody saw.
    pub bytes: u64,
    /// What the first one said.
    pub detail: Option<Shown>,
    /// Where that was.
    pub at: At,
}

impl Default for Limits {
    fn default() -> Self {
        Self { oddities: Kept::new(ODDITIES), conflicts: 0 }
    }
}

impl Limits {
    pub(super) fn hear(&mut self, head: &Head, anomaly: &Anomaly) {
        let row = self.oddities.row(anomaly.event.clone().into_owned(), || Oddity {
            event: shown(&anomaly.event),
            times: 0,
            bytes: 0,
            detail: anomaly.detail.as_deref().map(shown),
            at: At::of(head),
        });
        if let Some(row) = row {
            row.times += 1;
            row.bytes = row.bytes.saturating_add(anomaly.bytes.unwrap_or_default());
        }
    }

    pub(super) fn conflict(&mut self) {
        self.conflicts += 1;
    }
}

/// What the sensor's counts take away from the answer, each as a sentence.
pub fn losses(ledger: &Ledger) -> Vec<String> {
    let frames = |number| count(number, "frame");
    let told = [
        (ledger.kernel_dropped, frames(ledger.kernel_dropped) + " dropped by the capturing system"),
        (ledger.shed, frames(ledger.shed) + " shed because a worker was behind"),
        (ledger.cut_frames, frames(ledger.cut_frames) + " cut short by the capture"),
        (ledger.filtered, frames(ledger.filtered) + " passed over by the filter"),
        (
            ledger.gaps,
            format!(
                "{} in streams: {} nobody saw",
                count(ledger.gaps, "hole"),
                bytes(ledger.gap_bytes)
            ),
        ),
        (ledger.malformed, frames(ledger.malformed) + " with impossible headers"),
        (ledger.held_fragments, count(ledger.held_fragments, "fragment") + " never made whole"),
        (ledger.outside_window, bytes(ledger.outside_window) + " outside any window, not read"),
        (ledger.unidentified, bytes(ledger.unidentified) + " that no known protocol claims"),
        (ledger.unread, bytes(ledger.unread) + " inside known protocols not understood"),
        (ledger.sealed, bytes(ledger.sealed) + " sealed by TLS"),
        (ledger.conflicts, count(ledger.conflicts, "overlap") + " whose copies disagree"),
        (ledger.one_way, count(ledger.one_way, "conversation") + " heard from one side only"),
        (ledger.struck, count(ledger.struck, "budget") + " struck: more was on the wire than kept"),
        (
            ledger.broken,
            count(ledger.broken, "dissector") + " broke (a fault of overhear; please report it)",
        ),
    ];
    told.into_iter().filter(|(number, _)| *number > 0).map(|(_, sentence)| sentence).collect()
}

/// What overhear does not read of the protocols that were met: by protocol, what and why.
pub fn unread<'a>(
    met: impl Iterator<Item = &'a str>,
) -> BTreeMap<&'static str, Vec<(&'static Row, &'static str)>> {
    let met: std::collections::BTreeSet<&str> = met.collect();
    let mut out = BTreeMap::new();
    for facts in PROTOCOLS.iter().map(|protocol| protocol.facts()) {
        if !met.contains(facts.name) {
            continue;
        }
        let missing: Vec<_> = facts.rows.iter().filter_map(missing).collect();
        if !missing.is_empty() {
            out.insert(facts.title, missing);
        }
    }
    out
}

fn missing(row: &'static Row) -> Option<(&'static Row, &'static str)> {
    match row.evidence {
        Evidence::Missing(why) => Some((row, why)),
        _ => None,
    }
}

/// Names of anomalies kept; they are fixed words, so this is never reached by ours.
const ODDITIES: usize = 500;
