//! Questions at the bottom of the screen: what is typed, and what becomes of it.

use overhear_analysis::Time;
use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::app::App;
use crate::export::Form;
use crate::filter::Filter;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A filter of the list.
    Filter,
    /// A time to jump to.
    Time,
    /// The columns of the list.
    Columns,
    /// A file to export to.
    Export,
    /// Whether raw bytes may be shown.
    Raw,
    /// Whether a secret may be shown.
    Reveal,
}

impl Asks {
    /// One key answers it.
    fn is_yes_or_no(self) -> bool {
        matches!(self, Self::Raw | Self::Reveal)
    }
}

/// A question, and what was typed so far.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What is asked.
    pub asks: Asks,
    /// What was typed.
    pub text: String,
    /// What was there before, for turning back.
    before: String,
    /// Place in the history of filters.
    past: Option<usize>,
}

impl Prompt {
    /// A question, with what stands there already.
    pub fn new(asks: Asks, text: String) -> Self {
        Self { asks, before: text.clone(), text, past: None }
    }

    /// The words in front of it.
    pub fn words(&self) -> &'static str {
        match self.asks {
            Asks::Filter => "filter: ",
            Asks::Time => "time: ",
            Asks::Columns => "columns: ",
            Asks::Export => "export to (.csv, .json, .pcapng): ",
            Asks::Raw => "raw bytes may hold passwords, and looking is logged. Show them? y/n ",
            Asks::Reveal => "show this secret for 10 s? That is logged. y/n ",
        }
    }

    /// What is wrong with it so far.
    pub fn slip(&self, span: Option<(Time, Time)>) -> Option<String> {
        match self.asks {
            Asks::Raw | Asks::Reveal | Asks::Columns => None,
            Asks::Export if Form::of(&self.text).is_some() => None,
            Asks::Export => Some("a name that ends in .csv, .json or .pcapng".into()),
            Asks::Filter => Filter::parse(&self.text).err().map(|slip| slip.to_string()),
            Asks::Time if self.text.trim().is_empty() => None,
            Asks::Time => match span.and_then(|span| time(&self.text, span)) {
                Some(_) => None,
                None => Some("12:57, 12:57:49, 2009-08-13 12:57, +90, -5m or 40%".into()),
            },
        }
    }
}

impl App {
    /// Hears a key while something is asked.
    pub(crate) fn typed(&mut self, key: KeyEvent) {
        let Some(mut prompt) = self.prompt.take() else { return };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if prompt.asks.is_yes_or_no() {
            match (prompt.asks, key.code) {
                (Asks::Raw, KeyCode::Char('y')) => self.show_raw(),
                (Asks::Reveal, KeyCode::Char('y')) => self.reveal(),
                _ => {}
            }
            return;
        }
        match key.code {
            KeyCode::Enter => return self.answer(&prompt),
            KeyCode::Esc => return self.turn_back(&prompt),
            KeyCode::Char('c') if control => return self.turn_back(&prompt),
            KeyCode::Char('u') if control => prompt.text.clear(),
            KeyCode::Char('w') if control => {
                let cut = prompt.text.trim_end().rfind(' ').map_or(0, |at| at + 1);
                prompt.text.truncate(cut);
            }
            KeyCode::Char(c) if !control && prompt.text.len() < LONGEST => prompt.text.push(c),
            KeyCode::Backspace if prompt.text.pop().is_none() => return self.turn_back(&prompt),
            KeyCode::Up => self.recall(&mut prompt, true),
            KeyCode::Down => self.recall(&mut prompt, false),
            _ => {}
        }
        if prompt.asks == Asks::Filter && prompt.slip(None).is_none() {
            let text = prompt.text.clone();
            self.set_filter(&text);
        }
        self.prompt = Some(prompt);
    }

    fn recall(&self, prompt: &mut Prompt, back: bool) {
        let last = self.history.len();
        let at = prompt.past.unwrap_or(last);
        let at = if back { at.saturating_sub(1) } else { (at + 1).min(last) };
        prompt.past = Some(at);
        prompt.text = self.history.get(at).cloned().unwrap_or_default();
    }

