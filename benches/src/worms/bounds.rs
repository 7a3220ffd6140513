//! What many worlds together say of one goal.
//!
//! A tally is a line of numbers, so that worlds can be played in parts, and the parts added.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use overhear_analysis::told::Severity;

use super::preset::{PRESETS, Preset};
use super::stream::SECOND;
use super::watch::{First, View};

/// What is heard of a world, as the goals tell it apart.
pub const VIEWS: [(&str, View); 4] = [
    ("whole", View::WHOLE),
    ("half", View { loss: 0.1, accounts: 0.5, ..View::WHOLE }),
    ("sampled", View { loss: 0.5, ..View::WHOLE }),
    ("sealed", View { readable: false, from: Severity::Low, ..View::WHOLE }),
];

/// A class, as it is heard in one view, and what is aimed at.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The class.
    pub preset: Preset,
    /// Which of [`VIEWS`].
    pub view: usize,
    /// Share that is to be seen.
    pub seen: f64,
    /// Victims at the first alert: median and 95th percentile.
    pub victims: (Option<u64>, Option<u64>),
}

impl Row {
    /// `W1 whole`.
    pub fn name(&self) -> String {
        let view = VIEWS.get(self.view).map_or("", |(name, _)| name);
        format!("{} {view}", self.preset.name)
    }
}

/// Every goal that is a share of worlds.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (view, classes, seen) in [
        (0, "", None),
        (1, "W1 W2 W3 W4 W5", Some(0.97)),
        (2, "W1 W5", Some(0.95)),
        (3, "W1 W3", Some(0.80)),
    ] {
        let has = |preset: &&Preset| {
            classes.is_empty() || classes.split(' ').any(|name| name == preset.name)
        };
        for preset in PRESETS.iter().filter(has) {
            let (whole, median, p95) = preset.goal;
            let victims = match view {
                0 => (Some(median.into()), Some(p95.into())),
                2 => (Some(8), None),
                // Three times as many as when all is heard is for whoever knows that.
                _ => (None, None),
            };
            rows.push(Row { preset: *preset, view, seen: seen.unwrap_or(whole), victims });
        }
    }
    rows
}

/// Outbreaks, and when they were seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Worlds that were played.
    pub worlds: u64,
    /// Those of them in which there was an outbreak.
    pub kept: u64,
    /// By victims at the first alert.
    victims: BTreeMap<u64, u64>,
    /// By victims when the third of them was heard of.
    thirds: BTreeMap<u64, u64>,
    /// By seconds, or whole minutes after the second one, since the first victim.
    seconds: BTreeMap<u64, u64>,
    /// Worlds in which the outbreak was missed, with the victims that were heard of.
    missed: Vec<(u64, u64)>,
}

impl Tally {
    /// Counts a world.
    pub fn add(&mut self, first: &First) {
        self.worlds += 1;
        if !first.counts {
            return;
        }
        self.kept += 1;
        if let Some(third) = first.third {
            *self.thirds.entry(third as u64).or_default() += 1;
        }
        let Some(alert) = first.alert else {
            return self.missed.push((first.seed, first.heard as u64));
        };
        *self.victims.entry(alert.victims as u64).or_default() += 1;
        let seconds = u64::try_from(alert.after / SECOND).unwrap_or_default() + 1;
        let seconds = if seconds > 120 { seconds.div_ceil(60) * 60 } else { seconds };
        *self.seconds.entry(seconds).or_default() += 1;
    }

    /// Adds what was counted elsewhere.
    pub fn merge(&mut self, other: &Self) {
        self.worlds += other.worlds;
        self.kept += other.kept;
        for (mine, theirs) in [
            (&mut self.victims, &other.victims),
            (&mut self.thirds, &other.thirds),
            (&mut self.seconds, &other.seconds),
        ] {
            theirs.iter().for_each(|(at, count)| *mine.entry(*at).or_default() += count);
        }
        self.missed.extend(&other.missed);
    }

    /// Share of outbreaks that were seen.
    pub fn seen(&self) -> f64 {
        1.0 - self.missed.len() as f64 / self.kept.max(1) as f64
    }

    /// Share that is seen at least: the lower end of Wilson's interval, one-sided at 95 %.
    pub fn at_least(&self) -> f64 {
        wilson(self.seen(), self.kept)
    }

