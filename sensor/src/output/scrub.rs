//! The one scrubber: whatever the wire said becomes text a person can look at safely.
//!
//! A captured string may hold terminal escapes, characters that turn the reading direction around,
//! characters nobody can see, or a thousand accents on one letter. None of that may reach a
//! terminal, a spreadsheet or a browser, and none of it may vanish: what was hidden is evidence. So
//! each such character is written out (`␛`, `\u{202e}`), and [`Shown`], which only this file can
//! make, is the only thing the report, the tables and the page take.

use std::fmt;

use unicode_width::UnicodeWidthChar;

/// Text that is safe to show: one line, every character visible.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown(String);

impl Shown {
    /// All of it, on one line.
    pub fn line(wire: &str) -> Self {
        Self::fitted(wire, usize::MAX)
    }

    /// As much of it as fits into so many columns, with `…` where it was cut.
    pub fn fitted(wire: &str, columns: usize) -> Self {
        let mut scrubbed = String::with_capacity(wire.len().min(columns.saturating_mul(4)));
        let mut room = columns;
        // Where to cut, should the next piece not fit: the last place that leaves one column.
        let mut cut = 0;
        for piece in Pieces::of(wire) {
            let takes = piece.width();
            if takes > room {
                scrubbed.truncate(cut);
                if columns > 0 {
                    scrubbed.push('…');
                }
                break;
            }
            room -= takes;
            piece.write(&mut scrubbed);
            if room > 0 {
                cut = scrubbed.len();
            }
        }
        Self(scrubbed)
    }

    /// As much of this as fits into so many columns.
    #[must_use]
    pub fn fitted_again(&self, columns: usize) -> Self {
        Self::fitted(&self.0, columns)
    }

    /// Each line of it by itself, whatever ends the lines.
    pub fn lines(wire: &str) -> Vec<Self> {
        let unified = wire.replace("\r\n", "\n");
        unified.split(['\n', '\r']).map(Self::line).collect()
    }

