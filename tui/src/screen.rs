//! The frame around the views: what is watched, where time stands, and which keys there are.

use overhear_sensor::output::scrub::Shown;
use overhear_sensor::output::word::{SEVERITIES, clock, grouped, moment, severity};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::App;
use crate::keys::Action;
use crate::panes::health::{self, Own};
use crate::panes::{Pane, overview};
use crate::player::Pace;
use crate::sheet::{Line, Sheet, bars, say};
use crate::theme::Tone;

/// Draws everything.
pub fn draw(app: &mut App, buffer: &mut Buffer) {
    let area = buffer.area;
    let mut sheet = Sheet::new(buffer, app.manner.look, app.manner.ascii);
    app.tabs.clear();
    app.size = (area.width, area.height);
    if area.width == 0 || area.height == 0 {
        return;
    }
    if area.height == 1 {
        let line = app.short();
        sheet.line(area.x, area.y, area.width, &line);
        return;
    }
    let mut rest = area;
    app.header(&mut sheet, take(&mut rest, area.height >= 4));
    app.tab_bar(&mut sheet, take(&mut rest, area.height >= 8));
    let status = give(&mut rest, true);
    let ruler = give(&mut rest, area.height >= 12);
    if app.help.is_some() {
        crate::help::draw(app, &mut sheet, rest);
    } else {
        app.body(&mut sheet, rest);
    }
    app.ruler(&mut sheet, ruler);
    app.status(&mut sheet, status);
}

/// The first row of an area, if it is wanted.
fn take(rest: &mut Rect, wanted: bool) -> Rect {
    let height = u16::from(wanted).min(rest.height);
    let row = Rect { height, ..*rest };
    (rest.y, rest.height) = (rest.y + height, rest.height - height);
    row
}

/// The last row of an area, if it is wanted.
fn give(rest: &mut Rect, wanted: bool) -> Rect {
    let height = u16::from(wanted).min(rest.height);
    rest.height -= height;
    Rect { y: rest.bottom(), height, ..*rest }
}

impl App {
    /// All in one line, for a terminal that has no more.
    fn short(&self) -> Line {
        let mut line = Line::of(self.state(), Tone::Strong);
        for (level, number) in self.levels() {
            let (mark, _) = severity(level);
            line = line.and(say(format_args!(" {mark}{number}")), Tone::Level(level));
        }
        let messages = grouped(self.view().messages);
        line.and(say(format_args!(" {messages} said")), Tone::Plain).word(" q quit", Tone::Dim)
    }

    fn levels(&self) -> impl Iterator<Item = (overhear_analysis::told::Severity, u64)> {
        let tally = SEVERITIES.into_iter().map(|level| (level, self.view().tally(level)));
        tally.filter(|(_, number)| *number > 0).collect::<Vec<_>>().into_iter()
    }

    /// Where time stands, in a word.
    fn state(&self) -> Shown {
        let waiting = grouped(self.player.waiting());
        match self.player.pace {
            _ if self.player.behind() > 0 => {
                say(format_args!("winding, {} lines", grouped(self.player.behind())))
            }
            Pace::Held if self.player.waiting() > 0 => say(format_args!("HELD +{waiting}")),
            Pace::Held => Shown::line("HELD"),
            Pace::Playing => say(format_args!("► {}", self.player.speed())),
            Pace::Newest if self.over => Shown::line("whole"),
            Pace::Newest => Shown::line("live"),
        }
    }

    /// What is watched, and what it came to.
    fn header(&self, sheet: &mut Sheet<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        let state = self.state();
        let mut right = Line::default();
        for (level, number) in self.levels() {
            let (mark, _) = severity(level);
            right = right.and(say(format_args!("{mark}{number} ")), Tone::Level(level));
        }
        let tone = if self.player.pace == Pace::Newest { Tone::Good } else { Tone::Strong };
        right = right.word(" ", Tone::Plain).and(state, tone);
        let takes = u16::try_from(right.columns()).unwrap_or(u16::MAX).min(area.width);
        let room = area.width - takes;
        let left =
            Line::ours("overhear ", Tone::Accent).and(Shown::line(&self.title), Tone::Strong);
        let mut used = sheet.line(area.x, area.y, room.saturating_sub(1), &left);
        if let Some((from, to)) = self.view().span {
            let words = say(format_args!("  {} – {}", moment(from), clock(to)));
            if usize::from(room) > usize::from(used) + words.columns() {
                used += sheet.put(area.x + used, area.y, room - used, &words, Tone::Dim);
            }
        }
        if self.missed > 0 {
            let words = say(format_args!("  {} lines missed here", grouped(self.missed)));
            let tone = Tone::Level(overhear_analysis::told::Severity::High);
            sheet.put(area.x + used, area.y, room.saturating_sub(used), &words, tone);
        }
        sheet.line(area.x + room, area.y, takes, &right);
    }

