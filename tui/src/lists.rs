//! The lists of the views, and the pages of what is opened from them.

use ratatui::layout::Rect;

use crate::app::App;
use crate::grid::{Grid, Listed};
use crate::panes::ladder::{self, Page};
use crate::panes::{Pane, files, findings, outbreaks, people, secrets};
use crate::sheet::Sheet;
use crate::view::{Found, Outbreak, Person, Secret, Talk, Transfer};

/// A list for every view that has one.
#[derive(Debug)]
pub struct Grids {
    /// Conversations.
    pub talks: Grid,
    /// Secrets.
    pub secrets: Grid,
    /// What spreads.
    pub outbreaks: Grid,
    /// Accounts.
    pub people: Grid,
    /// Files.
    pub files: Grid,
    /// Findings.
    pub findings: Grid,
}

impl Default for Grids {
    fn default() -> Self {
        Self {
            talks: Grid::new(Talk::ORDER),
            secrets: Grid::new(Secret::ORDER),
            outbreaks: Grid::new(Outbreak::ORDER),
            people: Grid::new(Person::ORDER),
            files: Grid::new(Transfer::ORDER),
            findings: Grid::new(Found::ORDER),
        }
    }
}

impl Grids {
    /// All of them.
    pub fn all(&mut self) -> [&mut Grid; 6] {
        let Self { talks, secrets, outbreaks, people, files, findings } = self;
        [talks, secrets, outbreaks, people, files, findings]
    }
}

impl App {
    /// Brings the list on the screen up to date.
    pub(crate) fn refresh(&mut self) {
        let (view, now, grids) = (&self.player.view, self.now, &mut self.grids);
        match self.pane {
            Pane::Talks => grids.talks.refresh(view.talks.iter(), view.talks.version(), now),
            Pane::Secrets => {
                grids.secrets.refresh(view.secrets.iter(), view.secrets.version(), now);
            }
            Pane::Outbreaks => {
                self.outbreaks.refresh(&view.findings);
                let version = view.findings.version();
                grids.outbreaks.refresh(self.outbreaks.iter(), version, now);
            }
            Pane::People => grids.people.refresh(view.people.iter(), view.people.version(), now),
            Pane::Files => grids.files.refresh(view.files.iter(), view.files.version(), now),
            Pane::Findings => {
                grids.findings.refresh(view.findings.iter(), view.findings.version(), now);
            }
            Pane::Overview | Pane::Health => {}
        }
    }

    /// The list on the screen.
    pub fn grid(&mut self) -> Option<&mut Grid> {
        match self.pane {
            Pane::Talks => Some(&mut self.grids.talks),
            Pane::Secrets => Some(&mut self.grids.secrets),
            Pane::Outbreaks => Some(&mut self.grids.outbreaks),
            Pane::People => Some(&mut self.grids.people),
            Pane::Files => Some(&mut self.grids.files),
            Pane::Findings => Some(&mut self.grids.findings),
            Pane::Overview | Pane::Health => None,
        }
    }

    /// Draws the list on the screen.
    pub(crate) fn draw_list(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        let (view, grids) = (&self.player.view, &mut self.grids);
        match self.pane {
            Pane::Talks => grids.talks.draw(sheet, area, |id| view.talks.by_id(id)),
            Pane::Secrets => grids.secrets.draw(sheet, area, |id| view.secrets.by_id(id)),
            Pane::Outbreaks => {
                let mut area = area;
                if area.height > 4 && !self.outbreaks.is_empty() {
                    let head = outbreaks::headline(&self.outbreaks);
                    sheet.line(area.x, area.y, area.width, &head);
                    (area.y, area.height) = (area.y + 1, area.height - 1);
                }
                grids.outbreaks.draw(sheet, area, |id| self.outbreaks.by_id(id));
            }
            Pane::People => grids.people.draw(sheet, area, |id| view.people.by_id(id)),
            Pane::Files => grids.files.draw(sheet, area, |id| view.files.by_id(id)),
            Pane::Findings => grids.findings.draw(sheet, area, |id| view.findings.by_id(id)),
            Pane::Overview | Pane::Health => {}
        }
    }

    /// How many rows the list on the screen has, filtered or not.
    pub(crate) fn rows(&self) -> usize {
        let view = &self.player.view;
        match self.pane {
            Pane::Talks => view.talks.len(),
            Pane::Secrets => view.secrets.len(),
            Pane::Outbreaks => self.outbreaks.len(),
            Pane::People => view.people.len(),
            Pane::Files => view.files.len(),
            Pane::Findings => view.findings.len(),
            Pane::Overview | Pane::Health => 0,
        }
    }

    /// The page of what is open, so many columns wide.
    pub(crate) fn page_of(&self, id: u64, columns: usize) -> Option<Page> {
        let view = &self.player.view;
        let body = |body| Page { head: Vec::new(), body };
        match self.pane {
            Pane::Talks => {
                let player = &self.player;
                let talk = view.talks.by_id(id)?;
                Some(ladder::page(talk, columns, |number| player.line(number)))
            }
            Pane::Secrets => Some(body(secrets::page(view.secrets.by_id(id)?, view, columns))),
            Pane::Outbreaks => {
                let one = self.outbreaks.by_id(id)?;
                Some(body(outbreaks::page(one, &self.outbreaks, columns)))
            }
            Pane::People => Some(body(people::page(view.people.by_id(id)?, columns))),
            Pane::Files => Some(body(files::page(view.files.by_id(id)?, view, columns))),
            Pane::Findings => Some(body(findings::page(view.findings.by_id(id)?, columns))),
            Pane::Overview | Pane::Health => None,
        }
    }

    /// The version of what is open: its page is made anew when it changes.
    pub(crate) fn version(&self) -> u64 {
        let view = &self.player.view;
        match self.pane {
            Pane::Talks => view.talks.version(),
            Pane::Secrets => view.secrets.version(),
            Pane::People => view.people.version(),
            Pane::Files => view.files.version(),
            Pane::Outbreaks | Pane::Findings => view.findings.version(),
            Pane::Overview | Pane::Health => view.lines,
        }
    }

    /// The cells of a row, as they are exported.
    pub(crate) fn cells_of(&self, id: u64) -> Option<Vec<String>> {
        let view = &self.player.view;
        match self.pane {
            Pane::Talks => view.talks.by_id(id).map(cells),
            Pane::Secrets => view.secrets.by_id(id).map(cells),
            Pane::Outbreaks => self.outbreaks.by_id(id).map(cells),
            Pane::People => view.people.by_id(id).map(cells),
            Pane::Files => view.files.by_id(id).map(cells),
            Pane::Findings => view.findings.by_id(id).map(cells),
            Pane::Overview | Pane::Health => None,
        }
    }

    /// The lines a row was made of, the first few.
    pub(crate) fn lines_of(&self, id: u64) -> Vec<u64> {
        let view = &self.player.view;
        let lines = match self.pane {
            Pane::Talks => view.talks.by_id(id).map(Listed::lines),
            Pane::Secrets => view.secrets.by_id(id).map(Listed::lines),
            Pane::Outbreaks => self.outbreaks.by_id(id).map(Listed::lines),
            Pane::People => view.people.by_id(id).map(Listed::lines),
            Pane::Files => view.files.by_id(id).map(Listed::lines),
            Pane::Findings => view.findings.by_id(id).map(Listed::lines),
            Pane::Overview | Pane::Health => None,
        };
        lines.unwrap_or_default()
    }
}

fn cells<R: Listed>(row: &R) -> Vec<String> {
    (0..R::COLUMNS.len()).map(|column| row.cell(column).0.to_string()).collect()
}
