//! What actions do.

use crate::app::{App, Open};
use crate::grid::Grid;
use crate::keys::Action;
use crate::panes::Pane;
use crate::player::Pace;
use crate::prompt::{Asks, Prompt};

impl App {
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
            Action::Open if self.open.is_some() => self.lead_on(),
            Action::Open => self.open(),
            Action::Theme => {
                self.manner.look.theme = self.manner.look.theme.next();
                self.say(format!("colours: {}", self.manner.look.theme.name()));
            }
            Action::Mouse => {
                self.manner.mouse = !self.manner.mouse;
                let state = if self.manner.mouse { "on" } else { "off: the terminal copies" };
                self.say(format!("mouse {state}"));
            }
            Action::Privacy => {
                self.player.turn_private();
                let now = if self.player.is_private() { "hidden" } else { "shown" };
                self.say(format!("names and words are {now}"));
            }
            Action::Picture => self.picture(),
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
            Action::Columns if columns > 0 => {
                let names = self.column_names();
                self.prompt = Some(Prompt::new(Asks::Columns, names));
            }
            Action::Export => self.ask_export(),
            Action::Raw => self.ask_raw(),
            Action::Reveal => self.ask_reveal(),
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
            (self.pane, self.open, self.leaf) = (pane, None, 0);
        }
        self.refresh();
    }

    /// What was opened is closed, then the filter is cleared, then the first view is shown, and
    /// then, if that is wanted, it is over.
    fn back(&mut self, out: bool) {
        if let Some(open) = self.open.as_mut().filter(|open| open.raw.is_some()) {
            (open.raw, open.scroll) = (None, 0);
            return;
        }
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

    pub(crate) fn scroll(&mut self, by: isize) {
        if let Some(open) = &mut self.open {
            open.scroll = open.scroll.saturating_add_signed(by);
            open.at_end = false;
        } else if let Some(grid) = self.grid() {
            grid.step(by);
        } else {
            self.leaf = self.leaf.saturating_add_signed(by).min(LEAF);
        }
    }

    fn page(&mut self, halves: isize) {
        if self.open.is_some() || self.grid().is_none() {
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
        } else {
            self.leaf = if last { LEAF } else { 0 };
        }
    }

    pub(crate) fn point(&mut self, x: u16, y: u16) {
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

    /// From what is open to what belongs to it: from an account or a file to its conversations, from a
    /// secret or a spreader to its account.
    fn lead_on(&mut self) {
        let Some(id) = self.open.as_ref().map(|open| open.id) else { return };
        let view = &self.player.view;
        let name = match self.pane {
            Pane::People => view.people.by_id(id).map(|one| (Pane::Talks, one.name.clone())),
            Pane::Files => view.files.by_id(id).map(|one| (Pane::Talks, one.from.clone())),
            Pane::Secrets => {
                view.secrets.by_id(id).and_then(|one| Some((Pane::People, one.account.clone()?)))
            }
            Pane::Outbreaks => {
                let row = self.outbreaks.by_id(id);
                row.map(|row| (Pane::People, row.found.subject.clone()))
            }
            _ => None,
        };
        if let Some((pane, name)) = name {
            self.show(pane);
            self.set_filter(&format!("\"{name}\""));
        }
    }

    /// Opens the row under the cursor.
    pub(crate) fn open(&mut self) {
        if self.pane == Pane::Overview {
            self.show(Pane::Findings);
        } else if self.open.is_none()
            && let Some(id) = self.grid().and_then(|grid| grid.chosen())
        {
            let at_end = self.pane == Pane::Talks && self.player.pace == Pace::Newest;
            self.open =
                Some(Open { id, raw: None, page: None, scroll: 0, at_end: at_end && !self.over });
        }
    }

    /// The filter of the list on the screen.
    pub fn filter_text(&mut self) -> String {
        self.grid().map(|grid| grid.filter.text().to_owned()).unwrap_or_default()
    }
}

/// Lines half a page of text has.
const PAGE: isize = 10;

/// Lines of a view that is no list at most.
const LEAF: usize = 200;

/// Lines of help at most.
const HELP: usize = 100;
