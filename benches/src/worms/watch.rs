//! What the judge finds in a run, and when.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use overhear_analysis::told::{Body, Category, Severity};
use overhear_analysis::{Judge, Time, Told};
use overhear_dissectors::event::Protection;

use super::baseline::Baseline;
use super::capacity::Junk;
use super::graph::Graph;
use super::harmless::Scene;
use super::preset::Preset;
use super::sim::{DAWN, DAY, OUTBREAK, Outcome, Sim, number};

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
    /// Accounts that sent the lure.
    pub infected: usize,
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
    /// Share of the accounts that are heard, and whatever is said to them.
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

    /// Whether an account is one of those that are heard.
    pub fn hears(&self, who: u32) -> bool {
        let place = f64::from(who.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24);
        place < self.accounts
    }
}

/// A judge, and what of a world reaches it.
#[derive(Clone, Debug)]
struct Listener {
    view: View,
    losses: Rng,
    judge: Judge,
}

impl Listener {
    fn new(view: View, seed: u64) -> Self {
        // What gets lost does not change what happens: every view is one of the same world.
        Self { view, losses: Rng::with_seed(!seed), judge: Judge::new() }
    }

    /// Whether a line reaches the judge: it goes to and from the places of both.
    fn reached_by(&mut self, told: &Told) -> bool {
        let lost = self.losses.f64() < self.view.loss;
        let (one, other) = match &told.body {
            Body::Message(said) => (&said.from, said.to.first()),
            Body::File(file) => (&file.from, file.to.first()),
            Body::Roster(said) => (&said.account, None),
            Body::Presence(said) => (&said.account, None),
            Body::Room(said) => (&said.account, None),
            _ => return !lost,
        };
        !lost && [Some(one), other].into_iter().flatten().any(|who| self.view.hears(number(who)))
    }

    /// Hears a line; whether it was reached by it.
    fn hear(&mut self, told: &Told, found: &mut dyn FnMut(&Told)) -> bool {
        let reached = self.reached_by(told);
        if reached && self.view.readable {
            self.judge.hear(told, &mut |line| found(&line));
        } else if reached {
            self.judge.hear(&sealed(told), &mut |line| found(&line));
        }
        reached
    }
}

/// A line without what nobody can read who does not have the key.
pub fn sealed(told: &Told) -> Told {
    let mut told = told.clone();
    if let Body::Message(said) = &mut told.body {
        (said.text, said.protection) = (None, Protection::Omemo);
        said.content_key.clear();
        said.visible = overhear_analysis::told::Visible::default();
    }
    told
}

/// A world up to the day on which a worm comes, and those who listened to it.
pub struct Past<'a> {
    sim: Sim<'a>,
    seed: u64,
    listeners: Vec<Listener>,
}

/// What came of a worm, up to the first alert at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First {
    /// Which world it was.
    pub seed: u64,
    /// It was an outbreak, of which those who listen could have noticed something.
    pub counts: bool,
    /// Victims whose lure those who listen heard, by then.
    pub heard: usize,
    /// Victims in all when the third of those was heard of.
    pub third: Option<usize>,
    /// The first true alert.
    pub alert: Option<Alert>,
}

/// Victims from which it is an outbreak.
pub const MANY: usize = 6;
/// Victims that are heard of before a detector that asks for several can say anything.
const THIRD: usize = 3;
/// Contacts of one account from which one may notice it where nothing can be read.
pub const CONTACTS: usize = 12;

impl View {
    fn counts(&self, outcome: &Outcome) -> bool {
        let wide = |(who, reach): (&u32, &usize)| *reach >= CONTACTS && self.hears(*who);
        outcome.victims.len() >= MANY && (self.readable || outcome.reach.iter().any(wide))
    }
}

impl<'a> Past<'a> {
    /// Lets people talk for eight days.
    pub fn new(graph: &'a Graph, seed: u64, views: &[View]) -> Self {
        let mut sim = Sim::new(graph, seed);
        let mut listeners: Vec<_> = views.iter().map(|view| Listener::new(*view, seed)).collect();
        sim.live(&mut |told| {
            for listener in &mut listeners {
                listener.hear(&told, &mut |_| {});
            }
        });
        Self { sim, seed, listeners }
    }