    /// The names of the views, with their keys.
    fn tab_bar(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        let needs = |long: bool| -> usize {
            let names = Pane::ALL.iter().map(|pane| pane.name());
            names.map(|(full, short)| if long { full.len() } else { short.len() } + 4).sum()
        };
        let long = needs(true) <= usize::from(area.width);
        let names = long || needs(false) <= usize::from(area.width);
        let mut x = area.x;
        for (at, pane) in Pane::ALL.into_iter().enumerate() {
            let (full, short) = pane.name();
            let here = pane == self.pane;
            let name = match (long, names || here) {
                (true, _) => full,
                (false, true) => short,
                (false, false) => "",
            };
            let gap = if name.is_empty() { "" } else { " " };
            let label = say(format_args!(" {}{gap}{name} ", at + 1));
            let tone = if here { Tone::Cursor } else { Tone::Plain };
            let taken = sheet.put(x, area.y, area.right().saturating_sub(x), &label, tone);
            self.tabs.push((pane, Rect { x, width: taken, ..area }));
            x += taken;
        }
    }

    fn body(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        if self.open.is_some() {
            self.opened(sheet, area);
            return;
        }
        let view = &self.player.view;
        match self.pane {
            Pane::Overview => overview::draw(view, sheet, area, self.player.time()),
            Pane::Health => {
                let own = Own {
                    vitals: self.vitals.as_ref(),
                    missed: self.missed,
                    held: self.player.tape.end() - self.player.tape.first(),
                    dropped: self.player.tape.first(),
                    waiting: self.player.waiting(),
                };
                health::draw(view, own, sheet, area, self.leaf);
            }
            _ => self.draw_list(sheet, area),
        }
        if self.grid().is_some_and(|grid| grid.shown().is_empty()) && area.height > 1 {
            let words = if self.filter_text().is_empty() {
                "nothing of this was heard yet"
            } else {
                "nothing passes the filter"
            };
            sheet.ours(area.x + 2, area.y + 1, area.width.saturating_sub(2), words, Tone::Dim);
        }
    }

    /// What was opened from the list.
    fn opened(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        let columns = usize::from(area.width);
        let version = self.version();
        let Some(mut open) = self.open.take() else { return };
        let stale = |(made, wide, _): &(u64, usize, _)| *made != version || *wide != columns;
        if open.page.as_ref().is_none_or(stale) {
            open.page = self.page_of(open.id, columns).map(|page| (version, columns, page));
        }
        if let Some(lines) = &open.raw {
            let most = lines.len().saturating_sub(usize::from(area.height));
            open.scroll = open.scroll.min(most);
            for (line, y) in lines.iter().skip(open.scroll).zip(area.top()..area.bottom()) {
                sheet.line(area.x, y, area.width, line);
            }
            self.open = Some(open);
            return;
        }
        let Some((_, _, page)) = &open.page else {
            let words = "this is no longer held, or not heard of yet at this time";
            sheet.ours(area.x, area.y, area.width, words, Tone::Dim);
            self.open = Some(open);
            return;
        };
        let mut rest = area;
        for line in page.head.iter().take(usize::from(area.height / 2)) {
            let row = take(&mut rest, true);
            sheet.line(row.x, row.y, row.width, line);
        }
        let most = page.body.len().saturating_sub(usize::from(rest.height));
        open.scroll = if open.at_end { most } else { open.scroll.min(most) };
        for (line, y) in page.body.iter().skip(open.scroll).zip(rest.top()..rest.bottom()) {
            sheet.line(rest.x, y, rest.width, line);
        }
        self.open = Some(open);
    }

    /// The recorded time, what happened when, and where the cursor stands.
    fn ruler(&self, sheet: &mut Sheet<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        let Some((from, to)) = self.player.tape.span() else { return };
        let (left, right) = (clock(from), clock(to));
        let room = usize::from(area.width).saturating_sub(left.len() + right.len() + 2);
        if room < 10 {
            return;
        }
        let counts = self.player.tape.pulse().over(from, to, room);
        let now = self.player.time().unwrap_or(to);
        let part =
            i128::from(now.since(from)) * (room as i128 - 1) / i128::from(to.since(from)).max(1);
        let place = u16::try_from(part.clamp(0, room as i128 - 1)).unwrap_or(0);
        let x = area.x + 9;
        sheet.put(area.x, area.y, 8, &Shown::line(&left), Tone::Dim);
        sheet.put(x, area.y, area.width - 18, &bars(&counts), Tone::Dim);
        sheet.put(area.right() - 8, area.y, 8, &Shown::line(&right), Tone::Dim);
        let spot = Rect { x: x + place, y: area.y, width: 1, height: 1 };
        if self.player.pace == Pace::Newest {
            sheet.ours(spot.x, spot.y, 1, "│", Tone::Strong);
        } else {
            let words = say(format_args!("│{}", clock(now)));
            let back = if spot.x + 9 > area.right() - 8 { 8 } else { 0 };
            let words = if back > 0 { say(format_args!("{}│", clock(now))) } else { words };
            sheet.put(spot.x - back, spot.y, 9, &words, Tone::Accent);
        }
    }

