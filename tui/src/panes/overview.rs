//! The overview: what was heard, how bad it is, and what is missing, at a glance.

use std::collections::BTreeMap;

use overhear_analysis::Time;
use overhear_analysis::told::{Exposure, Severity};
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::story::losses;
use overhear_sensor::output::word::{SEVERITIES, bytes, count, grouped, reader, severity};
use ratatui::layout::Rect;

use super::findings::mark;
use crate::sheet::{Line, Sheet, bars, say};
use crate::theme::Tone;
use crate::view::{Found, View};

/// Draws it: beside each other where it is wide, below each other otherwise.
pub fn draw(view: &View, sheet: &mut Sheet<'_>, area: Rect, until: Option<Time>) {
    let top = u16::from(area.height > 3);
    if top > 0 || area.height == 1 {
        sheet.line(area.x, area.y, area.width, &amounts(view, usize::from(area.width), until));
    }
    if area.height == 1 {
        return;
    }
    let area = Rect { y: area.y + top, height: area.height.saturating_sub(top), ..area };
    if area.width >= WIDE {
        let left = area.width / 2;
        let right = Rect { x: area.x + left + 2, width: area.width - left - 2, ..area };
        let left = Rect { width: left, ..area };
        stack(sheet, left, &[findings(view, left, usize::from(left.height))], 0);
        let columns = usize::from(right.width);
        let rest = vec![pulses(view, columns, until, 16), reach(view, columns), missing(view)];
        stack(sheet, right, &rest, 0);
    } else {
        let columns = usize::from(area.width);
        let room = usize::from(area.height);
        let pulses = pulses(view, columns, until, (room / 5).max(1));
        let (reach, missing) = (reach(view, columns), missing(view));
        let others: usize = [&pulses, &reach, &missing].map(Section::rows).iter().sum();
        let rows = room.saturating_sub(others).max(room / 3);
        stack(sheet, area, &[findings(view, area, rows), pulses, reach, missing], 0);
    }
}

/// Lines under a heading.
pub(super) struct Section {
    pub(super) title: Shown,
    pub(super) lines: Vec<Line>,
}

impl Section {
    fn rows(&self) -> usize {
        if self.lines.is_empty() { 0 } else { self.lines.len() + 1 }
    }
}

/// Sections below each other from some row on, as far as there is room.
pub(super) fn stack(sheet: &mut Sheet<'_>, area: Rect, sections: &[Section], scroll: usize) {
    let all = sections.iter().filter(|section| !section.lines.is_empty());
    let rows: Vec<(bool, Line)> = all
        .flat_map(|section| {
            let title = (true, Line::of(section.title.clone(), Tone::Accent));
            std::iter::once(title).chain(section.lines.iter().map(|line| (false, line.clone())))
        })
        .collect();
    let scroll = scroll.min(rows.len().saturating_sub(usize::from(area.height)));
    for ((is_title, line), y) in rows.iter().skip(scroll).zip(area.top()..area.bottom()) {
        if *is_title {
            sheet.heading(Rect { y, height: 1, ..area }, &line.plain());
        } else {
            sheet.line(area.x, y, area.width, line);
        }
    }
}

/// How much of what, as far as a line has room.
fn amounts(view: &View, columns: usize, until: Option<Time>) -> Line {
    let (readable, channels) = view.reach.share();
    let mut amounts = vec![
        (view.messages, "message"),
        (view.secrets.len() as u64, "secret"),
        (view.files.len() as u64, "file"),
        (view.talks.len() as u64, "conversation"),
        (view.people.len() as u64, "account"),
    ];
    amounts.retain(|(number, _)| *number > 0);
    let lately = rate(view, until);
    let mut line = Line::default();
    if let Some(part) = readable.saturating_mul(100).checked_div(channels) {
        let tone = if readable > 0 { Tone::Level(Severity::High) } else { Tone::Good };
        line = line.and(say(format_args!("{part} % readable")), tone);
    }
    let mut pieces: Vec<_> = amounts.into_iter().map(|(number, one)| count(number, one)).collect();
    pieces.insert(pieces.len().min(1), lately);
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        let gap = if line.0.is_empty() { "" } else { "   " };
        if line.columns() + gap.len() + piece.len() > columns {
            break;
        }
        line = line.and(say(format_args!("{gap}{piece}")), Tone::Plain);
    }
    if line.0.is_empty() { Line::ours("nothing was heard yet", Tone::Dim) } else { line }
}

/// How many events there were in the last minute.
fn rate(view: &View, until: Option<Time>) -> String {
    let Some((_, last)) = view.span else { return String::new() };
    let minute = until.unwrap_or(last).max(last) + -MINUTE;
    let lately: u64 = view.pulses.values().map(|pulse| pulse.since(minute)).sum();
    format!("{}/min", grouped(lately))
}

