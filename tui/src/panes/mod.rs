//! The views: one file each.

pub mod findings;
pub mod ladder;
pub mod overview;
pub mod talks;

use overhear_analysis::Time;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::clock;
use ratatui::crossterm::event::{KeyCode, KeyEvent};

use crate::grid::{Column, Listed};
use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::{Found, Talk};

/// The views, in the order of their keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pane {
    /// What was heard, at a glance.
    Overview,
    /// Who speaks with whom.
    Talks,
    /// What it means.
    Findings,
}

impl Pane {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Overview, Self::Talks, Self::Findings];

    /// Its name, long and short.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("overview", "over"),
            Self::Talks => ("conversations", "talks"),
            Self::Findings => ("findings", "find"),
        }
    }

    /// The columns of its list.
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Overview => &[],
            Self::Talks => Talk::COLUMNS,
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
