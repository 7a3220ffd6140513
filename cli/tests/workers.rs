//! The same bytes for any number of workers.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::path::PathBuf;

use serde_json::Value;

/// An event stream without `stats.run`, which is the run's and not the capture's.
fn told(workers: &str, captures: &[PathBuf]) -> (String, Value) {
    let options = ["--json", "--secrets", "reveal", "--workers", workers];
    let stream = String::from_utf8(lab::read(&options, captures)).unwrap();
    let (rest, last) = stream.trim_end().rsplit_once('\n').unwrap();
    let mut last: Value = serde_json::from_str(last).unwrap();
    last.pointer_mut("/stats").and_then(Value::as_object_mut).unwrap().remove("run");
    (rest.to_owned(), last)
}

fn assert_same(captures: &[PathBuf]) {
    let (one, end) = told("1", captures);
    for workers in ["2", "8"] {
        let (other, other_end) = told(workers, captures);
        let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
        assert_eq!(differs, None, "{captures:?} with {workers} workers");
        assert_eq!(one.len(), other.len(), "{captures:?} with {workers} workers");
        assert_eq!(end, other_end, "{captures:?} with {workers} workers");
    }
}

#[test]
fn our_own_recordings_read_the_same() {
    let all = lab::captures(&lab::traces());
    assert!(!all.is_empty());
    assert_same(&all);
    all.chunks(1).for_each(assert_same);
}

#[test]
fn the_lab_reads_the_same() {
    let Some(shared) = lab::shared() else { return };
    let all = lab::captures(&shared.join("captures/lab"));
    assert_same(&all);
    for one in all.chunks(1).step_by(4) {
        assert_same(one);
    }
}
