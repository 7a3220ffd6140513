//! Findings: what it means, how it was judged, and where to look.

use std::cmp::Ordering;

use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{count, moment, severity, span, word};

use crate::filter::Told as Facts;
use crate::grid::{Column, Listed, number, text, wide};
use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::Found;

impl Listed for Found {
    const COLUMNS: &'static [Column] = &[
        text("severity", 10, 0),
        wide("finding", 20, 0),
        wide("about", 12, 1),
        text("kind", 21, 3),
        text("network", 18, 4),
        number("frames", 6, 5),
        text("first", 8, 2),
    ];
    const ORDER: (usize, bool) = (0, true);

    fn cell(&self, column: usize) -> (Shown, Tone) {
        let plain = |text: &Shown| (text.clone(), Tone::Plain);
        match column {
            0 => mark(self),
            1 => plain(&self.title),
            2 => plain(&self.subject),
            3 => (self.kind(), Tone::Dim),
            4 => (self.network.clone(), Tone::Dim),
            5 => (say(format_args!("{}", self.evidence.len())), Tone::Plain),
            _ => (super::clock_of(self.span.map(|(from, _)| from)), Tone::Dim),
        }
    }

    fn compare(&self, other: &Self, column: usize) -> Ordering {
        match column {
            0 => self.severity.cmp(&other.severity),
            1 => self.title.cmp(&other.title),
            2 => self.subject.cmp(&other.subject),
            3 => self.category.cmp(&other.category),
            4 => self.network.cmp(&other.network),
            5 => self.evidence.len().cmp(&other.evidence.len()),
            _ => self.span.cmp(&other.span),
        }
    }

    fn facts(&self) -> Facts {
        Facts { severity: Some(self.severity), ..Facts::default() }
            .and("from", self.subject.as_str())
            .and("net", self.network.as_str())
            .and("kind", word(self.category))
            .and("text", self.title.as_str())
            .and("text", self.explanation.as_str())
    }

    fn lines(&self) -> Vec<u64> {
        vec![self.line]
    }
}

/// A severity as mark and word, in its tone.
pub fn mark(found: &Found) -> (Shown, Tone) {
    let (mark, name) = severity(found.severity);
    (say(format_args!("{mark} {name}")), Tone::Level(found.severity))
}

/// All there is to say about a finding, so many columns wide.
pub fn page(found: &Found, columns: usize) -> Vec<Line> {
    let (level, tone) = mark(found);
    let mut lines = vec![
        Line::of(level, tone).word("  ", Tone::Plain).and(found.title.clone(), Tone::Strong),
        Line::default(),
    ];
    let wrapped = Shown::wrapped(found.explanation.as_str(), columns);
    lines.extend(wrapped.into_iter().map(|text| Line::of(text, Tone::Plain)));
    lines.push(Line::default());
    lines.push(super::field("about", &about(found)));
    lines.push(super::field("kind", &found.kind()));
    lines.push(super::field("state", &Shown::line(&word(found.state))));
    if let Some((from, to)) = found.span {
        lines.push(super::field(
            "heard",
            &say(format_args!("{}, {}", moment(from), span(from, to))),
        ));
    }
    terms(found, &mut lines);
    infection(found, columns, &mut lines);
    if !found.not_visible.is_empty() {
        let joined: Vec<_> = found.not_visible.iter().map(Shown::as_str).collect();
        lines.extend(super::folded("not seen", &joined.join(", "), columns));
    }
    if !found.evidence.is_empty() {
        let frames: Vec<_> = found.evidence.iter().map(u64::to_string).collect();
        lines.extend(super::folded("frames", &frames.join(", "), columns));
    }
    lines.push(super::field("id", &found.id));
    lines
}

fn about(found: &Found) -> Shown {
    match found.network.is_empty() {
        true => found.subject.clone(),
        false => say(format_args!("{} on {}", found.subject, found.network)),
    }
}

/// What a score is made of, as a sum.
fn terms(found: &Found, lines: &mut Vec<Line>) {
    let Some((score, threshold)) = found.score else { return };
    let against = match threshold {
        Some(threshold) => say(format_args!("{score:.2}, threshold {threshold:.2}")),
        None => say(format_args!("{score:.2}")),
    };
    lines.push(super::field("score", &against));
    let most = found.terms.iter().map(|(_, value)| value.abs()).fold(f64::MIN_POSITIVE, f64::max);
    for (feature, value) in &found.terms {
        let length = (1..=BAR)
            .filter(|part| value.abs() * f64::from(BAR) >= most * f64::from(*part))
            .count();
        let line = Line::ours("            ", Tone::Plain)
            .and(say(format_args!("{value:>+8.2}  ")), Tone::Plain)
            .and(say(format_args!("{:<13}", "█".repeat(length))), Tone::Accent)
            .and(feature.clone(), Tone::Plain);
        lines.push(line);
    }
}

/// Who infected whom, as far as it is told.
fn infection(found: &Found, columns: usize, lines: &mut Vec<Line>) {
    if let Some(parent) = &found.parent {
        lines.push(super::field("infected by", parent));
    }
    if let Some(generation) = found.generation {
        lines.push(super::field("generation", &say(format_args!("{generation}"))));
    }
    if found.victim_count > 0 {
        let joined: Vec<_> = found.victims.iter().map(Shown::as_str).collect();
        let more = found.victim_count.saturating_sub(joined.len() as u64);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let text = format!("{}: {}{rest}", count(found.victim_count, "victim"), joined.join(", "));
        lines.extend(super::folded("reached", &text, columns));
    }
}

/// Columns of the longest bar.
const BAR: u8 = 12;
