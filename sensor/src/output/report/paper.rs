//! What the report is written on: a number of columns, with or without colour.

use std::fmt::Display;
use std::io::{self, Write};

use crate::output::scrub::Shown;

/// Somewhere to write lines.
pub(super) struct Paper<W> {
    out: W,
    columns: usize,
    colour: bool,
}

/// Colours, as the terminal's own palette has them.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Plain,
    Bold,
    Faint,
    Red,
    Yellow,
    Green,
    Cyan,
}

impl<W: Write> Paper<W> {
    pub(super) fn new(out: W, columns: usize, colour: bool) -> Self {
        Self { out, columns: columns.clamp(NARROWEST, WIDEST), colour }
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Text in a colour.
    pub(super) fn ink(&self, ink: Ink, text: impl Display) -> String {
        let code = match ink {
            Ink::Plain => return text.to_string(),
            Ink::Bold => "1",
            Ink::Faint => "2",
            Ink::Red => "1;31",
            Ink::Yellow => "33",
            Ink::Green => "32",
            Ink::Cyan => "36",
        };
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }

    /// One line as it is.
    pub(super) fn line(&mut self, text: impl Display) -> io::Result<()> {
        writeln!(self.out, "{text}")
    }

    /// An empty line.
    pub(super) fn gap(&mut self) -> io::Result<()> {
        self.line("")
    }

    /// A heading, with a rule to the edge.
    pub(super) fn heading(&mut self, title: &str) -> io::Result<()> {
        let rule = "─".repeat(self.columns.saturating_sub(title.chars().count() + 1));
        self.gap()?;
        let line = format!("{} {}", self.ink(Ink::Bold, title), self.ink(Ink::Faint, rule));
        self.line(line)
    }

    /// A paragraph: `first` before its first line, as much room before the others.
    pub(super) fn paragraph(&mut self, first: &str, indent: usize, text: &Shown) -> io::Result<()> {
        self.inked(first, indent, text, Ink::Plain)
    }

    /// A paragraph that goes on, four columns in, under `first`, which is so many columns wide.
    pub(super) fn hanging(&mut self, first: &str, wide: usize, text: &Shown) -> io::Result<()> {
        let room = self.columns.saturating_sub(wide.max(HANG));
        for (at, line) in Shown::wrapped(text.as_str(), room).iter().enumerate() {
            let first = if at == 0 { first } else { "    " };
            writeln!(self.out, "{first}{line}")?;
        }
        Ok(())
    }

    /// A paragraph in a colour.
    pub(super) fn inked(
        &mut self,
        first: &str,
        indent: usize,
        text: &Shown,
        ink: Ink,
    ) -> io::Result<()> {
        let room = self.columns.saturating_sub(indent);
        for (at, line) in Shown::wrapped(text.as_str(), room).iter().enumerate() {
            let line = self.ink(ink, line);
            if at == 0 {
                writeln!(self.out, "{first}{line}")?;
            } else {
                writeln!(self.out, "{:indent$}{line}", "")?;
            }
        }
        Ok(())
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Columns below which nothing is readable, and above which lines are hard to follow.
const NARROWEST: usize = 40;
const WIDEST: usize = 120;

/// Columns before the second line of a hanging paragraph.
const HANG: usize = 4;
