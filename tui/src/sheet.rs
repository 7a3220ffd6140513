//! The one place that writes to the screen, and all it takes is scrubbed text.
//!
//! [`Shown`] is made by the scrubber alone, so nothing a stranger wrote can reach the terminal
//! otherwise: no widget of ours takes a string, and no other file touches a cell.

use std::fmt;

use overhear_sensor::output::scrub::Shown;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::theme::{Look, Tone};

/// A piece of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Its text.
    pub text: Shown,
    /// What it is.
    pub tone: Tone,
}

/// Pieces, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Piece>);

/// Words of ours, with numbers and scrubbed text among them: scrubbed once more, which changes
/// nothing that was scrubbed before.
pub fn say(words: fmt::Arguments<'_>) -> Shown {
    match words.as_str() {
        Some(words) => Shown::line(words),
        None => Shown::line(&words.to_string()),
    }
}

impl Line {
    /// A line of one piece.
    pub fn of(text: Shown, tone: Tone) -> Self {
        Self(vec![Piece { text, tone }])
    }

    /// A line of our own words.
    pub fn ours(words: &'static str, tone: Tone) -> Self {
        Self::of(Shown::line(words), tone)
    }

    /// With a piece behind it.
    #[must_use]
    pub fn and(mut self, text: Shown, tone: Tone) -> Self {
        self.0.push(Piece { text, tone });
        self
    }

    /// With words of our own behind it.
    #[must_use]
    pub fn word(self, words: &'static str, tone: Tone) -> Self {
        self.and(Shown::line(words), tone)
    }

    /// Columns it takes.
    pub fn columns(&self) -> usize {
        self.0.iter().map(|piece| piece.text.columns()).sum()
    }

    /// Its text without its tones.
    pub fn plain(&self) -> Shown {
        let text: String = self.0.iter().map(|piece| piece.text.as_str()).collect();
        Shown::line(&text)
    }
}

/// A part of the screen that is written on.
pub struct Sheet<'a> {
    buffer: &'a mut Buffer,
    look: Look,
    ascii: bool,
}

impl<'a> Sheet<'a> {
    /// Writes on a buffer, in the colours of a theme, perhaps with characters of ASCII only.
    pub fn new(buffer: &'a mut Buffer, look: Look, ascii: bool) -> Self {
        Self { buffer, look, ascii }
    }

    /// All of it.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// Writes a text into so many columns, cut with `…` if need be; the columns it took.
    pub fn put(&mut self, x: u16, y: u16, columns: u16, text: &Shown, tone: Tone) -> u16 {
        let area = self.buffer.area;
        if y >= area.bottom() || y < area.y || x < area.x || x >= area.right() {
            return 0;
        }
        let columns = usize::from(columns.min(area.right() - x));
        let style = self.look.style(tone);
        if (!self.ascii || text.as_str().is_ascii()) && text.columns() <= columns {
            return self.buffer.set_stringn(x, y, text.as_str(), columns, style).0 - x;
        }
        let cut = text.fitted_again(columns);
        let cut = if self.ascii { ascii(cut.as_str()) } else { cut.to_string() };
        self.buffer.set_stringn(x, y, cut, columns, style).0 - x
    }

    /// Writes words of ours; the columns they took.
    pub fn ours(&mut self, x: u16, y: u16, columns: u16, words: &'static str, tone: Tone) -> u16 {
        self.put(x, y, columns, &Shown::line(words), tone)
    }

    /// Writes a text so that it ends at the right.
    pub fn right(&mut self, x: u16, y: u16, columns: u16, text: &Shown, tone: Tone) {
        let takes = u16::try_from(text.columns()).unwrap_or(columns).min(columns);
        self.put(x + (columns - takes), y, takes, text, tone);
    }

    /// Writes a line; the columns it took.
    pub fn line(&mut self, x: u16, y: u16, columns: u16, line: &Line) -> u16 {
        let mut taken = 0;
        for piece in &line.0 {
            if taken >= columns {
                break;
            }
            taken += self.put(x + taken, y, columns - taken, &piece.text, piece.tone);
        }
        taken
    }

    /// Fills an area with blanks of a tone.
    pub fn fill(&mut self, area: Rect, tone: Tone) {
        let style = self.look.style(tone);
        self.buffer.set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties an area.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
    }

