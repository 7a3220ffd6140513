//! A list of rows: columns, order, filter, marks, and the one row the cursor is on.
//!
//! Only the window that is seen is laid out. The order is made anew when rows changed; where there
//! are very many, no more than once a second.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::time::Duration;

use overhear_sensor::output::scrub::Shown;
use ratatui::layout::Rect;

use crate::filter::{Filter, Told as Facts};
use crate::sheet::{Sheet, say};
use crate::theme::Tone;

/// A column of a list.
#[derive(Debug)]
pub struct Column {
    /// Its heading.
    pub title: &'static str,
    /// Columns of the terminal it takes; of one that grows, at least.
    pub wide: u16,
    /// It takes its share of what is left over.
    pub grows: bool,
    /// Numbers stand at the right.
    pub right: bool,
    /// Which columns go first when there is no room: those of the highest rank.
    pub rank: u8,
}

/// Short for a column of text.
pub const fn text(title: &'static str, wide: u16, rank: u8) -> Column {
    Column { title, wide, grows: false, right: false, rank }
}

/// Short for a column that grows.
pub const fn wide(title: &'static str, wide: u16, rank: u8) -> Column {
    Column { title, wide, grows: true, right: false, rank }
}

/// Short for a column of numbers.
pub const fn number(title: &'static str, wide: u16, rank: u8) -> Column {
    Column { title, wide, grows: false, right: true, rank }
}

/// What a list shows.
pub trait Listed {
    /// Its columns.
    const COLUMNS: &'static [Column];
    /// The column it is ordered by at first, and whether the greatest comes first.
    const ORDER: (usize, bool);

    /// What stands in a column.
    fn cell(&self, column: usize) -> (Shown, Tone);
    /// Order by a column.
    fn compare(&self, other: &Self, column: usize) -> Ordering;
    /// What a filter is asked about.
    fn facts(&self) -> Facts;
    /// Numbers of the lines it was made of, the first few, for exporting it.
    fn lines(&self) -> Vec<u64>;
}

/// The state of a list.
#[derive(Debug)]
pub struct Grid {
    /// Column it is ordered by.
    pub by: usize,
    /// The greatest comes first.
    pub falling: bool,
    /// Columns that are not wanted.
    pub hidden: BTreeSet<usize>,
    /// Numbers of marked rows.
    pub marks: BTreeSet<u64>,
    /// What is shown of it.
    pub filter: Filter,
    /// The cursor stays on the newest row.
    pub follow: bool,
    /// Numbers of the rows that are shown, in order.
    order: Vec<u64>,
    made: Option<(u64, Duration)>,
    stale: bool,
    cursor: usize,
    chosen: Option<u64>,
    top: usize,
    /// Rows the window had when it was last drawn.
    window: usize,
    /// Where the columns were drawn: column, from, to.
    heads: Vec<(usize, u16, u16)>,
    body: Rect,
}

impl Grid {
    /// A list in the order of what it shows.
    pub fn new((by, falling): (usize, bool)) -> Self {
        Self {
            by,
            falling,
            hidden: BTreeSet::new(),
            marks: BTreeSet::new(),
            filter: Filter::default(),
            follow: false,
            order: Vec::new(),
            made: None,
            stale: true,
            cursor: 0,
            chosen: None,
            top: 0,
            window: 1,
            heads: Vec::new(),
            body: Rect::ZERO,
        }
    }

