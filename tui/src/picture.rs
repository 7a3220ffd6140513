//! A screen as a file: text, or a picture in SVG.

use std::fmt::Write as _;
use std::io;

use overhear_sensor::output;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use crate::app::App;
use crate::export;
use crate::screen;

/// What the dashboard shows at some size.
pub fn draw(app: &mut App, width: u16, height: u16) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    screen::draw(app, &mut buffer);
    buffer
}

/// A screen as text, without the blanks at the ends of its rows.
pub fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for row in rows(buffer) {
        let line: String = row.iter().map(|(_, cell)| cell.symbol()).collect();
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A screen as SVG: one text for each run of cells of one style.
pub fn svg(buffer: &Buffer, light: bool) -> String {
    let (ink, paper) = if light { ("#1b1f24", "#ffffff") } else { ("#d6d9de", "#14171c") };
    let (wide, tall) = (f64::from(buffer.area.width) * WIDE, f64::from(buffer.area.height) * TALL);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0}\" height=\"{:.0}\" \
         font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"6\" fill=\"{paper}\"/>\n",
        wide + 2.0 * EDGE,
        tall + 2.0 * EDGE
    );
    for (y, row) in rows(buffer).into_iter().enumerate() {
        let mut rest = row.as_slice();
        while let Some((first, _)) = rest.split_first() {
            let same = rest.iter().take_while(|(_, cell)| cell.style() == first.1.style()).count();
            let (run, after) = rest.split_at(same.max(1).min(rest.len()));
            // Writing to a String cannot fail.
            let _ = one(&mut out, run, y, (ink, paper));
            rest = after;
        }
    }
    out.push_str("</svg>\n");
    out
}

/// The cells of each row that stand for themselves, with their columns: a wide character hides the
/// one behind it.
fn rows(buffer: &Buffer) -> Vec<Vec<(u16, &Cell)>> {
    let area = buffer.area;
    let row = |y| {
        let mut cells = Vec::new();
        let mut x = area.left();
        while x < area.right() {
            let Some(cell) = buffer.cell((x, y)) else { break };
            cells.push((x - area.left(), cell));
            let wide = ratatui::text::Span::raw(cell.symbol()).width().max(1);
            x = x.saturating_add(u16::try_from(wide).unwrap_or(1));
        }
        cells
    };
    (area.top()..area.bottom()).map(row).collect()
}

/// A run of cells of one style.
fn one(
    out: &mut String,
    run: &[(u16, &Cell)],
    y: usize,
    (ink, paper): (&str, &str),
) -> std::fmt::Result {
    let (Some((from, first)), Some((last, _))) = (run.first(), run.last()) else { return Ok(()) };
    let words: String = run.iter().map(|(_, cell)| cell.symbol()).collect();
    let turned = first.modifier.contains(Modifier::REVERSED);
    if words.trim().is_empty() && !turned {
        return Ok(());
    }
    let (x, y) = (EDGE + f64::from(*from) * WIDE, EDGE + number(y) * TALL);
    let long = f64::from(last - from + 1) * WIDE;
    let colour = hex(first.fg).unwrap_or_else(|| ink.to_owned());
    let (front, back) = if turned { (paper, Some(colour.as_str())) } else { (&*colour, None) };
    if let Some(back) = back {
        writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{long:.1}\" height=\"{TALL}\" fill=\"{back}\"/>"
        )?;
    }
    let bold = if first.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let dim = if first.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    let lead = words.len() - words.trim_start().len();
    let x = x + number(lead) * WIDE;
    let long = number(ratatui::text::Span::raw(words.trim()).width()) * WIDE;
    writeln!(
        out,
        "<text x=\"{x:.1}\" y=\"{:.1}\" textLength=\"{long:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{front}\"{bold}{dim} xml:space=\"preserve\">{}</text>",
        y + BASE,
        escaped(words.trim())
    )
}

/// A number of cells.
fn number(cells: usize) -> f64 {
    f64::from(u16::try_from(cells).unwrap_or(u16::MAX))
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A colour as SVG writes it; nothing for the terminal's own.
fn hex(colour: Color) -> Option<String> {
    let named = match colour {
        Color::Rgb(red, green, blue) => return Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Red => "#e5534b",
        Color::LightRed => "#ff7b72",
        Color::Green => "#57ab5a",
        Color::Yellow => "#d9a53a",
        Color::LightYellow => "#f2cc60",
        Color::Blue => "#539bf5",
        Color::Magenta => "#c57bdb",
        Color::Cyan => "#49b6c4",
        Color::White => "#ffffff",
        Color::DarkGray => "#768390",
        _ => return None,
    };
    Some(named.to_owned())
}

impl App {
    /// Writes what is on the screen to files, as text and as a picture.
    pub(crate) fn picture(&mut self) {
        let (width, height) = self.size;
        let buffer = draw(self, width, height);
        let folder = self.manner.exports.clone();
        let light = self.manner.look.is_light();
        let files =
            [("overhear-screen.txt", text(&buffer)), ("overhear-screen.svg", svg(&buffer, light))];
        let written = files.into_iter().try_fold(Vec::new(), |mut done, (name, content)| {
            let path = export::free(&folder, name);
            io::Write::write_all(&mut output::file(&path)?, content.as_bytes())?;
            done.push(path.display().to_string());
            Ok::<_, io::Error>(done)
        });
        match written {
            Ok(paths) => self.say(format!("this screen is in {}", paths.join(" and "))),
            Err(error) => self.say(format!("not written: {error}")),
        }
    }
}

/// A cell, in pixels.
const WIDE: f64 = 8.43;
const TALL: f64 = 18.0;

/// From the top of a cell to the line letters stand on.
const BASE: f64 = 13.5;

/// Pixels around the screen.
const EDGE: f64 = 10.0;
