//! A recorded stream, replayed, is the stream that was recorded, at every level of `--content`
//! and `--secrets`.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::fs;
use std::path::{Path, PathBuf};

fn assert_same(capture: &Path, folder: &Path) {
    for content in ["full", "excerpt", "none"] {
        for secrets in ["masked", "fingerprint", "reveal"] {
            let options = ["--json", "--content", content, "--secrets", secrets];
            let recorded = lab::read(&options, &[PathBuf::from(capture)]);
            let path = folder.join("eve.json");
            fs::write(&path, &recorded).unwrap();
            let words = ["replay", "--json"].map(Into::into);
            let words = words.into_iter().chain([path.into_os_string()]);
            let replayed = lab::overhear(&words.collect::<Vec<_>>()).stdout;
            let (one, other) = (String::from_utf8(recorded), String::from_utf8(replayed));
            let (one, other) = (one.unwrap(), other.unwrap());
            let differs = one.lines().zip(other.lines()).find(|(one, other)| one != other);
            let place = format!("{} at {content} and {secrets}", capture.display());
            assert_eq!(differs, None, "{place}");
            assert_eq!(one.len(), other.len(), "{place}");
        }
    }
}

#[test]
fn our_own_recordings_replay_as_they_were_read() {
    let folder = tempfile::tempdir().unwrap();
    for capture in lab::captures(&lab::traces()) {
        assert_same(&capture, folder.path());
    }
}

#[test]
fn the_lab_replays_as_it_was_read() {
    let Some(shared) = lab::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    for capture in lab::captures(&shared.join("captures/lab")).iter().step_by(3) {
        assert_same(capture, folder.path());
    }
}
