use Leg::{FromServer, ToServer};

use super::*;

const LONG: &str = "one\n\ntwo two\nthree";

/// A long saying of ann's on one flow, then lines of the server on another.
fn after(lines: &[&str]) -> Play {
    let mut play = Play::revealing();
    play.client(&irc(1), message("ann", "#room", ToServer, LONG));
    for line in lines {
        play.server(&irc(2), message("ann", "#Room", FromServer, line));
    }
    play
}

fn lines(play: &Play) -> Vec<String> {
    play.messages().into_iter().skip(1).collect()
}

#[test]
fn parts_in_order_are_the_saying() {
    for parts in [&["one", "two two", "three"][..], &["one", "two ", "two", "th", "ree"]] {
        let play = after(parts);
        let last = parts.len() + 1;
        assert_eq!(lines(&play), [format!("{last} ann>#Room one||two two|three #0")]);
    }
}

#[test]
fn what_does_not_fit_lets_go_of_what_is_held() {
    let table: [(&[&str], &[&str]); 4] = [
        (&["two two"], &["2 ann>#Room two two #1"]),
        (&["one", "else"], &["2 ann>#Room one #1", "3 ann>#Room else #2"]),
        (
            &["one", "two two", "one", "two two", "three"],
            &["2 ann>#Room one #1", "3 ann>#Room two two #2", "6 ann>#Room one||two two|three #0"],
        ),
        (
            &["one", "two two", "three", "one"],
            &["4 ann>#Room one||two two|three #0", "5 ann>#Room one #1"],
        ),
    ];
    for (parts, told) in table {
        assert_eq!(lines(&after(parts)), told);
    }
}

#[test]
fn everything_else_on_the_flow_and_every_end_lets_go() {
    let told = ["2 ann>#Room one #1", "3 ann>#Room two #2"];
    let mut play = after(&["one", "two"]);
    assert!(lines(&play).is_empty());
    play.wait(29).client(&irc(3), message("x", "y", ToServer, "elsewhere"));
    assert_eq!(lines(&play).len(), 1);
    play.wait(1).hear(&irc(3), Side::Client, Heard::Gap { bytes: 1 });
    assert_eq!(lines(&play)[1..], ["2 ann>#Room one #2", "3 ann>#Room two #3"]);
    let mut play = after(&["one", "two"]);
    play.over(&irc(2));
    assert_eq!(lines(&play), told);
    let mut play = after(&["one", "two"]);
    play.finish();
    assert_eq!(lines(&play), told);
    let mut play = after(&["one", "two"]);
    play.server(&irc(2), message("bob", "#room", FromServer, "interrupts"));
    assert_eq!(lines(&play)[..2], told);
    assert_eq!(lines(&play)[2], "4 bob>#room interrupts #3");
}

#[test]
fn the_kth_saying_takes_the_kth_parts_of_each_reader() {
    let mut play = after(&[]);
    play.client(&irc(1), message("ann", "#room", ToServer, LONG));
    for reader in [2, 3, 2] {
        for part in ["one", "two two", "three"] {
            play.server(&irc(reader), message("ann", "#room", FromServer, part));
        }
    }
    // A reader who takes long messages has it whole, and lines of a third saying stay lines.
    play.server(&irc(4), message("ann", "#room", FromServer, LONG));
    play.server(&irc(2), message("ann", "#room", FromServer, "one"));
    let ids: Vec<_> =
        play.messages().iter().map(|line| line[line.len() - 2..].to_owned()).collect();
    assert_eq!(ids, ["#0", "#1", "#0", "#0", "#1", "#0", "#2"]);
}

#[test]
fn of_two_sayings_that_begin_alike_the_one_that_is_spelt_is_told() {
    let mut play = Play::revealing();
    play.client(&irc(1), message("ann", "bob", ToServer, "hi\nall"));
    play.client(&irc(1), message("ann", "bob", ToServer, "hi\nbob"));
    play.server(&irc(2), message("ann", "bob", FromServer, "hi"));
    play.server(&irc(2), message("ann", "bob", FromServer, "bob"));
    assert_eq!(lines(&play), ["2 ann>bob hi|bob #1", "4 ann>bob hi|bob #1"]);
}

#[test]
fn empty_lines_around_a_saying_are_no_parts_of_it() {
    let mut play = Play::revealing();
    play.client(&irc(1), message("ann", "bob", ToServer, "\n\nhi\n\nbob\n"));
    play.server(&irc(2), message("ann", "bob", FromServer, "hi"));
    play.server(&irc(2), message("ann", "bob", FromServer, "bob"));
    assert_eq!(lines(&play), ["3 ann>bob ||hi||bob| #0"]);
}

#[test]
fn a_secret_part_stays_secret_and_what_was_lost_between_parts_is_told() {
    let mut play = Play::new(Settings::default());
    play.client(&irc(1), message("ann", "#room", ToServer, LONG));
    for (part, lost) in [("one", 1), ("two two", 0), ("three", 8)] {
        let Event::Message(said) = message("ann", "#room", FromServer, part) else {
            unreachable!()
        };
        let mut text = said.text.clone();
        text.hide(0..if part == "one" { 3 } else { 0 });
        play.lose(lost);
        play.server(&irc(2), Event::Message(event::Message { text, ..said }));
    }
    assert_eq!(lines(&play), ["4 ann>#room ********||two two|three #0"]);
    assert_eq!(play.told.last().unwrap().head.lost_before, Some(9));
}

#[test]
fn a_minute_later_or_by_somebody_else_lines_are_lines() {
    let mut play = after(&[]);
    play.server(&irc(2), message("eve", "#room", FromServer, "one"));
    play.server(&irc(2), message("ann", "#else", FromServer, "one"));
    play.wait(61).server(&irc(2), message("ann", "#room", FromServer, "one"));
    assert_eq!(lines(&play).len(), 3);
}
