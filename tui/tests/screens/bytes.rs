//! What reaches the terminal, byte by byte, when everything a stranger chose is an attack on it.

use overhear_sensor::output::scrub::hidden;
use overhear_tui::feed::{self, WhenFull};
use overhear_tui::{linear, screen};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::common::{app, lines, press};

/// The bytes a screen of this size is drawn with.
fn written(keys: &str, width: u16, height: u16) -> String {
    let mut app = app("hostile", &lines("hostile"));
    press(&mut app, keys);
    let mut bytes = Vec::new();
    let area = Rect::new(0, 0, width, height);
    let options = TerminalOptions { viewport: Viewport::Fixed(area) };
    let mut terminal = Terminal::with_options(CrosstermBackend::new(&mut bytes), options).unwrap();
    terminal.draw(|frame| screen::draw(&mut app, frame.buffer_mut())).unwrap();
    drop(terminal);
    String::from_utf8(bytes).unwrap()
}

/// What is left of bytes once the sequences are gone that a drawing needs: to place the cursor, to
/// hide or show it, and to set colours.
fn without_drawing(bytes: &str) -> String {
    let sequence = regex::Regex::new("\u{1b}\\[(?:[0-9;:]*[Hm]|\\?25[lh])").unwrap();
    sequence.replace_all(bytes, "").into_owned()
}

#[test]
fn no_view_lets_a_stranger_steer_the_terminal() {
    let views = [
        "1",
        "2",
        "2 enter",
        "2 j enter",
        "3",
        "3 enter",
        "4",
        "4 enter",
        "5",
        "5 enter",
        "6",
        "6 enter",
        "7",
        "7 enter",
        "8",
        "2 ?",
        "2 / x",
        "X 2 enter",
        "2 / \u{1b} enter",
    ];
    for keys in views {
        for (width, height) in [(200, 50), (80, 24), (20, 3), (80, 1)] {
            let bytes = written(keys, width, height);
            let shown = without_drawing(&bytes);
            let bad = shown.chars().find(|c| hidden(*c));
            assert_eq!(bad, None, "{keys} at {width}×{height}: {shown:?}");
        }
    }
}

#[test]
fn what_was_hidden_is_to_be_seen() {
    let shown = without_drawing(&written("2 enter", 200, 50));
    for visible in ["␛]0;owned␇", "␛[2J", "\\u{9b}31m", "\\u{202e}txt.exe", "␀", "⟨+1⟩"]
    {
        assert!(shown.contains(visible), "{visible} in {shown}");
    }
}

#[test]
fn nor_do_plain_lines() {
    let told = lines("hostile");
    let (mut sender, mut feed) = feed::channel(told.len() + 1, WhenFull::Miss);
    told.into_iter().for_each(|told| sender.tell(told).unwrap());
    drop(sender);
    let mut bytes = Vec::new();
    let mut app = app("hostile", &[]);
    linear::run(&mut app, &mut feed, &mut bytes, &|| false).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.lines().count() > 8, "{text}");
    assert!(!text.chars().any(|c| c != '\n' && hidden(c)), "{text:?}");
}
