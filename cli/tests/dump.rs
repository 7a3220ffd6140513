//! A conversation somebody else saw, of which only the printable text is left: a switchboard with a
//! file sent over it. The text, its lengths and its order are theirs; what was not printable, the
//! heads of MSNSLP's packets, is filled in again.

#![expect(clippy::unwrap_used, reason = "tests say so")]

mod lab;

use std::fs;

use overhear_testdata::pcap::{Endian, Unit};
use overhear_testdata::{Dialogue, Side, Turn, Wire, frames, pcap};
use serde_json::Value;

const DUMP: &str = "l7-filter+l7-protocols/msn_chat_and_file_transfer.txt";
const WHERE: &str = "# origin: the dump\n# ends: 10.0.0.11:40000 10.0.0.1:1863 tcp\n";
/// The session of the transfer, as its invitation says; and what its content is marked with.
const SESSION: u32 = 452_864_154;
const IS_FILE: u32 = 0x0100_0030;
/// Bytes of a packet's head and foot.
const HEAD: usize = 48;
const FOOT: usize = 4;

/// Who says a line: a client's commands have a number where the service's name somebody.
fn side(line: &str) -> Side {
    let mut words = line.split(' ');
    let (word, second) = (words.next(), words.next().unwrap_or_default());
    let numbered = second.parse::<u32>().is_ok();
    match word {
        Some("MSG") if numbered => Side::Client,
        Some("USR" | "CAL") if !line.contains(" OK ") && !line.contains("RINGING") => Side::Client,
        _ => Side::Server,
    }
}

/// The dump as its commands, each with the payload it states.
fn commands(dump: &str) -> Vec<(Side, String, Vec<u8>)> {
    let mut commands = Vec::new();
    let mut rest = dump;
    while let Some((line, after)) = rest.split_once("\r\n") {
        rest = after;
        let words: Vec<_> = line.split(' ').collect();
        let payload = match words.as_slice() {
            ["MSG", .., length] => {
                let length: usize = length.parse().unwrap();
                // A long line was broken in two.
                let broken = after.get(..length).unwrap().matches("AAAA\r\nAAAA").count() * 2;
                let (payload, behind) = after.split_at(length + broken);
                rest = behind;
                payload.replace("AAAA\r\nAAAA", "AAAAAAAA")
            }
            ["USR" | "CAL" | "JOI" | "ACK", ..] => String::new(),
            _ => continue,
        };
        commands.push((side(line), line.to_owned(), payload.into_bytes()));
    }
    commands
}

/// Fills in the heads and feet of packets. One that goes on where the last one ended is of the same
/// message; content is what is no request, answer or acknowledgement.
fn filled(commands: &mut [(Side, String, Vec<u8>)]) {
    let body = |payload: &[u8]| {
        let text = String::from_utf8_lossy(payload);
        let at = text.find("\r\n\r\n")? + 4;
        text.contains("x-msnmsgrp2p").then_some(at)
    };
    let packets: Vec<_> = commands
        .iter()
        .enumerate()
        .filter_map(|(index, (_, _, payload))| Some((index, body(payload)?)))
        .collect();
    let (mut message, mut sent) = (1000_u32, 0);
    for (place, &(index, at)) in packets.iter().enumerate() {
        let length = |&(index, at): &(usize, usize)| commands[index].2.len() - at - HEAD - FOOT;
        let goes_on = |one: &(usize, usize)| {
            let data = &commands[one.0].2[one.1 + HEAD..];
            data.starts_with(b"AAAA")
        };
        let own = length(&(index, at));
        let total = match packets.get(place + 1) {
            _ if goes_on(&(index, at)) => sent + own,
            Some(next) if goes_on(next) => own + length(next),
            _ => own,
        };
        if !goes_on(&(index, at)) {
            (message, sent) = (message + 1, 0);
        }
        let content = commands[index].2[at + HEAD..].starts_with(b"This is");
        let (session, flags) = if content { (SESSION, IS_FILE) } else { (0, 0) };
        let mut head = Vec::new();
        head.extend(session.to_le_bytes());
        head.extend(message.to_le_bytes());
        head.extend((sent as u64).to_le_bytes());
        head.extend((total as u64).to_le_bytes());
        head.extend(u32::try_from(own).unwrap().to_le_bytes());
        head.extend(flags.to_le_bytes());
        head.resize(HEAD, 0);
        sent += own;
        let payload = &mut commands[index].2;
        payload[at..at + HEAD].copy_from_slice(&head);
        let foot = payload.len() - FOOT;
        payload[foot..].copy_from_slice(&[0, 0, 0, u8::from(content)]);
    }
}

#[test]
fn a_file_somebody_else_saw_is_read() {
    let Some(shared) = lab::shared() else { return };
    let dump = fs::read_to_string(shared.join("captures/found").join(DUMP)).unwrap();
    let mut commands = commands(&dump.replace("\r\r\n", "\r\n"));
    filled(&mut commands);
    let mut dialogue = Dialogue::parse(WHERE).unwrap();
    for (side, line, payload) in commands {
        dialogue.turns.push(Turn::Says(side, [line.as_bytes(), b"\r\n", &payload].concat()));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dump.pcap");
    let frames = frames::frames(&dialogue, &Wire::default());
    fs::write(&path, pcap::pcap(&frames, Endian::Little, Unit::Micro)).unwrap();

    let lines = lab::lines(&lab::stream(&[path]));
    let texts: Vec<_> = lines.iter().filter_map(|line| line.pointer("/message/text")).collect();
    assert_eq!(texts, ["neutrino to bobo"]);
    let states: Vec<_> = lines
        .iter()
        .filter_map(|line| line.get("file"))
        .map(|file| ["name", "state", "size"].map(|key| file.get(key).cloned().unwrap_or_default()))
        .collect();
    let file = |state: &str| ["New Text Document.txt".into(), state.into(), 21.into()];
    let expected: [[Value; 3]; 3] = [file("offered"), file("accepted"), file("complete")];
    assert_eq!(states, expected);
    let sum = lines.iter().find_map(|line| line.pointer("/file/sha256")).unwrap();
    // Of "This is a short file.".
    assert_eq!(sum, "fb3ecc0ad0b851dd3e9f0955805530b4946080f6e2a8e6aa0f67ba8209c2f779");
    let oddities = lines.iter().filter(|line| lab::kind(line) == "anomaly").count();
    assert_eq!(oddities, 0);
}
