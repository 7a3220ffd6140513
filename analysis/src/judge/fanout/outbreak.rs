//! An outbreak: one incident, from the first account that gave itself away to the last victim.
//!
//! Accounts that share a content with it, or were infected by somebody in it, fold into it: two
//! hundred infected are one incident. It is told when it opens, when it gets worse, when its victims
//! have grown tenfold, and when it closes.

use overhear_dissectors::Name;

use super::ids::Id;
use super::tree::{Infected, Lure, Tree};
use crate::Time;
use crate::fingerprint::id;
pub(super) use crate::judge::case::count;
use crate::told::{Category, Finding, FindingState, Severity, Term};

/// One outbreak.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each was noticed or not")]
pub(super) struct Outbreak {
    id: Name,
    pub(super) category: Category,
    pub(super) severity: Severity,
    told: Option<(Severity, u64)>,
    tellings: u32,
    pub(super) title: String,
    pub(super) subject: Box<str>,
    pub(super) network: Box<str>,
    /// Why it was opened: one sentence with numbers, without its full stop.
    pub(super) reason: String,
    pub(super) score: Option<(f32, f32)>,
    pub(super) terms: Vec<(&'static str, f32)>,
    pub(super) evidence: Vec<u64>,
    pub(super) last: Time,
    victims: Vec<Box<str>>,
    count: u64,
    pub(super) tree: Tree,
    pub(super) not_visible: Vec<String>,
    /// What is sent runs, or leads to an address; links or files were seen at all.
    pub(super) dangerous: bool,
    /// Somebody's announcement in rooms.
    pub(super) announced: bool,
    /// Accounts that say the same in rooms.
    pub(super) voices: usize,
    pub(super) visible: bool,
    /// It reached a decoy.
    pub(super) trapped: bool,
    /// Why the operator takes it for harmless: that lowers its severity by two steps, unless what is
    /// sent runs, or others send it on.
    pub(super) allowed: Option<String>,
}

/// Names of victims told.
const NAMED: usize = 20;
const EVIDENCE: usize = 20;
/// Tellings of one outbreak before only its severity counts, and before nothing does.
const TELLINGS: u32 = 4;

impl Outbreak {
    pub(super) fn new(
        category: Category,
        about: &[&str],
        subject: &str,
        network: &str,
        at: Time,
    ) -> Self {
        let name = format!("{category:?}");
        let mut parts = vec![name.as_bytes()];
        parts.extend(about.iter().map(|part| part.as_bytes()));
        Self {
            id: id(&parts),
            category,
            severity: Severity::Info,
            told: None,
            tellings: 0,
            title: String::new(),
            subject: subject.into(),
            network: network.into(),
            reason: String::new(),
            score: None,
            terms: Vec::new(),
            evidence: Vec::new(),
            last: at,
            victims: Vec::new(),
            count: 0,
            tree: Tree::default(),
            not_visible: Vec::new(),
            dangerous: false,
            announced: false,
            voices: 0,
            visible: false,
            trapped: false,
            allowed: None,
        }
    }

    /// Somebody got it, and the lure that brought it.
    pub(super) fn victim(&mut self, who: Id, name: &str, lure: Option<Lure>, at: Time) {
        self.last = self.last.max(at);
        if !self.tree.reach(who, lure) {
            return;
        }
        self.count += 1;
        if self.victims.len() < NAMED {
            self.victims.push(name.into());
        }
    }

    pub(super) fn frame(&mut self, frame: Option<u64>) {
        if let Some(frame) = frame
            && self.evidence.len() < EVIDENCE
            && !self.evidence.contains(&frame)
        {
            self.evidence.push(frame);
        }
    }

    /// Makes it at least this bad.
    pub(super) fn raise(&mut self, severity: Severity) {
        let severity = match self.allowed {
            Some(_) if self.tree.infected().len() < 2 && !self.dangerous && !self.trapped => {
                lowered(severity)
            }
            _ => severity,
        };
        self.severity = self.severity.max(severity);
    }

    /// The finding, where there is something to tell.
    pub(super) fn news(&mut self) -> Option<Finding> {
        let due = match self.told {
            None => true,
            Some((severity, _)) if severity < self.severity => self.tellings <= TELLINGS,
            Some((_, count)) => self.count >= count.saturating_mul(10) && self.tellings < TELLINGS,
        };
        let state = if self.told.is_none() { FindingState::Open } else { FindingState::Updated };
        due.then(|| self.tell(state))
    }

