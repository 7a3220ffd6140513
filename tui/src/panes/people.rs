//! Accounts: what they use, whom they know, where they are.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use overhear_analysis::told::Severity;
use overhear_dissectors::event::Status;
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{count, grouped, moment, span, word};

use crate::filter::Told as Facts;
use crate::grid::{Column, Listed, number, text, wide};
use crate::panes::talks::some;
use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::{Buddy, Person};

impl Listed for Person {
    const COLUMNS: &'static [Column] = &[
        wide("account", 14, 0),
        text("network", 18, 2),
        text("presence", 10, 3),
        number("said", 5, 1),
        number("contacts", 8, 1),
        text("signed on", 11, 5),
        wide("devices", 15, 4),
        wide("client", 14, 6),
        text("last", 8, 2),
    ];
    const ORDER: (usize, bool) = (8, true);

    fn cell(&self, column: usize) -> (Shown, Tone) {
        match column {
            0 => (self.name.clone(), Tone::Plain),
            1 => (self.network.clone(), Tone::Dim),
            2 => presence(self),
            3 => (some(self.said), Tone::Plain),
            4 => (some(known(self)), Tone::Plain),
            5 => signed_on(self),
            6 => (few(&self.devices), Tone::Plain),
            7 => (few(&self.clients), Tone::Dim),
            _ => (super::clock_of(self.span.map(|(_, to)| to)), Tone::Plain),
        }
    }

    fn compare(&self, other: &Self, column: usize) -> Ordering {
        let last = |person: &Self| person.span.map(|(_, to)| to);
        match column {
            0 => self.name.cmp(&other.name),
            1 => self.network.cmp(&other.network),
            2 => self.status.map(word).cmp(&other.status.map(word)),
            3 => self.said.cmp(&other.said),
            4 => known(self).cmp(&known(other)),
            5 => self.signed_on.cmp(&other.signed_on),
            6 => self.devices.cmp(&other.devices),
            7 => self.clients.cmp(&other.clients),
            _ => last(self).cmp(&last(other)),
        }
    }

    fn facts(&self) -> Facts {
        let mut facts = Facts::default()
            .and("from", self.name.as_str())
            .and("net", self.network.as_str())
            .and("kind", self.status.map(word).unwrap_or_default());
        for device in &self.devices {
            facts = facts.and("host", device.as_str());
        }
        for service in &self.services {
            facts = facts.and("proto", service.as_str());
        }
        for room in &self.rooms {
            facts = facts.and("to", room.as_str());
        }
        for client in &self.clients {
            facts = facts.and("text", client.as_str());
        }
        for buddy in self.contacts.values() {
            facts = facts.and("to", buddy.name.as_str()).and("text", buddy.alias.as_str());
        }
        facts
    }

    fn lines(&self) -> Vec<u64> {
        self.lines.clone()
    }
}

/// Contacts it is known to have.
fn known(person: &Person) -> u64 {
    person.more_contacts.saturating_add(person.contacts.len() as u64)
}

/// Presence as mark and word.
fn presence(person: &Person) -> (Shown, Tone) {
    match person.status {
        None => (Shown::default(), Tone::Dim),
        Some(Status::Offline) => (Shown::line("○ offline"), Tone::Dim),
        Some(Status::Online) => (Shown::line("● online"), Tone::Good),
        Some(other) => (say(format_args!("● {}", word(other).replace('_', " "))), Tone::Plain),
    }
}

/// How often a sign-on was taken, and how often refused.
fn signed_on(person: &Person) -> (Shown, Tone) {
    match person.signed_on {
        [0, 0] => (Shown::default(), Tone::Dim),
        [taken, 0] => (say(format_args!("✓ {}", grouped(taken))), Tone::Plain),
        [taken, refused] => {
            let words = say(format_args!("✓ {} ✗ {}", grouped(taken), grouped(refused)));
            (words, Tone::Level(Severity::Medium))
        }
    }
}

/// The first of several words, and how many more there are.
fn few(words: &[Shown]) -> Shown {
    match words {
        [] => Shown::default(),
        [one] => one.clone(),
        [one, more @ ..] => say(format_args!("{one} +{}", more.len())),
    }
}

/// All there is to say about an account, so many columns wide.
pub fn page(person: &Person, columns: usize) -> Vec<Line> {
    let (status, tone) = presence(person);
    let mut lines = vec![
        Line::of(person.name.clone(), Tone::Strong)
            .word("  ", Tone::Plain)
            .and(person.network.clone(), Tone::Dim)
            .word("  ", Tone::Plain)
            .and(status, tone),
        Line::default(),
    ];
    if let Some((from, to)) = person.span {
        let words = say(format_args!("{}, over {}", moment(from), span(from, to)));
        lines.push(super::field("heard of", &words));
    }
    lines.push(super::field("said", &Shown::line(&count(person.said, "message"))));
    if person.signed_on != [0, 0] {
        let [taken, refused] = person.signed_on.map(grouped);
        let words = say(format_args!("{taken} taken, {refused} refused"));
        lines.push(super::field("signed on", &words));
    }
    for (name, words) in [
        ("services", &person.services),
        ("devices", &person.devices),
        ("clients", &person.clients),
        ("rooms", &person.rooms),
    ] {
        let words: Vec<_> = words.iter().map(Shown::as_str).collect();
        if !words.is_empty() {
            lines.extend(super::folded(name, &words.join(", "), columns));
        }
    }
    roster(person, &mut lines);
    lines
}

/// The contacts by their groups.
fn roster(person: &Person, lines: &mut Vec<Line>) {
    lines.push(Line::default());
    let all = known(person);
    if all == 0 {
        lines.push(Line::ours("no contact list was heard", Tone::Dim));
        return;
    }
    let whole = if person.complete { "the whole list was heard" } else { "as far as heard" };
    let words = say(format_args!("{}, {whole}", count(all, "contact")));
    lines.push(Line::of(words, Tone::Accent));
    let mut groups: BTreeMap<&Shown, Vec<&Buddy>> = BTreeMap::new();
    for buddy in person.contacts.values() {
        groups.entry(&buddy.group).or_default().push(buddy);
    }
    for (group, buddies) in groups {
        let named = !group.is_empty();
        if named {
            lines.push(Line::of(say(format_args!("  {group}")), Tone::Strong));
        }
        for buddy in buddies {
            let indent = if named { "    " } else { "  " };
            let mut line = Line::ours(indent, Tone::Plain).and(buddy.name.clone(), Tone::Plain);
            if !buddy.alias.is_empty() && buddy.alias != buddy.name {
                line = line.and(say(format_args!("  {}", buddy.alias)), Tone::Dim);
            }
            if buddy.blocked {
                line = line.word("  ✗ blocked", Tone::Level(Severity::Medium));
            }
            lines.push(line);
        }
    }
    if person.more_contacts > 0 {
        let words = say(format_args!("  and {} that are not kept", grouped(person.more_contacts)));
        lines.push(Line::of(words, Tone::Dim));
    }
}