    fn answer(&mut self, prompt: &Prompt) {
        if let Some(slip) = prompt.slip(self.player.tape.span()) {
            self.say(slip);
            self.prompt = Some(prompt.clone());
            return;
        }
        match prompt.asks {
            Asks::Filter => {
                self.set_filter(&prompt.text);
                let text = prompt.text.trim();
                if !text.is_empty() {
                    self.history.retain(|known| known != text);
                    self.history.push(text.to_owned());
                    let surplus = self.history.len().saturating_sub(HISTORY);
                    self.history.drain(..surplus);
                }
            }
            Asks::Columns => self.choose_columns(&prompt.text),
            Asks::Export => self.export(&prompt.text),
            Asks::Raw | Asks::Reveal => {}
            Asks::Time => {
                let span = self.player.tape.span();
                if let Some(to) = span.and_then(|span| time(&prompt.text, span)) {
                    self.player.jump(to);
                }
            }
        }
    }

    /// The columns that are wanted, by name.
    pub(crate) fn column_names(&mut self) -> String {
        let columns = self.pane.columns();
        let Some(grid) = self.grid() else { return String::new() };
        let wanted = columns.iter().enumerate().filter(|(at, _)| !grid.hidden.contains(at));
        wanted.map(|(_, column)| column.title).collect::<Vec<_>>().join(", ")
    }

    /// Shows these columns and no others; all of them where none is named.
    fn choose_columns(&mut self, names: &str) {
        let columns = self.pane.columns();
        let wanted = |title: &str| names.split(',').any(|name| name.trim() == title);
        let hidden: Vec<_> = (0..columns.len())
            .filter(|at| columns.get(*at).is_some_and(|column| !wanted(column.title)))
            .collect();
        let all = hidden.len() == columns.len();
        if let Some(grid) = self.grid() {
            grid.hidden = if all { [].into() } else { hidden.into_iter().collect() };
        }
    }

    fn turn_back(&mut self, prompt: &Prompt) {
        if prompt.asks == Asks::Filter {
            self.set_filter(&prompt.before);
        }
    }

    /// Filters the list on the screen.
    pub fn set_filter(&mut self, text: &str) {
        if let Ok(filter) = Filter::parse(text)
            && let Some(grid) = self.grid()
        {
            grid.filter = filter;
            grid.spoil();
        }
        self.refresh();
    }
}

/// A time as people write it: a clock on the day the tape begins, a date, so many seconds from its
/// beginning or its end, or a part of it.
fn time(text: &str, (first, last): (Time, Time)) -> Option<Time> {
    let text = text.trim();
    let day = first.to_string();
    let day = day.get(..10)?;
    if let Some(part) = text.strip_suffix('%') {
        let part: i64 = part.trim().parse().ok().filter(|part| (0..=100).contains(part))?;
        return Some(first + last.since(first) / 100 * part);
    }
    if let Some(after) = text.strip_prefix('+') {
        return Some(first + seconds(after)?);
    }
    if let Some(before) = text.strip_prefix('-') {
        return Some(last + seconds(before)?.checked_neg()?);
    }
    let (day, clock) = match text.split_once([' ', 'T']) {
        Some((day, clock)) => (day, clock),
        None => (day, text),
    };
    let clock = if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.into() };
    let at = Time::parse(&format!("{day}T{clock}+0000"))?;
    // A clock before the tape begins is that of the next day.
    Some(if at < first && !text.contains(['-', 'T']) { at + DAY } else { at })
}

/// `90`, `5m`, `2h` in nanoseconds.
fn seconds(text: &str) -> Option<i64> {
    let (number, unit) = match text.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) => (number, text.chars().last()?),
        None => (text, 's'),
    };
    let unit = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => 1,
    };
    number
        .trim()
        .parse::<u32>()
        .ok()
        .and_then(|number| i64::from(number).checked_mul(unit)?.checked_mul(1_000_000_000))
}

/// Bytes that can be typed.
const LONGEST: usize = 400;

/// Filters that are remembered.
const HISTORY: usize = 50;

const DAY: i64 = 86_400_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        let at = |text: &str| Time::parse(text).unwrap();
        let span = (at("2009-08-13T22:00:00.0+0000"), at("2009-08-14T02:00:00.0+0000"));
        for (text, is) in [
            ("22:30", "2009-08-13T22:30:00.0+0000"),
            ("22:30:05", "2009-08-13T22:30:05.0+0000"),
            ("01:00", "2009-08-14T01:00:00.0+0000"),
            ("2009-08-14 00:10", "2009-08-14T00:10:00.0+0000"),
            ("+90", "2009-08-13T22:01:30.0+0000"),
            ("-5m", "2009-08-14T01:55:00.0+0000"),
            ("50%", "2009-08-14T00:00:00.0+0000"),
        ] {
            assert_eq!(time(text, span), Some(at(is)), "{text}");
        }
        for text in ["", "noon", "99:99", "+x", "-", "200%", "+9999999999"] {
            assert_eq!(time(text, span), None, "{text}");
        }
    }
}
