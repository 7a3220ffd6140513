//! Without `--secrets reveal` no secret leaves the program: neither as it was typed, nor in
//! base64, nor roasted, in no output.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;

/// OSCAR's roasting string.
const OSCAR: &[u8] = b"\xf3\x26\x81\xc4\x39\x86\xdb\x92\x71\xa3\xb9\xe6\x53\x7a\x95\x7c";
/// TOC's.
const TOC: &[u8] = b"Tic/Toc";

fn roasted(secret: &str, with: &[u8]) -> String {
    let bytes: Vec<u8> = secret.bytes().zip(with.iter().cycle()).map(|(a, b)| a ^ b).collect();
    HEXLOWER.encode(&bytes)
}

/// The letters of base64 that depend on the secret alone, wherever in a text it stands.
fn base64(secret: &str) -> impl Iterator<Item = String> {
    (0..3).map(move |before| {
        let text = BASE64.encode(format!("{}{secret}", &"\0\0\0"[..before]).as_bytes());
        let whole = (before + secret.len()) * 8 / 6;
        let skip = (before * 8).div_ceil(6);
        text[skip..whole].to_owned()
    })
}

/// All the ways in which the secrets of a truth must not be seen.
fn forms(truth: &Value) -> BTreeSet<String> {
    let mut forms = BTreeSet::new();
    for login in truth["logins"].as_array().into_iter().flatten() {
        let Some(secret) = login["password"].as_str() else { continue };
        forms.insert(secret.to_owned());
        forms.extend(base64(secret));
        forms.extend([roasted(secret, OSCAR), roasted(secret, TOC)]);
    }
    forms
}

/// Every output there is, under default options.
fn outputs(capture: &Path) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("out");
    let capture = [PathBuf::from(capture)];
    let mut outputs = vec![
        ("report".to_owned(), lab::read(&[], &capture)),
        ("stream".to_owned(), lab::read(&["--json"], &capture)),
        ("fingerprints".to_owned(), lab::read(&["--json", "--secrets", "fingerprint"], &capture)),
    ];
    lab::read(&["-o", &into.to_string_lossy()], &capture);
    for path in lab::files(&into) {
        outputs.push((path.display().to_string(), fs::read(&path).unwrap()));
    }
    assert!(outputs.len() >= 5, "{capture:?} made too little");
    outputs
}

fn assert_nothing_leaks(folder: &Path) {
    let truths = lab::truths(folder);
    assert!(!truths.is_empty());
    let mut bad = Vec::new();
    for (capture, truth) in truths {
        let forms = forms(&truth);
        if forms.is_empty() {
            continue;
        }
        for (name, bytes) in outputs(&capture) {
            let text = String::from_utf8_lossy(&bytes);
            for line in text.lines() {
                for form in forms.iter().filter(|form| line.contains(&***form)) {
                    bad.push(format!("{} in {name}: {form}: {line}", capture.display()));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{} leaks:\n{}", bad.len(), bad.join("\n"));
}

#[test]
fn our_own_recordings_leak_nothing() {
    assert_nothing_leaks(&lab::traces());
}

#[test]
fn the_lab_leaks_nothing() {
    if let Some(shared) = lab::shared() {
        assert_nothing_leaks(&shared.join("captures/lab"));
    }
}

/// The test would see a leak: revealed, the same stream holds the same secrets.
#[test]
fn what_is_looked_for_is_there_when_revealed() {
    for (capture, truth) in lab::truths(&lab::traces()) {
        let stream = String::from_utf8(lab::stream(&[capture])).unwrap();
        assert!(forms(&truth).iter().any(|form| stream.contains(&**form)));
    }
}

#[test]
fn a_secret_is_known_in_base64_wherever_it_stands() {
    for before in ["", "a", "ab", "\0mira\0"] {
        let text = BASE64.encode(format!("{before}Juniper-19!").as_bytes());
        assert!(base64("Juniper-19").any(|form| text.contains(&form)), "{before:?}");
    }
}
