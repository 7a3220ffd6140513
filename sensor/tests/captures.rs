//! Reads every capture that real programs wrote, and counts.
//!
//! The captures are not part of the repository. They are looked for in `$OVERHEAR_SHARED`, else in
//! `../shared` beside the repository; without them the tests say that they were skipped.

#![expect(clippy::print_stdout, reason = "a skipped test has to say so")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use overhear_sensor::capture::{Fault, Timeline};
use overhear_sensor::decode::{Decoded, Hops, Packet, Payload, decode, whole};
use overhear_sensor::defrag::{Defrag, Defragged, Limits};

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
        match decode(frame.link, frame.data, frame.wire_len, &mut Hops::default()) {
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

/// Payloads of the packets that were made whole, and fragments that could not be a part of one.
fn defrag(path: &Path) -> (Vec<String>, u64) {
    let (mut timeline, faults) = Timeline::open(&[path.to_path_buf()]);
    assert_eq!(faults, []);
    let wrong = |bad_checksum| if bad_checksum { ", checksum wrong" } else { "" };
    let mut defrag = Defrag::new(Limits::default());
    let (mut wholes, mut dropped) = (Vec::new(), 0);
    while let Some(frame) = timeline.next() {
        let mut hops = Hops::default();
        let decoded = decode(frame.link, frame.data, frame.wire_len, &mut hops);
        let Decoded::Packet(packet) = decoded else { continue };
        let Payload::Fragment(fragment) = packet.payload else { continue };
        match defrag.insert(&fragment, frame.stamp.at) {
            Defragged::Held(_) => {}
            Defragged::Dropped(_) => dropped += 1,
            Defragged::Whole(found) => {
                let Packet { src, dst, .. } = packet;
                let decoded = whole(src, dst, found.proto, &found.payload, &mut hops);
                let bad = matches!(&decoded, Decoded::Packet(packet) if packet.bad_checksum());
                wholes.push(match decoded {
                    Decoded::Packet(Packet { payload: Payload::Tcp(segment), .. }) => {
                        format!("tcp {}{}", segment.data.len(), wrong(bad))
                    }
                    Decoded::Packet(Packet { payload: Payload::Udp(datagram), .. }) => {
                        format!("udp {}{}", datagram.data.len(), wrong(bad))
                    }
                    Decoded::Packet(Packet { payload, .. }) => format!("{payload:?}"),
                    other => format!("{other:?}"),
                });
            }
        }
    }
    (wholes, dropped)
}

#[test]
fn fragments_of_real_packets_are_made_whole() {
    let Some(captures) = captures() else { return };
    let defrag = |file: &str| {
        let (wholes, dropped) = defrag(&captures.join("found").join(file));
        println!("{file}: {wholes:?}, {dropped} fragments dropped");
        (wholes, dropped)
    };
    let (wholes, dropped) = defrag("seladb+PcapPlusPlus/stress/ip4_fragments.pcap");
    assert_eq!((wholes, dropped), (vec!["udp 8312".to_owned(); 6], 0));
    let (wholes, dropped) = defrag("seladb+PcapPlusPlus/stress/frag_http_req.pcap");
    assert_eq!((wholes, dropped), (vec!["tcp 1460".to_owned()], 0));
    // Mirrored frames that were larger than the mirror's network takes: a right checksum over
    // several thousand bytes says that every fragment is in its place.
    let (wholes, dropped) = defrag("zeek+zeek/stress/erspan.pcap");
    assert_eq!((wholes.len(), dropped), (16, 0));
    assert!(wholes.iter().all(|whole| whole.starts_with("tcp ") && !whole.contains("wrong")));
    // Fragments that were made to do harm.
    assert_eq!(defrag("zeek+zeek/stress/fragmented-1.pcap"), (vec![], 2));
    assert_eq!(defrag("ntop+nDPI/stress/ip_fragmented_garbage.pcap").0.len(), 4);
}
