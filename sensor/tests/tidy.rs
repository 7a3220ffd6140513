//! The house stays tidy: walls, order, length of files, and rows that are asserted.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests say so")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use overhear_dissectors::{Evidence, PROTOCOLS, Row};
use overhear_testdata::dialogue;
use serde_json::Value;

/// The modules of `sensor`, as the path of a byte meets them: a file imports only from its own
/// module and those before it.
const ORDER: &[&str] = &[
    "frame", "feed", "capture", "sync", "bell", "meter", "pulse", "ring", "live", "decode", "keep",
    "defrag", "notes", "tcp", "talk", "flow", "clock", "shard", "dispatch", "worth", "worker",
    "batch", "sorter", "merge", "crew", "pipeline", "teller", "output", "memory",
];

/// Longest source file, in lines.
const LONGEST: usize = 500;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Every file below a folder whose name ends in one of `ends`, without what is built or fetched.
fn files(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", ".git", "corpus", "artifacts", "__pycache__"].contains(&&*name) {
                    folders.push(path);
                }
            } else if ends.iter().any(|end| name.ends_with(end)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The parts of a path below the root, without the ending of the file.
fn parts(path: &Path, below: &Path) -> Vec<String> {
    let rest = path.strip_prefix(below).unwrap().with_extension("");
    rest.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect()
}

#[test]
fn no_source_file_is_too_long() {
    for path in files(&root(), &[".rs", ".py", ".sh"]) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= LONGEST, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_sensor_imports_only_inwards() {
    let source = root().join("sensor/src");
    let place = |module: &str| ORDER.iter().position(|one| *one == module);
    for path in files(&source, &[".rs"]) {
        let parts = parts(&path, &source);
        let own = parts.first().unwrap();
        if own == "lib" || parts.iter().any(|part| part == "tests") {
            continue;
        }
        let own_place = place(own).unwrap_or_else(|| panic!("{own} has no place in the order"));
        let text = fs::read_to_string(&path).unwrap();
        for import in text.split("crate::").skip(1) {
            let module: String =
                import.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let earlier = place(&module).is_some_and(|place| place <= own_place);
            assert!(earlier, "{} imports crate::{module}", path.display());
        }
    }
}

/// A dissector could not be impure without one of these.
#[test]
fn dissectors_have_no_way_out() {
    const OUTSIDE: &[&str] =
        &["std::fs", "std::io", "std::thread", "std::time", "std::process", "std::env", "println!"];
    let source = root().join("dissectors/src");
    for path in files(&source, &[".rs"]) {
        let text = fs::read_to_string(&path).unwrap();
        for word in OUTSIDE {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

/// A folder has the name of its protocol, or the first word of it where others build on the folder
/// (`http` is that of `http-connect`).
#[test]
fn every_protocol_is_registered_and_has_a_dialogue() {
    let holds = |names: &BTreeSet<String>, folder: &str| {
        names.iter().any(|name| name == folder || name.split('_').next() == Some(folder))
    };
    let names: BTreeSet<String> =
        PROTOCOLS.iter().map(|one| one.facts().name.replace('-', "_")).collect();
    let spoken: BTreeSet<String> =
        dialogue::all().unwrap().iter().map(|one| one.protocol().replace('-', "_")).collect();
    for entry in fs::read_dir(root().join("dissectors/src")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let folder = path.file_name().unwrap().to_string_lossy().into_owned();
            assert!(holds(&names, &folder), "{folder} is not in PROTOCOLS");
            assert!(holds(&spoken, &folder), "{folder} has no dialogue");
        }
    }
    assert!(spoken.is_subset(&names), "dialogues of no protocol: {spoken:?}");
}

/// A line of `testdata/rows`.
struct Assertion {
    row: String,
    source: String,
    place: String,
}

fn assertions() -> Vec<Assertion> {
    let mut all = Vec::new();
    for path in files(&root().join("testdata/rows"), &[".jsonl"]) {
        for (index, line) in fs::read_to_string(&path).unwrap().lines().enumerate() {
            let place = format!("{}:{}", path.display(), index + 1);
            let line: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{place}: {e}"));
            let word = |key: &str| line.get(key).and_then(Value::as_str).map(str::to_owned);
            let row = word("row").unwrap_or_else(|| panic!("{place}: no row"));
            let sources = ["capture", "dialogue", "trace"].into_iter().filter_map(word);
            let [source] = <[String; 1]>::try_from(sources.collect::<Vec<_>>())
                .unwrap_or_else(|_| panic!("{place}: one of capture, dialogue, trace"));
            assert!(line.get("expect").is_some_and(Value::is_object), "{place}: no expect");
            all.push(Assertion { row, source, place });
        }
    }
    all
}

fn rows() -> BTreeMap<String, &'static Row> {
    let mut rows = BTreeMap::new();
    for protocol in PROTOCOLS {
        for row in protocol.facts().rows {
            let name = format!("{}/{}", protocol.facts().name, row.id);
            assert!(rows.insert(name.clone(), row).is_none(), "{name} is there twice");
        }
    }
    rows
}

#[test]
fn assertions_name_rows_that_exist() {
    let rows = rows();
    for assertion in assertions() {
        let row = rows.get(&assertion.row);
        let place = &assertion.place;
        assert!(row.is_some(), "{place}: there is no row {}", assertion.row);
        let missing = row.is_some_and(|row| matches!(row.evidence, Evidence::Missing(_)));
        assert!(!missing, "{place}: {} is asserted and called missing", assertion.row);
    }
}

#[test]
fn every_row_is_asserted_from_what_it_claims() {
    let assertions = assertions();
    for (name, row) in rows() {
        let sources: Vec<&str> =
            assertions.iter().filter(|one| one.row == name).map(|one| &*one.source).collect();
        match row.evidence {
            Evidence::Missing(why) => assert!(!why.is_empty(), "{name}: missing, but why?"),
            Evidence::Documents(documents) => {
                assert!(documents.len() >= 2, "{name}: two documents must agree");
                assert!(!sources.is_empty(), "{name} is asserted nowhere");
            }
            Evidence::Capture(captures) => {
                assert!(!captures.is_empty(), "{name} names no capture");
                for capture in captures {
                    assert!(sources.contains(capture), "{name} is not asserted from {capture}");
                }
            }
        }
    }
}

/// What is committed reads the same on every machine.
#[test]
fn nothing_names_the_machine_it_was_written_on() {
    let places = ["/wo|rk/", "/ro|ot/", "/ho|me/", "im|lab"].map(|place| place.replace('|', ""));
    for path in files(&root(), &[".rs", ".toml", ".md", ".py", ".talk", ".jsonl", ".json", ".html"])
    {
        let text = fs::read_to_string(&path).unwrap();
        for place in &places {
            assert!(!text.contains(place), "{} names {place}", path.display());
        }
    }
}
