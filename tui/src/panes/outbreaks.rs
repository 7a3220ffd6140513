//! Outbreaks: the tree of infections, and how it fanned out over time.

use std::cmp::Ordering;

use overhear_analysis::Time;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{SEVERITIES, clock, count, grouped, severity, word};

use crate::filter::Told as Facts;
use crate::grid::{Column, Listed, number, text, wide};
use crate::panes::findings::{self, mark};
use crate::panes::talks::some;
use crate::sheet::{Line, bars, say};
use crate::theme::Tone;
use crate::view::{Found, Outbreak, Outbreaks};

impl Listed for Outbreak {
    const COLUMNS: &'static [Column] = &[
        wide("who infected whom", 20, 0),
        text("severity", 10, 1),
        number("reached", 7, 0),
        text("over time", WIDE as u16, 2),
        number("step", 4, 3),
        text("first", 8, 1),
        text("kind", 21, 5),
        text("network", 16, 4),
    ];
    const ORDER: (usize, bool) = (0, false);

    fn cell(&self, column: usize) -> (Shown, Tone) {
        let found = &self.found;
        match column {
            0 => (self.branch.clone(), if self.depth == 0 { Tone::Strong } else { Tone::Plain }),
            1 => mark(found),
            2 => (some(found.victim_count), Tone::Plain),
            3 => (bars(&growth(found, WIDE)), Tone::Level(found.severity)),
            4 => (
                found.generation.map(|step| say(format_args!("{step}"))).unwrap_or_default(),
                Tone::Dim,
            ),
            5 => (super::clock_of(found.span.map(|(from, _)| from)), Tone::Plain),
            6 => (found.kind(), Tone::Dim),
            _ => (found.network.clone(), Tone::Dim),
        }
    }

    fn compare(&self, other: &Self, column: usize) -> Ordering {
        let (one, two) = (&self.found, &other.found);
        match column {
            0 => self.place.cmp(&other.place),
            1 => one.severity.cmp(&two.severity),
            2 | 3 => one.victim_count.cmp(&two.victim_count),
            4 => one.generation.cmp(&two.generation),
            5 => one.span.cmp(&two.span),
            6 => one.category.cmp(&two.category),
            _ => one.network.cmp(&two.network),
        }
    }

    fn facts(&self) -> Facts {
        let found = &self.found;
        let mut facts = found.facts().and("kind", word(found.category));
        for victim in &found.victims {
            facts = facts.and("to", victim.as_str());
        }
        facts
    }

    fn lines(&self) -> Vec<u64> {
        self.found.lines()
    }
}

/// The finding, the tree it is a part of, and how far it reached when, so many columns wide.
pub fn page(one: &Outbreak, all: &Outbreaks, columns: usize) -> Vec<Line> {
    let mut lines = findings::page(&one.found, columns);
    chart(&one.found, columns, &mut lines);
    let tree = all.tree(one.id);
    lines.push(Line::default());
    let deepest = tree.iter().map(|row| row.depth).max().unwrap_or_default();
    let accounts = count(tree.len() as u64, "account");
    let words =
        say(format_args!("the tree: {accounts}, {}", count(deepest as u64 + 1, "generation")));
    lines.push(Line::of(words, Tone::Accent));
    for row in tree {
        let (sign, _) = severity(row.found.severity);
        let tone = if row.id == one.id { Tone::Strong } else { Tone::Plain };
        let at = super::clock_of(row.found.span.map(|(from, _)| from));
        let mut line =
            Line::of(say(format_args!("{at:<9}{sign} ")), Tone::Dim).and(row.branch.clone(), tone);
        if row.found.victim_count > 0 {
            let words = say(format_args!("  → {}", grouped(row.found.victim_count)));
            line = line.and(words, Tone::Dim);
        }
        lines.push(line);
    }
    lines
}

/// Rows of bars: how many were reached by when.
fn chart(found: &Found, columns: usize, lines: &mut Vec<Line>) {
    let (Some((from, _)), Some((to, most))) = (found.growth.first(), found.growth.last()) else {
        return;
    };
    if found.growth.len() < 2 {
        return;
    }
    let wide = columns.saturating_sub(AXIS).clamp(10, 120);
    let heights = growth(found, wide);
    lines.push(Line::default());
    lines.push(Line::ours("reached over time", Tone::Accent));
    for row in (0..TALL).rev() {
        let label = if row + 1 == TALL { grouped(*most) } else { String::new() };
        let eighths: Vec<u64> = heights
            .iter()
            .map(|height| {
                let all = height.saturating_mul(TALL * 8) / (*most).max(1);
                all.saturating_sub(row * 8).min(8)
            })
            .collect();
        let line = Line::of(say(format_args!("{label:>8} │")), Tone::Dim)
            .and(columns_of(&eighths), Tone::Level(found.severity));
        lines.push(line);
    }
    let gap = wide.saturating_sub(16);
    let words = say(format_args!("{:>10}{}{:gap$}{}", "", clock(*from), "", clock(*to)));
    lines.push(Line::of(words, Tone::Dim));
}

/// Bars of so many eighths.
fn columns_of(eighths: &[u64]) -> Shown {
    let bar = |part: &u64| match part {
        0 => ' ',
        part => "▁▂▃▄▅▆▇█".chars().nth(usize::try_from(part - 1).unwrap_or(7)).unwrap_or('█'),
    };
    Shown::line(&eighths.iter().map(bar).collect::<String>())
}

/// How many were reached by when, in so many steps of equal length.
fn growth(found: &Found, steps: usize) -> Vec<u64> {
    let (Some((from, _)), Some((to, _))) = (found.growth.first(), found.growth.last()) else {
        return Vec::new();
    };
    if from == to {
        return vec![found.victim_count];
    }
    let long = to.since(*from).max(1);
    let part = |step: usize| {
        let into = i128::from(long) * (step as i128 + 1) / (steps.max(1) as i128);
        Time(from.0.saturating_add(i64::try_from(into).unwrap_or(i64::MAX)))
    };
    let mut points = found.growth.iter().peekable();
    let mut reached = 0;
    let by = |step| {
        while let Some((_, count)) = points.next_if(|(at, _)| *at <= part(step)) {
            reached = *count;
        }
        reached
    };
    (0..steps).map(by).collect()
}

/// The worst of them in a line, for the top of the list.
pub fn headline(all: &Outbreaks) -> Line {
    let roots = all.iter().filter(|(_, row)| row.depth == 0).count() as u64;
    let reached: u64 = all.iter().map(|(_, row)| row.found.victim_count).sum();
    let mut line = Line::of(
        say(format_args!(
            "{} with {}, {} reached",
            count(roots, "outbreak"),
            count(all.len() as u64, "spreader"),
            count(reached, "time")
        )),
        Tone::Strong,
    );
    for level in SEVERITIES {
        let number = all.iter().filter(|(_, row)| row.found.severity == level).count();
        if number > 0 {
            let (mark, name) = severity(level);
            line = line.and(say(format_args!("  {mark} {number} {name}")), Tone::Level(level));
        }
    }
    line
}

/// Columns of the small chart in the list.
const WIDE: usize = 16;

/// Rows of the chart of one.
const TALL: u64 = 6;

/// Columns left of the chart.
const AXIS: usize = 11;