    /// Lets a worm loose among them, and one of those who listen wait for it.
    pub fn first(&self, preset: Preset, view: usize) -> Option<First> {
        let mut listener = self.listeners.get(view)?.clone();
        let mut sim = self.sim.clone();
        sim.loose(preset);
        let (view, mut alert, mut lines) = (listener.view, None, Vec::new());
        let (mut heard, mut third) = (0, None);
        loop {
            let victims = sim.outcome().victims.len();
            let counts = view.counts(sim.outcome());
            let known = alert.is_some() && counts;
            if known || !sim.goes_on(&mut |told| lines.push(told)) {
                return Some(First { seed: self.seed, counts, heard, third, alert });
            }
            let outcome = sim.outcome();
            for told in lines.drain(..) {
                if alert.is_some() {
                    continue;
                }
                let at = told.head.timestamp.map_or(0, |at| at.0);
                let reached = listener.hear(&told, &mut |found| {
                    if found_from(found, view.from).is_some_and(|who| is_true(outcome, who, at)) {
                        alert.get_or_insert_with(|| alerted(outcome, at));
                    }
                });
                heard += usize::from(reached && outcome.victims.len() > victims);
                if heard == THIRD {
                    third.get_or_insert(outcome.victims.len());
                }
            }
        }
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
    Sim::new(graph, seed).run(Some(preset), &mut |told| {
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

/// Lets something harmless happen among people: what alerts there are, how bad, and why.
pub fn harmless(graph: &Graph, scene: Scene, seed: u64) -> Vec<(Category, Severity, String)> {
    let mut known = Sim::new(graph, seed);
    let mut sim = known.clone();
    known.live(&mut |_| {});
    let lines = scene.lines(graph, seed, &|who| known.is_here(who));
    let (mut judge, mut found) = (Judge::new(), BTreeMap::new());
    let mut hear = |told: &Told| {
        judge.hear(told, &mut |told| {
            let Body::Finding(finding) = told.body else { return };
            if BEHAVIOUR.contains(&finding.category) && finding.severity >= ALERT {
                found.insert(finding.id, (finding.category, finding.severity, finding.explanation));
            }
        });
    };
    let (mut lines, mut told) = (lines.into_iter().peekable(), Vec::new());
    while sim.goes_on(&mut |line| told.push(line)) {
        for line in told.drain(..) {
            while let Some(one) = lines.next_if(|one| one.head.timestamp <= line.head.timestamp) {
                if can_be(&sim, &one) {
                    hear(&one);
                }
            }
            hear(&line);
        }
    }
    found.into_values().collect()
}

/// Whether people who write to each other are there.
fn can_be(sim: &Sim<'_>, told: &Told) -> bool {
    let Body::Message(said) = &told.body else { return true };
    let mut ends = said.to.iter().chain([&said.from]);
    let between_people = said.room.is_none() && ends.clone().all(|name| name.starts_with('u'));
    !between_people || ends.all(|name| sim.is_here(number(name)))
}

/// Lets a worm loose among people, and listens.
pub fn run(
    graph: &Graph,
    preset: Option<Preset>,
    seed: u64,
    view: View,
    baselines: &mut [Baseline],
) -> Run {
    let (mut listener, mut junk) = (Listener::new(view, seed), Junk::default());
    let mut run = Run { seed, alerts: vec![None; baselines.len() + 1], ..Run::default() };
    let (mut raised, mut active) = (Vec::new(), BTreeSet::new());
    let (mut tellings, mut incidents) = (0, BTreeSet::new());
    let outcome = Sim::new(graph, seed).run(preset, &mut |told| {
        let at = told.head.timestamp.map_or(0, |at| at.0);
        for _ in 0..view.junk {
            listener.judge.hear(&junk.line(Time(at)), &mut |_| {});
        }
        let heard = listener.hear(&told, &mut |found| {
            if let (Some(subject), Body::Finding(finding)) =
                (found_from(found, view.from), &found.body)
            {
                tellings += 1;
                incidents.insert(finding.id.clone());
                raised.push((0, at, subject.to_owned()));
            }
        });
        if let (Body::Message(said), true) = (&told.body, heard) {
            active.insert((number(&said.from), (at - DAWN).div_euclid(DAY)));
        }
        for (number, baseline) in baselines.iter_mut().enumerate() {
            if let Some(subject) = baseline.hear(&told) {
                raised.push((number + 1, at, subject.into()));
            }
        }
    });
    run.days = active.len();
    (run.tellings, run.incidents) = (tellings, incidents.len());
    (run.victims, run.infected) = (outcome.victims.len(), outcome.reach.len());
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
    let since = outcome.infected.get(&number(subject));
    at >= OUTBREAK && (since.is_some_and(|since| *since <= at) || !subject.starts_with('u'))
}

fn alerted(outcome: &Outcome, at: i64) -> Alert {
    let first = outcome.victims.values().min().copied().unwrap_or(at);
    let victims = outcome.victims.values().filter(|since| **since <= at).count();
    Alert { victims, after: at - first }
}
