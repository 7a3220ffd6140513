//! However the network treats a conversation, the same is heard: cut small, out of order,
//! repeated, with sequence numbers that wrap, behind VLAN tags.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::fs;
use std::path::Path;

use overhear_testdata::frames::{self, Ending, Wire};
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Frame, Transport, dialogue};
use serde_json::Value;

/// What is said about people; the rest speaks of frames and flows.
const SAID: &[&str] =
    &["login", "credential", "message", "typing", "roster", "presence", "room", "file", "client"];

/// Keys that name frames, or are made of the time.
const OF_THE_WIRE: &[&str] =
    &["message_id", "transfer_id", "answer_cnt", "fingerprint", "content_key"];

fn heard(frames: &[Frame], folder: &Path) -> Vec<(String, Value)> {
    let path = folder.join("capture.pcap");
    fs::write(&path, pcap::pcap(frames, Endian::Little, Unit::Nano)).unwrap();
    let mut said = Vec::new();
    for line in lab::lines(&lab::stream(&[path])) {
        let kind = lab::kind(&line).to_owned();
        if SAID.contains(&&*kind) {
            let mut object = line.get(&kind).unwrap().clone();
            for key in OF_THE_WIRE {
                object.as_object_mut().unwrap().remove(*key);
            }
            said.push((kind, object));
        }
    }
    said
}

/// Ways to carry a dialogue, by name.
fn ways(dialogue: &Dialogue, straight: &Wire) -> Vec<(&'static str, Vec<Frame>)> {
    let small = Wire { mss: 3, ..straight.clone() };
    let wraps = Wire { isn: [u32::MAX - 20, u32::MAX - 5], mss: 11, ..straight.clone() };
    let tagged = Wire { vlans: vec![7, 42], ending: Ending::Rst, ..straight.clone() };
    let silent = Wire { acks: false, ending: Ending::Open, ..straight.clone() };
    let plain = |wire: &Wire| frames::frames(dialogue, wire);
    let mut ways = vec![
        ("small", plain(&small)),
        ("wrapping", plain(&wraps)),
        ("tagged", plain(&tagged)),
        ("unacknowledged", plain(&silent)),
    ];
    for seed in [3, 17] {
        let wire = Wire { acks: false, ..wraps.clone() };
        let jumbled = frames::jumble(frames::segments(dialogue, &wire), seed);
        ways.push(("jumbled", frames::wrap(dialogue, &wire, &jumbled)));
    }
    ways
}

#[test]
fn a_conversation_sounds_the_same_on_any_wire() {
    let folder = tempfile::tempdir().unwrap();
    for dialogue in dialogue::all().unwrap() {
        if dialogue.ends.transport == Transport::Udp {
            continue;
        }
        let straight = Wire { handshake: dialogue.from_start(), ..Wire::default() };
        let mut whole = heard(&frames::frames(&dialogue, &straight), folder.path());
        let holed = dialogue.turns.iter().any(|turn| matches!(turn, dialogue::Turn::Gap(..)));
        if holed {
            whole.sort_by_cached_key(|said| format!("{said:?}"));
        }
        for (way, frames) in ways(&dialogue, &straight) {
            let mut other = heard(&frames, folder.path());
            if holed {
                // When a hole is noticed depends on who acknowledges what is behind it.
                other.sort_by_cached_key(|said| format!("{said:?}"));
            }
            let differs = other.iter().zip(&whole).find(|(one, other)| one != other);
            assert_eq!(differs, None, "{} {way}", dialogue.name);
            assert_eq!(other.len(), whole.len(), "{} {way}", dialogue.name);
        }
    }
}
