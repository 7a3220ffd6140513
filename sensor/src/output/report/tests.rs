use super::super::scrub::hidden;
use super::*;
use proptest::prelude::*;

/// An afternoon in an office, with everything in it a report has a place for.
const OFFICE: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/streams/office.ndjson"));

fn story(stream: &str) -> Story {
    let mut story = Story::default();
    for line in stream.lines() {
        story.hear(&serde_json::from_str(line).expect(line));
    }
    story
}

fn report(stream: &str, columns: usize, colour: bool) -> String {
    let mut out = Vec::new();
    write(&story(stream), &mut out, columns, colour).unwrap();
    String::from_utf8(out).unwrap()
}

fn place(report: &str, text: &str) -> usize {
    report.find(text).unwrap_or_else(|| panic!("{text:?} is not in\n{report}"))
}

#[test]
fn what_was_found_comes_first_and_what_is_unknown_last() {
    let report = report(OFFICE, 80, false);
    let order = ["What was found", "Who could overhear it", "What was said", "cannot tell"];
    let places: Vec<_> = order.iter().map(|heading| place(&report, heading)).collect();
    assert!(places.is_sorted(), "{places:?}\n{report}");
    assert!(place(&report, "◆ critical") < place(&report, "▲ high"));
    assert!(!report.contains("▲ high     Password"), "only the last state counts\n{report}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_line_is_too_long_and_nothing_acts(columns in 0usize..150, wire in ".{0,80}") {
        let quoted = serde_json::to_string(&wire).unwrap();
        let quoted = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap();
        let hostile = OFFICE
            .replace("alice", quoted)
            .replace("holiday.jpg.exe", quoted)
            .replace("irc_line_too_long", quoted)
            .replace("Password readable", quoted);
        for line in report(&hostile, columns, false).lines() {
            prop_assert!(Shown::line(line).columns() <= columns.clamp(40, 120), "{line}");
            prop_assert!(!line.chars().any(hidden), "{line:?}");
        }
    }
}

#[test]
fn colours_are_the_only_difference_they_make() {
    let plain = report(OFFICE, 80, false);
    let coloured = report(OFFICE, 80, true);
    assert!(coloured.contains("\x1b[1;31m"));
    let mut stripped = String::new();
    for (at, piece) in coloured.split('\x1b').enumerate() {
        let piece = if at == 0 { piece } else { piece.split_once('m').expect("a code").1 };
        stripped.push_str(piece);
    }
    assert_eq!(stripped, plain);
}
