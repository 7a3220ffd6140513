//! `docs/events.md` says everything the event stream can say.

#![expect(clippy::unwrap_used, reason = "tests say so")]

use std::fs;
use std::path::Path;

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

/// The event stream's own vocabulary.
fn told() -> String {
    let names = ["channel", "finding", "mod", "said", "stats", "stream"];
    names.map(|name| file(&format!("analysis/src/told/{name}.rs"))).concat()
}

/// `MessageKind::AutoReply` as the stream writes it.
fn snake(variant: &str) -> String {
    let mut out = String::new();
    for (at, c) in variant.chars().enumerate() {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}

/// The variants of an enum without payload, as the stream writes them.
fn words(source: &str, name: &str) -> Vec<String> {
    let (_, rest) = source.split_once(&format!("pub enum {name} {{")).unwrap();
    let (body, _) = rest.split_once('}').unwrap();
    let variants = body.lines().map(str::trim).filter_map(|line| line.strip_suffix(','));
    variants.map(snake).collect()
}

#[test]
fn every_key_is_described() {
    let (told, docs) = (told(), file("docs/events.md"));
    // The ledger's counts are described by the laws they obey.
    let (before, rest) = told.split_once("pub struct Ledger").unwrap();
    let (_, after) = rest.split_once("\n}\n").unwrap();
    let told = [before, after].concat();
    let keys = told.lines().filter_map(|line| line.strip_prefix("    pub ")?.split_once(':'));
    let keys: Vec<_> = keys
        .map(|(key, _)| key)
        .filter(|key| !["head", "body"].contains(key) && !key.contains(' '))
        .collect();
    assert!(keys.len() > 100, "{keys:?}");
    for key in keys {
        assert!(docs.contains(&format!("`{key}`")), "docs/events.md does not say what `{key}` is");
    }
}

#[test]
fn every_word_is_listed() {
    let (told, event) =
        (told(), file("dissectors/src/event.rs") + &file("dissectors/src/transfer.rs"));
    let docs = file("docs/events.md");
    let enums = [
        (
            &told,
            &["ChannelState", "Exposure", "Reader", "FindingState", "Category", "Severity"][..],
        ),
        (
            &event,
            &[
                "Outcome",
                "CredentialKind",
                "Strength",
                "MessageKind",
                "Leg",
                "Protection",
                "TypingState",
                "RosterOp",
                "Status",
                "RoomOp",
                "OfferState",
                "Verdict",
            ],
        ),
    ];
    for (source, names) in enums {
        for name in names {
            let words = words(source, name);
            assert!(words.len() > 1, "{name}");
            for word in words {
                assert!(
                    docs.contains(&format!("`{word}`")),
                    "docs/events.md lacks `{word}` of {name}"
                );
            }
        }
    }
}
