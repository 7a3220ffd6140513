//! The bank: sequential tests of one account against several ways a worm behaves.
//!
//! Each test is Page's CUSUM over log-likelihood ratios: what a contact adds is how much likelier it
//! is under the hypothesis than under human behaviour, the sum never falls below zero and fades
//! with time. The tables were measured on human data sets and on worms of record; `docs/worms.md`
//! gives their origin. The parts of each sum are kept, so that a finding can say what it is made of.

use thin_vec::ThinVec;

use super::features::{Contact, FEATURES, Feature, Novelty};
use super::payload::Class;
use super::prior::{Customs, Prior, Usual};
use crate::Time;
use crate::judge::snug::room;

/// A way to behave.
#[derive(Debug)]
pub(super) struct Hypothesis {
    pub(super) name: &'static str,
    /// The score at which it is believed.
    pub(super) threshold: f32,
    /// Seconds in which a score halves.
    half_life: f32,
    /// Recent, dormant, unknown.
    novelty: [f32; 3],
    /// No, yes.
    reply: [f32; 2],
    /// How soon one contact follows another.
    pace: Pace,
    /// No, yes.
    same: [f32; 2],
    /// No, yes.
    inherited: [f32; 2],
    /// The content is another each time.
    poly: bool,
}

/// Tests in the bank.
pub(super) const TESTS: usize = 6;
/// The test of replies to those who write first.
pub(super) const CONV: usize = 4;
/// The test that needs no content; its verdict is a suspicion at most.
pub(super) const METADATA: usize = 5;

/// As fast as a program can, or as slowly as people do.
#[derive(Clone, Copy, Debug)]
enum Pace {
    Fast,
    Slow,
}

/// Gaps below 2 s, 15 s, 60 s, 600 s, more.
const FAST: [f32; 5] = [0.45, 0.40, 0.12, 0.02, 0.01];
const SLOW: [f32; 5] = [0.02, 0.03, 0.10, 0.35, 0.50];
const HOUR: f32 = 3_600.0;

/// The hypotheses.
pub(super) const BANK: [Hypothesis; TESTS] = [
    Hypothesis {
        name: "fast_same",
        threshold: 11.0,
        half_life: 6.0 * HOUR,
        novelty: [0.25, 0.60, 0.15],
        reply: [0.97, 0.03],
        pace: Pace::Fast,
        same: [0.05, 0.95],
        inherited: [0.50, 0.50],
        poly: false,
    },
    Hypothesis {
        name: "slow_same",
        threshold: 11.0,
        half_life: 24.0 * HOUR,
        novelty: [0.30, 0.55, 0.15],
        reply: [0.95, 0.05],
        pace: Pace::Slow,
        same: [0.10, 0.90],
        inherited: [0.50, 0.50],
        poly: false,
    },
    Hypothesis {
        name: "fast_poly",
        threshold: 14.0,
        half_life: 6.0 * HOUR,
        novelty: [0.25, 0.60, 0.15],
        reply: [0.97, 0.03],
        pace: Pace::Fast,
        same: [0.90, 0.10],
        inherited: [0.90, 0.10],
        poly: true,
    },
    Hypothesis {
        name: "slow_poly",
        threshold: 12.0,
        half_life: 24.0 * HOUR,
        novelty: [0.25, 0.60, 0.15],
        reply: [0.97, 0.03],
        pace: Pace::Slow,
        same: [0.90, 0.10],
        inherited: [0.90, 0.10],
        poly: true,
    },
    Hypothesis {
        name: "conv",
        threshold: 13.0,
        half_life: 24.0 * HOUR,
        novelty: [0.80, 0.10, 0.10],
        reply: [0.30, 0.70],
        pace: Pace::Slow,
        same: [0.10, 0.90],
        inherited: [0.50, 0.50],
        poly: false,
    },
    Hypothesis {
        name: "metadata",
        threshold: 30.0,
        half_life: 6.0 * HOUR,
        novelty: [0.25, 0.60, 0.15],
        reply: [0.97, 0.03],
        pace: Pace::Fast,
        same: [0.50, 0.50],
        inherited: [0.50, 0.50],
        poly: false,
    },
];

/// Human contacts.
const NOVELTY: [f32; 3] = [0.70, 0.09, 0.21];
const REPLY: [f32; 2] = [0.90, 0.10];
/// Plain, link, file: what a worm sends.
const PAYLOAD: [f32; 3] = [0.02, 0.58, 0.40];
/// No single feature says more than this.
const CLIP: f32 = 3.5;
/// Of a worm that changes its links none may lead where somebody was heard linking to, or all: no, yes.
const PLACE: [f32; 2] = [0.45, 0.55];
/// Places that are known say no more than this.
const OLD_PLACE: f32 = -0.3;
/// Words take away so much at most: whoever is infected goes on talking.
const WORDS: f32 = 0.7;
/// A payload repeated to the same recipient counts this much.
const AGAIN: f32 = 0.3;

