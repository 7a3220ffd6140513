//! Findings, as last told.

use overhear_analysis::Time;
use overhear_analysis::told::{Category, Finding, FindingState, Head, Severity};
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::word;

use super::shown;

/// A finding.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id, to know it again.
    pub id: Shown,
    /// How bad.
    pub severity: Severity,
    /// Which kind.
    pub category: Category,
    /// Open, updated, closed.
    pub state: FindingState,
    /// A short line.
    pub title: Shown,
    /// What it is about.
    pub subject: Shown,
    /// Network of the subject.
    pub network: Shown,
    /// One sentence with numbers.
    pub explanation: Shown,
    /// Frames to look at.
    pub evidence: Vec<u64>,
    /// Score and threshold of a detector that scores.
    pub score: Option<(f64, Option<f64>)>,
    /// What the score is made of.
    pub terms: Vec<(Shown, f64)>,
    /// The first victims.
    pub victims: Vec<Shown>,
    /// All of them.
    pub victim_count: u64,
    /// Who infected the subject.
    pub parent: Option<Shown>,
    /// How many steps from the first.
    pub generation: Option<u64>,
    /// What could not be seen.
    pub not_visible: Vec<Shown>,
    /// When it was first and last told.
    pub span: Option<(Time, Time)>,
    /// Victims over time, at each telling.
    pub growth: Vec<(Time, u64)>,
    /// Number of the line that told it last.
    pub line: u64,
}

impl Found {
    /// A finding as it is told for the first time.
    pub fn of(head: &Head, finding: &Finding, line: u64) -> Self {
        let all = |texts: &[String]| texts.iter().map(|text| shown(text)).collect::<Vec<_>>();
        let count = finding.victim_count.unwrap_or(finding.victims.len() as u64);
        Self {
            id: shown(&finding.id),
            severity: finding.severity,
            category: finding.category,
            state: finding.state,
            title: shown(&finding.title),
            subject: shown(&finding.subject),
            network: shown(finding.network.as_deref().unwrap_or_default()),
            explanation: Shown::line(&finding.explanation),
            evidence: finding.evidence.clone(),
            score: finding.score.map(|score| (score, finding.threshold)),
            terms: finding.terms.iter().map(|one| (shown(&one.feature), one.value)).collect(),
            victims: all(&finding.victims),
            victim_count: count,
            parent: finding.parent.as_deref().map(shown),
            generation: finding.generation,
            not_visible: all(&finding.not_visible),
            span: head.timestamp.map(|at| (at, at)),
            growth: head.timestamp.map(|at| (at, count)).into_iter().collect(),
            line,
        }
    }

    /// Told again: the newest state, and what came before it as history.
    pub fn told_again(&mut self, head: &Head, finding: &Finding, line: u64) {
        let mut now = Self::of(head, finding, line);
        let before = std::mem::take(&mut self.growth);
        now.span = match (self.span, now.span) {
            (Some((from, _)), Some((_, to))) => Some((from, to)),
            (before, now) => now.or(before),
        };
        let last = now.growth.pop();
        now.growth = before;
        match (last, now.growth.last()) {
            (Some((_, count)), Some((_, known))) if count == *known => {}
            (Some(point), _) if now.growth.len() < GROWTH => now.growth.push(point),
            (Some(point), _) => now.growth.last_mut().into_iter().for_each(|last| *last = point),
            (None, _) => {}
        }
        *self = now;
    }

    /// Its kind, in words.
    pub fn kind(&self) -> Shown {
        Shown::line(&word(self.category).replace('_', " "))
    }

    /// It tells how something spreads.
    pub fn spreads(&self) -> bool {
        matches!(
            self.category,
            Category::WormFanout | Category::JoinTriggeredSend | Category::FilePropagation
        )
    }
}

/// Points of a growth that are kept.
const GROWTH: usize = 256;
