//! A conversation as a ladder: both sides, and what went between them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use overhear_analysis::told::{Body, File, Message, Room};
use overhear_analysis::{Time, Told};
use overhear_dissectors::Name;
use overhear_dissectors::event::{MessageKind, Protection, RoomOp};
use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{bytes, clock, count, exposure, moment, span, verdict, word};

use crate::sheet::{Line, say};
use crate::theme::Tone;
use crate::view::{Talk, shown};

/// A page: what stays on top, and what is scrolled through.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What stays.
    pub head: Vec<Line>,
    /// What is scrolled.
    pub body: Vec<Line>,
}

/// The ladder of a conversation, so many columns wide; `line` finds a line by its number.
pub fn page<'t>(talk: &Talk, columns: usize, line: impl Fn(u64) -> Option<Cow<'t, Told>>) -> Page {
    let paired = !talk.is_room && columns >= PAIRED;
    let mut page = Page { head: head(talk), body: Vec::new() };
    if paired {
        page.head.push(names(talk, columns));
    }
    let mut missing = talk.forgotten;
    let mut authors = BTreeMap::new();
    let mut asides = Asides::default();
    for number in &talk.lines {
        let Some(told) = line(*number) else {
            missing += 1;
            continue;
        };
        let at = told.head.timestamp.map(|at| Shown::line(&clock(at))).unwrap_or_default();
        let rung = Rung { at, columns, talk };
        match &told.body {
            Body::Message(message) if paired => rung.between(message, &mut page.body),
            Body::Message(message) => rung.in_room(message, &mut authors, &mut page.body),
            Body::Room(room) => asides.tell(&told, happened(room), &rung, &mut page.body),
            Body::File(file) => asides.tell(&told, offered(file), &rung, &mut page.body),
            _ => {}
        }
    }
    if missing > 0 {
        let words = say(format_args!("{} before this are no longer held", count(missing, "line")));
        page.body.insert(0, Line::of(words, Tone::Dim));
    }
    page
}

/// What it is, in two lines.
fn head(talk: &Talk) -> Vec<Line> {
    let (reads, tone) = super::talks::readable(talk);
    let mut first = Line::of(talk.title.clone(), Tone::Strong)
        .word("  ", Tone::Plain)
        .and(talk.network.clone(), Tone::Dim)
        .word("  ", Tone::Plain)
        .and(reads, tone);
    if let Some((from, to)) = talk.span {
        first = first.and(say(format_args!("  {}, {}", moment(from), span(from, to))), Tone::Dim);
    }
    let mut second =
        Line::of(say(format_args!("{}", count(talk.messages, "message"))), Tone::Plain);
    if let (Some(kind), Some(far)) = (talk.verdict, talk.exposure) {
        second =
            second.and(say(format_args!(", {} {}", verdict(kind), exposure(far))), Tone::Plain);
    }
    if let Some(flow) = talk.flows.first() {
        let more = talk.flows.len() - 1;
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let words = say(format_args!("  {} {} – {}{more}", flow.transport, flow.from, flow.to));
        second = second.and(words, Tone::Dim);
    }
    if talk.lost > 0 {
        second = second.and(say(format_args!("  {} lost", bytes(talk.lost))), Tone::Strong);
    }
    vec![first, second]
}

/// The names above the sides.
fn names(talk: &Talk, columns: usize) -> Line {
    let [one, two] = &talk.sides;
    let half = (columns - CLOCK) / 2;
    let one = one.fitted_again(half - 1);
    let two = two.fitted_again(half - 1);
    let gap = columns - CLOCK - one.columns() - two.columns();
    Line::of(say(format_args!("{:CLOCK$}", "")), Tone::Plain)
        .and(one, Tone::Hue(0))
        .and(say(format_args!("{:gap$}", "")), Tone::Plain)
        .and(two, Tone::Hue(1))
}

/// A step of the ladder.
struct Rung<'a> {
    at: Shown,
    columns: usize,
    talk: &'a Talk,
}

