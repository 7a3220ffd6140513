//! One sign-on, however the wire delivers it: through every encapsulation a mirror port makes, and
//! torn in every way a network tears.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use overhear_analysis::Record;
use overhear_dissectors::Event;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::carriers::CARRIERS;
use overhear_testdata::frames::{self, Ending, Frame, Segment, Wire};
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Side};

/// Ports that say IRC, web, or nothing.
const PORTS: [u16; 3] = [80, 443, 12_345];

fn dialogue(client: &str, server: &str, port: u16) -> Dialogue {
    let text = format!(
        "# origin: RFC 2812\n# ends: {client} {server}:{port} tcp\n\
         >>> PASS open-sesame\\r\\nNICK ann\\r\\nUSER ann 0 * :Ann Example\\r\\n\n\
         <<< :irc.example.net 001 ann :Welcome to the network ann\\r\\n\n\
         >>> PRIVMSG NickServ :IDENTIFY hunter2\\r\\n\n\
         <<< :NickServ!s@services. NOTICE ann :You are now identified for ann.\\r\\n\n\
         >>> JOIN #room\\r\\n\n\
         <<< :ann!ann@host JOIN #room\\r\\n\n\
         >>> PRIVMSG #room :see you at noon\\r\\n\n\
         <<< :bob!bob@host PRIVMSG #room :fine\\r\\n\n"
    );
    Dialogue::parse(&text).unwrap()
}

fn v4(port: u16) -> Dialogue {
    dialogue("10.0.0.11:40000", "10.0.0.1", port)
}

/// Secrets and messages, and what `via` said of them.
#[derive(Debug, Default, PartialEq, Eq)]
struct Told {
    secrets: Vec<String>,
    messages: Vec<String>,
    via: Vec<String>,
}

const SECRETS: [&str; 2] = ["open-sesame", "hunter2"];
const MESSAGES: [&str; 2] = ["see you at noon", "fine"];

fn read(link: u32, frames: &[Frame], workers: usize) -> Told {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wire.pcap");
    std::fs::write(&path, pcap::pcap_of(link, frames, Endian::Little, Unit::Nano)).unwrap();
    let (mut timeline, faults) = Timeline::open(&[path]);
    assert!(faults.is_empty(), "{faults:?}");
    let mut told = Told::default();
    let mut hear = |record: Record| {
        let Some(event) = record.heard.event() else { return };
        told.via.clone_from(&record.flow.as_ref().unwrap().via);
        match event {
            Event::Credential(said) => {
                told.secrets.push(String::from_utf8(said.secret.expose().to_vec()).unwrap());
            }
            Event::Message(said) if said.room.is_some() => {
                told.messages.push(said.text.expose().to_owned());
            }
            _ => {}
        }
    };
    let mut options = Options { workers, ..Options::default() };
    let run = pipeline::read(&mut timeline, &mut options, &mut hear, &mut |_| true).unwrap();
    assert_eq!(run.ledger.check(), Vec::<String>::new());
    assert_eq!((run.ledger.broken, run.ledger.malformed), (0, 0));
    told
}

fn plain(frames: &[Frame]) -> Told {
    read(1, frames, 1)
}

fn assert_whole(told: &Told, case: &str) {
    assert_eq!(told.secrets, SECRETS, "{case}");
    assert_eq!(told.messages, MESSAGES, "{case}");
}

#[test]
fn every_encapsulation_is_seen_through_and_named() {
    for carrier in CARRIERS {
        for port in PORTS {
            let six = dialogue("[2001:db8::11]:40000", "[2001:db8::1]", port);
            for (dialogue, version) in [(v4(port), 4), (six, 6)] {
                let frames = frames::frames(&dialogue, &Wire::default());
                let told = read(carrier.link, &carrier.wrap(&frames), 2);
                let case = format!("{} around IPv{version}, port {port}", carrier.name);
                assert_whole(&told, &case);
                if carrier.name == "ip in ip" {
                    assert_eq!(told.via, [format!("{version}in4")], "{case}");
                } else {
                    assert_eq!(told.via, carrier.via, "{case}");
                }
            }
        }
    }
}

/// IPv4 fragments of a frame, of so many bytes each.
fn fragments(frame: &Frame, size: usize) -> Vec<Frame> {
    let (ethernet, packet) = frame.bytes.split_at(14);
    let (head, payload) = packet.split_at(20);
    let last = payload.len().div_ceil(size) - 1;
    let piece = |(number, piece): (usize, &[u8])| {
        let mut head = head.to_vec();
        let place = (number * size / 8) as u16 | if number < last { 0x2000 } else { 0 };
        head[2..4].copy_from_slice(&(piece.len() as u16 + 20).to_be_bytes());
        head[4..6].copy_from_slice(&(frame.at as u16 ^ (frame.at >> 20) as u16).to_be_bytes());
        head[6..8].copy_from_slice(&place.to_be_bytes());
        head[10..12].fill(0);
        Frame { at: frame.at, bytes: [ethernet, &head, piece].concat() }
    };
    payload.chunks(size).enumerate().map(piece).collect()
}

#[test]
fn a_tunnel_in_fragments_is_put_together_before_it_is_opened() {
    let gre = CARRIERS.iter().find(|carrier| carrier.name == "gre").unwrap();
    let wrapped = gre.wrap(&frames::frames(&v4(80), &Wire::default()));
    let as_frame = |frame: &Frame| Frame {
        at: frame.at,
        bytes: [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0][..], &frame.bytes].concat(),
    };
    // Only what is long is cut up: the flow's other packets come whole.
    let cut = |frame: Frame| match frame.bytes.len() {
        0..=90 => vec![frame],
        _ => fragments(&frame, 48),
    };
    let frames: Vec<Frame> = wrapped.iter().map(as_frame).flat_map(cut).collect();
    for workers in [1, 2, 8] {
        let told = read(1, &frames, workers);
        assert_whole(&told, "gre in fragments");
        assert_eq!(told.via, ["gre"]);
    }
}

