//! Two copies of the same bytes that disagree: never one reading sold as fact.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use overhear_analysis::told::{Body, Conflict, Start, Told};
use overhear_analysis::{Scribe, SecretLevel, Settings};
use overhear_dissectors::Name;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::frames::{self, Ending, Flag, Segment, Wire};
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Side};

const DIALOGUE: &str = "# origin: RFC 2812\n# ends: 10.0.0.11:40000 10.0.0.1:6667 tcp\n\
     >>> PASS hunter-secret\\r\\nNICK ann\\r\\nUSER ann 0 * :Ann\\r\\n\n\
     <<< :irc.example.net 001 ann :Welcome\\r\\n\n";

/// What is told of these segments behind the sign-on; sequence numbers count from its end.
fn told(more: &[(i64, &str)], secrets: SecretLevel) -> Vec<Told> {
    let wire = Wire { ending: Ending::Open, ..Wire::default() };
    let dialogue = Dialogue::parse(DIALOGUE).unwrap();
    let mut segments = frames::segments(&dialogue, &wire);
    let said = |segment: &&Segment| segment.side == Side::Client && !segment.payload.is_empty();
    let last = segments.iter().rfind(said).unwrap();
    let end = last.seq.wrapping_add(u32::try_from(last.payload.len()).unwrap());
    for (at, payload) in more {
        let seq = end.wrapping_add(u32::from_ne_bytes(i32::try_from(*at).unwrap().to_ne_bytes()));
        let payload = payload.as_bytes().to_vec();
        segments.push(Segment { side: Side::Client, seq, ack: Some(1), flag: Flag::Ack, payload });
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wire.pcap");
    let frames = frames::wrap(&dialogue, &wire, &segments);
    std::fs::write(&path, pcap::pcap(&frames, Endian::Little, Unit::Nano)).unwrap();
    let (mut timeline, _) = Timeline::open(&[path]);
    let mut scribe = Scribe::new(Settings { secrets, ..Settings::default() }, Start::default());
    let mut told = Vec::new();
    let mut hear = |record| scribe.hear(&record, &mut |line| told.push(line));
    let run = pipeline::read(&mut timeline, &mut Options::default(), &mut hear, &mut |_| true);
    let ledger = run.unwrap().ledger;
    assert_eq!(ledger.check(), Vec::<String>::new());
    scribe.finish(&mut |line| told.push(line));
    let conflicts = conflicts(&told).len() as u64;
    assert_eq!(ledger.conflicts, conflicts, "all are told");
    told
}

fn conflicts(told: &[Told]) -> Vec<Conflict> {
    let conflict = |told: &Told| match &told.body {
        Body::Conflict(conflict) => Some(conflict.clone()),
        _ => None,
    };
    told.iter().filter_map(conflict).collect()
}

/// Text, whether it is ambiguous, and the id of every message.
fn messages(told: &[Told]) -> Vec<(String, Option<Name>, Name)> {
    let message = |told: &Told| match &told.body {
        Body::Message(message) => Some((
            message.text.clone().unwrap(),
            message.conflict.clone().filter(|_| message.ambiguous),
            message.message_id.clone(),
        )),
        _ => None,
    };
    told.iter().filter_map(message).collect()
}

fn texts(conflict: &Conflict) -> Vec<&str> {
    conflict.readings.iter().filter_map(|reading| reading.text.as_deref()).collect()
}

#[test]
fn a_late_copy_that_disagrees_amends_what_was_told() {
    let told = told(
        &[
            (0, "PRIVMSG #pay :ten to bob\r\n"),
            (0, "PRIVMSG #pay :ten to eve\r\n"),
            (26, "PRIVMSG #pay :done\r\n"),
        ],
        SecretLevel::Masked,
    );
    let (messages, conflicts) = (messages(&told), conflicts(&told));
    assert_eq!(messages.len(), 2);
    assert_eq!((messages[0].0.as_str(), &messages[0].1), ("ten to bob", &None));
    assert_eq!(conflicts.len(), 1);
    assert_eq!(texts(&conflicts[0]), ["bob", "eve"]);
    assert_eq!(conflicts[0].affects, [messages[0].2.clone()]);
    assert_eq!((conflicts[0].side.as_str(), conflicts[0].length), ("client", 3));
    assert!(conflicts[0].believed_by.iter().all(|policy| policy.ends_with(":0")));
    let frames: Vec<_> = conflicts[0].readings.iter().map(|reading| reading.frames[0]).collect();
    assert_eq!(frames[1], frames[0] + 1);
}

#[test]
fn copies_that_wait_for_their_turn_make_the_message_ambiguous() {
    let told = told(
        &[
            (13, ":ten to bob\r\n"),
            (13, ":ten to eve\r\n"),
            (0, "PRIVMSG #pay "),
            (26, "PRIVMSG #pay :done\r\n"),
        ],
        SecretLevel::Masked,
    );
    let (messages, conflicts) = (messages(&told), conflicts(&told));
    assert_eq!(conflicts.len(), 1);
    assert_eq!(messages[0].0, "ten to bob");
    assert_eq!(messages[0].1.as_ref(), Some(&conflicts[0].id));
    assert_eq!(messages[1].1, None, "what was said later is not in doubt");
    assert_eq!(conflicts[0].affects, [messages[0].2.clone()]);
    assert_eq!(texts(&conflicts[0]), ["bob", "eve"]);
    for (policy, copy) in [("first", 0), ("linux", 0), ("solaris", 0), ("last", 1)] {
        assert!(conflicts[0].believed_by.contains(&format!("{policy}:{copy}")), "{policy}");
    }
}

#[test]
fn receivers_that_prefer_what_begins_before_are_named() {
    let told =
        told(&[(13, ":ten to bob\r\n"), (0, "PRIVMSG #pay :ten to eve\r\n")], SecretLevel::Masked);
    let conflicts = conflicts(&told);
    assert_eq!(conflicts.len(), 1);
    for (policy, copy) in [("first", 0), ("bsd", 1), ("linux", 1), ("windows", 1), ("last", 1)] {
        assert!(conflicts[0].believed_by.contains(&format!("{policy}:{copy}")), "{policy}");
    }
}

#[test]
fn disputed_secrets_are_masked() {
    // The password again, with another one in its place.
    let sign_on = "PASS hunter-secret\r\nNICK ann\r\nUSER ann 0 * :Ann\r\n";
    let other = sign_on.replace("hunter", "sniped");
    let at = -i64::try_from(sign_on.len()).unwrap();
    let masked = told(&[(at, &other)], SecretLevel::Masked);
    let all = serde_json::to_string(&masked).unwrap();
    assert_eq!(conflicts(&masked).len(), 1);
    assert!(!all.contains("hunte") && !all.contains("snipe"), "{all}");
    let revealed = told(&[(at, &other)], SecretLevel::Reveal);
    let conflicts = conflicts(&revealed);
    assert_eq!(texts(&conflicts[0]), ["hunter", "sniped"]);
    assert_eq!(conflicts[0].affects.len(), 1, "the fingerprint of the password");
}

#[test]
fn keep_alives_and_true_copies_are_no_conflict() {
    let line = "PRIVMSG #pay :ten to bob\r\n";
    let told = told(&[(0, line), (25, "\0"), (0, line), (13, &line[13..])], SecretLevel::Masked);
    assert_eq!(conflicts(&told), []);
    assert_eq!(messages(&told).len(), 1);
}
