//! Time as the screen has it: at the newest line, held, or running over what was recorded.

use std::borrow::Cow;
use std::time::Duration;

use overhear_analysis::{Time, Told};

use crate::tape::Tape;
use crate::veil::Veil;
use crate::view::View;

/// How time goes on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// With whatever comes.
    Newest,
    /// Not at all.
    Held,
    /// As it was recorded, so many times as fast.
    Playing,
}

/// The tape, the place on it, and the view of everything up to there.
#[derive(Debug)]
pub struct Player {
    /// Lines that were heard.
    pub tape: Tape,
    /// What is shown.
    pub view: View,
    /// What is taken out of lines before they are shown.
    veil: Veil,
    /// How time goes on.
    pub pace: Pace,
    /// How fast it plays: an index of [`SPEEDS`].
    speed: usize,
    /// Number of the next line to be shown.
    at: u64,
    /// Number of the line to get to.
    goal: u64,
    /// The time cursor, while it is not at the newest.
    cursor: Option<Time>,
    /// When the cursor was moved last.
    moved: Duration,
    /// How often the view was begun anew.
    epoch: u64,
}

impl Player {
    /// An empty tape of about so many bytes.
    pub fn new(memory: usize) -> Self {
        Self {
            tape: Tape::new(memory),
            view: View::default(),
            veil: Veil::default(),
            pace: Pace::Newest,
            speed: NORMAL,
            at: 0,
            goal: 0,
            cursor: None,
            moved: Duration::ZERO,
            epoch: 0,
        }
    }

    /// Hears a line.
    pub fn push(&mut self, told: Told) {
        self.veil.hear(&told);
        self.tape.push(told, &self.veil);
    }

    /// Goes on, by so many lines at most; whether anything changed.
    pub fn go_on(&mut self, now: Duration, most: usize) -> bool {
        match self.pace {
            Pace::Newest => (self.goal, self.cursor) = (self.tape.end(), None),
            Pace::Held => {}
            Pace::Playing => self.play(now),
        }
        self.moved = now;
        self.wind(most)
    }

    fn play(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.moved).as_micros();
        let nanos = i64::try_from(passed).unwrap_or(i64::MAX).saturating_mul(10);
        let (hundredths, _) = SPEEDS.get(self.speed).copied().unwrap_or((100, ""));
        let Some((_, last)) = self.tape.span() else { return };
        let from = self.time().unwrap_or(last);
        let to = from + nanos.saturating_mul(hundredths);
        if to >= last {
            (self.pace, self.goal, self.cursor) = (Pace::Held, self.tape.end(), None);
        } else {
            (self.goal, self.cursor) = (self.tape.after(to), Some(to));
        }
    }

    /// Shows the lines up to the goal, by so many at most.
    fn wind(&mut self, most: usize) -> bool {
        if self.veil.settle() || self.goal < self.at || self.at < self.tape.first() {
            self.rewind();
        }
        let to = self.goal.min(self.at.saturating_add(most as u64));
        let from = self.at;
        while self.at < to {
            if let Some(told) = self.tape.line(self.at) {
                self.view.hear(&self.veil.over(told), self.at);
            }
            self.at += 1;
        }
        from != to
    }

    /// Begins with the first line that is held. What came before it is no part of a veiled view:
    /// it was folded with its names.
    fn rewind(&mut self) {
        self.epoch += 1;
        self.at = self.tape.first();
        self.view = if self.veil.is_private() { View::default() } else { self.tape.base().clone() };
    }

    /// How often the view was begun anew: until then, its numbers grow.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// A line that is still held, as it may be seen.
    pub fn line(&self, number: u64) -> Option<Cow<'_, Told>> {
        self.tape.line(number).map(|told| self.veil.over(told))
    }

    /// Names and words are hidden.
    pub fn is_private(&self) -> bool {
        self.veil.is_private()
    }

    /// Hides names and words, or shows them again.
    pub fn turn_private(&mut self) {
        self.veil.turn();
        self.rewind();
    }

    /// Lines between what is shown and the goal.
    pub fn behind(&self) -> u64 {
        self.goal.saturating_sub(self.at)
    }

    /// Lines that were heard and are not shown.
    pub fn waiting(&self) -> u64 {
        self.tape.end().saturating_sub(self.at)
    }

    /// The time that is shown.
    pub fn time(&self) -> Option<Time> {
        self.cursor.or_else(|| self.tape.time(self.goal.checked_sub(1)?))
    }

    /// Holds the picture, or goes on with the newest.
    pub fn hold(&mut self) {
        self.pace = if self.pace == Pace::Held { Pace::Newest } else { Pace::Held };
    }

    /// Plays on from here, or stops; from the end it begins again.
    pub fn toggle_play(&mut self) {
        if self.pace == Pace::Playing {
            self.pace = Pace::Held;
            return;
        }
        if self.goal >= self.tape.end() {
            self.start();
        }
        self.pace = Pace::Playing;
    }

    /// To the newest line.
    pub fn newest(&mut self) {
        self.pace = Pace::Newest;
    }

    /// To the first line that is held.
    pub fn start(&mut self) {
        if let Some((first, _)) = self.tape.span() {
            self.jump(first);
        }
    }

    /// To a time.
    pub fn jump(&mut self, to: Time) {
        let Some((first, last)) = self.tape.span() else { return };
        let to = to.clamp(first, last.max(first));
        if self.pace == Pace::Newest {
            self.pace = Pace::Held;
        }
        (self.goal, self.cursor) = (self.tape.after(to), Some(to));
        // The last lines of a tape have the time of those before them.
        if to == last {
            (self.goal, self.cursor) = (self.tape.end(), None);
        }
    }

    /// So many hundredths of the recorded time further, or back.
    pub fn step(&mut self, hundredths: i64) {
        let Some((first, last)) = self.tape.span() else { return };
        let second = if hundredths < 0 { -SECOND } else { SECOND };
        let part = last.since(first) / 100 * hundredths;
        let by = if part.abs() < SECOND { second } else { part };
        if let Some(now) = self.time() {
            self.jump(now + by);
        }
    }

    /// Plays faster, or slower.
    pub fn faster(&mut self, by: isize) {
        self.speed = self.speed.saturating_add_signed(by).min(SPEEDS.len() - 1);
    }

    /// How fast it plays, as it is written.
    pub fn speed(&self) -> &'static str {
        SPEEDS.get(self.speed).map_or("", |(_, name)| name)
    }

    /// Plays at the speed nearest to so many hundredths.
    pub fn set_speed(&mut self, hundredths: i64) {
        let near =
            |at: &usize| SPEEDS.get(*at).map_or(i64::MAX, |(speed, _)| (speed - hundredths).abs());
        self.speed = (0..SPEEDS.len()).min_by_key(near).unwrap_or(NORMAL);
    }
}

/// Speeds in hundredths, and how they are written.
const SPEEDS: &[(i64, &str)] = &[
    (10, "×0.1"),
    (25, "×0.25"),
    (50, "×0.5"),
    (100, "×1"),
    (200, "×2"),
    (500, "×5"),
    (1_000, "×10"),
    (6_000, "×60"),
    (60_000, "×600"),
    (360_000, "×3600"),
];

/// Place of the recorded speed.
const NORMAL: usize = 3;

const SECOND: i64 = 1_000_000_000;
