//! Reads every capture that real programs wrote, and counts.
//!
//! The captures are not part of the repository. They are looked for in `$OVERHEAR_SHARED`, else in
//! `../shared` beside the repository; without them the tests say that they were skipped.

#![expect(clippy::print_stdout, reason = "a skipped test has to say so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use overhear_sensor::capture::{Fault, Timeline};
use overhear_sensor::decode::{Decoded, Payload, decode};

/// What was counted in one file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    frames: u64,
    segments: u64,
    datagrams: u64,
    fragments: u64,
    other: u64,
    non_ip: u64,
    malformed: BTreeMap<&'static str, u64>,
}

fn captures() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("OVERHEAR_SHARED").map_or(beside, PathBuf::from);
    let captures = shared.join("captures");
    if captures.is_dir() {
        return Some(captures);
    }
    println!("skipped: no captures in {}", captures.display());
    None
}

fn count(path: &Path) -> (Count, Vec<Fault>) {
    let (mut timeline, mut faults) = Timeline::open(&[path.to_path_buf()]);
    let mut count = Count::default();
    while let Some(frame) = timeline.next() {
        count.frames += 1;
        match decode(frame.link, frame.data, frame.wire_len) {
            Decoded::NonIp => count.non_ip += 1,
            Decoded::Malformed(what) => *count.malformed.entry(what).or_default() += 1,
            Decoded::Packet(packet) => match packet.payload {
                Payload::Tcp(_) => count.segments += 1,
                Payload::Udp(_) => count.datagrams += 1,
                Payload::Fragment(_) => count.fragments += 1,
                Payload::Other(_) => count.other += 1,
            },
        }
    }
    faults.extend_from_slice(timeline.faults());
    (count, faults)
}

#[test]
fn every_found_capture_has_the_frames_the_inventory_says() {
    let Some(captures) = captures() else { return };
    let found = captures.join("found");
    let inventory = fs::read_to_string(found.join("INVENTORY.tsv")).unwrap();
    let mut checked = 0;
    for line in inventory.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (file, packets) = (columns[1], columns[3]);
        // Network Monitor has its own format.
        let Some(packets) = packets.parse::<u64>().ok().filter(|_| !columns[9].contains("netmon"))
        else {
            continue;
        };
        let (count, faults) = count(&found.join(file));
        println!("{file}: {count:?} {faults:?}");
        assert_eq!(count.frames, packets, "{file}");
        checked += 1;
    }
    println!("{checked} files");
    assert!(checked > 100);
}

#[test]
fn every_lab_capture_is_read_to_its_end() {
    let Some(captures) = captures() else { return };
    let (count, faults) = count(&captures.join("lab"));
    println!("{count:?}");
    assert_eq!(faults, []);
    assert!(count.segments > 1_000 && count.datagrams > 100);
    assert_eq!(count.malformed, BTreeMap::new());
}

#[test]
fn what_is_no_capture_says_what_it_is() {
    let Some(captures) = captures() else { return };
    let reason = |file: &str| {
        let (count, faults) = count(&captures.join("found").join(file));
        assert_eq!(faults.len(), 1, "{file}: {count:?}");
        println!("{}", faults[0]);
        faults[0].reason.to_string()
    };
    assert_eq!(reason("ctfs+write-ups-2015/stress/leakage.pcap"), "no pcap or pcapng header");
    assert!(
        reason("realjimmy+sample-captures/Mixed1.cap").starts_with("a Network Monitor capture")
    );
    assert!(!reason("ctfs+write-ups-2014/stress/capsule.pcapng").is_empty());
}