/// The scores of one account, and what they are made of. Most tests of most accounts stand at zero,
/// and of those that do not few features have said anything: only what they said is kept.
#[derive(Clone, Debug)]
pub(super) struct Bank {
    /// When it was last brought up to date.
    at: Time,
    /// Features that said something in each test, a bit each; none where it stands at zero.
    said: [u32; TESTS],
    /// What they said, in the order of the tests and features.
    terms: ThinVec<f32>,
}

/// What all features said in all tests.
type Rows = [[f32; FEATURES]; TESTS];

impl Bank {
    /// One in which no test has begun.
    pub(super) fn new(at: Time) -> Self {
        Self { at, said: [0; TESTS], terms: ThinVec::new() }
    }

    /// The score of a test.
    pub(super) fn score(&self, test: usize) -> f32 {
        self.scores().nth(test).unwrap_or_default()
    }

    /// The scores of all tests.
    fn scores(&self) -> impl Iterator<Item = f32> {
        let mut rest = self.terms.as_slice();
        self.said.iter().map(move |said| {
            let (terms, later) =
                rest.split_at_checked(said.count_ones() as usize).unwrap_or((rest, &[]));
            rest = later;
            terms.iter().sum()
        })
    }

    /// What it is made of, the heaviest first.
    pub(super) fn parts(&self, test: usize) -> Vec<(Feature, f32)> {
        let terms = self.rows().get(test).copied().unwrap_or_default();
        let mut parts: Vec<_> =
            Feature::ALL.into_iter().zip(terms).filter(|(_, value)| value.abs() >= 0.005).collect();
        parts.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()));
        parts
    }

    /// How far the account is on its way to an alert: the largest part of a threshold reached.
    pub(super) fn progress(&self) -> f32 {
        let parts = BANK.iter().zip(self.scores()).map(|(test, score)| score / test.threshold);
        parts.fold(0.0, f32::max)
    }

    /// Nothing of it is left.
    pub(super) fn is_spent(&self) -> bool {
        self.scores().all(|score| score < 0.05)
    }

    /// Lets time pass.
    pub(super) fn fade(&mut self, at: Time) {
        let seconds = at.since(self.at).max(0) as f32 / 1e9;
        self.at = at;
        let mut terms = self.terms.iter_mut();
        for (hypothesis, said) in BANK.iter().zip(self.said).filter(|(_, said)| *said != 0) {
            let kept = (-seconds / hypothesis.half_life).exp2();
            terms.by_ref().take(said.count_ones() as usize).for_each(|term| *term *= kept);
        }
    }

    /// Weighs a contact.
    pub(super) fn hear(&mut self, contact: &Contact, prior: &Prior, customs: &Customs) {
        // Without content only the last test runs, and it runs on nothing else.
        let blind = contact.class == Class::Unknown && contact.same.is_none();
        let plain = contact.class == Class::Plain;
        // Words alone never begin a test.
        if plain && self.terms.is_empty() {
            return;
        }
        let usual = Ratios::new(contact, prior, customs);
        let mut rows = self.rows();
        let mut changed = false;
        for (test, (hypothesis, row)) in BANK.iter().zip(&mut rows).enumerate() {
            let stands = self.said.get(test).is_some_and(|said| *said != 0);
            if blind != (test == METADATA) || plain && !stands {
                continue;
            }
            let mut parts = hypothesis.weigh(test, contact, &usual);
            for (part, extra) in parts.iter_mut().zip(contact.extra) {
                *part += extra;
            }
            let sum: f32 = parts.iter().sum();
            // Words alone may speak for an account, never against it: people do greet everybody.
            let factor = match sum > 0.0 {
                true if plain => continue,
                false if plain || !contact.begins => (WORDS / -sum).min(1.0),
                true if contact.again => AGAIN,
                _ => 1.0,
            };
            changed = true;
            for (term, part) in row.iter_mut().zip(parts) {
                *term += part * factor;
            }
            floor(row);
            // What a worm sends first is nothing it sent before, and follows upon whatever its owner
            // did: neither says anything.
            if !plain && !contact.again {
                for feature in [Feature::Gap, Feature::Same] {
                    if let Some(part) = parts.get_mut(feature as usize)
                        && (feature == Feature::Gap || *part < 0.0)
                    {
                        *part = 0.0;
                    }
                }
                if parts.iter().sum::<f32>() > row.iter().sum::<f32>() {
                    *row = parts;
                }
            }
        }
        if changed {
            self.keep(&rows);
        }
    }

    /// Adds late evidence to every score that stands.
    pub(super) fn add(&mut self, feature: Feature, weight: f32) {
        let mut rows = self.rows();
        for row in rows.iter_mut().filter(|row| row.iter().any(|term| *term != 0.0)) {
            if let Some(term) = row.get_mut(feature as usize) {
                *term += weight;
            }
            floor(row);
        }
        self.keep(&rows);
    }

    fn rows(&self) -> Rows {
        let mut rows = Rows::default();
        let mut terms = self.terms.iter();
        for (row, said) in rows.iter_mut().zip(self.said).filter(|(_, said)| *said != 0) {
            for feature in bits(said) {
                if let (Some(row), Some(term)) = (row.get_mut(feature), terms.next()) {
                    *row = *term;
                }
            }
        }
        rows
    }

    fn keep(&mut self, rows: &Rows) {
        for (said, row) in self.said.iter_mut().zip(rows) {
            let spoke = |(feature, term): (usize, &f32)| u32::from(*term != 0.0) << feature;
            *said = row.iter().enumerate().map(spoke).sum();
        }
        self.terms.clear();
        room(&mut self.terms, self.said.iter().map(|said| said.count_ones() as usize).sum());
        for (said, row) in self.said.iter().zip(rows) {
            self.terms.extend(bits(*said).filter_map(|feature| row.get(feature)).copied());
        }
    }
}

