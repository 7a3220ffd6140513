//! What the judge finds in a run, and when.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use overhear_analysis::told::{Body, Category, Severity};
use overhear_analysis::{Judge, Time, Told};
use overhear_dissectors::event::Protection;

use super::baseline::Baseline;
use super::capacity::Junk;
use super::graph::Graph;
use super::preset::Preset;
use super::sim::{DAWN, DAY, OUTBREAK, Outcome, Sim, name};

/// The first true alert of a run: how many victims there were, and how long it had gone on, in
/// nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alert {
    /// Victims, network-wide, when it came.
    pub victims: usize,
    /// Since the first victim.
    pub after: i64,
}

/// What came of a run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Which world it was.
    pub seed: u64,
    /// Victims in the end.
    pub victims: usize,
    /// The judge's alert, and those of the baselines.
    pub alerts: Vec<Option<Alert>>,
    /// Alerts about people who had done nothing.
    pub falsely: usize,
    /// Tellings of alerts.
    pub tellings: usize,
    /// Incidents they are of.
    pub incidents: usize,
    /// Days on which accounts said something, summed over accounts.
    pub days: usize,
}

/// Severity from which a finding is an alert.
pub const ALERT: Severity = Severity::Medium;

/// Whether a line is an alert about somebody who spreads something.
pub fn alert(told: &Told) -> Option<&str> {
    found_from(told, ALERT)
}

fn found_from(told: &Told, from: Severity) -> Option<&str> {
    let Body::Finding(finding) = &told.body else { return None };
    let worm = matches!(
        finding.category,
        Category::WormFanout | Category::FilePropagation | Category::JoinTriggeredSend
    );
    (worm && finding.severity >= from).then_some(&finding.subject)
}

/// What of a world is heard, and what is looked for in it.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Share of what is said that is lost.
    pub loss: f64,
    /// Share of the accounts that are heard.
    pub accounts: f64,
    /// What is said can be read.
    pub readable: bool,
    /// Severity from which a finding counts.
    pub from: Severity,
    /// Lines of junk beside each line.
    pub junk: u32,
}

impl View {
    /// Everything is heard, and alerts count.
    pub const WHOLE: Self = Self { loss: 0.0, accounts: 1.0, readable: true, from: ALERT, junk: 0 };
}

/// Takes out of a line what nobody can read who does not have the key.
fn sealed(told: &mut Told) {
    if let Body::Message(said) = &mut told.body {
        (said.text, said.protection) = (None, Protection::Omemo);
        said.content_key.clear();
        said.visible.clear();
    }
}

/// What is found by what accounts do, not by what can be read.
const BEHAVIOUR: [Category; 5] = [
    Category::WormFanout,
    Category::FilePropagation,
    Category::JoinTriggeredSend,
    Category::Flood,
    Category::AccountHijack,
];

/// Incidents of a world, by what they are about: how bad they got.
pub type Incidents = BTreeMap<(Category, String), Severity>;

/// What is found in a world when lines come in another order, up to a second apart from their own.
pub fn incidents(graph: &Graph, preset: Preset, seed: u64, apart: u64) -> Incidents {
    let (mut lines, mut rng) = (Vec::new(), Rng::with_seed(seed));
    Sim::new(graph, Some(preset), seed).run(&mut |told| {
        let at = told.head.timestamp.map_or(0, |at| at.0.cast_unsigned());
        lines.push((at + rng.u64(..=apart), told));
    });
    lines.sort_by_key(|(at, _)| *at);
    let (mut judge, mut found) = (Judge::new(), Incidents::new());
    for (_, told) in lines {
        judge.hear(&told, &mut |told| {
            if let Body::Finding(finding) = &told.body
                && BEHAVIOUR.contains(&finding.category)
            {
                let worst = found.entry((finding.category, finding.subject.clone()));
                let worst = worst.or_insert(finding.severity);
                *worst = (*worst).max(finding.severity);
            }
        });
    }
    found
}

/// Lets a worm loose among people, and listens.
pub fn run(
    graph: &Graph,
    preset: Option<Preset>,
    seed: u64,
    view: View,
    baselines: &mut [Baseline],
) -> Run {
    let (mut judge, mut junk) = (Judge::new(), Junk::default());
    let mut run = Run { seed, alerts: vec![None; baselines.len() + 1], ..Run::default() };
    let (mut raised, mut active) = (Vec::new(), BTreeSet::new());
    let (mut tellings, mut incidents) = (0, BTreeSet::new());
    let outcome =
        Sim::new(graph, preset, seed).through(view.loss, view.accounts).run(&mut |mut told| {
            if !view.readable {
                sealed(&mut told);
            }
            let at = told.head.timestamp.map_or(0, |at| at.0);
            if let Body::Message(said) = &told.body {
                active.insert((said.from.clone(), (at - DAWN).div_euclid(DAY)));
            }
            for _ in 0..view.junk {
                judge.hear(&junk.line(Time(at)), &mut |_| {});
            }
            judge.hear(&told, &mut |found| {
                if let (Some(subject), Body::Finding(finding)) =
                    (found_from(&found, view.from), &found.body)
                {
                    tellings += 1;
                    incidents.insert(finding.id.clone());
                    raised.push((0, at, subject.to_owned()));
                }
            });
            for (number, baseline) in baselines.iter_mut().enumerate() {
                if let Some(subject) = baseline.hear(&told) {
                    raised.push((number + 1, at, subject));
                }
            }
        });
    run.days = active.len();
    (run.tellings, run.incidents) = (tellings, incidents.len());
    run.victims = outcome.victims.len();
    for (detector, at, subject) in raised {
        match (is_true(&outcome, &subject, at), run.alerts.get_mut(detector)) {
            (true, Some(first @ None)) => *first = Some(alerted(&outcome, at)),
            (false, _) => run.falsely += usize::from(detector == 0),
            _ => {}
        }
    }
    run
}

/// Whether whoever is accused had sent the lure, or the accusation names no account.
fn is_true(outcome: &Outcome, subject: &str, at: i64) -> bool {
    let infected = outcome.infected.iter().any(|(who, _)| name(*who) == subject);
    at >= OUTBREAK && (infected || !subject.starts_with('u'))
}

fn alerted(outcome: &Outcome, at: i64) -> Alert {
    let first = outcome.victims.values().min().copied().unwrap_or(at);
    let victims = outcome.victims.values().filter(|since| **since <= at).count();
    Alert { victims, after: at - first }
}