impl Rung<'_> {
    /// What one side said to the other: text on an arrow.
    fn between(&self, message: &Message, out: &mut Vec<Line>) {
        let room = self.columns - CLOCK - 2;
        let [one, _] = &self.talk.sides;
        let onward = shown(&message.from).as_str().eq_ignore_ascii_case(one.as_str());
        let texts = said(message, room - ARROW);
        let last = texts.len().saturating_sub(1);
        for (at, text) in texts.into_iter().enumerate() {
            let clock = if at == 0 { self.at.clone() } else { Shown::default() };
            let spare = room - text.columns();
            let line =
                Line::of(say(format_args!("{clock:<CLOCK$}")), Tone::Dim).word("│", Tone::Dim);
            let line = match (onward, at == last) {
                (true, true) => line
                    .word(" ", Tone::Plain)
                    .and(text, Tone::Hue(0))
                    .and(say(format_args!(" {}▶", "─".repeat(spare - 3))), Tone::Dim),
                (true, false) => line
                    .word(" ", Tone::Plain)
                    .and(text, Tone::Hue(0))
                    .and(say(format_args!("{:1$}", "", spare - 1)), Tone::Plain),
                (false, true) => line
                    .and(say(format_args!("◀{} ", "─".repeat(spare - 3))), Tone::Dim)
                    .and(text, Tone::Hue(1))
                    .word(" ", Tone::Plain),
                (false, false) => line
                    .and(say(format_args!("{:1$}", "", spare - 1)), Tone::Plain)
                    .and(text, Tone::Hue(1))
                    .word(" ", Tone::Plain),
            };
            out.push(line.word("│", Tone::Dim));
        }
    }

    /// Columns of an author's name.
    fn author(&self) -> usize {
        if self.columns < PAIRED { SHORT } else { AUTHOR }
    }

    /// What somebody said to a room: name and text.
    fn in_room(&self, message: &Message, authors: &mut BTreeMap<Name, u8>, out: &mut Vec<Line>) {
        let next = u8::try_from(authors.len() % 250).unwrap_or(0);
        let hue = *authors.entry(message.from.clone()).or_insert(next);
        let author =
            Shown::fitted(message.display.as_ref().unwrap_or(&message.from), self.author() - 1);
        let gap = self.author() - author.columns();
        let room = self.columns.saturating_sub(CLOCK + self.author()).max(8);
        for (at, text) in said(message, room).into_iter().enumerate() {
            let line = if at == 0 {
                Line::of(say(format_args!("{:<CLOCK$}", self.at)), Tone::Dim)
                    .and(author.clone(), Tone::Hue(hue))
                    .and(say(format_args!("{:gap$}", "")), Tone::Plain)
            } else {
                Line::of(say(format_args!("{:1$}", "", CLOCK + self.author())), Tone::Plain)
            };
            out.push(line.and(text, Tone::Plain));
        }
    }

    /// What happened besides.
    fn aside(&self, words: &str) -> Line {
        Line::of(say(format_args!("{:<CLOCK$}", self.at)), Tone::Dim)
            .and(Shown::line(words), Tone::Dim)
    }
}

/// What happened besides, heard on each flow and told once.
#[derive(Default)]
struct Asides(Vec<(String, Time)>);

impl Asides {
    fn tell(&mut self, told: &Told, words: String, rung: &Rung<'_>, out: &mut Vec<Line>) {
        let at = told.head.timestamp.unwrap_or_default();
        let copy = |(known, then): &(String, Time)| *known == words && at.since(*then) < COPY;
        if !self.0.iter().any(copy) {
            out.push(rung.aside(&words));
            if self.0.len() >= LATELY {
                self.0.remove(0);
            }
            self.0.push((words, at));
        }
    }
}

/// What was said, folded, with what has to be known about it in front.
fn said(message: &Message, columns: usize) -> Vec<Shown> {
    let mut remarks = Vec::new();
    if !matches!(message.kind, MessageKind::Im | MessageKind::Chat) {
        remarks.push(word(message.kind).replace('_', " "));
    }
    if message.protection != Protection::None {
        remarks.push(format!("sealed by {}", word(message.protection)));
    }
    if message.ambiguous {
        remarks.push("two readings".into());
    }
    let remark = match remarks.is_empty() {
        true => String::new(),
        false => format!("[{}] ", remarks.join(", ")),
    };
    let text = match &message.text {
        Some(text) => format!("{remark}{}", text.trim_end_matches(['\r', '\n'])),
        None => format!("{remark}({})", count(message.length, "character")),
    };
    let mut lines = Shown::wrapped(&text, columns);
    if lines.len() > LONGEST {
        lines.truncate(LONGEST);
        lines.push(Shown::line("…"));
    }
    lines
}

/// What happened in a room, as a sentence.
fn happened(room: &Room) -> String {
    let does = match room.op {
        RoomOp::Join => "joins",
        RoomOp::Part => "leaves",
        RoomOp::Quit => "quits",
        RoomOp::Invite => "is invited",
        RoomOp::Decline => "declines",
        RoomOp::Topic => "sets the topic",
        RoomOp::Create => "opens the room",
        RoomOp::Kick => "is removed",
        RoomOp::Nick => "is now called",
    };
    let by = room.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    let text = room.text.as_ref().map(|text| format!(": {text}")).unwrap_or_default();
    format!("· {} {does}{by}{text}", room.account)
}

/// A file, as a sentence.
fn offered(file: &File) -> String {
    let size = file.size.map(|size| format!(" ({})", bytes(size))).unwrap_or_default();
    let name = file.name.as_deref().unwrap_or("a file without a name");
    let hash = file.sha256.as_ref().map(|hash| format!(" sha256 {hash}")).unwrap_or_default();
    format!("► {}: {name}{size} {}{hash}", file.from, word(file.state))
}

/// Columns below which both sides share one.
const PAIRED: usize = 48;

/// Columns of the clock.
const CLOCK: usize = 9;

/// Columns of an author's name, and where there is little room.
const AUTHOR: usize = 14;
const SHORT: usize = 9;

/// Columns an arrow takes at least, with the blanks around the text.
const ARROW: usize = 8;

/// Nanoseconds within which the same on another flow is a copy.
const COPY: i64 = 5_000_000_000;

/// What happened lately, to know its copies.
const LATELY: usize = 16;

/// Lines shown of one saying.
const LONGEST: usize = 200;