/// The numbers of the bits that are set.
fn bits(mut set: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = set.trailing_zeros();
        (set != 0).then(|| {
            set &= set - 1;
            bit as usize
        })
    })
}

/// A score never falls below zero: there it begins anew.
fn floor(row: &mut [f32; FEATURES]) {
    let stands = row.iter().sum::<f32>() > 0.0;
    if !stands {
        *row = [0.0; FEATURES];
    }
}

/// What several tests ask of one contact.
#[derive(Clone, Copy, Debug)]
struct Ratios {
    same: [f32; 2],
    inherited: [f32; 2],
    unheard: [f32; 2],
    /// Of the gap, for programs and for people.
    fast: Option<f32>,
    slow: Option<f32>,
    /// Of what is sent, to begin with and at any time.
    begins: Option<f32>,
    any: Option<f32>,
}

impl Ratios {
    fn new(contact: &Contact, prior: &Prior, customs: &Customs) -> Self {
        let gaps = contact.gap.map(|(first, last)| {
            let usual = prior.gap();
            [&FAST, &SLOW].map(|under| ratio(under, &usual, first, last))
        });
        let bin = match contact.class {
            Class::Unknown => None,
            Class::Plain => Some(0),
            Class::Link => Some(1),
            Class::File => Some(2),
        };
        let sends =
            |usual: &Usual| bin.map(|bin| ratio(&PAYLOAD, &usual.payload(customs), bin, bin));
        let (fast, slow) = gaps.map(|[fast, slow]| (fast, slow)).unzip();
        let (begins, any) = (sends(&prior.begins), sends(&prior.any));
        let (same, inherited) = (prior.same(customs), customs.inherited());
        let unheard = customs.unheard();
        Self { same, inherited, unheard, fast, slow, begins, any }
    }
}

impl Hypothesis {
    /// The log-likelihood ratio of each feature.
    fn weigh(&self, test: usize, contact: &Contact, usual: &Ratios) -> [f32; FEATURES] {
        let mut parts = [0.0; FEATURES];
        let mut put = |feature: Feature, weight: f32| {
            if let Some(part) = parts.get_mut(feature as usize) {
                *part = weight;
            }
        };
        if let Some(novelty) = contact.novelty {
            let bin = match novelty {
                Novelty::Recent => 0,
                Novelty::Dormant => 1,
                Novelty::Unknown => 2,
            };
            put(Feature::Novelty, contact.trust * ratio(&self.novelty, &NOVELTY, bin, bin));
        }
        if let Some(reply) = contact.reply {
            let bin = usize::from(reply);
            put(Feature::Reply, ratio(&self.reply, &REPLY, bin, bin));
        }
        let gap = match self.pace {
            Pace::Fast => usual.fast,
            Pace::Slow => usual.slow,
        };
        gap.into_iter().for_each(|gap| put(Feature::Gap, gap));
        // Within a conversation only links and files are contacts: that there is one says nothing,
        // unless the test is about conversations.
        let payload = match (test == CONV, contact.begins) {
            (true, _) => usual.any,
            (false, true) => usual.begins,
            (false, false) => None,
        };
        payload.into_iter().for_each(|payload| put(Feature::Payload, payload));
        if let Some((again, weight)) = contact.same {
            let bin = usize::from(again);
            put(Feature::Same, weight * ratio(&self.same, &usual.same, bin, bin));
        }
        if let Some(unheard) = contact.unheard.filter(|_| self.poly) {
            let bin = usize::from(unheard);
            let place = ratio(&PLACE, &usual.unheard, bin, bin).max(OLD_PLACE);
            put(Feature::Place, contact.trust * place);
        }
        // Where a content came from is asked once, not each time it is sent.
        let again = contact.same.is_some_and(|(again, _)| again);
        if let Some((inherited, weight)) = contact.inherited.filter(|_| !again) {
            let bin = usize::from(inherited);
            put(Feature::Inherited, weight * ratio(&self.inherited, &usual.inherited, bin, bin));
        }
        parts
    }
}

