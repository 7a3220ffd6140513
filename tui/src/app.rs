//! The dashboard's state, and what keys make of it. It reads no clock: it is told the time.

use std::time::Duration;

use overhear_analysis::Told;
use ratatui::crossterm::event::{Event, KeyEvent, KeyEventKind, MouseButton, MouseEventKind};
use ratatui::layout::Rect;

use crate::grid::{Grid, Listed};
use crate::keys::{Action, Keys};
use crate::panes::ladder::Page;
use crate::panes::{Pane, ladder};
use crate::player::Player;
use crate::prompt::{Asks, Prompt};
use crate::theme::Theme;
use crate::view::{Found, Talk, View};

/// How it looks and behaves.
#[derive(Clone, Debug, Default)]
pub struct Manner {
    /// Its colours.
    pub theme: Theme,
    /// Characters of ASCII only.
    pub ascii: bool,
    /// The mouse is the dashboard's.
    pub mouse: bool,
    /// What its keys do.
    pub keys: Keys,
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
    pub(crate) now: Duration,
    pub(crate) leave: bool,
    pub(crate) dirty: bool,
    pub(crate) anew: bool,
}

/// Something opened from a list.
#[derive(Debug)]
pub struct Open {
    /// Number of its row.
    pub id: u64,
    /// Its page, made for a version of the tables and a width.
    pub page: Option<(u64, usize, Page)>,
    /// Lines scrolled.
    pub scroll: usize,
    /// It stays at its end.
    pub at_end: bool,
}

/// A list for every view that has one.
#[derive(Debug)]
pub struct Grids {
    /// Conversations.
    pub talks: Grid,
    /// Findings.
    pub findings: Grid,
}

impl Default for Grids {
    fn default() -> Self {
        Self { talks: Grid::new(Talk::ORDER), findings: Grid::new(Found::ORDER) }
    }
}

