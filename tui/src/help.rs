//! Help: what the keys do, and what the columns of the view say.

use ratatui::layout::Rect;

use crate::app::App;
use crate::filter::FIELDS;
use crate::keys::ACTIONS;
use crate::sheet::{Line, Sheet, say};
use crate::theme::Tone;

/// Draws the help of a view: beside each other what does not fit below each other.
pub fn draw(app: &App, sheet: &mut Sheet<'_>, area: Rect) {
    let lines = lines(app);
    let tall = usize::from(area.height).max(1);
    let beside = (area.width / WIDE).max(1);
    let wide = area.width / beside;
    let seen = tall * usize::from(beside);
    let skipped = app.help.unwrap_or_default().min(lines.len().saturating_sub(seen));
    let parts = lines.get(skipped..).unwrap_or_default().chunks(tall);
    for (part, column) in parts.zip(0..beside) {
        let x = area.x + column * wide;
        for (line, y) in part.iter().zip(area.top()..area.bottom()) {
            sheet.line(x, y, wide.saturating_sub(1), line);
        }
    }
}

fn lines(app: &App) -> Vec<Line> {
    let (name, _) = app.pane.name();
    let mut lines = vec![Line::of(say(format_args!("{name}: {}", app.pane.about())), Tone::Accent)];
    for (action, _, _, says) in ACTIONS {
        let keys = app.manner.keys.of(*action);
        if !keys.is_empty() {
            let keys = say(format_args!("{:<13}", few(&keys)));
            lines.push(Line::of(keys, Tone::Strong).word(says, Tone::Plain));
        }
    }
    lines.push(Line::ours("1 … 9        the views", Tone::Plain));
    if !app.pane.columns().is_empty() {
        lines.push(Line::ours("filter: word, \"two words\", /regex/, !not", Tone::Accent));
        for (field, asks) in FIELDS {
            let field = say(format_args!("{field:<12} "));
            lines.push(Line::of(field, Tone::Strong).word(asks, Tone::Plain));
        }
    }
    lines
}

/// The first keys of an action, as many as there is room for.
fn few(keys: &[&str]) -> String {
    let mut out = String::new();
    for key in keys.iter().take(2) {
        if out.is_empty() {
            out.push_str(key);
        } else if out.len() + 1 + key.len() <= KEYS {
            out = format!("{out} {key}");
        }
    }
    out
}

/// Columns of keys.
const KEYS: usize = 12;

/// Columns of a column of help.
const WIDE: u16 = 39;