#[test]
fn torn_streams_are_mended() {
    for port in PORTS {
        let (dialogue, wire) = (v4(port), Wire::default());
        let segments = frames::segments(&dialogue, &wire);
        let wrap = |segments: &[Segment]| frames::wrap(&dialogue, &wire, segments);
        let whole = wrap(&segments);

        let split = Wire { mss: 3, ..Wire::default() };
        assert_whole(&plain(&frames::frames(&dialogue, &split)), "split over segments");

        let pieces = frames::segments(&dialogue, &Wire { mss: 20, acks: false, ..Wire::default() });
        let (opening, rest) = pieces.split_at(3);
        let swapped: Vec<_> = rest.chunks(2).flat_map(|pair| pair.iter().rev().cloned()).collect();
        let told = plain(&wrap(&[opening, &swapped].concat()));
        assert_eq!(told.secrets, SECRETS, "out of order, port {port}");
        let jumbled = plain(&wrap(&frames::jumble(segments.clone(), u64::from(port))));
        assert_eq!(jumbled.secrets.len(), 2, "jumbled, port {port}");

        let twice: Vec<_> = whole.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
        assert_whole(&plain(&twice), "every packet twice");
        let mut later = whole.clone();
        later.iter_mut().for_each(|frame| frame.at += 300_000);
        let mut both = [whole.clone(), later].concat();
        both.sort_by_key(|frame| frame.at);
        assert_whole(&plain(&both), "a doubled mirror port");

        let cut: Vec<_> = whole.iter().flat_map(|frame| fragments(frame, 16)).collect();
        assert_whole(&plain(&cut), "in fragments");
        let back: Vec<_> =
            whole.iter().flat_map(|frame| fragments(frame, 16).into_iter().rev()).collect();
        assert_whole(&plain(&back), "in fragments, the last first");

        let mut wrong = whole.clone();
        for frame in &mut wrong {
            frame.bytes[14 + 20 + 16] ^= 0x55;
            frame.bytes[14 + 10] ^= 0x55;
        }
        assert_whole(&plain(&wrong), "bad checksums");

        let middle = Wire { handshake: false, ending: Ending::Open, ..Wire::default() };
        assert_whole(&plain(&frames::frames(&dialogue, &middle)), "without opening and end");
    }
}

#[test]
fn numbers_that_mean_nothing_are_not_believed() {
    let (dialogue, wire) = (v4(80), Wire { acks: false, ..Wire::default() });
    let mut segments = frames::segments(&dialogue, &wire);
    // As a shim writes it: no acknowledgements, and numbers out of thin air.
    for (segment, number) in segments.iter_mut().zip(1u32..) {
        if !segment.payload.is_empty() {
            (segment.ack, segment.seq) = (None, number.wrapping_mul(0x9e37_79b9));
        }
    }
    assert_whole(&plain(&frames::wrap(&dialogue, &wire, &segments)), "a shim's numbers");

    // In a conversation whose numbers are right, data no receiver takes is not taken either.
    let mut segments = frames::segments(&dialogue, &wire);
    let says = |segment: &Segment| segment.payload.starts_with(b"PRIVMSG #room");
    let place = segments.iter().position(says).unwrap();
    let payload = b"PRIVMSG #room :never sent\r\n".to_vec();
    let forged = Segment { ack: None, payload, ..segments[place].clone() };
    segments.insert(place, forged);
    assert_whole(&plain(&frames::wrap(&dialogue, &wire, &segments)), "data without ACK");
}

#[test]
fn what_is_missing_costs_only_itself() {
    for port in PORTS {
        let (dialogue, wire) = (v4(port), Wire::default());
        let segments = frames::segments(&dialogue, &wire);
        let only = |side| {
            let said: Vec<_> =
                segments.iter().filter(|segment| segment.side == side).cloned().collect();
            plain(&frames::wrap(&dialogue, &wire, &said))
        };
        let client = only(Side::Client);
        assert_eq!(
            (client.secrets.len(), &client.messages[..]),
            (2, &["see you at noon".into()][..])
        );
        assert_eq!(only(Side::Server).messages, ["fine"], "port {port}");

        // Each segment with a payload lost in turn: what the others carried is still told.
        let carrying = |segment: &&Segment| !segment.payload.is_empty();
        for lost in segments.iter().filter(carrying) {
            let left: Vec<_> = segments.iter().filter(|one| *one != lost).cloned().collect();
            let told = plain(&frames::wrap(&dialogue, &wire, &left));
            let held = |what: &&str| !String::from_utf8_lossy(&lost.payload).contains(*what);
            let secrets: Vec<_> = SECRETS.iter().copied().filter(held).collect();
            let messages: Vec<_> = MESSAGES.iter().copied().filter(held).collect();
            let case = format!("port {port} without {:?}", String::from_utf8_lossy(&lost.payload));
            assert_eq!(told.secrets, secrets, "{case}");
            assert_eq!(told.messages, messages, "{case}");
        }

        // Picked up behind each place.
        let late = plain(&frames::wrap(&dialogue, &wire, &segments[12..]));
        assert!(late.messages.ends_with(&["fine".to_owned()]), "port {port}: {late:?}");
    }
}
