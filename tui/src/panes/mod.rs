//! The views: one file each.

pub mod files;
pub mod findings;
pub mod health;
pub mod ladder;
pub mod outbreaks;
pub mod overview;
pub mod people;
pub mod secrets;
pub mod talks;

use overhear_analysis::Time;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::clock;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use crate::grid::{Column, Listed};
use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::{Found, Outbreak, Person, Secret, Talk, Transfer};

/// The views, in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pane {
    /// What was heard, at a glance.
    Overview,
    /// Who speaks with whom.
    Talks,
    /// Secrets that crossed the wire.
    Secrets,
    /// What spreads.
    Outbreaks,
    /// Accounts and their lists.
    People,
    /// What changed hands.
    Files,
    /// What it means.
    Findings,
    /// What was lost, and how long things waited.
    Health,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Talks,
        Self::Secrets,
        Self::Outbreaks,
        Self::People,
        Self::Files,
        Self::Findings,
        Self::Health,
    ];

    /// Its name, long and short.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("overview", "over"),
            Self::Talks => ("conversations", "talks"),
            Self::Secrets => ("credentials", "creds"),
            Self::Outbreaks => ("outbreaks", "worms"),
            Self::People => ("accounts", "accts"),
            Self::Files => ("files", "files"),
            Self::Findings => ("findings", "finds"),
            Self::Health => ("health", "health"),
        }
    }

    /// What it shows, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Overview => "how much was heard, how bad it is",
            Self::Talks => "who speaks with whom",
            Self::Secrets => "passwords and the like, weakest first",
            Self::Outbreaks => "who infected whom, how far, how fast",
            Self::People => "accounts, their contacts and devices",
            Self::Files => "what changed hands",
            Self::Findings => "what it means, worst first",
            Self::Health => "what was lost on the way, and where",
        }
    }

    /// The columns of its list.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Overview | Self::Health => &[],
            Self::Talks => Talk::COLUMNS,
            Self::Secrets => Secret::COLUMNS,
            Self::Outbreaks => Outbreak::COLUMNS,
            Self::People => Person::COLUMNS,
            Self::Files => Transfer::COLUMNS,
            Self::Findings => Found::COLUMNS,
        }
    }

    /// The view of a digit.
    pub fn of_key(key: KeyEvent) -> Option<Self> {
        let KeyCode::Char(digit @ '1'..='9') = key.code else { return None };
        let at = usize::try_from(digit.to_digit(10)?).ok()?.checked_sub(1)?;
        key.modifiers.is_empty().then(|| Self::ALL.get(at).copied()).flatten()
    }

    /// The view so many further, round and round.
    #[must_use]
    pub fn step(self, by: isize) -> Self {
        let here = Self::ALL.iter().position(|pane| *pane == self).unwrap_or_default();
        let all = Self::ALL.len();
        let at = (here + all).saturating_add_signed(by) % all;
        Self::ALL.get(at).copied().unwrap_or(self)
    }
}

/// `12:57:49`, or nothing.
pub fn clock_of(at: Option<Time>) -> Shown {
    at.map(|at| Shown::line(&clock(at))).unwrap_or_default()
}

/// A name and what stands behind it.
pub fn field(name: &'static str, value: &Shown) -> Line {
    Line::of(say(format_args!("{name:<12}")), Tone::Dim).and(value.clone(), Tone::Plain)
}

/// A name and a longer text behind it, folded to so many columns.
pub fn folded(name: &'static str, value: &str, columns: usize) -> Vec<Line> {
    let wrapped = Shown::wrapped(value, columns.saturating_sub(12));
    let named = |(at, text): (usize, Shown)| field(if at == 0 { name } else { "" }, &text);
    wrapped.into_iter().enumerate().map(named).collect()
}