    /// Outbreaks that were missed, of which fewer than three victims were heard of.
    pub fn unheard(&self) -> usize {
        self.missed.iter().filter(|(_, heard)| *heard < 3).count()
    }

    /// Victims at the first alert, where there was one, below which this share lies.
    pub fn victims(&self, share: f64) -> u64 {
        quantile(&self.victims, share)
    }

    /// Victims when the third of them was heard of, where it was: nobody who asks for three is
    /// earlier.
    pub fn thirds(&self, share: f64) -> u64 {
        quantile(&self.thirds, share)
    }

    /// Seconds to the first alert.
    pub fn seconds(&self, share: f64) -> u64 {
        quantile(&self.seconds, share)
    }

    /// Reads what [`Display`] wrote.
    pub fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let mut next = |name| words.next().filter(|word| *word == name).and_then(|_| words.next());
        let pairs = |list: &str| {
            let pairs = list.split(',').filter_map(|pair| pair.split_once(':'));
            let read = |(at, count): (&str, &str)| {
                Some((at.parse::<u64>().ok()?, count.parse::<u64>().ok()?))
            };
            pairs.map(read).collect::<Option<Vec<_>>>()
        };
        Some(Self {
            worlds: next("worlds")?.parse().ok()?,
            kept: next("kept")?.parse().ok()?,
            victims: pairs(next("victims")?)?.into_iter().collect(),
            thirds: pairs(next("thirds")?)?.into_iter().collect(),
            seconds: pairs(next("seconds")?)?.into_iter().collect(),
            missed: pairs(next("missed")?)?,
        })
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let pairs = |pairs: &mut dyn Iterator<Item = (u64, u64)>| {
            let pairs: Vec<_> = pairs.map(|(at, count)| format!("{at}:{count}")).collect();
            if pairs.is_empty() { "-".to_owned() } else { pairs.join(",") }
        };
        let counts = |map: &BTreeMap<u64, u64>| pairs(&mut map.iter().map(|(at, n)| (*at, *n)));
        let (victims, thirds) = (counts(&self.victims), counts(&self.thirds));
        let seconds = counts(&self.seconds);
        let missed = pairs(&mut self.missed.iter().copied());
        let Self { worlds, kept, .. } = self;
        write!(f, "worlds {worlds} kept {kept} victims {victims} thirds {thirds} ")?;
        write!(f, "seconds {seconds} missed {missed}")
    }
}

fn quantile(counts: &BTreeMap<u64, u64>, share: f64) -> u64 {
    let all: u64 = counts.values().sum();
    let mut below = 0;
    let mut reached = counts.iter().skip_while(|(_, count)| {
        below += **count;
        below as f64 <= all as f64 * share
    });
    reached.next().map_or(0, |(at, _)| *at)
}

/// The lower end of Wilson's interval, one-sided at 95 %.
pub fn wilson(share: f64, runs: u64) -> f64 {
    let (z, n) = (1.645_f64, runs.max(1) as f64);
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    (middle - half) / (1.0 + z * z / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worms::watch::Alert;

    fn first(seed: u64, victims: Option<usize>) -> First {
        let alert = victims.map(|victims| Alert { victims, after: 90 * SECOND });
        First { seed, counts: true, heard: 2, third: Some(3), alert }
    }

    #[test]
    fn parts_add_up_and_are_read_as_they_were_written() {
        let mut whole = Tally::default();
        let mut parts = [Tally::default(), Tally::default()];
        for seed in 0..100_u64 {
            let victims = (seed % 20 != 0).then_some(3 + seed as usize % 5);
            whole.add(&first(seed, victims));
            parts[usize::from(seed >= 50)].add(&first(seed, victims));
        }
        let mut sum = Tally::parse(&parts[0].to_string()).unwrap();
        sum.merge(&Tally::parse(&parts[1].to_string()).unwrap());
        assert_eq!(sum, whole);
        assert_eq!((whole.kept, whole.victims(0.5), whole.victims(0.95)), (100, 5, 7));
        assert!((whole.seen() - 0.95).abs() < 1e-9);
        assert!(whole.at_least() < 0.95 && whole.at_least() > 0.89);
        assert_eq!(Tally::parse("worlds 1 kept x"), None);
        assert_eq!(Tally::parse(&Tally::default().to_string()), Some(Tally::default()));
    }
}
