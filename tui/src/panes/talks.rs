//! Conversations: who speaks with whom, how far it can be read, and how much was said.

use std::cmp::Ordering;

use overhear_analysis::told::Exposure;
use overhear_dissectors::event::Verdict;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::grouped;

use crate::filter::Told as Facts;
use crate::grid::{Column, Listed, number, text, wide};
use crate::sheet::say;
use crate::theme::Tone;
use crate::view::{Talk, open};

use overhear_analysis::told::Severity;

impl Listed for Talk {
    const COLUMNS: &'static [Column] = &[
        wide("conversation", 18, 0),
        number("said", 5, 0),
        text("readable", 12, 1),
        text("proto", 8, 3),
        text("network", 18, 5),
        text("first", 8, 6),
        text("last", 8, 2),
        number("files", 5, 7),
        number("lost", 5, 8),
        wide("last said", 20, 4),
    ];
    const ORDER: (usize, bool) = (6, true);

    fn cell(&self, column: usize) -> (Shown, Tone) {
        match column {
            0 if self.is_room => (self.title.clone(), Tone::Strong),
            0 => (self.title.clone(), Tone::Plain),
            1 => (Shown::line(&grouped(self.messages)), Tone::Plain),
            2 => readable(self),
            3 => (self.protocol.clone(), Tone::Dim),
            4 => (self.network.clone(), Tone::Dim),
            5 => (super::clock_of(self.span.map(|(from, _)| from)), Tone::Dim),
            6 => (super::clock_of(self.span.map(|(_, to)| to)), Tone::Plain),
            7 => (some(self.files), Tone::Plain),
            8 => (some(self.lost), Tone::Level(Severity::Medium)),
            _ => (self.last.clone(), Tone::Plain),
        }
    }

    fn compare(&self, other: &Self, column: usize) -> Ordering {
        let last = |talk: &Self| talk.span.map(|(_, to)| to);
        match column {
            0 => self.title.cmp(&other.title),
            1 => self.messages.cmp(&other.messages),
            2 => self.rank().cmp(&other.rank()),
            3 => self.protocol.cmp(&other.protocol),
            4 => self.network.cmp(&other.network),
            5 => self.span.cmp(&other.span),
            6 => last(self).cmp(&last(other)),
            7 => self.files.cmp(&other.files),
            8 => self.lost.cmp(&other.lost),
            _ => self.last.cmp(&other.last),
        }
    }

    fn facts(&self) -> Facts {
        let [one, two] = &self.sides;
        let sealed = self.verdict.is_some_and(|verdict| !open(verdict));
        let mut facts = Facts::default()
            .and("from", one.as_str())
            .and("to", two.as_str())
            .and("to", self.title.as_str())
            .and("net", self.network.as_str())
            .and("proto", self.protocol.as_str())
            .and("enc", if sealed { "yes" } else { "no" })
            .and("text", self.last.as_str());
        for speaker in &self.speakers {
            facts = facts.and("from", speaker.as_str());
        }
        for flow in &self.flows {
            for end in [flow.from, flow.to] {
                facts = facts.and("host", end.ip().to_string()).and("port", end.port().to_string());
            }
        }
        facts
    }

    fn lines(&self) -> Vec<u64> {
        self.lines.iter().copied().collect()
    }
}

impl Talk {
    /// The further it can be read, the higher.
    fn rank(&self) -> (bool, Option<Exposure>) {
        (self.verdict.is_none_or(open) && self.sealed < self.messages.max(1), self.exposure)
    }
}

/// How far it can be read, in a word.
pub fn readable(talk: &Talk) -> (Shown, Tone) {
    if talk.messages > 0 && talk.sealed == talk.messages {
        return (Shown::line("✓ end to end"), Tone::Good);
    }
    match (talk.verdict, talk.exposure) {
        (Some(verdict), _) if !open(verdict) => match verdict {
            Verdict::Unknown => (Shown::line("? not known"), Tone::Dim),
            _ => (Shown::line("✓ sealed"), Tone::Good),
        },
        (_, Some(far)) => reach(far),
        (_, None) => (Shown::line("? not known"), Tone::Dim),
    }
}

/// How far something that can be read travels, as mark and word.
pub fn reach(far: Exposure) -> (Shown, Tone) {
    let (words, level) = match far {
        Exposure::Host => ("· host", Severity::Info),
        Exposure::Lan => ("○ inside", Severity::Low),
        Exposure::Perimeter => ("● perimeter", Severity::Medium),
        Exposure::Internet => ("▲ Internet", Severity::High),
    };
    (Shown::line(words), Tone::Level(level))
}

/// A number, or nothing where there is none.
pub fn some(number: u64) -> Shown {
    if number == 0 { Shown::default() } else { say(format_args!("{}", grouped(number))) }
}
