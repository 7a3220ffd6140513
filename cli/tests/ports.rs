//! No protocol is known by its port: real conversations say the same on ports nobody uses.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::fs;
use std::path::Path;

use serde_json::Value;

/// What is said, whoever listens where.
const SAID: &[&str] =
    &["login", "credential", "message", "typing", "roster", "presence", "room", "client"];

/// Captures of the four great messengers, by the beginning of their names.
const NAMES: &[&str] = &["aim_", "icq_", "msn_", "ymsg", "Oscar", "ppa_msnms", "mapi", "smtp"];

/// Bytes before a file's frames, and before each frame.
const FILE_HEAD: usize = 24;
const FRAME_HEAD: usize = 16;

/// The capture with every port below 10,000 moved by 20,000. Checksums are no longer right, as on a
/// machine whose card computes them.
fn moved(mut file: Vec<u8>) -> Option<Vec<u8>> {
    let word = |at: usize, file: &[u8]| {
        file.get(at..at + 4).map(|word| u32::from_le_bytes(word.try_into().unwrap()) as usize)
    };
    if !matches!(word(0, &file)?, 0xa1b2_c3d4 | 0xa1b2_3c4d) {
        return None;
    }
    let link = match word(20, &file)? {
        1 => 14,
        113 => 16,
        _ => return None,
    };
    let mut at = FILE_HEAD;
    while let Some(length) = word(at + 8, &file) {
        let frame = file.get_mut(at + FRAME_HEAD..)?.get_mut(..length)?;
        at += FRAME_HEAD + length;
        if frame.get(link - 2..link) != Some(&[8, 0]) {
            continue;
        }
        let head = usize::from(frame[link] & 0x0f) * 4;
        let later = frame[link + 6] & 0x1f != 0 || frame[link + 7] != 0;
        if !later && matches!(frame[link + 9], 6 | 17) {
            for end in frame[link + head..].chunks_exact_mut(2).take(2) {
                let port = u16::from_be_bytes([end[0], end[1]]);
                let port = if port < 10_000 { port + 20_000 } else { port };
                end.copy_from_slice(&port.to_be_bytes());
            }
        }
    }
    Some(file)
}

/// What was said, without where.
fn said(path: &Path) -> Vec<Value> {
    let mut lines = lab::lines(&lab::stream(&[path.to_path_buf()]));
    lines.retain(|line| SAID.contains(&lab::kind(line)));
    let what = |mut line: Value| {
        let kind = lab::kind(&line).to_owned();
        let mut what = line[&kind].take();
        for id in ["message_id", "address", "server"] {
            what.as_object_mut().unwrap().remove(id);
        }
        serde_json::json!({ "frame": line["pcap_cnt"], "kind": kind, "what": what })
    };
    lines.into_iter().map(what).collect()
}

#[test]
fn ports_are_only_hints() {
    let Some(shared) = lab::shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut held = 0;
    for path in lab::captures(&shared.join("captures")) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !NAMES.iter().any(|begin| name.starts_with(begin)) {
            continue;
        }
        let original = fs::read(&path).unwrap();
        let Some(file) = moved(original.clone()) else { continue };
        assert_ne!(file, original, "{name}");
        let foreign = folder.path().join(&name);
        fs::write(&foreign, file).unwrap();
        let (here, there) = (said(&path), said(&foreign));
        let differs = here.iter().zip(&there).find(|(here, there)| here != there);
        assert!(differs.is_none(), "{name}: {differs:?}");
        assert_eq!(here.len(), there.len(), "{name}");
        held += usize::from(!here.is_empty());
    }
    println!("{held} captures say the same on other ports");
    assert!(held >= 15, "{held}");
}