    /// The bottom: a question, something that is said, or the keys that matter here.
    fn status(&mut self, sheet: &mut Sheet<'_>, area: Rect) {
        if area.height == 0 {
            return;
        }
        if let Some(prompt) = &self.prompt {
            let line = Line::ours(prompt.words(), Tone::Accent)
                .and(Shown::line(&prompt.text), Tone::Plain)
                .word("█", Tone::Plain);
            let taken = sheet.line(area.x, area.y, area.width, &line);
            if prompt.text.is_empty() && prompt.words().ends_with("y/n ") {
                return;
            }
            let verdict = match prompt.slip(self.player.tape.span()) {
                Some(slip) => {
                    Line::ours("  ✗ ", Tone::Level(overhear_analysis::told::Severity::High))
                        .and(Shown::line(&slip), Tone::Plain)
                }
                None => Line::ours("  ✓", Tone::Good),
            };
            sheet.line(area.x + taken, area.y, area.width - taken, &verdict);
            return;
        }
        if let Some((words, _)) = &self.note {
            sheet.put(area.x, area.y, area.width, &Shown::line(words), Tone::Strong);
            return;
        }
        let count = self.counted();
        let takes = u16::try_from(count.columns()).unwrap_or(0).min(area.width / 2);
        let hints = self.hints(usize::from(area.width - takes).saturating_sub(1));
        sheet.line(area.x, area.y, area.width - takes, &hints);
        sheet.right(area.x, area.y, area.width, &count, Tone::Dim);
    }

    /// How many rows there are, which pass, and which are marked.
    fn counted(&mut self) -> Shown {
        let all = self.rows();
        let Some(grid) = self.grid() else { return Shown::default() };
        let follow = if grid.follow { "follow  " } else { "" };
        let marks = match grid.marks.len() {
            0 => String::new(),
            marks => format!("{marks} marked  "),
        };
        let shown = grid.shown().len();
        match grid.filter.is_empty() {
            true => say(format_args!("{follow}{marks}{}", grouped(all as u64))),
            false => say(format_args!("{follow}{marks}{}: {shown} of {all}", grid.filter.text())),
        }
    }

    /// Where the open key leads.
    fn leads(&self) -> &'static str {
        match (self.pane, self.open.is_some()) {
            (Pane::Health, _) => "",
            (Pane::Overview, _) => "findings",
            (_, false) => "open",
            (Pane::People | Pane::Files, true) => "talks",
            (Pane::Secrets | Pane::Outbreaks, true) => "account",
            _ => "",
        }
    }

    /// The keys that matter here, as far as there is room; the way out is always among them.
    fn hints(&self, columns: usize) -> Line {
        let list = self.open.is_none() && !self.pane.columns().is_empty();
        let wanted: &[(Action, &'static str)] = &[
            (
                Action::Quit,
                if self.open.is_some() || self.pane != Pane::Overview { "back" } else { "quit" },
            ),
            (Action::Help, "help"),
            (Action::Open, self.leads()),
            (Action::Filter, if list { "filter" } else { "" }),
            (Action::Freeze, "hold"),
            (Action::Play, "play"),
            (Action::Sort, if list { "order" } else { "" }),
            (Action::Mark, if list { "mark" } else { "" }),
            (Action::Export, if list { "export" } else { "" }),
            (Action::Earlier, "earlier"),
            (Action::Later, "later"),
        ];
        let mut line = Line::default();
        for (action, does) in wanted.iter().filter(|(_, does)| !does.is_empty()) {
            let Some(key) = self.manner.keys.of(*action).first().copied().map(Shown::line) else {
                continue;
            };
            let gap = usize::from(!line.0.is_empty()) * 2;
            if line.columns() + gap + key.columns() + 1 + does.len() > columns {
                break;
            }
            line = line
                .and(say(format_args!("{:gap$}", "")), Tone::Plain)
                .and(key, Tone::Accent)
                .word(" ", Tone::Plain)
                .and(Shown::line(does), Tone::Dim);
        }
        line
    }
}
