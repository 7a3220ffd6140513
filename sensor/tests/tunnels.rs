//! One sign-on to IRC through every sort of proxy, alone and within another: what is said inside is
//! heard as if there were no proxy, on any port and however it is cut.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use overhear_analysis::{FlowFacts, Heard, Record};
use overhear_dissectors::Event;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::frames::{self, Frame, Wire};
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Side, Turn};

/// What two programs say in order to open a tunnel: client and server by turns.
type Opening = &'static [(Side, &'static [u8])];

use Side::{Client, Server};

const SOCKS4: Opening = &[
    (Client, b"\x04\x01\x1a\x0b\xc0\x00\x02\x07ann\0"),
    (Server, b"\x00\x5a\x00\x00\x00\x00\x00\x00"),
];
const SOCKS4A: Opening = &[
    (Client, b"\x04\x01\x1a\x0b\x00\x00\x00\x01\0irc.example.net\0"),
    (Server, b"\x00\x5a\x00\x00\x00\x00\x00\x00"),
];
const SOCKS5: Opening = &[
    (Client, b"\x05\x01\x00"),
    (Server, b"\x05\x00"),
    (Client, b"\x05\x01\x00\x03\x0firc.example.net\x1a\x0b"),
    (Server, b"\x05\x00\x00\x01\x0a\x00\x00\x05\x9c\x40"),
];
const USERPASS: Opening = &[
    (Client, b"\x05\x02\x00\x02"),
    (Server, b"\x05\x02"),
    (Client, b"\x01\x05proxy\x06s5-one"),
    (Server, b"\x01\x00"),
    (Client, b"\x05\x01\x00\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07\x1a\x0b"),
    (Server, b"\x05\x00\x00\x01\x0a\x00\x00\x05\x9c\x40"),
];
const CONNECT: Opening = &[
    (Client, b"CONNECT irc.example.net:6667 HTTP/1.1\r\n\r\n"),
    (Server, b"HTTP/1.1 407 Who?\r\nContent-Length: 3\r\n\r\nno\n"),
    (
        Client,
        b"CONNECT irc.example.net:6667 HTTP/1.1\r\nProxy-Authorization: Basic d2ViOnNlc2FtZQ==\r\n\r\n",
    ),
    (Server, b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n"),
];

const NAMED: &str = "irc.example.net:6667";

/// Openings one within another, and what `via` says of them.
fn chains() -> Vec<(Vec<Opening>, Vec<String>)> {
    let (four, five) = (format!("socks4:{NAMED}"), format!("socks5:{NAMED}"));
    let connect = format!("http-connect:{NAMED}");
    vec![
        (vec![SOCKS4], vec!["socks4:192.0.2.7:6667".to_owned()]),
        (vec![SOCKS4A], vec![four.clone()]),
        (vec![SOCKS5], vec![five.clone()]),
        (vec![USERPASS], vec!["socks5:[2001:db8::7]:6667".to_owned()]),
        (vec![CONNECT], vec![connect.clone()]),
        (vec![CONNECT, SOCKS5], vec![connect.clone(), five.clone()]),
        (vec![SOCKS4A, CONNECT], vec![four.clone(), connect.clone()]),
        (vec![SOCKS5, SOCKS4A, CONNECT, CONNECT], vec![five, four, connect.clone(), connect]),
    ]
}

/// The sign-on inside.
const INSIDE: Opening = &[
    (Client, b"PASS sesame\r\nNICK ann\r\nUSER ann 0 * :Ann\r\n"),
    (Server, b":irc.example.net 001 ann :Welcome\r\n"),
    (Client, b"PRIVMSG NickServ :IDENTIFY sesame-two\r\n"),
    (Server, b":NickServ!s@services NOTICE ann :You are now identified for ann.\r\n"),
    (Client, b"PRIVMSG #office :through and through\r\n"),
];

fn dialogue(openings: &[Opening], port: u16) -> Dialogue {
    let text = format!("# origin: RFC 1928\n# ends: 10.0.0.11:40000 10.0.0.5:{port} tcp\n");
    let mut dialogue = Dialogue::parse(&text).unwrap();
    let turns = openings.iter().chain([&INSIDE]).flat_map(|one| one.iter());
    dialogue.turns = turns.map(|(side, bytes)| Turn::Says(*side, bytes.to_vec())).collect();
    dialogue
}

/// Everything heard, each with where it was heard, and what was not read.
fn listen(frames: &[Frame]) -> (Vec<(FlowFacts, Record)>, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wire.pcap");
    std::fs::write(&path, pcap::pcap(frames, Endian::Little, Unit::Nano)).unwrap();
    let (mut timeline, faults) = Timeline::open(&[path]);
    assert!(faults.is_empty(), "{faults:?}");
    let mut heard = Vec::new();
    let mut note = |record: Record| {
        if let Some(flow) = record.flow.clone() {
            heard.push(((*flow).clone(), record));
        }
    };
    let mut options = Options { workers: 1, ..Options::default() };
    let run = pipeline::read(&mut timeline, &mut options, &mut note, &mut |_| true).unwrap();
    assert_eq!(run.ledger.check(), Vec::<String>::new());
    assert_eq!(run.ledger.broken, 0);
    (heard, run.ledger.unread + run.ledger.unidentified)
}

/// Everything heard where every byte can be read.
fn hear(frames: &[Frame]) -> Vec<(FlowFacts, Record)> {
    let (heard, missed) = listen(frames);
    assert_eq!(missed, 0);
    heard
}

/// What was heard, in words, where something was lost.
fn heard_lossily(frames: &[Frame]) -> Vec<(String, u64)> {
    words(&listen(frames).0)
}

/// What was heard, in words: the protocol, the number of proxies around it, and the frame.
fn words(heard: &[(FlowFacts, Record)]) -> Vec<(String, u64)> {
    let mut words = Vec::new();
    for (flow, record) in heard {
        let said = match (&record.heard, record.heard.event()) {
            (Heard::Identified, _) => "identified".to_owned(),
            (_, Some(Event::Credential(said))) => {
                let secret = String::from_utf8_lossy(said.secret.expose()).into_owned();
                format!("{} {secret}", said.mechanism)
            }
            (_, Some(Event::Answer(answer))) => format!("{:?}", answer.accepted),
            (_, Some(Event::Message(message))) => message.text.expose().to_owned(),
            (_, Some(Event::Login(login))) => format!("{} {:?}", login.method, login.outcome),
            (_, Some(Event::Weird(weird))) => weird.name.to_owned(),
            _ => continue,
        };
        let app = flow.app.unwrap_or_default();
        words.push((format!("{app} {}: {said}", flow.via.len()), record.stamp.no));
    }
    words
}

/// What the opening of a tunnel says that is worth telling.
fn told_by(opening: Opening, hops: usize) -> Vec<String> {
    let lines: &[&str] = match opening {
        _ if opening == SOCKS4 => &["socks: identified", "socks: socks4-userid Success"],
        _ if opening == USERPASS => {
            &["socks: identified", "socks: socks5-userpass s5-one", "socks: Some(true)"]
        }
        _ if opening == CONNECT => &[
            "http-connect: identified",
            "http-connect: http-basic sesame",
            "http-connect: Some(true)",
        ],
        _ => &["socks: identified"],
    };
    lines.iter().map(|line| line.replacen(':', &format!(" {hops}:"), 1)).collect()
}

/// What is said inside so many tunnels.
fn told_inside(hops: usize) -> Vec<String> {
    let lines = [
        "identified",
        "irc-pass sesame",
        "Some(true)",
        "irc-pass Success",
        "IDENTIFY sesame-two",
        "nickserv-identify sesame-two",
        "Some(true)",
        "nickserv-identify Success",
        "You are now identified for ann.",
        "through and through",
    ];
    lines.iter().map(|line| format!("irc {hops}: {line}")).collect()
}

/// The same lines, whatever their order within one frame.
fn sorted(words: &[(String, u64)]) -> Vec<String> {
    let mut lines: Vec<_> = words.iter().map(|(line, _)| line.clone()).collect();
    lines.sort();
    lines
}

fn expected(openings: &[Opening]) -> Vec<String> {
    let mut lines: Vec<_> =
        openings.iter().enumerate().flat_map(|(hops, one)| told_by(one, hops)).collect();
    lines.extend(told_inside(openings.len()));
    lines.sort();
    lines
}

#[test]
fn a_sign_on_is_heard_through_every_proxy_on_any_port_and_in_any_pieces() {
    for (openings, via) in chains() {
        for port in [80, 443, 12345] {
            for mss in [1460, 1, 7] {
                let wire = Wire { mss, acks: false, ..Wire::default() };
                let heard = hear(&frames::frames(&dialogue(&openings, port), &wire));
                let place = format!("{via:?} on port {port} in pieces of {mss}");
                assert_eq!(sorted(&words(&heard)), expected(&openings), "{place}");
                for (flow, _) in heard.iter().filter(|(flow, _)| flow.app == Some("irc")) {
                    assert_eq!(flow.via, via, "{place}");
                }
            }
        }
    }
}

/// The client waits for nothing: everything it says stands before everything the server says.
fn impatient(openings: &[Opening]) -> Dialogue {
    let mut dialogue = dialogue(openings, 80);
    dialogue.turns.sort_by_key(|turn| matches!(turn, Turn::Says(Server, _)));
    dialogue
}

#[test]
fn what_is_said_before_the_answer_belongs_inside_and_keeps_its_frame() {
    for (openings, via) in chains() {
        let dialogue = impatient(&openings);
        let wire = Wire { acks: false, ..Wire::default() };
        let frames = frames::frames(&dialogue, &wire);
        let words = words(&hear(&frames));
        for (bytes, said) in
            [(b"PASS sesame", "irc-pass sesame"), (b"PRIVMSG Nic", "nickserv-identify sesame-two")]
        {
            let holds = |frame: &Frame| frame.bytes.windows(bytes.len()).any(|one| one == bytes);
            let number = frames.iter().position(holds).unwrap() as u64 + 1;
            let told = words.iter().find(|(line, _)| line.ends_with(said));
            assert_eq!(told.map(|(_, frame)| *frame), Some(number), "{via:?}: {words:#?}");
            let whole = words.iter().filter(|(line, _)| line.ends_with("through and through"));
            assert_eq!(whole.count(), 1, "{via:?}");
        }
    }
}

/// Two taps may deliver what a server says before what it answers.
#[test]
fn answers_that_come_first_wait_for_their_questions() {
    for (openings, via) in chains() {
        let mut dialogue = dialogue(&openings, 80);
        dialogue.turns.sort_by_key(|turn| matches!(turn, Turn::Says(Client, _)));
        for mss in [1460, 5] {
            let wire = Wire { mss, acks: false, ..Wire::default() };
            let words = words(&hear(&frames::frames(&dialogue, &wire)));
            let inside = format!("irc {}: through and through", openings.len());
            assert!(words.iter().any(|(line, _)| *line == inside), "{via:?}: {words:#?}");
        }
    }
}

#[test]
fn a_client_alone_is_heard_inside() {
    for opening in [SOCKS4, SOCKS4A, SOCKS5, USERPASS] {
        let wire = Wire { acks: false, ..Wire::default() };
        let dialogue = impatient(&[opening]);
        let mut segments = frames::segments(&dialogue, &wire);
        segments.retain(|segment| segment.side == Client);
        let words = words(&hear(&frames::wrap(&dialogue, &wire, &segments)));
        let said = words.iter().any(|(line, _)| line == "irc 1: through and through");
        assert!(said, "{words:#?}");
    }
}

/// A segment of the opening is lost, any but the first, by which the proxy is known.
#[test]
fn a_loss_in_the_opening_does_not_cost_the_conversation() {
    for opening in [SOCKS4, SOCKS4A, SOCKS5, USERPASS, CONNECT] {
        let wire = Wire { acks: false, ..Wire::default() };
        let dialogue = dialogue(&[opening], 80);
        let segments = frames::segments(&dialogue, &wire);
        let spoken: Vec<_> =
            (0..segments.len()).filter(|at| !segments[*at].payload.is_empty()).collect();
        for lost in &spoken[1..opening.len()] {
            let mut segments = segments.clone();
            let segment = segments.remove(*lost);
            let heard = heard_lossily(&frames::wrap(&dialogue, &wire, &segments));
            let said = heard.iter().any(|(line, _)| line == "irc 1: through and through");
            let text = String::from_utf8_lossy(&segment.payload).into_owned();
            assert!(said, "without {text:?}: {heard:#?}");
        }
    }
}

#[test]
fn tunnels_end_somewhere() {
    let openings = [SOCKS4A; 40];
    let wire = Wire { acks: false, ..Wire::default() };
    let words = heard_lossily(&frames::frames(&impatient(&openings), &wire));
    let deep = words.iter().filter(|(line, _)| line.ends_with("tunnels_too_deep")).count();
    let opened = words.iter().filter(|(line, _)| line.ends_with("identified")).count();
    assert_eq!((deep, opened), (1, 16));
}

/// A claim that turns out to be wrong costs what was taken, and the rest is asked about again.
#[test]
fn what_is_no_request_after_all_is_whose_it_is() {
    const GREETING: Opening = &[(Client, b"\x05\x01\x00"), (Server, b"\x05\x00")];
    for mss in [1460, 1] {
        let wire = Wire { mss, acks: false, ..Wire::default() };
        let words = words(&hear(&frames::frames(&dialogue(&[GREETING], 80), &wire)));
        let lines: Vec<_> = words.iter().map(|(line, _)| line.as_str()).collect();
        assert_eq!(lines[..2], ["socks 0: identified", "socks 0: socks_request_malformed"]);
        assert!(lines.contains(&"irc 0: through and through"), "{lines:#?}");
    }
}
