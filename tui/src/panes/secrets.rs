//! Credentials: whose, how they travelled, and what they are worth to whoever heard them.

use std::cmp::Ordering;

use overhear_analysis::told::Severity;
use overhear_dissectors::event::Strength;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{count, grouped, moment, span, strength, word};

use crate::filter::Told as Facts;
use crate::grid::{Column, Listed, number, text, wide};
use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::{Secret, View};

impl Listed for Secret {
    const COLUMNS: &'static [Column] = &[
        wide("account", 14, 0),
        text("worth", 13, 0),
        text("kind", 11, 4),
        wide("sent as", 18, 3),
        text("taken", 7, 1),
        text("secret", 16, 2),
        number("sent", 5, 6),
        text("network", 18, 7),
        text("first", 8, 5),
    ];
    const ORDER: (usize, bool) = (1, false);

    fn cell(&self, column: usize) -> (Shown, Tone) {
        match column {
            0 => (owner(self), Tone::Plain),
            1 => worth(self.strength),
            2 => (self.kind.clone(), Tone::Dim),
            3 => (joined(&self.mechanisms), Tone::Plain),
            4 => taken(self),
            5 => (self.secret.clone(), Tone::Dim),
            6 => (Shown::line(&grouped(self.times)), Tone::Plain),
            7 => (self.network.clone(), Tone::Dim),
            _ => (super::clock_of(self.span.map(|(from, _)| from)), Tone::Dim),
        }
    }

    fn compare(&self, other: &Self, column: usize) -> Ordering {
        match column {
            0 => self.account.cmp(&other.account),
            1 => self.strength.cmp(&other.strength),
            2 => self.kind.cmp(&other.kind),
            3 => self.mechanisms.cmp(&other.mechanisms),
            4 => self.accepted.cmp(&other.accepted),
            5 => self.fingerprint.cmp(&other.fingerprint),
            6 => self.times.cmp(&other.times),
            7 => self.network.cmp(&other.network),
            _ => self.span.cmp(&other.span),
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::default()
            .and("net", self.network.as_str())
            .and("kind", self.kind.as_str())
            .and("kind", word(self.strength))
            .and("text", self.fingerprint.as_str());
        if let Some(name) = &self.account {
            facts = facts.and("from", name.as_str());
        }
        for mechanism in &self.mechanisms {
            facts = facts.and("kind", mechanism.as_str());
        }
        if let Some(flow) = &self.flow {
            facts = facts.and("proto", flow.protocol.as_str());
            for end in [flow.from, flow.to] {
                facts = facts.and("host", end.ip().to_string()).and("port", end.port().to_string());
            }
        }
        facts
    }

    fn lines(&self) -> Vec<u64> {
        vec![self.line]
    }
}

/// Whose it is.
fn owner(secret: &Secret) -> Shown {
    secret.account.clone().unwrap_or_else(|| Shown::line("(nobody named)"))
}

/// What a secret is worth to whoever heard it, as mark and word.
fn worth(of: Strength) -> (Shown, Tone) {
    let (words, level) = match of {
        Strength::Plaintext => ("▲ plaintext", Severity::High),
        Strength::Reversible => ("▲ reversible", Severity::High),
        Strength::Replayable => ("● replayable", Severity::Medium),
        Strength::Crackable => ("● crackable", Severity::Medium),
        Strength::Strong => ("○ strong", Severity::Info),
    };
    (Shown::line(words), Tone::Level(level))
}

/// Whether the service took it, as mark and word.
fn taken(secret: &Secret) -> (Shown, Tone) {
    match secret.accepted {
        Some(true) => (Shown::line("✓ yes"), Tone::Plain),
        Some(false) => (Shown::line("✗ no"), Tone::Dim),
        None => (Shown::line("? "), Tone::Dim),
    }
}

fn joined(words: &[Shown]) -> Shown {
    let words: Vec<_> = words.iter().map(Shown::as_str).collect();
    Shown::line(&words.join(", "))
}

/// All there is to say about a secret but the secret, so many columns wide.
pub fn page(secret: &Secret, view: &View, columns: usize) -> Vec<Line> {
    let (mark, tone) = worth(secret.strength);
    let mut lines = vec![
        Line::of(say(format_args!("{} of ", secret.kind)), Tone::Strong)
            .and(owner(secret), Tone::Strong)
            .word("  ", Tone::Plain)
            .and(mark, tone),
        Line::default(),
        super::field("network", &secret.network),
        super::field("secret", &secret.secret),
        super::field("fingerprint", &secret.fingerprint),
        super::field("worth", &Shown::line(strength(secret.strength))),
    ];
    lines.extend(super::folded("sent as", joined(&secret.mechanisms).as_str(), columns));
    let (answer, _) = taken(secret);
    let answer = if secret.accepted.is_none() { Shown::line("no answer heard") } else { answer };
    lines.push(super::field("taken", &answer));
    if let Some((from, to)) = secret.span {
        let times = count(secret.times, "time");
        let words = say(format_args!("{times}, {}, over {}", moment(from), span(from, to)));
        lines.push(super::field("sent", &words));
    }
    if let Some(flow) = &secret.flow {
        let words = say(format_args!("{} {} – {}", flow.transport, flow.from, flow.to));
        lines.push(super::field("on", &words));
        if let Some(channel) = view.reach.channel(flow.id) {
            let (far, tone) = super::talks::reach(channel.exposure);
            lines.push(super::field("travelled", &Shown::default()).and(far, tone));
        }
    }
    reuse(secret, view, columns, &mut lines);
    if !secret.frames.is_empty() {
        let frames: Vec<_> = secret.frames.iter().map(u64::to_string).collect();
        lines.extend(super::folded("frames", &frames.join(", "), columns));
    }
    lines
}

/// Who else has the same secret: equal ones have equal fingerprints.
fn reuse(secret: &Secret, view: &View, columns: usize, lines: &mut Vec<Line>) {
    let same = view.secrets.iter().map(|(_, one)| one).filter(|one| {
        one.fingerprint == secret.fingerprint
            && (one.account != secret.account || one.network != secret.network)
    });
    let mut others: Vec<_> = same.map(|one| format!("{} on {}", owner(one), one.network)).collect();
    others.sort_unstable();
    others.dedup();
    if !others.is_empty() {
        lines.extend(super::folded("reused by", &others.join(", "), columns));
    }
}
