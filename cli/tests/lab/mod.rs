//! Runs the program as a user would, on captures of our own and on shared ones.
//!
//! Shared captures (other people's programs, which are not ours to publish) lie at
//! `$OVERHEAR_SHARED`, else in `shared` beside the repository. Without them, what needs them says
//! that it was skipped.

#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout, reason = "tests use parts of it")]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

/// The folder of shared captures and tools.
pub(crate) fn shared() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let folder = std::env::var_os("OVERHEAR_SHARED").map_or(beside, PathBuf::from);
    if folder.join("captures").is_dir() {
        return Some(folder);
    }
    println!("skipped: there are no shared captures at {}", folder.display());
    None
}

/// The captures of our own recording.
pub(crate) fn traces() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/traces")
}

/// Every file below a folder, by path.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// Every file below a folder whose name has one of the endings of a capture.
pub(crate) fn captures(folder: &Path) -> Vec<PathBuf> {
    let mut found = files(folder);
    found.retain(|path| {
        path.extension().is_some_and(|end| end == "pcap" || end == "pcapng" || end == "cap")
    });
    found
}

/// Every `NAME.truth.json` of a folder with its capture.
pub(crate) fn truths(folder: &Path) -> BTreeMap<PathBuf, Value> {
    let mut truths = BTreeMap::new();
    for path in files(folder) {
        let name = path.to_string_lossy().into_owned();
        if let Some(stem) = name.strip_suffix(".truth.json") {
            let truth = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            truths.insert(PathBuf::from(format!("{stem}.pcap")), truth);
        }
    }
    truths
}

/// Where all runs of a test keep their state, so that they share the key of fingerprints.
static HOME: LazyLock<TempDir> = LazyLock::new(|| {
    let home = tempfile::tempdir().unwrap();
    run(&home, &["read".into(), "--json".into(), traces().join("irc_office.pcap").into()]);
    home
});

fn run(home: &TempDir, words: &[OsString]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_overhear"))
        .args(words)
        .env("HOME", home.path())
        .env("XDG_STATE_HOME", home.path().join("state"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .output()
        .unwrap()
}

/// Runs the program with a state of its own. It may refuse its input, but it never breaks.
pub(crate) fn overhear(words: &[OsString]) -> Output {
    let output = run(&HOME, words);
    let code = output.status.code();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(code, Some(0 | 1)), "{words:?} ended with {code:?}: {said}");
    output
}

/// What `overhear read` prints with these options.
pub(crate) fn read(options: &[&str], captures: &[PathBuf]) -> Vec<u8> {
    let mut words: Vec<OsString> = vec!["read".into()];
    words.extend(options.iter().map(OsString::from));
    words.extend(captures.iter().map(|path| path.clone().into_os_string()));
    overhear(&words).stdout
}

/// The whole event stream, with everything in it that can be.
pub(crate) fn stream(captures: &[PathBuf]) -> Vec<u8> {
    read(&["--json", "--secrets", "reveal", "--content", "full"], captures)
}

/// The lines of an event stream.
pub(crate) fn lines(stream: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(stream).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The kind of an event-stream line.
pub(crate) fn kind(line: &Value) -> &str {
    line.get("event_type").and_then(Value::as_str).unwrap_or_default()
}
