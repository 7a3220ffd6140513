//! Health: what was lost on the way here, stage by stage, and how long things waited.

use overhear_analysis::told::{Ledger, Severity};
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{bytes, count, grouped};
use ratatui::layout::Rect;

use super::overview::{Section, stack};
use crate::feed::Vitals;
use crate::sheet::{Line, Sheet, say};
use crate::theme::Tone;
use crate::view::View;

/// What the view is of besides what was heard.
#[derive(Clone, Copy, Debug)]
pub struct Own<'a> {
    /// How the sensor stands, where one is at work.
    pub vitals: Option<&'a Vitals>,
    /// Lines there was no place for on the way to the screen.
    pub missed: u64,
    /// Lines the screen holds.
    pub held: u64,
    /// Lines it no longer holds.
    pub dropped: u64,
    /// Lines that wait to be shown.
    pub waiting: u64,
}

/// Draws it.
pub fn draw(view: &View, own: Own<'_>, sheet: &mut Sheet<'_>, area: Rect, scroll: usize) {
    let told = view.stats.as_ref().and_then(|stats| stats.ledger.as_ref());
    let ledger = told.or(own.vitals.map(|vitals| &vitals.ledger));
    let run = view.stats.as_ref().and_then(|stats| stats.run.as_ref());
    let columns = usize::from(if area.width >= 110 { area.width / 2 } else { area.width });
    let fitted = |lines: Vec<Line>| lines.into_iter().map(|line| narrowed(line, columns)).collect();
    let stages =
        Section { title: Shown::line("frames, stage by stage"), lines: fitted(stages(ledger)) };
    let streams = Section { title: Shown::line("streams"), lines: fitted(streams(ledger)) };
    let waits = Section { title: Shown::line("delays, in microseconds"), lines: delays(own, run) };
    let odd = Section { title: Shown::line("what was odd"), lines: oddities(view) };
    let here = Section { title: Shown::line("this run"), lines: fitted(here(own, run)) };
    if area.width >= 110 {
        let left = area.width / 2;
        let right = Rect { x: area.x + left + 2, width: area.width - left - 2, ..area };
        stack(sheet, Rect { width: left, ..area }, &[stages, streams], scroll);
        stack(sheet, right, &[here, waits, odd], scroll);
    } else {
        stack(sheet, area, &[stages, streams, here, waits, odd], scroll);
    }
}

/// A row whose name gives way to its number where both have no room.
fn narrowed(mut line: Line, columns: usize) -> Line {
    let surplus = line.columns().saturating_sub(columns);
    if let Some(name) = line.0.first_mut().filter(|_| surplus > 0) {
        let wide = name.text.columns().saturating_sub(surplus).max(12);
        let short = Shown::fitted(name.text.as_str().trim_end(), wide);
        name.text = say(format_args!("{short:<wide$}"));
    }
    line
}

/// A number beside its name, loud where it should be none.
fn row(name: &str, number: u64, words: &str, loss: bool) -> Line {
    let tone = match (loss, number) {
        (true, 0) => Tone::Good,
        (true, _) => Tone::Level(Severity::High),
        (false, _) => Tone::Plain,
    };
    let mark = match (loss, number) {
        (true, 0) => "✓",
        (true, _) => "▲",
        (false, _) => " ",
    };
    Line::of(say(format_args!("{mark} {name:<26}")), if loss { tone } else { Tone::Dim })
        .and(say(format_args!("{words:>14}")), tone)
}

fn frames(name: &str, number: u64, loss: bool) -> Line {
    row(name, number, &grouped(number), loss)
}

fn amount(name: &str, number: u64, loss: bool) -> Line {
    row(name, number, &bytes(number), loss)
}

/// From the wire to the worker: what each stage let fall.
fn stages(ledger: Option<&Ledger>) -> Vec<Line> {
    let Some(ledger) = ledger else {
        return vec![Line::ours("  the sensor has not told yet what it counted", Tone::Dim)];
    };
    let mut lines = vec![
        frames("dropped by the interface", ledger.interface_dropped, true),
        frames("dropped by the kernel", ledger.kernel_dropped, true),
        frames("read", ledger.frames, false),
        amount("captured bytes", ledger.bytes, false),
        frames("cut short by the capture", ledger.cut_frames, true),
        frames("passed over by the filter", ledger.filtered, false),
        frames("shed, a worker was behind", ledger.shed, true),
        frames("impossible headers", ledger.malformed, true),
        frames("no IP", ledger.non_ip, false),
        frames("TCP", ledger.tcp, false),
        frames("UDP", ledger.udp, false),
        frames("other IP", ledger.other, false),
        frames("made whole of fragments", ledger.reassembled, false),
        frames("fragments never made whole", ledger.held_fragments, true),
        frames("wrong checksums (read)", ledger.bad_checksums, false),
    ];
    let lost = ledger.kernel_dropped.saturating_add(ledger.interface_dropped);
    let lost = lost.saturating_add(ledger.shed);
    let all = lost.saturating_add(ledger.frames.saturating_sub(ledger.shed));
    if let Some(part) = lost.saturating_mul(10_000).checked_div(all) {
        let words = format!("{}.{:02} %", part / 100, part % 100);
        lines.insert(0, row("lost before anybody read it", lost, &words, true));
    }
    lines
}