    /// A heading with a rule behind it, over the whole width of an area's first row.
    pub fn heading(&mut self, area: Rect, title: &Shown) {
        if area.height == 0 {
            return;
        }
        let taken = self.put(area.x, area.y, area.width, title, Tone::Accent);
        let rest = area.width.saturating_sub(taken + 1);
        let rule = Shown::line(&"─".repeat(usize::from(rest)));
        self.put(area.x + taken + 1, area.y, rest, &rule, Tone::Dim);
    }
}

/// Counts as bars of eighths, one a column, against the greatest.
pub fn bars(counts: &[u64]) -> Shown {
    let most = counts.iter().copied().max().unwrap_or_default();
    let bar = |count: &u64| match (*count, most) {
        (0, _) | (_, 0) => ' ',
        (count, most) => {
            let eighth = u128::from(count) * 7 / u128::from(most);
            BARS.get(usize::try_from(eighth).unwrap_or(7)).copied().unwrap_or('█')
        }
    };
    Shown::line(&counts.iter().map(bar).collect::<String>())
}

/// A text in ASCII: our own marks by what is like them, anything else as `?`, one a column.
fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match LIKE.iter().find(|(mark, _)| *mark == c) {
            Some((_, like)) => out.push(*like),
            None if c.is_ascii() => out.push(c),
            None => out.extend(std::iter::repeat_n(
                '?',
                Shown::line(c.encode_utf8(&mut [0; 4])).columns(),
            )),
        }
    }
    out
}

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// What stands for our marks where there is only ASCII.
const LIKE: &[(char, char)] = &[
    ('─', '-'),
    ('–', '-'),
    ('│', '|'),
    ('┌', '+'),
    ('┐', '+'),
    ('└', '`'),
    ('┘', '+'),
    ('├', '|'),
    ('…', '~'),
    ('▶', '>'),
    ('◀', '<'),
    ('→', '>'),
    ('←', '<'),
    ('▲', '^'),
    ('▼', 'v'),
    ('◆', '#'),
    ('●', '*'),
    ('○', 'o'),
    ('·', '.'),
    ('✓', '+'),
    ('✗', 'x'),
    ('×', 'x'),
    ('█', '#'),
    ('▇', '#'),
    ('▆', '%'),
    ('▅', '%'),
    ('▄', '='),
    ('▃', '='),
    ('▂', '-'),
    ('▁', '_'),
    ('░', '.'),
    ('⏸', '='),
    ('►', '>'),
    ('␛', '^'),
    ('↕', '|'),
    ('┤', '|'),
    ('┼', '+'),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    fn drawn(width: u16, ascii: bool, draw: impl FnOnce(&mut Sheet<'_>)) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, 1));
        draw(&mut Sheet::new(&mut buffer, Look::new(Theme::Mono), ascii));
        (0..width).map(|x| buffer[(x, 0)].symbol()).collect()
    }

    #[test]
    fn text_is_cut_where_it_must_be_and_says_so() {
        let text = Shown::line("你好, \u{1b}[2J world");
        assert_eq!(
            drawn(8, false, |sheet| {
                sheet.put(0, 0, 8, &text, Tone::Plain);
            }),
            "你 好 , ␛…"
        );
        assert_eq!(
            drawn(9, true, |sheet| {
                sheet.put(0, 0, 8, &text, Tone::Plain);
            }),
            "????, ^~ "
        );
        assert_eq!(
            drawn(4, false, |sheet| sheet.right(0, 0, 4, &Shown::line("7"), Tone::Plain)),
            "   7"
        );
    }

    #[test]
    fn outside_of_the_screen_nothing_is_written() {
        for (x, y) in [(4, 0), (0, 1), (u16::MAX, u16::MAX)] {
            let row = drawn(4, false, |sheet| {
                assert_eq!(sheet.ours(x, y, 10, "words", Tone::Plain), 0);
            });
            assert_eq!(row, "    ");
        }
    }

    #[test]
    fn bars_grow_with_their_counts() {
        assert_eq!(bars(&[0, 1, 4, 8]).as_str(), " ▁▄█");
        assert_eq!(bars(&[u64::MAX, 0]).as_str(), "█ ");
        let text = bars(&[0, 1, 4, 8]);
        assert_eq!(
            drawn(4, true, |sheet| {
                sheet.put(0, 0, 4, &text, Tone::Plain);
            }),
            " _=#"
        );
    }
}