    /// The final finding, and one for every account it folded in.
    pub(super) fn close(&mut self) -> Vec<Finding> {
        if self.told.is_none() {
            return Vec::new();
        }
        self.tree.regrow();
        let mut last = vec![self.tell(FindingState::Closed)];
        last.extend(
            self.tree
                .infected()
                .iter()
                .filter(|one| one.name != self.subject)
                .map(|one| self.folded(one)),
        );
        last
    }

    fn tell(&mut self, state: FindingState) -> Finding {
        self.told = Some((self.severity, self.count.max(1)));
        self.tellings += 1;
        let mut explanation = self.reason.clone();
        if self.tree.infected().len() > 1 && self.voices == 0 {
            explanation += &format!(
                "; {} accounts spread it in {} generations",
                self.tree.infected().len(),
                self.tree.depth() + 1
            );
        }
        if let Some(reason) = &self.allowed {
            explanation += &format!("; allowed: {reason}");
        }
        explanation.push('.');
        let subject = self.tree.infected().iter().find(|one| one.name == self.subject);
        Finding {
            id: self.id.clone(),
            state,
            category: self.category,
            severity: self.severity,
            title: self.title.clone(),
            subject: self.subject.to_string(),
            network: Some(self.network.to_string()),
            explanation,
            evidence: self.evidence.clone(),
            score: self.score.map(|_| sum(&self.terms)),
            threshold: self.score.map(|(_, threshold)| rounded(threshold)),
            terms: self.terms.iter().map(|(feature, value)| term(feature, *value)).collect(),
            victims: self.victims.iter().map(ToString::to_string).collect(),
            victim_count: Some(self.count),
            parent: subject.and_then(|one| one.parent.as_ref()).map(|(_, name)| name.to_string()),
            generation: subject.map(|one| one.generation),
            not_visible: self.not_visible.clone(),
        }
    }

    /// What became of an account that folded in: its place in the tree.
    fn folded(&self, one: &Infected) -> Finding {
        let parent = one.parent.as_ref().map(|(_, name)| name.to_string());
        let mut explanation = format!(
            "{} is one of {} accounts in the outbreak of {}",
            one.name,
            self.tree.infected().len(),
            self.subject
        );
        if let (Some(parent), Some(received)) = (&parent, one.received) {
            let dwell = one.sent.since(received) / 1_000_000_000;
            explanation += &format!(
                "; it most likely had it from {parent}, {dwell} s before it was noticed sending it"
            );
        }
        explanation.push('.');
        Finding {
            id: id(&[self.id.as_bytes(), one.name.as_bytes()]),
            state: FindingState::Closed,
            category: self.category,
            severity: Severity::Info,
            title: format!("{} spread the outbreak of {}", one.name, self.subject),
            subject: one.name.to_string(),
            network: Some(self.network.to_string()),
            explanation,
            evidence: Vec::new(),
            score: None,
            threshold: None,
            terms: Vec::new(),
            victims: Vec::new(),
            victim_count: None,
            parent,
            generation: Some(one.generation),
            not_visible: Vec::new(),
        }
    }
}

/// A number of seconds, as people say it.
pub(super) fn span(seconds: u32) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{} min", seconds / 60),
        _ => format!("{:.1} h", f64::from(seconds) / 3_600.0),
    }
}

fn lowered(severity: Severity) -> Severity {
    match severity {
        Severity::Critical => Severity::Medium,
        Severity::High => Severity::Low,
        _ => Severity::Info,
    }
}

/// A value as it is told: thousandths.
fn rounded(value: f32) -> f64 {
    (f64::from(value) * 1_000.0).round() / 1_000.0
}

fn term(feature: &str, value: f32) -> Term {
    Term { feature: feature.to_owned(), value: rounded(value) }
}

/// The score as the sum of the terms told, so that the two agree to the last digit.
fn sum(terms: &[(&'static str, f32)]) -> f64 {
    let sum: f64 = terms.iter().map(|(_, value)| rounded(*value)).sum();
    (sum * 1_000.0).round() / 1_000.0
}
