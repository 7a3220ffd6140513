//! What is exported is what was on the screen, and its frames.

use std::fs;
use std::path::PathBuf;
use std::thread::park_timeout;
use std::time::Duration;

use overhear_sensor::capture::Timeline;
use overhear_tui::app::App;

use crate::common::{app, capture, lines, press};

/// Exports into a folder of its own, and waits until it is done.
fn exported(keys: &str, end: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let mut app = app("irc_office.pcap", &lines("irc_office.pcap"));
    app.manner.exports = PathBuf::from(home.path());
    app.manner.captures = vec![capture("irc_office.pcap")];
    press(&mut app, keys);
    press(&mut app, &format!("e ctrl-u {} enter", spaced(&format!("out.{end}"))));
    wait(&mut app);
    let path = home.path().join(format!("out.{end}"));
    assert!(path.exists(), "{:?}", app.note);
    (home, path)
}

fn spaced(text: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

fn wait(app: &mut App) {
    while app.is_working() {
        park_timeout(Duration::from_millis(5));
        app.tick(Duration::from_secs(2));
    }
}

#[test]
fn a_table_has_the_rows_that_are_shown() {
    let (_home, path) = exported("2 / t o : j o n a s enter", "csv");
    let table = fs::read_to_string(path).unwrap();
    let rows: Vec<_> = table.lines().collect();
    assert_eq!(rows.len(), 2, "{table}");
    assert!(rows[0].starts_with("conversation,said,readable"), "{table}");
    assert!(rows[1].starts_with("anna · jonas,6,○ inside,dcc-chat"), "{table}");
}

#[test]
fn lines_are_those_of_the_stream() {
    let (_home, path) = exported("2 m", "json");
    let text = fs::read_to_string(path).unwrap();
    assert!(text.lines().count() >= 5, "{text}");
    for line in text.lines() {
        let told: overhear_analysis::Told = serde_json::from_str(line).unwrap();
        assert_eq!(told.head.app_proto.as_deref(), Some("irc"), "{line}");
    }
}

#[test]
fn frames_are_those_of_the_marked_conversation() {
    let (_home, path) = exported("2 j m", "pcapng");
    let (mut timeline, faults) = Timeline::open(&[path]);
    assert!(faults.is_empty(), "{faults:?}");
    let mut frames = 0;
    while timeline.next().is_some() {
        frames += 1;
    }
    // Its flows, and not what nobody claims.
    assert!((100..=186).contains(&frames), "{frames} frames");
}

#[test]
fn a_picture_is_text_and_svg() {
    let home = tempfile::tempdir().unwrap();
    let mut app = app("irc_office.pcap", &lines("irc_office.pcap"));
    app.manner.exports = PathBuf::from(home.path());
    press(&mut app, "2 P");
    let text = fs::read_to_string(home.path().join("overhear-screen.txt")).unwrap();
    let svg = fs::read_to_string(home.path().join("overhear-screen.svg")).unwrap();
    assert!(text.contains("anna · jonas") && text.lines().count() == 24, "{text}");
    assert!(svg.starts_with("<svg") && svg.contains("anna · jonas"), "{svg}");
}