    /// Broken into lines of at most so many columns, at blanks where there are any.
    pub fn wrapped(wire: &str, columns: usize) -> Vec<Self> {
        let columns = columns.max(2);
        let mut out = Vec::new();
        for line in Self::lines(wire) {
            wrap(&line.0, columns, &mut out);
        }
        out
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Columns it takes on a terminal.
    pub fn columns(&self) -> usize {
        width(&self.0)
    }

    /// Nothing is shown.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether a character has to be written out: it steers a terminal, turns the reading direction,
/// or cannot be seen.
pub fn hidden(c: char) -> bool {
    matches!(c,
        // C0, DEL and C1 controls.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Direction: ALM, LRM, RLM, embeddings, overrides, isolates.
        | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        // Line and paragraph separators.
        | '\u{2028}' | '\u{2029}'
        // Without width: soft hyphen, grapheme joiner, zero-width spaces and joiners, word joiner
        // and invisible operators, shaping controls, byte order mark, interlinear annotation.
        | '\u{ad}' | '\u{34f}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        // Fillers that look like nothing.
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        // Musical and shorthand format controls, tags, variation selectors beyond the emoji ones.
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What is shown of one character or of one run.
#[derive(Clone, Copy)]
enum Piece {
    /// The character itself, so many columns wide.
    Plain(char, usize),
    /// A picture of a control character.
    Picture(char),
    /// Its number.
    Number(char),
    /// So many combining marks too many.
    Marks(usize),
}

impl Piece {
    fn width(self) -> usize {
        match self {
            Self::Plain(_, wide) => wide,
            Self::Picture(_) => 1,
            Self::Number(c) => 5 + digits(c as usize, 16).max(2),
            Self::Marks(count) => 3 + digits(count, 10),
        }
    }

    fn write(self, out: &mut String) {
        use fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = match self {
            Self::Plain(c, _) | Self::Picture(c) => out.write_char(c),
            Self::Number(c) => write!(out, "\\u{{{:02x}}}", c as u32),
            Self::Marks(count) => write!(out, "⟨+{count}⟩"),
        };
    }
}

/// How many digits a number has.
fn digits(mut number: usize, base: usize) -> usize {
    let mut count = 1;
    while number >= base {
        number /= base;
        count += 1;
    }
    count
}

/// Cuts a string into [`Piece`]s.
struct Pieces<'a> {
    chars: std::iter::Peekable<std::str::Chars<'a>>,
    marks: usize,
}

impl<'a> Pieces<'a> {
    fn of(wire: &'a str) -> Self {
        Self { chars: wire.chars().peekable(), marks: 0 }
    }

    /// Skips the rest of a run of combining marks, and says how long it was.
    fn surplus(&mut self) -> usize {
        let mut count = 1;
        while self.chars.next_if(|c| is_mark(*c)).is_some() {
            count += 1;
        }
        count
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        let c = self.chars.next()?;
        if is_mark(c) {
            self.marks += 1;
            if self.marks > MARKS {
                return Some(Piece::Marks(self.surplus()));
            }
            return Some(Piece::Plain(c, 0));
        }
        self.marks = 0;
        Some(match c {
            '\0'..='\u{1f}' => picture(0x2400 + c as u32),
            '\u{7f}' => picture(0x2421),
            c if hidden(c) => Piece::Number(c),
            c => Piece::Plain(c, c.width().unwrap_or(1)),
        })
    }
}

/// Columns of scrubbed text.
fn width(text: &str) -> usize {
    text.chars().filter_map(UnicodeWidthChar::width).sum()
}

fn picture(number: u32) -> Piece {
    char::from_u32(number).map_or(Piece::Number('\u{fffd}'), Piece::Picture)
}

/// A mark that sits on the character before it.
fn is_mark(c: char) -> bool {
    c.width() == Some(0) && !hidden(c)
}

/// Fills lines of scrubbed text; a word longer than a line is cut.
fn wrap(line: &str, columns: usize, out: &mut Vec<Shown>) {
    let mut current = String::new();
    let mut used = 0;
    let mut blank: Option<usize> = None;
    for c in line.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide > columns {
            // The last blank ends the line, unless that would leave less than a third of it.
            let keep = blank.filter(|at| *at * 3 >= current.len()).unwrap_or(current.len());
            let rest = current.split_off(keep).trim_start().to_owned();
            out.push(Shown(std::mem::replace(&mut current, rest)));
            used = width(&current);
            blank = None;
            if c == ' ' && current.is_empty() {
                continue;
            }
        }
        if c == ' ' {
            blank = Some(current.len());
        }
        current.push(c);
        used += wide;
    }
    out.push(Shown(current));
}

/// Combining marks a character may carry. Vietnamese needs two, Hebrew with points and accents
/// three or four.
const MARKS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn controls_become_pictures_and_numbers() {
        let cases = [
            ("\x1b[31mred\x1b[0m", "␛[31mred␛[0m"),
            ("a\r\nb\tc\0", "a␍␊b␉c␀"),
            ("\u{7f}\u{9b}31m\u{85}", "␡\\u{9b}31m\\u{85}"),
            ("abc\u{202e}cod.exe", "abc\\u{202e}cod.exe"),
            ("pay\u{200b}pal\u{2069}", "pay\\u{200b}pal\\u{2069}"),
            ("\u{e0041}\u{feff}x", "\\u{e0041}\\u{feff}x"),
            ("Grüße, 你好", "Grüße, 你好"),
        ];
        for (wire, shown) in cases {
            assert_eq!(Shown::line(wire).as_str(), shown);
        }
    }

    #[test]
    fn a_run_of_marks_is_cut_and_counted() {
        let wire = format!("Z{}algo", "\u{301}".repeat(1000));
        assert_eq!(Shown::line(&wire).as_str(), format!("Z{}⟨+996⟩algo", "\u{301}".repeat(4)));
    }

    #[test]
    fn a_cut_text_says_so_and_fits() {
        assert_eq!(Shown::fitted("abcdef", 6).as_str(), "abcdef");
        assert_eq!(Shown::fitted("abcdefg", 6).as_str(), "abcde…");
        assert_eq!(Shown::fitted("你好你好", 5).as_str(), "你好…");
        assert_eq!(Shown::fitted("\u{202e}x", 4).as_str(), "…");
        assert_eq!(Shown::fitted("x", 0).as_str(), "");
    }

    #[test]
    fn words_are_wrapped_and_long_ones_broken() {
        let lines: Vec<_> = Shown::wrapped("one two three\nabcdefghijkl", 8)
            .iter()
            .map(|line| line.as_str().to_owned())
            .collect();
        assert_eq!(lines, ["one two", "three", "abcdefgh", "ijkl"]);
    }

    proptest! {
        #[test]
        fn nothing_hidden_is_left_and_every_limit_holds(wire in ".*", columns in 0usize..40) {
            let shown = Shown::fitted(&wire, columns);
            prop_assert!(!shown.as_str().chars().any(hidden));
            prop_assert!(shown.columns() <= columns, "{:?} in {}", shown, columns);
            for line in Shown::wrapped(&wire, columns) {
                prop_assert!(line.columns() <= columns.max(2));
                prop_assert!(!line.as_str().chars().any(hidden));
            }
        }
    }
}
