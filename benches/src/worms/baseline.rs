//! The classical detectors, as far as they can be asked the same question.
//!
//! Each gives every account a score at every message and accuses from a threshold on. To compare
//! at the same rate of false alarms, the threshold is the lowest that accuses nobody in worlds
//! without a worm ([`Baseline::learn`]).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use overhear_analysis::Told;
use overhear_analysis::told::Body;
use overhear_dissectors::Name;

use super::sim::number;
use super::stream::SECOND;
use super::trees::lured;

/// How a detector scores.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Recipients within a span of time.
    Recipients(i64),
    /// Williamson's throttle: recipients outside a working set of five wait in a queue that one
    /// leaves each second; its length.
    WorkingSet,
    /// A cumulative sum over messages a minute, of everybody together.
    Aggregate,
    /// `EarlyBird`: senders times recipients of one content.
    Prevalence,
    /// Threshold random walk: a conversation somebody begins fails when nobody answers it.
    Walk,
    /// `HoneyIM`: so many of a hundred on everybody's list are decoys, to whom only worms write.
    Decoys(u32),
}

/// One detector.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// What it is called.
    pub name: &'static str,
    way: Way,
    threshold: f64,
    accounts: BTreeMap<Name, State>,
    contents: BTreeMap<String, (BTreeSet<Name>, BTreeSet<Name>)>,
    sum: f64,
    minute: (i64, f64, f64),
}

#[derive(Clone, Debug, Default)]
struct State {
    sent: VecDeque<(i64, Name)>,
    set: VecDeque<Name>,
    queue: f64,
    last: i64,
    /// Conversations begun that nobody has answered yet, and how those before ended.
    open: VecDeque<(i64, Name)>,
    walk: f64,
}

/// How long an answer is waited for.
const ANSWER: i64 = 600 * SECOND;
/// ln(.8 / .2): what a conversation that fails says, and one that is answered takes away.
const STEP: f64 = 1.386;

/// All of them, without a threshold.
pub fn all() -> Vec<Baseline> {
    let new = |name, way| Baseline {
        name,
        way,
        threshold: f64::INFINITY,
        accounts: BTreeMap::new(),
        contents: BTreeMap::new(),
        sum: 0.0,
        minute: (0, 0.0, 1.0),
    };
    vec![
        new("count, 60 s", Way::Recipients(60 * SECOND)),
        new("count, 1 h", Way::Recipients(3_600 * SECOND)),
        new("count, 24 h", Way::Recipients(86_400 * SECOND)),
        new("working set", Way::WorkingSet),
        new("CUSUM of all", Way::Aggregate),
        new("EarlyBird", Way::Prevalence),
        new("TRW", Way::Walk),
        new("2 % decoys", Way::Decoys(2)),
        new("10 % decoys", Way::Decoys(10)),
    ]
}

impl Baseline {
    /// One that has heard nothing, with the same threshold.
    #[must_use]
    pub fn anew(&self) -> Self {
        Self {
            accounts: BTreeMap::new(),
            contents: BTreeMap::new(),
            sum: 0.0,
            minute: (0, 0.0, 1.0),
            ..self.clone()
        }
    }

    /// Hears a world without a worm: the threshold rises above every score in it.
    pub fn learn(&mut self, told: &Told, threshold: &mut f64) {
        if let Some((_, score)) = self.score(told) {
            *threshold = threshold.max(score * 1.001 + 0.001);
        }
    }

    /// Accuses from this score on.
    pub fn set(&mut self, threshold: f64) {
        self.threshold = threshold;
    }

    /// Hears a line; whom it accuses.
    pub fn hear(&mut self, told: &Told) -> Option<Name> {
        let threshold = self.threshold;
        self.score(told).filter(|(_, score)| *score >= threshold).map(|(who, _)| who)
    }

    fn score(&mut self, told: &Told) -> Option<(Name, f64)> {
        let at = told.head.timestamp?.0;
        let (from, to, content) = match &told.body {
            Body::Message(said) => (&said.from, said.to.first()?, said.text.clone()?),
            Body::File(file) => (&file.from, file.to.first()?, format!("{:?}", file.size)),
            _ => return None,
        };
        let score = match self.way {
            Way::Recipients(span) => {
                let state = self.accounts.entry(from.clone()).or_default();
                state.sent.retain(|(then, whom)| at - then <= span && whom != to);
                state.sent.push_back((at, to.clone()));
                state.sent.len() as f64
            }
            Way::WorkingSet => {
                let state = self.accounts.entry(from.clone()).or_default();
                let passed = (at - state.last) as f64 / SECOND as f64;
                state.queue = (state.queue - passed).max(0.0);
                state.last = at;
                let known = state.set.contains(to);
                state.set.retain(|one| one != to);
                state.set.push_back(to.clone());
                if state.set.len() > 5 {
                    state.set.pop_front();
                }
                state.queue += f64::from(u8::from(!known));
                state.queue
            }
            Way::Aggregate => {
                let minute = at.div_euclid(60 * SECOND);
                let (now, count, usual) = &mut self.minute;
                if minute != *now {
                    self.sum = (self.sum + *count - *usual * 1.5).max(0.0);
                    *usual += (*count - *usual) * 0.01;
                    (*now, *count) = (minute, 0.0);
                }
                *count += 1.0;
                self.sum
            }
            Way::Walk => {
                // What comes back answers what was begun.
                if let Some(other) = self.accounts.get_mut(to)
                    && let Some(begun) = other.open.iter().position(|(_, whom)| whom == from)
                {
                    other.open.remove(begun);
                    other.walk = (other.walk - STEP).max(0.0);
                }
                let state = self.accounts.entry(from.clone()).or_default();
                let begun = state.open.len();
                state.open.retain(|(then, _)| at - then <= ANSWER);
                state.walk += (begun - state.open.len()) as f64 * STEP;
                state.sent.retain(|(then, _)| at - then <= 3_600 * SECOND);
                if !state.sent.iter().any(|(_, whom)| whom == to) {
                    state.open.push_back((at, to.clone()));
                }
                state.sent.push_back((at, to.clone()));
                state.walk
            }
            Way::Decoys(share) => {
                let drawn = number(to).wrapping_mul(0x9e37_79b1) >> 16;
                f64::from(u8::from(lured(&told.body).is_some() && drawn % 100 < share))
            }
            Way::Prevalence => {
                let (senders, targets) = self.contents.entry(content).or_default();
                senders.insert(from.clone());
                targets.insert(to.clone());
                (senders.len().min(targets.len()) as f64) + targets.len() as f64 / 100.0
            }
        };
        Some((from.clone(), score))
    }
}
