//! Worms as the wire carries them: found at the first victims, from real protocols' bytes.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::fs;

use overhear_testdata::Dialogue;
use overhear_testdata::frames::{self, Wire};
use overhear_testdata::pcap::{self, Endian, Unit};
use serde_json::Value;

/// One second.
const SECOND: u64 = 1_000_000_000;

/// What is found in a dialogue whose frames are so far apart.
fn findings(dialogue: &str, step: u64) -> Vec<Value> {
    let wire = Wire { acks: false, step, ..Wire::default() };
    let frames = frames::frames(&Dialogue::parse(dialogue).unwrap(), &wire);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.pcap");
    fs::write(&path, pcap::pcap(&frames, Endian::Little, Unit::Nano)).unwrap();
    told(&lab::lines(&lab::stream(&[path])))
}

fn told(lines: &[Value]) -> Vec<Value> {
    lines.iter().filter_map(|line| line.get("finding").cloned()).collect()
}

fn of<'a>(found: &'a [Value], category: &str, severities: &[&str]) -> Vec<&'a Value> {
    let is = |value: &Value, key: &str, word: &str| value.get(key).unwrap() == word;
    let serious = |one: &&Value| severities.iter().any(|severity| is(one, "severity", severity));
    found.iter().filter(|one| is(one, "category", category)).filter(serious).collect()
}

const ALERT: &[&str] = &["medium", "high", "critical"];

/// A client that is signed on to a hub.
const SIGNED_ON: &str = "# origin: RFC 2812; mIRC help, DCC\n\
    # ends: 10.0.0.11:40000 10.0.0.1:6667 tcp\n\
    >>> NICK zero\\r\\nUSER zero 0 * :Zero\\r\\n\n\
    <<< :hub.example 001 zero :Welcome\\r\\n\n";

#[test]
fn a_script_that_sends_itself_to_whoever_joins_is_found_at_the_second_joiner() {
    let mut dialogue =
        SIGNED_ON.to_owned() + ">>> JOIN #help\\r\\n\n<<< :zero!z@host JOIN #help\\r\\n\n";
    for joiner in 1..=4 {
        dialogue += &format!(
            "<<< :joe{joiner}!j@host{joiner} JOIN #help\\r\\n\n\
             >>> PRIVMSG joe{joiner} :\\x01DCC SEND script.ini 167772171 {} 5012\\x01\\r\\n\n",
            5_000 + joiner
        );
    }
    let found = findings(&dialogue, SECOND);
    let suspected = of(&found, "join_triggered_send", &["low"]);
    assert_eq!(suspected.first().unwrap().get("victim_count").unwrap(), 1);
    let alert = of(&found, "join_triggered_send", ALERT);
    let first = alert.first().unwrap();
    assert_eq!(first.get("victim_count").unwrap(), 2, "{first}");
    assert_eq!(first.get("subject").unwrap(), "zero");
}

#[test]
fn a_bot_that_greets_joiners_in_the_room_and_a_server_that_is_asked_are_no_worms() {
    let mut dialogue =
        SIGNED_ON.to_owned() + ">>> JOIN #help\\r\\n\n<<< :zero!z@host JOIN #help\\r\\n\n";
    for joiner in 1..=6 {
        dialogue += &format!(
            "<<< :joe{joiner}!j@host{joiner} JOIN #help\\r\\n\n\
             >>> PRIVMSG #help :joe{joiner}: welcome, the rules are at http://rules.example/\\r\\n\n\
             <<< :joe{joiner}!j@host{joiner} PRIVMSG zero :xdcc send #1\\r\\n\n\
             >>> PRIVMSG joe{joiner} :\\x01DCC SEND song.mp3 167772171 {} 5012345\\x01\\r\\n\n",
            5_000 + joiner
        );
    }
    let found = findings(&dialogue, SECOND);
    assert!(of(&found, "join_triggered_send", ALERT).is_empty(), "{found:?}");
    assert!(of(&found, "join_triggered_send", &["low"]).is_empty(), "{found:?}");
}

#[test]
fn a_link_sent_to_one_after_another_is_found_at_the_third_and_a_greeting_is_not() {
    let fan = |text: &str| {
        let mut dialogue = SIGNED_ON.to_owned();
        for friend in 0..25 {
            dialogue += &format!(">>> PRIVMSG friend{friend} :{text}\\r\\n\n");
        }
        findings(&dialogue, SECOND / 2)
    };
    let found = fan("is this you? http://pictures.example/show.php?album=holiday");
    let alert = of(&found, "worm_fanout", ALERT);
    let first = alert.first().unwrap();
    assert!(first.get("victim_count").unwrap().as_u64().unwrap() <= 4, "{first}");
    let terms = first.get("terms").unwrap().as_array().unwrap();
    let sum: f64 = terms.iter().map(|term| term.get("value").unwrap().as_f64().unwrap()).sum();
    assert!((sum - first.get("score").unwrap().as_f64().unwrap()).abs() < 0.01, "{first}");

    let found = fan("a happy new year to all of you");
    assert!(of(&found, "worm_fanout", ALERT).is_empty(), "{found:?}");
}

#[test]
fn twenty_five_sendings_by_a_real_client_are_found_at_the_third_victim() {
    let Some(shared) = lab::shared() else { return };
    let path = shared.join("captures/lab/aim_oscar_worm_fanout_purple.pcap");
    let found = told(&lab::lines(&lab::stream(&[path])));
    let alert = of(&found, "worm_fanout", ALERT);
    let first = alert.first().unwrap();
    assert!(first.get("victim_count").unwrap().as_u64().unwrap() <= 3, "{first}");
}