    /// Makes the order anew if rows changed since, or it is asked for otherwise.
    pub fn refresh<'r, R: Listed + 'r>(
        &mut self,
        rows: impl Iterator<Item = (u64, &'r R)>,
        version: u64,
        now: Duration,
    ) {
        if let Some((made, at)) = self.made
            && !self.stale
            && (made == version || (self.order.len() > MANY && now.saturating_sub(at) < RESTED))
        {
            return;
        }
        let filter = &self.filter;
        let mut all: Vec<_> = rows.filter(|(_, row)| filter.admits(|| row.facts())).collect();
        let (by, falling) = (self.by, self.falling);
        all.sort_by(|(a, one), (b, two)| {
            let order = one.compare(two, by);
            let order = if falling { order.reverse() } else { order };
            order.then(b.cmp(a))
        });
        self.order = all.into_iter().map(|(id, _)| id).collect();
        (self.made, self.stale) = (Some((version, now)), false);
        self.settle();
    }

    /// Puts the cursor on the row it was on.
    fn settle(&mut self) {
        if self.follow {
            let newest = self.order.iter().enumerate().max_by_key(|(_, id)| **id);
            self.cursor = newest.map_or(0, |(at, _)| at);
        } else if let Some(id) = self.chosen
            && let Some(at) = self.order.iter().position(|one| *one == id)
        {
            self.cursor = at;
        }
        self.cursor = self.cursor.min(self.order.len().saturating_sub(1));
        if self.follow {
            self.chosen = self.order.get(self.cursor).copied();
        }
    }

    /// The order has to be made anew.
    pub fn spoil(&mut self) {
        self.stale = true;
    }

    /// Number of the row the cursor is on.
    pub fn chosen(&self) -> Option<u64> {
        self.order.get(self.cursor).copied()
    }

    /// Numbers of what is shown, in order.
    pub fn shown(&self) -> &[u64] {
        &self.order
    }

    /// Puts the cursor on a row, if it is shown.
    pub fn choose(&mut self, id: u64) -> bool {
        let at = self.order.iter().position(|one| *one == id);
        at.into_iter().for_each(|at| self.to(at));
        at.is_some()
    }

    /// Puts the cursor so many rows further.
    pub fn step(&mut self, by: isize) {
        self.follow = false;
        self.to(self.cursor.saturating_add_signed(by));
    }

    /// A window further, or back.
    pub fn page(&mut self, part: isize) {
        let window = isize::try_from(self.window).unwrap_or(1).max(2);
        self.step(part * window / 2);
    }

    /// To the first row, or the last.
    pub fn end(&mut self, last: bool) {
        self.follow = false;
        self.to(if last { usize::MAX } else { 0 });
    }

    fn to(&mut self, at: usize) {
        self.cursor = at.min(self.order.len().saturating_sub(1));
        self.chosen = self.order.get(self.cursor).copied();
    }

    /// Marks the row under the cursor, or takes its mark away, and goes on.
    pub fn mark(&mut self) {
        if let Some(id) = self.chosen() {
            if !self.marks.remove(&id) && self.marks.len() < MARKS {
                self.marks.insert(id);
            }
            self.step(1);
        }
    }

    /// Orders by the next column that is there, or turns the order round.
    pub fn sort(&mut self, columns: usize, turn: bool) {
        if turn {
            self.falling = !self.falling;
        } else {
            let next = (1..=columns).map(|step| (self.by + step) % columns.max(1));
            self.by = next.into_iter().find(|at| !self.hidden.contains(at)).unwrap_or(self.by);
        }
        self.stale = true;
    }

    /// Where somebody pointed: a heading orders, a row is chosen; whether it was chosen before.
    pub fn point(&mut self, x: u16, y: u16) -> bool {
        if y + 1 == self.body.y {
            if let Some((column, _, _)) =
                self.heads.iter().find(|(_, from, to)| (*from..*to).contains(&x))
            {
                self.falling = if self.by == *column { !self.falling } else { self.falling };
                self.by = *column;
                self.stale = true;
            }
            return false;
        }
        if y < self.body.y || y >= self.body.bottom() {
            return false;
        }
        let at = self.top + usize::from(y - self.body.y);
        if at >= self.order.len() {
            return false;
        }
        let again = at == self.cursor;
        self.follow = false;
        self.to(at);
        again
    }

    /// Draws the window that is seen; `row` finds a row by its number.
    pub fn draw<'r, R: Listed + 'r>(
        &mut self,
        sheet: &mut Sheet<'_>,
        area: Rect,
        row: impl Fn(u64) -> Option<&'r R>,
    ) {
        let headed = u16::from(area.height > 2);
        self.body =
            Rect { y: area.y + headed, height: area.height - headed.min(area.height), ..area };
        self.window = usize::from(self.body.height).max(1);
        let spare = self.order.len().saturating_sub(self.window);
        self.top = self.top.min(spare).min(self.cursor);
        self.top = self.top.max(self.cursor.saturating_sub(self.window - 1));
        self.heads = layout(R::COLUMNS, &self.hidden, area);
        if headed > 0 {
            self.headings::<R>(sheet, area);
        }
        for (at, y) in (self.top..self.order.len()).zip(self.body.y..self.body.bottom()) {
            let Some(id) = self.order.get(at) else { break };
            let here = at == self.cursor;
            if self.marks.contains(id) {
                sheet.ours(area.x, y, 1, "●", Tone::Accent);
            } else if here {
                sheet.ours(area.x, y, 1, "▶", Tone::Strong);
            }
            if let Some(row) = row(*id) {
                self.cells(sheet, y, row);
            }
            if here {
                sheet.fill(Rect { y, height: 1, ..area }, Tone::Cursor);
            }
        }
    }

    fn headings<R: Listed>(&self, sheet: &mut Sheet<'_>, area: Rect) {
        for (column, from, to) in &self.heads {
            let Some(head) = R::COLUMNS.get(*column) else { continue };
            let arrow = match (self.by == *column, self.falling) {
                (false, _) => "",
                (true, true) => "▼",
                (true, false) => "▲",
            };
            let title = if head.right {
                say(format_args!("{arrow}{}", head.title))
            } else {
                say(format_args!("{}{arrow}", head.title))
            };
            if head.right {
                sheet.right(*from, area.y, to - from, &title, Tone::Accent);
            } else {
                sheet.put(*from, area.y, to - from, &title, Tone::Accent);
            }
        }
    }

    fn cells<R: Listed>(&self, sheet: &mut Sheet<'_>, y: u16, row: &R) {
        for (column, from, to) in &self.heads {
            let (text, tone) = row.cell(*column);
            if R::COLUMNS.get(*column).is_some_and(|column| column.right) {
                sheet.right(*from, y, to - from, &text, tone);
            } else {
                sheet.put(*from, y, to - from, &text, tone);
            }
        }
    }
}

/// Where each column stands. The widths depend on the area alone, never on what is in the rows, so
/// that nothing jumps; columns of the highest rank go when there is no room.
fn layout(columns: &[Column], hidden: &BTreeSet<usize>, area: Rect) -> Vec<(usize, u16, u16)> {
    let wanted = columns.iter().enumerate().filter(|(at, _)| !hidden.contains(at));
    let mut taken: Vec<_> = wanted.collect();
    let room = area.width.saturating_sub(MARGIN);
    let needs = |taken: &[(usize, &Column)]| -> u16 {
        taken.iter().map(|(_, column)| column.wide + GAP).sum::<u16>().saturating_sub(GAP)
    };
    while taken.len() > 1 && needs(&taken) > room {
        let last = taken.iter().map(|(_, column)| column.rank).max();
        let at = taken.iter().rposition(|(_, column)| Some(column.rank) == last);
        let Some(at) = at else { break };
        taken.remove(at);
    }
    let mut spare = room.saturating_sub(needs(&taken));
    let mut growing = taken.iter().filter(|(_, column)| column.grows).count() as u16;
    let mut x = area.x + MARGIN.min(area.width);
    let mut out = Vec::new();
    for (at, column) in taken {
        let mut wide = column.wide;
        if column.grows && growing > 0 {
            let part = spare / growing;
            (wide, spare, growing) = (wide + part, spare - part, growing - 1);
        }
        let to = (x + wide).min(area.right());
        out.push((at, x.min(area.right()), to));
        x = (to + GAP).min(area.right());
    }
    out
}

/// Columns for marks.
const MARGIN: u16 = 2;

/// Columns between two columns.
const GAP: u16 = 2;

/// Rows beyond which the order rests between two makings.
const MANY: usize = 5_000;

/// How long it rests.
const RESTED: Duration = Duration::from_secs(1);

/// Marks a list may have.
const MARKS: usize = 10_000;
