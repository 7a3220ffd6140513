//! Files: what changed hands, what it was, and who passed it on.

use std::cmp::Ordering;

use overhear_analysis::told::Severity;
use overhear_dissectors::event::OfferState;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{bytes, grouped, moment, span, word};

use crate::filter::Told as Facts;
use crate::grid::{Column, Listed, number, text, wide};
use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::{Transfer, View};

impl Listed for Transfer {
    const COLUMNS: &'static [Column] = &[
        wide("file", 16, 0),
        number("size", 9, 1),
        text("state", 14, 0),
        wide("from", 10, 2),
        wide("to", 10, 2),
        text("type", 18, 3),
        text("by", 16, 5),
        text("sha256", 12, 4),
        text("first", 8, 6),
    ];
    const ORDER: (usize, bool) = (8, true);

    fn cell(&self, column: usize) -> (Shown, Tone) {
        match column {
            0 => (name(self), Tone::Plain),
            1 => (self.size.map(|size| Shown::line(&bytes(size))).unwrap_or_default(), Tone::Plain),
            2 => state(self),
            3 => (self.from.clone(), Tone::Plain),
            4 => (self.to.clone(), Tone::Plain),
            5 => (self.mime.clone(), Tone::Dim),
            6 => (self.transport.clone(), Tone::Dim),
            7 => (self.sha256.clone(), Tone::Dim),
            _ => (super::clock_of(self.span.map(|(from, _)| from)), Tone::Dim),
        }
    }

    fn compare(&self, other: &Self, column: usize) -> Ordering {
        match column {
            0 => self.name.cmp(&other.name),
            1 => self.size.cmp(&other.size),
            2 => word(self.state).cmp(&word(other.state)),
            3 => self.from.cmp(&other.from),
            4 => self.to.cmp(&other.to),
            5 => self.mime.cmp(&other.mime),
            6 => self.transport.cmp(&other.transport),
            7 => self.sha256.cmp(&other.sha256),
            _ => self.span.cmp(&other.span),
        }
    }

    fn facts(&self) -> Facts {
        Facts::default()
            .and("from", self.from.as_str())
            .and("to", self.to.as_str())
            .and("net", self.network.as_str())
            .and("kind", self.transport.as_str())
            .and("kind", word(self.state))
            .and("host", self.endpoint.as_str())
            .and("file", self.name.as_str())
            .and("file", self.mime.as_str())
            .and("file", self.sha256.as_str())
    }

    fn lines(&self) -> Vec<u64> {
        self.lines.clone()
    }
}

fn name(file: &Transfer) -> Shown {
    if file.name.is_empty() { Shown::line("(no name)") } else { file.name.clone() }
}

/// How far it came, as mark and word.
fn state(file: &Transfer) -> (Shown, Tone) {
    let (mark, tone) = match file.state {
        OfferState::Complete => ("✓", Tone::Level(Severity::Medium)),
        OfferState::Truncated => ("✗", Tone::Level(Severity::Low)),
        OfferState::Declined => ("✗", Tone::Dim),
        _ => ("·", Tone::Plain),
    };
    (say(format_args!("{mark} {}", word(file.state))), tone)
}

/// All there is to say about a file, so many columns wide.
pub fn page(file: &Transfer, view: &View, columns: usize) -> Vec<Line> {
    let (came, tone) = state(file);
    let mut lines = vec![
        Line::of(name(file), Tone::Strong).word("  ", Tone::Plain).and(came, tone),
        Line::default(),
        super::field("from", &file.from),
        super::field("to", &file.to),
        super::field("network", &file.network),
        super::field("by", &file.transport),
    ];
    let size = |size: u64| say(format_args!("{} ({} bytes)", bytes(size), grouped(size)));
    if let Some(told) = file.size {
        lines.push(super::field("size", &size(told)));
    }
    if let Some(seen) = file.bytes.filter(|seen| Some(*seen) != file.size) {
        lines.push(super::field("seen", &size(seen)));
    }
    for (name, words) in
        [("type", &file.mime), ("sha256", &file.sha256), ("data at", &file.endpoint)]
    {
        if !words.is_empty() {
            lines.push(super::field(name, words));
        }
    }
    if let Some((from, to)) = file.span {
        let words = say(format_args!("{}, over {}", moment(from), span(from, to)));
        lines.push(super::field("heard", &words));
    }
    if !file.frames.is_empty() {
        let frames: Vec<_> = file.frames.iter().map(u64::to_string).collect();
        lines.extend(super::folded("frames", &frames.join(", "), columns));
    }
    passed_on(file, view, &mut lines);
    lines
}

/// Every hand the same content went through, by its hash.
fn passed_on(file: &Transfer, view: &View, lines: &mut Vec<Line>) {
    if file.sha256.is_empty() {
        return;
    }
    let same = view.files.iter().map(|(_, one)| one).filter(|one| one.sha256 == file.sha256);
    let mut hands: Vec<_> = same.collect();
    if hands.len() < 2 {
        return;
    }
    hands.sort_by_key(|one| one.span);
    lines.push(Line::default());
    let words = say(format_args!("the same content changed hands {} times", hands.len()));
    lines.push(Line::of(words, Tone::Accent));
    for one in hands.into_iter().take(HANDS) {
        let at = super::clock_of(one.span.map(|(from, _)| from));
        let words = say(format_args!("{at}  {} → {}  {}", one.from, one.to, one.name));
        lines.push(Line::of(words, Tone::Plain));
    }
}

/// Transfers of one content that are listed.
const HANDS: usize = 500;
