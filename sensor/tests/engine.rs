//! The engine on connections that do not behave: what a witness makes of them, and that the ledger
//! balances whatever it hears.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use std::net::{IpAddr, Ipv4Addr};

use overhear_analysis::told::Ledger;
use overhear_analysis::{Heard, Record};
use overhear_dissectors::Event;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::frames::{self, Ending, Flag, Frame, Segment, Wire};
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Side};

/// A short conversation, with `said` in the room.
fn dialogue(said: &str) -> Dialogue {
    let text = format!(
        "# origin: RFC 2812\n# ends: 10.0.0.11:40000 10.0.0.1:6667 tcp\n\
         >>> NICK ann\\r\\nUSER ann 0 * :Ann\\r\\n\n\
         <<< :irc.example.net 001 ann :Welcome\\r\\n\n\
         >>> PRIVMSG #room :{said}\\r\\n\n"
    );
    Dialogue::parse(&text).unwrap()
}

/// What the engine hears in these frames.
fn hear(frames: &[Frame], mut options: Options) -> (Vec<String>, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wire.pcap");
    std::fs::write(&path, pcap::pcap(frames, Endian::Little, Unit::Nano)).unwrap();
    let (mut timeline, faults) = Timeline::open(&[path]);
    assert!(faults.is_empty(), "{faults:?}");
    let mut said = Vec::new();
    let mut note = |record: Record| {
        if let Some(Event::Message(message)) = record.heard.event() {
            said.push(message.text.expose().to_owned());
        }
        if let Heard::Gap { bytes } = &record.heard {
            said.push(format!("<{bytes}>"));
        }
    };
    let run = pipeline::read(&mut timeline, &mut options, &mut note, &mut |_| true).unwrap();
    let ledger = run.ledger;
    assert_eq!(ledger.check(), Vec::<String>::new());
    assert_eq!(ledger.broken, 0);
    (said, ledger)
}

fn heard(frames: &[Frame]) -> Vec<String> {
    hear(frames, Options::default()).0
}

/// The segments of a conversation that is still going on.
fn open(said: &str) -> (Dialogue, Wire, Vec<Segment>) {
    let wire = Wire { ending: Ending::Open, ..Wire::default() };
    let dialogue = dialogue(said);
    let segments = frames::segments(&dialogue, &wire);
    (dialogue, wire, segments)
}

fn segment(side: Side, seq: u32, flag: Flag, payload: &str) -> Segment {
    Segment { side, seq, ack: Some(1), flag, payload: payload.into() }
}

/// The sequence number behind everything a side said.
fn next(segments: &[Segment], side: Side) -> u32 {
    let mut last =
        segments.iter().filter(|segment| segment.side == side && !segment.payload.is_empty());
    let last = last.next_back().unwrap();
    last.seq.wrapping_add(u32::try_from(last.payload.len()).unwrap())
}

#[test]
fn a_second_connection_on_the_same_ports_is_another() {
    let first = dialogue("one");
    let second = dialogue("two");
    let mut all = frames::frames(&first, &Wire { ending: Ending::Open, ..Wire::default() });
    let later = Wire {
        isn: [77_000_000, 5],
        start: Wire::default().start + 9_000_000_000,
        ..Wire::default()
    };
    all.extend(frames::frames(&second, &later));
    assert_eq!(heard(&all), ["one", "two"]);
}

#[test]
fn a_reset_nobody_believed_ends_nothing_and_its_words_are_no_text() {
    let (dialogue, wire, mut segments) = open("before");
    let seq = next(&segments, Side::Client);
    segments.push(segment(Side::Client, seq, Flag::Rst, "PRIVMSG #room :forged\r\n"));
    segments.push(segment(Side::Client, seq, Flag::Ack, "PRIVMSG #room :after\r\n"));
    assert_eq!(heard(&frames::wrap(&dialogue, &wire, &segments)), ["before", "after"]);
}

#[test]
fn data_after_the_end_is_no_text() {
    let (dialogue, wire, mut segments) = open("before");
    let seq = next(&segments, Side::Client);
    segments.push(segment(Side::Client, seq, Flag::Fin, "PRIVMSG #room :last\r\n"));
    segments.push(segment(Side::Client, seq + 22, Flag::Ack, "PRIVMSG #room :ghost\r\n"));
    assert_eq!(heard(&frames::wrap(&dialogue, &wire, &segments)), ["before", "last"]);
}

#[test]
fn one_direction_alone_is_read() {
    let (dialogue, wire, segments) = open("to nobody");
    let client: Vec<_> =
        segments.into_iter().filter(|segment| segment.side == Side::Client).collect();
    let (said, ledger) = hear(&frames::wrap(&dialogue, &wire, &client), Options::default());
    assert_eq!((said, ledger.one_way), (vec!["to nobody".to_owned()], 1));
}

#[test]
fn a_segment_lost_in_the_middle_is_a_gap_and_the_next_line_is_read() {
    let (dialogue, wire, mut segments) = open("before");
    let seq = next(&segments, Side::Client);
    segments.push(segment(Side::Client, seq + 30, Flag::Ack, "tail\r\nPRIVMSG #room :after\r\n"));
    assert_eq!(heard(&frames::wrap(&dialogue, &wire, &segments)), ["before", "<30>", "after"]);
}

#[test]
fn a_flood_of_openings_makes_no_flow() {
    let wire = Wire::default();
    let mut all = Vec::new();
    for number in 0..5_000u32 {
        let mut dialogue = dialogue("never said");
        dialogue.ends.client.set_ip(IpAddr::V4(Ipv4Addr::from_bits(0x0a20_0000 + number)));
        let syn = Segment { ack: None, ..segment(Side::Client, 1, Flag::Syn, "") };
        all.extend(frames::wrap(&dialogue, &wire, &[syn]));
    }
    let (said, ledger) = hear(&all, Options::default());
    assert_eq!((said.len(), ledger.flows, ledger.tcp), (0, 0, 5_000));
}

#[test]
fn a_struck_budget_costs_the_same_for_any_number_of_workers() {
    let mut all = Vec::new();
    for number in 0..1_500u32 {
        let mut dialogue = dialogue(&format!("number {number}"));
        dialogue.ends.client.set_ip(IpAddr::V4(Ipv4Addr::from_bits(0x0a20_0000 + number)));
        let start = Wire::default().start + u64::from(number) * 1_700_000;
        let wire = Wire { start, ending: Ending::Open, ..Wire::default() };
        all.extend(frames::frames(&dialogue, &wire));
    }
    all.sort_by_key(|frame| frame.at);
    let read = |workers| hear(&all, Options { workers, memory: 2 << 20, ..Options::default() });
    let one = read(1);
    assert!(one.1.struck > 100, "{} flows had to leave", one.1.struck);
    assert_eq!(one.0.len(), 1_500, "those who leave are told to their end");
    for workers in [2, 8] {
        assert_eq!(read(workers), one, "{workers} workers");
    }
}
