//! The dashboard's state, and what keys make of it. It reads no clock: it is told the time.

use std::path::PathBuf;
use std::time::Duration;

use overhear_analysis::Told;
use ratatui::crossterm::event::{Event, KeyEvent, KeyEventKind, MouseButton, MouseEventKind};
use ratatui::layout::Rect;

use crate::ask::{Audit, Task};
use crate::feed::Vitals;
use crate::grid::Grid;
use crate::keys::Keys;
use crate::lists::Grids;
use crate::panes::Pane;
use crate::panes::ladder::Page;
use crate::player::Player;
use crate::prompt::Prompt;
use crate::sheet::Line;
use crate::theme::Look;
use crate::view::{Outbreaks, View};

/// How it looks and behaves.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Its colours.
    pub look: Look,
    /// Characters of ASCII only.
    pub ascii: bool,
    /// The mouse is the dashboard's.
    pub mouse: bool,
    /// What its keys do.
    pub keys: Keys,
    /// Names and words are hidden from the start.
    pub private: bool,
    /// The folder exports go to.
    pub exports: PathBuf,
    /// Captures in which frames may be found again; those the stream names where there is none.
    pub captures: Vec<PathBuf>,
}

/// The dashboard.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a state of its own")]
pub struct App {
    /// Time, and what is shown of it.
    pub player: Player,
    /// How it looks.
    pub manner: Manner,
    /// The view on the screen.
    pub pane: Pane,
    /// What was opened in it.
    pub open: Option<Open>,
    /// The lists.
    pub grids: Grids,
    /// What spreads, as trees.
    pub outbreaks: Outbreaks,
    /// How the sensor stands, while one is at work.
    pub vitals: Option<Vitals>,
    /// Lines scrolled in a view that is no list.
    pub leaf: usize,
    /// A question at the bottom.
    pub prompt: Option<Prompt>,
    /// Help lies over the view, scrolled by so many lines.
    pub help: Option<usize>,
    /// Something said at the bottom, until then.
    pub note: Option<(String, Duration)>,
    /// Lines there was no place for on the way here.
    pub missed: u64,
    /// No more lines come.
    pub over: bool,
    /// What is watched, in a word.
    pub title: String,
    /// Filters that were used, the newest last.
    pub history: Vec<String>,
    /// Where the names of the views were drawn.
    pub(crate) tabs: Vec<(Pane, Rect)>,
    /// The view was begun anew so often.
    epoch: u64,
    pub(crate) now: Duration,
    /// Columns and rows that were drawn last.
    pub(crate) size: (u16, u16),
    /// Work beside the screen.
    pub(crate) task: Option<Task>,
    /// Where it is written down who looked at what.
    pub audit: Audit,
    pub(crate) leave: bool,
    pub(crate) dirty: bool,
    pub(crate) anew: bool,
}

/// Something opened from a list.
#[derive(Debug)]
pub struct Open {
    /// Number of its row.
    pub id: u64,
    /// Its bytes, where they were asked for.
    pub raw: Option<Vec<Line>>,
    /// Its page, made for a version of the tables and a width.
    pub page: Option<(u64, usize, Page)>,
    /// Lines scrolled.
    pub scroll: usize,
    /// It stays at its end.
    pub at_end: bool,
}

impl App {
    /// A dashboard that has heard nothing, and keeps about so many bytes of lines.
    pub fn new(title: &str, manner: Manner, memory: usize) -> Self {
        let mut player = Player::new(memory);
        if manner.private {
            player.turn_private();
        }
        Self {
            player,
            manner,
            pane: Pane::Overview,
            open: None,
            grids: Grids::default(),
            outbreaks: Outbreaks::default(),
            vitals: None,
            leaf: 0,
            prompt: None,
            help: None,
            note: None,
            missed: 0,
            over: false,
            title: title.to_owned(),
            history: Vec::new(),
            tabs: Vec::new(),
            epoch: 0,
            size: (80, 24),
            task: None,
            audit: Audit::default(),
            now: Duration::ZERO,
            leave: false,
            dirty: true,
            anew: false,
        }
    }

    /// Hears a line.
    pub fn hear(&mut self, told: Told) {
        self.player.push(told);
        self.dirty = true;
    }

    /// It is so late: time goes on, and the lists are brought up to date.
    pub fn tick(&mut self, now: Duration) {
        self.now = now;
        if self.note.as_ref().is_some_and(|(_, until)| now >= *until) {
            (self.note, self.dirty) = (None, true);
        }
        self.settle_task();
        self.dirty |= self.player.go_on(now, SLICE);
        if self.epoch != self.player.epoch() {
            self.epoch = self.player.epoch();
            self.outbreaks.spoil();
            self.grids.all().into_iter().for_each(Grid::spoil);
            self.open.iter_mut().for_each(|open| open.page = None);
        }
        self.refresh();
    }

    /// Hears how the sensor stands.
    pub fn stands(&mut self, vitals: Vitals) {
        self.dirty |= self.pane == Pane::Health;
        self.vitals = Some(vitals);
    }

    /// Something is read or written beside the screen.
    pub fn is_working(&self) -> bool {
        self.task.is_some()
    }

    /// Somebody wants to leave.
    pub fn is_over(&self) -> bool {
        self.leave
    }

    /// No more lines come.
    pub fn end_of_lines(&mut self) {
        self.dirty |= !std::mem::replace(&mut self.over, true);
    }

    /// There are lines to be shown before the picture is true.
    pub fn is_winding(&self) -> bool {
        self.player.behind() > 0
    }

    /// Whether the terminal has to be cleared first; it has not, after this.
    pub fn take_anew(&mut self) -> bool {
        std::mem::take(&mut self.anew)
    }

    /// Whether there is anything new to draw; it is not, after this.
    pub fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }

    /// What is shown.
    pub fn view(&self) -> &View {
        &self.player.view
    }

    /// Hears what the terminal says.
    pub fn event(&mut self, event: &Event) {
        self.dirty = true;
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.key(*key),
            Event::Mouse(mouse) => match mouse.kind {
                MouseEventKind::ScrollDown => self.scroll(WHEEL),
                MouseEventKind::ScrollUp => self.scroll(-WHEEL),
                MouseEventKind::Down(MouseButton::Left) => self.point(mouse.column, mouse.row),
                _ => {}
            },
            _ => {}
        }
    }

    /// Hears a key.
    pub fn key(&mut self, key: KeyEvent) {
        if self.prompt.is_some() {
            self.typed(key);
            return;
        }
        if let Some(pane) = Pane::of_key(key) {
            (self.help, self.open) = (None, None);
            self.show(pane);
        } else if let Some(action) = self.manner.keys.action(key) {
            self.act(action);
        }
        self.refresh();
    }

    /// Says something at the bottom for some seconds.
    pub fn say(&mut self, words: impl Into<String>) {
        self.note = Some((words.into(), self.now + SAID));
        self.dirty = true;
    }
}

/// Lines shown between two looks at the keys.
pub const SLICE: usize = 20_000;

/// Rows a turn of the wheel goes.
const WHEEL: isize = 3;

/// How long something is said.
const SAID: Duration = Duration::from_secs(4);
