//! What a tap puts together is what two hosts said, however the wire between them behaves.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use overhear_analysis::{Heard, Record};
use overhear_dissectors::Event;
use overhear_dissectors::event::Unclaimed;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::lab::{Seen, Weather, talk};
use overhear_testdata::pcap::{self, Endian, Unit};
use sha2::{Digest, Sha256};

/// Bytes that are nobody's protocol, from a seed.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut byte = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..len).map(|_| byte()).collect()
}

/// How much was said, and its hash.
type Content = (u64, Option<[u8; 32]>);

/// Length and hash of each side, gaps and conflicts, as the sensor heard them.
fn heard(tap: &Seen, workers: usize) -> (Vec<Content>, u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.pcap");
    std::fs::write(&path, pcap::pcap(&tap.frames, Endian::Little, Unit::Nano)).unwrap();
    let (mut timeline, _) = Timeline::open(&[path]);
    let mut contents = Vec::new();
    let mut hear = |record: Record| {
        let Heard::Said(event) = record.heard else { return };
        if let Event::Unclaimed(Unclaimed::Content { side, content }) = *event {
            contents.push((side, content.bytes, content.sha256));
        }
    };
    let mut options = Options { workers, ..Options::default() };
    let run = pipeline::read(&mut timeline, &mut options, &mut hear, &mut |_| true).unwrap();
    assert_eq!(run.ledger.check(), Vec::<String>::new());
    contents.sort_by_key(|(side, ..)| *side);
    let contents = contents.into_iter().map(|(_, bytes, hash)| (bytes, hash)).collect();
    (contents, run.ledger.gaps, run.ledger.conflicts)
}

fn assert_true(weather: Weather, seed: u64) {
    let (client, server) = (noise(9_000 + seed as usize % 977, seed), noise(20_000, seed ^ 0x63));
    let tap = talk(client.clone(), server.clone(), weather, seed);
    assert_eq!((&tap.client, &tap.server), (&client, &server), "TCP itself holds");
    let truth = [client, server].map(|said| (said.len() as u64, Some(Sha256::digest(said).into())));
    let (contents, gaps, conflicts) = heard(&tap, 1 + seed as usize % 3);
    assert_eq!(contents, truth, "{weather:?}, seed {seed}, {} frames", tap.frames.len());
    assert_eq!((gaps, conflicts), (0, 0), "{weather:?}, seed {seed}");
}

#[test]
fn fair_weather() {
    assert_true(Weather { unseen: 0, lost: 0, repeated: 0, late: 0 }, 1);
}

#[test]
fn what_is_lost_is_sent_again() {
    (0..12).for_each(|seed| {
        assert_true(Weather { unseen: 5, lost: 5, repeated: 0, late: 0 }, seed);
    });
}

#[test]
fn what_is_repeated_and_late_finds_its_place() {
    (0..12).for_each(|seed| {
        assert_true(Weather { unseen: 0, lost: 0, repeated: 30, late: 30 }, seed);
    });
}

#[test]
fn everything_at_once() {
    (0..24).for_each(|seed| {
        assert_true(Weather { unseen: 4, lost: 6, repeated: 15, late: 20 }, seed);
    });
}
