//! The lines that were heard, so that time can be wound back.
//!
//! The tape is bounded by the memory its lines take. What falls off its front is folded into a
//! view of its own first: winding back ends there, and nothing that was shown has to be guessed.

use std::collections::VecDeque;

use overhear_analysis::told::Body;
use overhear_analysis::{Time, Told};

use crate::veil::Veil;
use crate::view::{Pulse, View};

/// Lines in order, numbered from 0.
#[derive(Debug)]
pub struct Tape {
    lines: VecDeque<Told>,
    /// Number of the first line held.
    first: u64,
    /// What the lines before it came to.
    base: View,
    /// Bytes the lines take, about.
    held: usize,
    most: usize,
    pulse: Pulse,
}

impl Tape {
    /// A tape of about so many bytes.
    pub fn new(most: usize) -> Self {
        Self {
            lines: VecDeque::new(),
            first: 0,
            base: View::default(),
            held: 0,
            most,
            pulse: Pulse::default(),
        }
    }

    /// Adds a line.
    pub fn push(&mut self, told: Told, veil: &Veil) {
        self.held += weight(&told);
        told.head.timestamp.into_iter().for_each(|at| self.pulse.beat(at));
        self.lines.push_back(told);
        while self.held > self.most && self.lines.len() > 1 {
            let Some(oldest) = self.lines.pop_front() else { break };
            self.held = self.held.saturating_sub(weight(&oldest));
            self.base.hear(&veil.over(&oldest), self.first);
            self.first += 1;
        }
    }

    /// A line that is still held.
    pub fn line(&self, number: u64) -> Option<&Told> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.lines.get(at)
    }

    /// Number of the first line that is held.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Number of the line to come.
    pub fn end(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// What the lines that are no longer held came to.
    pub fn base(&self) -> &View {
        &self.base
    }

    /// How much was heard when, also of what is no longer held.
    pub fn pulse(&self) -> &Pulse {
        &self.pulse
    }

    /// Number of the first line later than a time, or of the line to come.
    pub fn after(&self, time: Time) -> u64 {
        // Times within a stream hardly ever fall; a line without one belongs to those before it.
        let later = |told: &Told| told.head.timestamp.is_some_and(|at| at > time);
        self.first + self.lines.partition_point(|told| !later(told)) as u64
    }

    /// Time of a line, or of the nearest before it that has one.
    pub fn time(&self, number: u64) -> Option<Time> {
        let at = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.lines.range(..self.lines.len().min(at + 1)).rev().find_map(|told| told.head.timestamp)
    }

    /// First and last time held.
    pub fn span(&self) -> Option<(Time, Time)> {
        let first = self.lines.iter().find_map(|told| told.head.timestamp)?;
        let last = self.lines.iter().rev().find_map(|told| told.head.timestamp)?;
        Some((first, last))
    }
}

/// Bytes a line takes in memory, about: itself, and its longer texts.
fn weight(told: &Told) -> usize {
    let texts = match &told.body {
        Body::Message(one) => {
            one.text.as_ref().map_or(0, String::len) + one.markup.as_ref().map_or(0, String::len)
        }
        Body::Presence(one) => one.text.as_ref().map_or(0, String::len),
        Body::Room(one) => one.text.as_ref().map_or(0, String::len),
        Body::Profile(one) => one.fields.len() * CONTACT,
        Body::Roster(one) => one.contacts.len() * CONTACT,
        Body::Finding(one) => one.explanation.len() + one.evidence.len() * 8,
        Body::Conflict(one) => one.readings.len() * CONTACT,
        _ => 0,
    };
    size_of::<Told>() + SMALL + texts
}

/// Bytes of a line's short texts: names, ids, addresses.
const SMALL: usize = 250;

/// Bytes of one contact of a list.
const CONTACT: usize = 150;