/// The clipped log of how much likelier the bins are under the first table.
fn ratio(under: &[f32], human: &[f32], first: usize, last: usize) -> f32 {
    let sum = |table: &[f32]| table.get(first..=last).map_or(1.0, |bins| bins.iter().sum::<f32>());
    (sum(under) / sum(human)).ln().clamp(-CLIP, CLIP)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worm() -> Contact {
        Contact {
            novelty: Some(Novelty::Dormant),
            trust: 1.0,
            reply: Some(false),
            gap: Some((0, 0)),
            class: Class::Link,
            same: Some((true, 1.0)),
            inherited: Some((false, 1.0)),
            begins: true,
            ..Contact::default()
        }
    }

    fn scores(contacts: &[Contact]) -> Bank {
        let mut bank = Bank::new(Time::default());
        contacts
            .iter()
            .for_each(|contact| bank.hear(contact, &Prior::default(), &Customs::default()));
        bank
    }

    #[test]
    fn the_same_link_to_dormant_contacts_in_a_row_is_believed_at_once() {
        let first = Contact { same: Some((false, 1.0)), gap: Some((4, 4)), ..worm() };
        let bank = scores(&[first, worm(), worm()]);
        assert!(bank.score(0) > BANK[0].threshold, "{}", bank.score(0));
        let parts: f32 = bank.parts(0).iter().map(|(_, value)| value).sum();
        assert!((parts - bank.score(0)).abs() < 0.01 * bank.score(0));
    }

    #[test]
    fn words_alone_never_raise_a_score() {
        let greeting = Contact { class: Class::Plain, ..worm() };
        assert!(scores(&[greeting; 50]).is_spent());
        let bank = scores(&[worm(), worm()]);
        let mut after = bank.clone();
        after.hear(&greeting, &Prior::default(), &Customs::default());
        assert!(after.score(0) <= bank.score(0));
    }

    #[test]
    fn what_cannot_be_seen_adds_nothing() {
        let blind = Contact {
            novelty: None,
            reply: None,
            gap: None,
            same: None,
            inherited: None,
            ..worm()
        };
        let bank = scores(&[blind]);
        assert_eq!(bank.parts(0).len(), 1, "{:?}", bank.parts(0));
        let unseen = Contact { class: Class::Unknown, ..blind };
        assert!(scores(&[unseen; 100]).is_spent());
    }

    #[test]
    fn only_the_blind_test_runs_without_content_and_it_needs_many_contacts() {
        let blind = Contact { class: Class::Unknown, same: None, inherited: None, ..worm() };
        let bank = scores(&[blind; 12]);
        assert!(bank.score(METADATA) > BANK[METADATA].threshold);
        assert!(bank.score(0).abs() < f32::EPSILON);
        assert!(scores(&[blind; 4]).score(METADATA) < BANK[METADATA].threshold);
    }

    #[test]
    fn time_fades_and_habit_excuses() {
        let mut bank = scores(&[worm(), worm()]);
        let before = bank.score(0);
        bank.fade(Time::from_secs(6 * 3_600));
        assert!((bank.score(0) - before / 2.0).abs() < 0.01);
        let mut prior = Prior::default();
        (0..300).for_each(|_| prior.learn(Class::Link, true, true));
        let mut announcer = Bank::new(Time::default());
        let usual = Contact { novelty: Some(Novelty::Recent), gap: Some((4, 4)), ..worm() };
        (0..50).for_each(|_| announcer.hear(&usual, &prior, &Customs::default()));
        assert!(announcer.progress() < 0.5, "{}", announcer.progress());
    }
}
