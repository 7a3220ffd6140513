//! Everything that is said to be read is read: `testdata/rows/PROTOCOL.jsonl`, line by line.
//!
//! `{"row":"irc/dcc-chat","capture":"irc_plain.pcap","expect":{…},"count":1}` wants events that
//! contain `expect`: at least one, or exactly `count`. Instead of a shared `capture` it may name
//! a `dialogue` (`irc/away.talk`) or one of our `trace`s. An object contains another when it has
//! all its keys with values that contain theirs; an array when it has all its elements in order.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use overhear_testdata::pcap::{Endian, Unit};
use overhear_testdata::{Dialogue, Wire, dialogue, frames, pcap};
use serde_json::Value;

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|one| contains(one, part)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            let mut rest = whole.iter();
            part.iter().all(|part| rest.any(|one| contains(one, part)))
        }
        _ => whole == part,
    }
}

/// The event streams of everything the rows name, each made once.
struct Streams {
    shared: BTreeMap<String, PathBuf>,
    folder: tempfile::TempDir,
    heard: BTreeMap<String, Vec<Value>>,
}

impl Streams {
    fn new() -> Self {
        let found = lab::shared().map(|folder| lab::captures(&folder.join("captures")));
        let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
        let shared = found.into_iter().flatten().map(|path| (name(&path), path)).collect();
        Self { shared, folder: tempfile::tempdir().unwrap(), heard: BTreeMap::new() }
    }

    /// Nothing when the capture is not here to be read.
    fn of(&mut self, line: &Value) -> Option<&[Value]> {
        let word = |key: &str| line.get(key).and_then(Value::as_str);
        let (name, path) = if let Some(name) = word("dialogue") {
            (name, self.write(name))
        } else if let Some(name) = word("trace") {
            (name, lab::traces().join(name))
        } else {
            let name = word("capture").unwrap();
            (name, self.shared.get(name)?.clone())
        };
        let heard = self.heard.entry(name.to_owned());
        Some(heard.or_insert_with(|| lab::lines(&lab::stream(&[path]))))
    }

    /// A dialogue as a capture file.
    fn write(&self, name: &str) -> PathBuf {
        let dialogue = Dialogue::read(&dialogue::folder().join(name)).unwrap();
        let frames = frames::frames(&dialogue, &wire(&dialogue));
        let path = self.folder.path().join(name.replace('/', "-")).with_extension("pcap");
        fs::write(&path, pcap::pcap(&frames, Endian::Little, Unit::Micro)).unwrap();
        path
    }
}

/// A conversation that was picked up in its middle has no beginning.
fn wire(dialogue: &Dialogue) -> Wire {
    Wire { handshake: dialogue.from_start(), ..Wire::default() }
}

#[test]
fn every_row_yields_what_it_promises() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/rows");
    let mut streams = Streams::new();
    let mut faults = Vec::new();
    let (mut held, mut skipped) = (0, 0);
    for path in lab::files(&folder) {
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let line: Value = serde_json::from_str(line).unwrap();
            let (expect, count) = (&line["expect"], line.get("count").and_then(Value::as_u64));
            let Some(heard) = streams.of(&line) else {
                skipped += 1;
                continue;
            };
            let hits = heard.iter().filter(|event| contains(event, expect)).count() as u64;
            if count.map_or(hits > 0, |count| hits == count) {
                held += 1;
            } else {
                let file = path.file_name().unwrap().to_string_lossy();
                faults.push(format!("{file}:{}: {hits} events: {line}", index + 1));
            }
        }
    }
    println!("{held} assertions held, {skipped} skipped");
    assert!(faults.is_empty(), "{} of {held} rows fail:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn containing_is_strict() {
    let whole = serde_json::json!({"a": {"b": [1, {"c": 2}, 3]}, "d": "x"});
    for part in [r#"{"a":{"b":[1,3]}}"#, r#"{"a":{"b":[{"c":2}]}}"#, r#"{"d":"x"}"#, "{}"] {
        assert!(contains(&whole, &serde_json::from_str(part).unwrap()), "{part}");
    }
    for part in [r#"{"a":{"b":[3,1]}}"#, r#"{"a":{"c":2}}"#, r#"{"d":"y"}"#, r#"{"e":null}"#] {
        assert!(!contains(&whole, &serde_json::from_str(part).unwrap()), "{part}");
    }
}
