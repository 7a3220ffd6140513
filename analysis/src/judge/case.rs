//! A finding in the making.

use super::snug::push;
use crate::fingerprint::{self, hash};
use std::fmt;

use thin_vec::ThinVec;

use crate::told::{Category, Finding, FindingState, Severity};

/// What every kind of finding keeps: how bad it is, where to look, and what was already told.
#[derive(Clone, Debug)]
pub(super) struct Case {
    id: u64,
    evidence: ThinVec<u64>,
    category: Category,
    severity: Severity,
    told: Option<Severity>,
    changed: bool,
}

/// Frames given as evidence.
const EVIDENCE: usize = 20;

/// The words of a finding.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) title: String,
    pub(super) subject: String,
    pub(super) network: Option<String>,
    pub(super) explanation: String,
    pub(super) not_visible: Vec<String>,
}

impl Case {
    /// A case whose id is made of its category and what it is about.
    pub(super) fn new(category: Category, about: &[&str]) -> Self {
        let name = format!("{category:?}");
        let mut parts = vec![name.as_bytes()];
        parts.extend(about.iter().map(|part| part.as_bytes()));
        Self {
            id: hash(&parts),
            evidence: ThinVec::new(),
            category,
            severity: Severity::Info,
            told: None,
            changed: false,
        }
    }

    /// The finding's id, as a number.
    pub(super) fn number(&self) -> u64 {
        self.id
    }

    /// Something more was heard, in this frame; true when that must be told at once: the first
    /// time, and whenever it got worse.
    pub(super) fn add(&mut self, frame: Option<u64>, severity: Severity) -> bool {
        self.changed = true;
        if let Some(frame) = frame
            && self.evidence.len() < EVIDENCE
            && !self.evidence.contains(&frame)
        {
            push(&mut self.evidence, frame);
        }
        self.severity = self.severity.max(severity);
        self.told.is_none_or(|told| told < self.severity)
    }

    /// Something changed that is only told in the end.
    pub(super) fn touch(&mut self) {
        self.changed = true;
    }

    /// The finding as it stands.
    pub(super) fn tell(&mut self, words: Words) -> Finding {
        let state = match self.told {
            None => FindingState::Open,
            Some(_) => FindingState::Updated,
        };
        self.finding(state, words)
    }

    /// The finding with its final numbers, unless they were told already.
    pub(super) fn close(&mut self, words: impl FnOnce() -> Words) -> Option<Finding> {
        self.changed.then(|| self.finding(FindingState::Closed, words()))
    }

    fn finding(&mut self, state: FindingState, words: Words) -> Finding {
        self.told = Some(self.severity);
        self.changed = false;
        Finding {
            id: fingerprint::digits(self.id),
            state,
            category: self.category,
            severity: self.severity,
            title: words.title,
            subject: words.subject,
            network: words.network,
            explanation: words.explanation,
            evidence: self.evidence.to_vec(),
            score: None,
            threshold: None,
            terms: Vec::new(),
            victims: Vec::new(),
            victim_count: None,
            parent: None,
            generation: None,
            not_visible: words.not_visible,
        }
    }
}

/// With a capital first letter, as titles have.
pub(super) fn capital(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `1 message`, `2 messages`.
pub(super) fn count(number: u64, noun: &str) -> Count<'_> {
    Count(number, noun)
}

/// So many of something, in words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count<'a>(u64, &'a str);

impl fmt::Display for Count<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(number, noun) = self;
        write!(f, "{number} {noun}{}", if *number == 1 { "" } else { "s" })
    }
}