/// What became of the bytes of streams.
fn streams(ledger: Option<&Ledger>) -> Vec<Line> {
    let Some(ledger) = ledger else { return Vec::new() };
    vec![
        frames("flows", ledger.flows, false),
        amount("delivered in order", ledger.delivered, false),
        amount("understood", ledger.understood, false),
        amount("sealed by TLS", ledger.sealed, false),
        amount("of no known protocol", ledger.unidentified, false),
        amount("not understood", ledger.unread, false),
        frames("holes", ledger.gaps, true),
        amount("bytes in holes", ledger.gap_bytes, true),
        frames("heard from one side only", ledger.one_way, true),
        frames("copies that disagree", ledger.conflicts, true),
        frames("impossible input", ledger.weirds, false),
        frames("budgets struck", ledger.struck, true),
        frames("dissectors that broke", ledger.broken, true),
    ]
}

/// How the program and its screen stand.
fn here(own: Own<'_>, run: Option<&serde_json::Value>) -> Vec<Line> {
    let told = |key: &str| run.and_then(|run| run.get(key));
    let mut lines = Vec::new();
    if let Some(vitals) = own.vitals {
        let (waits, room) = vitals.queue;
        let part = waits.saturating_mul(100).checked_div(room).unwrap_or_default();
        lines.push(gauge("queue to the workers", part, &format!("{waits} of {room}")));
        if vitals.memory > 0 {
            lines.push(amount("memory", vitals.memory, false));
        }
    }
    if let Some(peak) = told("peak_memory").and_then(serde_json::Value::as_u64) {
        lines.push(amount("memory at most", peak, false));
    }
    if let Some(workers) = told("workers").and_then(serde_json::Value::as_u64) {
        lines.push(frames("workers", workers, false));
    }
    if let Some(took) = told("wall_time").and_then(serde_json::Value::as_f64) {
        lines.push(row("wall time", 0, &format!("{took:.2} s"), false));
    }
    lines.push(frames("lines held for this screen", own.held, false));
    lines.push(frames("older lines let go", own.dropped, false));
    lines.push(frames("lines waiting to be shown", own.waiting, false));
    lines.push(frames("lines this screen missed", own.missed, true));
    lines
}

/// A part of a hundred as a bar.
fn gauge(name: &str, part: usize, words: &str) -> Line {
    let full = part.min(100) / 10;
    let tone = if part >= 80 { Tone::Level(Severity::High) } else { Tone::Good };
    Line::of(say(format_args!("  {name:<26}{words:>14}  ")), Tone::Plain)
        .and(say(format_args!("{}{}", "█".repeat(full), "░".repeat(10 - full))), tone)
}

/// Percentiles of each stage's delays: those of the sensor while it works, or as it told them.
fn delays(own: Own<'_>, run: Option<&serde_json::Value>) -> Vec<Line> {
    let live: Vec<_> = own.vitals.iter().flat_map(|vitals| vitals.delays.iter().cloned()).collect();
    let recorded = run.and_then(|run| run.get("delays")).and_then(serde_json::Value::as_array);
    let recorded = recorded.into_iter().flatten().filter_map(|stage| {
        let name = stage.get("stage")?.as_str()?.to_owned();
        let at = |key: &str| stage.get(key).and_then(serde_json::Value::as_f64).unwrap_or_default();
        Some((name, [at("p50"), at("p99"), at("p999"), at("max")]))
    });
    let stages = if live.is_empty() { recorded.collect() } else { live };
    let mut lines = Vec::new();
    if !stages.is_empty() {
        let heads = ["p50", "p99", "p99.9", "most"].map(|head| format!("{head:>10}")).concat();
        lines.push(Line::of(say(format_args!("  {:<12}{heads}", "")), Tone::Accent));
    }
    for (name, values) in stages {
        let values = values.map(|value| format!("{value:>10.0}")).concat();
        lines.push(
            Line::of(say(format_args!("  {name:<12}")), Tone::Dim)
                .and(Shown::line(&values), Tone::Plain),
        );
    }
    lines
}

/// Anomalies by name, the most frequent first.
fn oddities(view: &View) -> Vec<Line> {
    let mut all: Vec<_> = view.oddities.iter().map(|(_, one)| one).collect();
    all.sort_by(|one, two| two.times.cmp(&one.times).then_with(|| one.event.cmp(&two.event)));
    let line = |one: &&crate::view::Oddity| {
        let mut line = Line::of(say(format_args!("  {:<26}", one.event)), Tone::Plain)
            .and(say(format_args!("{:>14}", count(one.times, "time"))), Tone::Plain);
        if one.bytes > 0 {
            line = line.and(say(format_args!("  {} not seen", bytes(one.bytes))), Tone::Dim);
        }
        if let Some(frame) = one.frame {
            line = line.and(say(format_args!("  frame {frame}")), Tone::Dim);
        }
        line.and(say(format_args!("  {}", one.detail)), Tone::Dim)
    };
    let lines: Vec<_> = all.iter().map(line).collect();
    if lines.is_empty() { vec![Line::ours("  nothing", Tone::Good)] } else { lines }
}
