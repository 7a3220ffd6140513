//! Whether the tree of infections that is told is the one that grew, and whether what a score is made of
//! adds up to it.

use std::collections::BTreeMap;

use overhear_analysis::Judge;
use overhear_analysis::told::{Body, Category, Finding, Severity};

use super::graph::Graph;
use super::preset::Preset;
use super::sim::{Sim, number};

/// What is true of what was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trees {
    /// Accounts that were infected by somebody, and sent the lure on to two or more.
    pub infections: u64,
    /// Those of them that got it from one sender alone before they sent it.
    pub plain: u64,
    /// Those whose infection was told of.
    pub told: u64,
    /// Accounts told of that were not infected.
    pub wrongly: u64,
    /// Those of whom a parent was told who had brought the lure.
    pub brought: u64,
    /// Those of whom the right parent was told, and of those that got it from one sender.
    pub right: (u64, u64),
    /// Findings with a score, and those whose terms come to it within a hundredth.
    pub scores: (u64, u64),
    /// Incidents, and tellings of them.
    pub incidents: u64,
    /// Tellings of what is worth an alert.
    pub tellings: u64,
}

impl Trees {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: Self) {
        self.infections += other.infections;
        self.plain += other.plain;
        self.told += other.told;
        self.wrongly += other.wrongly;
        self.brought += other.brought;
        self.right = (self.right.0 + other.right.0, self.right.1 + other.right.1);
        self.scores = (self.scores.0 + other.scores.0, self.scores.1 + other.scores.1);
        self.incidents += other.incidents;
        self.tellings += other.tellings;
    }
}

/// Lets a worm loose among people, hears all of it, and holds what was told against what happened.
pub fn trees(graph: &Graph, preset: Preset, seed: u64) -> Trees {
    let (mut judge, mut last, mut tellings) = (Judge::new(), BTreeMap::new(), 0);
    let mut hear = |body: Body| {
        let Body::Finding(finding) = body else { return };
        let spreads = [Category::WormFanout, Category::FilePropagation];
        if spreads.contains(&finding.category) || finding.category == Category::JoinTriggeredSend {
            tellings += u64::from(finding.severity >= Severity::Medium);
            last.insert(finding.id.clone(), finding);
        }
    };
    // Of whom each got the lure, until they sent it themselves.
    let mut senders: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let mut sim = Sim::new(graph, seed);
    let mut lines = Vec::new();
    sim.live(&mut |told| judge.hear(&told, &mut |found| hear(found.body)));
    sim.loose(preset);
    while sim.goes_on(&mut |told| lines.push(told)) {
        for told in lines.drain(..) {
            if let Some((from, to)) = lured(&told.body) {
                let known = senders.entry(number(to)).or_default();
                if !known.contains(&number(from)) && !sim.outcome().reach.contains_key(&number(to))
                {
                    known.push(number(from));
                }
            }
            judge.hear(&told, &mut |found| hear(found.body));
        }
    }
    judge.finish(None, None, &mut |found| hear(found.body));
    let mut trees = Trees { tellings, ..held(&last) };
    let outcome = sim.outcome();
    let parents: BTreeMap<u32, Option<u32>> = last
        .values()
        .map(|found| (number(&found.subject), found.parent.as_deref().map(number)))
        .collect();
    let innocent = |who: &&u32| !outcome.infected.contains_key(who);
    trees.wrongly = parents.keys().filter(innocent).count() as u64;
    for (who, by) in &outcome.parents {
        if outcome.reach.get(who).is_none_or(|reach| *reach < 2) {
            continue;
        }
        let brought = senders.get(who).map_or(&[][..], Vec::as_slice);
        let plain = u64::from(brought.len() == 1);
        let parent = parents.get(who).copied().flatten();
        let right = parent == Some(*by);
        trees.infections += 1;
        trees.plain += plain;
        trees.told += u64::from(parents.contains_key(who));
        trees.brought += u64::from(parent.is_some_and(|parent| brought.contains(&parent)));
        trees.right.0 += u64::from(right);
        trees.right.1 += u64::from(right) * plain;
    }
    trees
}

/// Who sends the lure to whom: it is what has a link to one of its places, perhaps beside one of people's,
/// or a file.
pub(super) fn lured(body: &Body) -> Option<(&str, &str)> {
    match body {
        Body::Message(said) => {
            let text = said.text.as_deref()?;
            let lure = text.split("http://").skip(1).any(|link| !link.starts_with("site"));
            lure.then(|| said.to.first()).flatten().map(|to| (said.from.as_str(), to.as_str()))
        }
        Body::File(file) => file.to.first().map(|to| (file.from.as_str(), to.as_str())),
        _ => None,
    }
}

/// Scores held against their terms, and incidents.
fn held(last: &BTreeMap<overhear_dissectors::Name, Finding>) -> Trees {
    let mut trees = Trees::default();
    for found in last.values() {
        trees.incidents += u64::from(found.severity >= Severity::Medium);
        let Some(score) = found.score else { continue };
        let sum: f64 = found.terms.iter().map(|term| term.value).sum();
        trees.scores.0 += 1;
        trees.scores.1 += u64::from((sum - score).abs() <= score.abs() / 100.0);
    }
    trees
}