impl App {
    /// A dashboard that has heard nothing, and keeps about so many bytes of lines.
    pub fn new(title: &str, manner: Manner, memory: usize) -> Self {
        Self {
            player: Player::new(memory),
            manner,
            pane: Pane::Overview,
            open: None,
            grids: Grids::default(),
            prompt: None,
            help: None,
            note: None,
            missed: 0,
            over: false,
            title: title.to_owned(),
            history: Vec::new(),
            tabs: Vec::new(),
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
        self.dirty |= self.player.go_on(now, SLICE);
        self.refresh();
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

    pub(crate) fn refresh(&mut self) {
        let (view, now) = (&self.player.view, self.now);
        match self.pane {
            Pane::Talks => self.grids.talks.refresh(view.talks.iter(), view.talks.version(), now),
            Pane::Findings => {
                self.grids.findings.refresh(view.findings.iter(), view.findings.version(), now);
            }
            Pane::Overview => {}
        }
    }

    /// The list on the screen.
    pub fn grid(&mut self) -> Option<&mut Grid> {
        match self.pane {
            Pane::Talks => Some(&mut self.grids.talks),
            Pane::Findings => Some(&mut self.grids.findings),
            Pane::Overview => None,
        }
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

    /// Does what a key asks for.
    pub fn act(&mut self, action: Action) {
        self.dirty = true;
        if let Some(scroll) = &mut self.help {
            match action {
                Action::Down | Action::Up => {
                    let by = if action == Action::Down { 1 } else { -1 };
                    *scroll = scroll.saturating_add_signed(by).min(HELP);
                }
                Action::PageDown | Action::HalfDown => *scroll = (*scroll + 10).min(HELP),
                Action::PageUp | Action::HalfUp => *scroll = scroll.saturating_sub(10),
                Action::Leave => self.leave = true,
                _ => self.help = None,
            }
            return;
        }
        match action {
            Action::Help => self.help = Some(0),
            Action::Leave => self.leave = true,
            Action::Quit => self.back(true),
            Action::Back => self.back(false),
            Action::Next => self.show(self.pane.step(1)),
            Action::Previous => self.show(self.pane.step(-1)),
            Action::Up => self.scroll(-1),
            Action::Down => self.scroll(1),
            Action::PageUp => self.page(-2),
            Action::PageDown => self.page(2),
            Action::HalfUp => self.page(-1),
            Action::HalfDown => self.page(1),
            Action::First => self.end(false),
            Action::Last => self.end(true),
            Action::Open => self.open(),
            Action::Theme => {
                self.manner.theme = self.manner.theme.next();
                self.say(format!("colours: {}", self.manner.theme.name()));
            }
            Action::Mouse => {
                self.manner.mouse = !self.manner.mouse;
                let state = if self.manner.mouse { "on" } else { "off: the terminal copies" };
                self.say(format!("mouse {state}"));
            }
            Action::Redraw => self.anew = true,
            _ => self.act_in_list(action),
        }
    }

    fn act_in_list(&mut self, action: Action) {
        let columns = self.pane.columns().len();
        match action {
            Action::Filter if self.pane.columns().is_empty() => self.say("nothing to filter here"),
            Action::Filter => self.prompt = Some(Prompt::new(Asks::Filter, self.filter_text())),
            Action::Jump => self.prompt = Some(Prompt::new(Asks::Time, String::new())),
            Action::Sort | Action::Turn => {
                self.grid().into_iter().for_each(|grid| grid.sort(columns, action == Action::Turn));
            }
            Action::Follow => {
                if let Some(grid) = self.grid() {
                    grid.follow = !grid.follow;
                    grid.spoil();
                }
            }
            Action::Mark => self.grid().into_iter().for_each(Grid::mark),
            Action::Unmark => self.grid().into_iter().for_each(|grid| grid.marks.clear()),
            _ => self.act_in_time(action),
        }
    }

    fn act_in_time(&mut self, action: Action) {
        match action {
            Action::Freeze => self.player.hold(),
            Action::Play => self.player.toggle_play(),
            Action::Faster => self.player.faster(1),
            Action::Slower => self.player.faster(-1),
            Action::Earlier => self.player.step(-1),
            Action::Later => self.player.step(1),
            Action::FarEarlier => self.player.step(-10),
            Action::FarLater => self.player.step(10),
            Action::Start => self.player.start(),
            Action::Now => self.player.newest(),
            _ => {}
        }
    }

    /// Shows a view.
    pub fn show(&mut self, pane: Pane) {
        if pane != self.pane {
            (self.pane, self.open) = (pane, None);
        }
        self.refresh();
    }

    /// What was opened is closed, then the filter is cleared, then the first view is shown, and
    /// then, if that is wanted, it is over.
    fn back(&mut self, out: bool) {
        if self.open.take().is_some() {
            return;
        }
        if !self.filter_text().is_empty() {
            self.set_filter("");
        } else if self.pane != Pane::Overview {
            self.show(Pane::Overview);
        } else {
            self.leave = out;
        }
    }

    fn scroll(&mut self, by: isize) {
        if let Some(open) = &mut self.open {
            open.scroll = open.scroll.saturating_add_signed(by);
            open.at_end = false;
        } else if let Some(grid) = self.grid() {
            grid.step(by);
        }
    }

    fn page(&mut self, halves: isize) {
        if self.open.is_some() {
            self.scroll(halves * PAGE);
        } else if let Some(grid) = self.grid() {
            grid.page(halves);
        }
    }

    fn end(&mut self, last: bool) {
        if let Some(open) = &mut self.open {
            (open.scroll, open.at_end) = (0, last);
        } else if let Some(grid) = self.grid() {
            grid.end(last);
        }
    }

    fn point(&mut self, x: u16, y: u16) {
        if self.help.is_some() || self.prompt.is_some() {
            self.help = None;
        } else if let Some((pane, ..)) =
            self.tabs.iter().find(|(_, tab)| tab.contains((x, y).into())).copied()
        {
            self.show(pane);
        } else if self.open.is_none() && self.grid().is_some_and(|grid| grid.point(x, y)) {
            self.open();
        }
        self.refresh();
    }

    /// Opens the row under the cursor.
    fn open(&mut self) {
        if self.pane == Pane::Overview {
            self.show(Pane::Findings);
        } else if self.open.is_none()
            && let Some(id) = self.grid().and_then(|grid| grid.chosen())
        {
            let at_end =
                self.pane == Pane::Talks && self.player.pace == crate::player::Pace::Newest;
            self.open = Some(Open { id, page: None, scroll: 0, at_end: at_end && !self.over });
        }
    }

    /// The page of what is open, so many columns wide.
    pub(crate) fn page_of(&self, id: u64, columns: usize) -> Option<Page> {
        let view = &self.player.view;
        let body = |body| Page { head: Vec::new(), body };
        match self.pane {
            Pane::Talks => {
                let tape = &self.player.tape;
                let talk = view.talks.by_id(id)?;
                Some(ladder::page(talk, columns, |number| tape.line(number)))
            }
            Pane::Findings => {
                let found = view.findings.by_id(id)?;
                Some(body(crate::panes::findings::page(found, columns)))
            }
            Pane::Overview => None,
        }
    }

    /// The version of what is open: its page is made anew when it changes.
    pub(crate) fn version(&self) -> u64 {
        let view = &self.player.view;
        match self.pane {
            Pane::Talks => view.talks.version(),
            Pane::Findings => view.findings.version(),
            Pane::Overview => view.lines,
        }
    }

    /// The filter of the list on the screen.
    pub fn filter_text(&mut self) -> String {
        self.grid().map(|grid| grid.filter.text().to_owned()).unwrap_or_default()
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

/// Lines half a page of text has.
const PAGE: isize = 10;

/// Lines of help at most.
const HELP: usize = 100;

/// How long something is said.
const SAID: Duration = Duration::from_secs(4);
