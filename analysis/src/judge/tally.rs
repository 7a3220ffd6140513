//! What was told, in numbers.

use std::collections::BTreeMap;
use std::hash::BuildHasher as _;
use std::mem::{Discriminant, discriminant};

use hashbrown::HashMap;

use crate::told::{Body, Ledger, Severity, Stats, Told};

/// Counts for the last line.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// By event types, in the order in which these were first heard.
    events: Vec<(Discriminant<Body>, &'static str, u64)>,
    messages: u64,
    /// By numbers made of their ids.
    findings: HashMap<u64, Severity, foldhash::fast::RandomState>,
}

/// Findings whose severity is kept for the count.
const FINDINGS: usize = 1 << 18;

impl Tally {
    /// Counts a line; `first` unless it is a further copy of a message.
    pub(super) fn count(&mut self, told: &Told, first: bool) {
        let kind = discriminant(&told.body);
        match self.events.iter_mut().find(|(known, ..)| *known == kind) {
            Some((.., count)) => *count += 1,
            None => self.events.push((kind, told.body.event_type(), 1)),
        }
        match &told.body {
            Body::Message(_) => self.messages += u64::from(first),
            Body::Finding(finding) if self.findings.len() < FINDINGS => {
                let id = self.findings.hasher().hash_one(&finding.id);
                self.findings.insert(id, finding.severity);
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
        let events =
            self.events.iter().map(|(_, name, count)| ((*name).to_owned(), *count)).collect();
        Stats { ledger, events, messages: self.messages, findings, run }
    }
}
