//! The dashboard: what was heard, on a terminal.
//!
//! It shows what the analysis holds and decides nothing about it; the outputs of `sensor` are for
//! files and pipes. So far there is its headline.

use overhear_analysis::told::Stats;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

/// The first line of the overview: how much was heard, and what it came to, worst first.
///
/// A severity is a word as well as a colour, and one that nothing was found at is left out.
pub fn headline(stats: &Stats) -> Paragraph<'static> {
    let frames = stats.ledger.as_ref().map_or(0, |ledger| ledger.frames);
    let mut spans = vec![
        Span::styled("overhear", Style::new().add_modifier(Modifier::BOLD)),
        Span::raw(format!("  {frames} frames, {} messages", stats.messages)),
    ];
    for (severity, style) in severities() {
        if let Some(number) = stats.findings.get(severity).filter(|number| **number > 0) {
            spans.push(Span::raw("  "));
            spans.push(Span::styled(format!("{number} {severity}"), style));
        }
    }
    Paragraph::new(Line::from(spans))
}

/// Severities, worst first, in the terminal's own colours.
fn severities() -> [(&'static str, Style); 5] {
    let plain = Style::new();
    [
        ("critical", plain.red().add_modifier(Modifier::BOLD)),
        ("high", plain.red()),
        ("medium", plain.yellow()),
        ("low", plain.cyan()),
        ("info", plain),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use overhear_analysis::told::Ledger;
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;
    use ratatui::style::Color;

    #[test]
    fn the_headline_fits_80_columns_and_names_the_worst_first() {
        let stats = Stats {
            ledger: Some(Ledger { frames: 438, ..Ledger::default() }),
            messages: 40,
            findings: [("low", 10), ("critical", 1), ("info", 0), ("high", 17)]
                .map(|(severity, number)| (severity.to_owned(), number))
                .into(),
            ..Stats::default()
        };
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        terminal.draw(|frame| frame.render_widget(headline(&stats), frame.area())).unwrap();
        let buffer = terminal.backend().buffer();
        let row: String = (0..80).map(|column| buffer[(column, 0)].symbol()).collect();
        assert_eq!(
            row.trim_end(),
            "overhear  438 frames, 40 messages  1 critical  17 high  10 low"
        );
        assert_eq!(buffer[(35, 0)].fg, Color::Red);
        assert!((1..24).all(|line| buffer[(0, line)].symbol() == " "));
    }
}
