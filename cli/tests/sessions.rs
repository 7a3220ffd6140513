//! What was agreed on in one conversation is known in the next: the sessions of MSRP that SIP gave
//! to accounts, and the file it offered.

mod lab;

use std::fs;

use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Wire, dialogue, frames};

#[test]
fn people_are_known_by_the_sessions_of_their_call() {
    let folder = tempfile::tempdir().unwrap();
    let captures: Vec<_> = ["sip/files", "msrp/files", "msrp/messages"]
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let path = dialogue::folder().join(name).with_extension("talk");
            let mut dialogue = Dialogue::read(&path).unwrap();
            let port = 40_000 + u16::try_from(number).unwrap();
            dialogue.ends.client.set_port(port);
            let later = 1_000_000_000 * number as u64;
            let wire = Wire { start: Wire::default().start + later, ..Wire::default() };
            let frames = frames::frames(&dialogue, &wire);
            let path = folder.path().join(format!("{number}.pcap"));
            fs::write(&path, pcap::pcap(&frames, Endian::Little, Unit::Micro)).unwrap();
            path
        })
        .collect();

    let lines = lab::lines(&lab::stream(&captures));
    let said: Vec<_> = lines
        .iter()
        .filter(|line| lab::kind(line) == "message")
        .map(|line| ["from", "to"].map(|key| line["message"][key].to_string()))
        .collect();
    let (ann, bob) = (r#""ann@example.com""#, r#""bob@example.com""#);
    assert!(said.contains(&[ann.to_owned(), format!("[{bob}]")]), "{said:?}");
    assert!(said.contains(&[bob.to_owned(), format!("[{ann}]")]), "{said:?}");

    let files: Vec<_> = lines.iter().filter_map(|line| line.get("file")).collect();
    let whole = files.iter().find(|file| file["state"] == "complete").unwrap();
    assert_eq!(
        (whole["from"].as_str(), whole["to"][0].as_str()),
        (Some("ann@example.com"), Some("bob@example.com"))
    );
    let offered = files.iter().find(|file| file["state"] == "offered").unwrap();
    assert_eq!(whole["transfer_id"], offered["transfer_id"]);
    assert_eq!(whole["name"], "holiday photo.gif");
}
