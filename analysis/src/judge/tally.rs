//! What was told, in numbers.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::told::{Body, Ledger, Severity, Stats, Told};

/// Counts for the last line.
#[derive(Debug, Default)]
pub(super) struct Tally {
    events: BTreeMap<&'static str, u64>,
    messages: u64,
    findings: HashMap<String, Severity, foldhash::fast::RandomState>,
}

/// Findings whose severity is kept for the count.
const FINDINGS: usize = 1 << 18;

impl Tally {
    /// Counts a line; `first` unless it is a further copy of a message.
    pub(super) fn count(&mut self, told: &Told, first: bool) {
        *self.events.entry(told.body.event_type()).or_default() += 1;
        match &told.body {
            Body::Message(_) => self.messages += u64::from(first),
            Body::Finding(finding) if self.findings.len() < FINDINGS => {
                self.findings.insert(finding.id.clone(), finding.severity);
            }
            _ => {}
        }
    }

    /// The last line.
    pub(super) fn stats(&self, ledger: Option<Ledger>, run: Option<serde_json::Value>) -> Stats {
        let mut findings: BTreeMap<String, u64> = BTreeMap::new();
        for severity in self.findings.values() {
            let word = format!("{severity:?}").to_lowercase();
            *findings.entry(word).or_default() += 1;
        }
        let events = self.events.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
        Stats { ledger, events, messages: self.messages, findings, run }
    }
}
