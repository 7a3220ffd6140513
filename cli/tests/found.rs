//! Captures from elsewhere: whatever they hold, reading them ends well, and where nobody chatted
//! nothing is claimed.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// What is only said when somebody uses a messenger.
const CLAIMS: &[&str] =
    &["message", "login", "credential", "roster", "presence", "room", "typing", "file", "client"];

/// Groups of the inventory in which no messenger can be read.
const SILENT: &[&str] = &["NEGATIVE", "STRESS", "MODERN"];

/// The inventory: group and file.
fn inventory() -> Vec<(String, PathBuf)> {
    let Some(shared) = lab::shared() else { return Vec::new() };
    let folder = shared.join("captures/found");
    let table = fs::read_to_string(folder.join("INVENTORY.tsv")).unwrap();
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let (group, file) = (cells.next()?.to_owned(), cells.next()?.to_owned());
        let path = folder.join(file);
        (path.is_file() && path.extension()? != "txt").then_some((group, path))
    };
    table.lines().skip(1).filter_map(row).collect()
}

#[test]
fn silence_is_not_called_talk() {
    let mut bad = Vec::new();
    for (group, path) in inventory() {
        if !SILENT.contains(&&*group) {
            continue;
        }
        for line in lab::lines(&lab::stream(std::slice::from_ref(&path))) {
            if CLAIMS.contains(&lab::kind(&line)) {
                bad.push(format!("{}: {line}", path.display()));
            }
        }
    }
    assert!(bad.is_empty(), "{} claims:\n{}", bad.len(), bad.join("\n"));
}

/// Files of the inventory that are no capture: of another format, or without a header.
const UNREADABLE: &[&str] = &["Mixed1.cap", "leakage.pcap", "capsule.pcapng"];

/// The stream is whole: it begins with `start` and ends with `stats`, and no dissector broke.
#[test]
fn every_capture_is_read_to_its_end() {
    for (_, path) in inventory() {
        let lines = lab::lines(&lab::stream(std::slice::from_ref(&path)));
        let place = path.display();
        if UNREADABLE.iter().any(|name| path.ends_with(name)) && lines.is_empty() {
            continue;
        }
        assert_eq!(lines.first().map(lab::kind), Some("start"), "{place}");
        let last = lines.last().unwrap();
        assert_eq!(lab::kind(last), "stats", "{place}");
        let broken = last.pointer("/stats/ledger/broken").and_then(Value::as_u64);
        assert!(broken.is_none_or(|broken| broken == 0), "{place}: {broken:?} flows broke");
    }
}