fn findings(view: &View, area: Rect, rows: usize) -> Section {
    let tally: Vec<_> = SEVERITIES
        .into_iter()
        .map(|level| (view.tally(level), severity(level).1))
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| format!("{number} {name}"))
        .collect();
    let title = match tally.is_empty() {
        true => Shown::line("findings: none"),
        false => say(format_args!("findings: {}", tally.join(", "))),
    };
    let mut worst: Vec<(u64, &Found)> = view.findings.iter().collect();
    let order = |(id, found): &(u64, &Found)| (std::cmp::Reverse(found.severity), *id);
    worst.sort_by_key(order);
    let room = rows.saturating_sub(1).max(1);
    let more = worst.len().saturating_sub(room);
    let kept = if more > 0 { room.saturating_sub(1).max(1) } else { room };
    let mut lines: Vec<_> =
        worst.iter().take(kept).map(|(_, found)| one(found, usize::from(area.width))).collect();
    if more > 0 && room > 1 {
        let words = say(format_args!("  and {} more", worst.len() - kept));
        lines.push(Line::of(words, Tone::Dim));
    }
    if lines.is_empty() {
        lines.push(Line::ours("  nothing was found so far", Tone::Dim));
    }
    Section { title, lines }
}

fn one(found: &Found, columns: usize) -> Line {
    let (level, tone) = mark(found);
    let gap = LEVEL.saturating_sub(level.columns());
    let title = found.title.fitted_again(columns.saturating_sub(LEVEL));
    Line::of(level, tone).and(say(format_args!("{:gap$}", "")), tone).and(title, Tone::Plain)
}

/// How much was heard of each protocol, over the time shown.
fn pulses(view: &View, columns: usize, until: Option<Time>, most: usize) -> Section {
    let Some((from, to)) = view.span else {
        return Section { title: Shown::default(), lines: Vec::new() };
    };
    let to = until.unwrap_or(to).max(to);
    let mut all: Vec<_> = view.pulses.iter().collect();
    all.sort_by_key(|(_, pulse)| std::cmp::Reverse(pulse.total()));
    let wide = columns.saturating_sub(NAME + TOTAL + 2);
    let lines = all.iter().take(most).enumerate().map(|(at, (name, pulse))| {
        let total = grouped(pulse.total());
        let hue = Tone::Hue(u8::try_from(at).unwrap_or(0));
        Line::of(say(format_args!("{:<NAME$} ", name.fitted_again(NAME))), hue)
            .and(bars(&pulse.over(from, to, wide)), hue)
            .and(say(format_args!(" {total:>TOTAL$}")), Tone::Plain)
    });
    let mut lines: Vec<_> = lines.collect();
    if all.len() > most {
        let words = say(format_args!("and {} more", count((all.len() - most) as u64, "protocol")));
        lines.push(Line::of(words, Tone::Dim));
    }
    Section { title: Shown::line("events over time"), lines }
}

/// How far what could be read travelled.
fn reach(view: &View, columns: usize) -> Section {
    let far = [Exposure::Internet, Exposure::Perimeter, Exposure::Lan, Exposure::Host];
    let rows = far.into_iter().filter_map(|far| {
        let (open, sealed) = (view.reach.sum(far, true), view.reach.sum(far, false));
        if open.channels + sealed.channels == 0 {
            return None;
        }
        let (words, tone) = super::talks::reach(far);
        let mut line = Line::of(say(format_args!("{words:<12}")), tone).and(
            say(format_args!("{:>5} readable {:>9}", grouped(open.channels), bytes(open.bytes))),
            Tone::Plain,
        );
        if sealed.channels > 0 {
            let words =
                format!("{:>6} sealed {:>9}", grouped(sealed.channels), bytes(sealed.bytes));
            line = line.and(Shown::line(&words), Tone::Good);
        }
        Some(line)
    });
    let mut lines: Vec<_> = rows.collect();
    let readers: BTreeMap<_, _> = view.reach.readers().collect();
    if !readers.is_empty() {
        let who: Vec<_> = readers.keys().map(|one| reader(*one)).collect();
        let words = Shown::fitted(&format!("by {}", who.join(", ")), columns);
        lines.push(Line::of(words, Tone::Dim));
    }
    Section { title: Shown::line("channels, and how far they travelled"), lines }
}

/// What takes away from the answer.
fn missing(view: &View) -> Section {
    let ledger = view.stats.as_ref().and_then(|stats| stats.ledger.as_ref());
    let mut lines: Vec<_> = ledger.map(losses).unwrap_or_default();
    if ledger.is_none() {
        let lost = view.oddities.iter().filter(|(_, one)| one.bytes > 0);
        lines.extend(lost.map(|(_, one)| format!("{}: {}", one.event, bytes(one.bytes))));
    }
    if view.gone() > 0 {
        lines.push(format!(
            "{} that lay idle longest are no longer shown",
            count(view.gone(), "row")
        ));
    }
    let title = Shown::line("what is missing");
    let mut lines: Vec<_> =
        lines.iter().map(|words| Line::of(say(format_args!("  {words}")), Tone::Plain)).collect();
    if lines.is_empty() && ledger.is_some() {
        lines.push(Line::ours("  nothing was lost", Tone::Good));
    }
    Section { title, lines }
}

/// A minute, in nanoseconds.
const MINUTE: i64 = 60_000_000_000;

/// Columns from which two columns stand beside each other.
const WIDE: u16 = 110;

/// Columns of a severity.
const LEVEL: usize = 12;

/// Columns of a protocol's name, and of its total.
const NAME: usize = 10;
const TOTAL: usize = 7;
