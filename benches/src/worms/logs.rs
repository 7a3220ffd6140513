//! Logs of real chat as event streams.
//!
//! They are other people's and not ours to publish: they lie at `$OVERHEAR_SHARED/data/chat`, else in
//! `shared` beside the repository. Their names and words are pseudonyms; a word stands for one of
//! five characters.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::indexing_slicing,
    reason = "shares of numbers of lines"
)]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use flate2::read::MultiGzDecoder;
use overhear_analysis::{Time, Told};
use overhear_dissectors::event::RoomOp;

use super::stream::Stream;

/// The folder of logs, if there is one.
pub fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("OVERHEAR_SHARED").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    Some(shared.unwrap_or_else(beside).join("data/chat")).filter(|folder| folder.is_dir())
}

/// Reads a log of rooms: time, kind, room, name, host, words, between tabulators.
///
/// # Errors
/// When it cannot be read.
pub fn rooms(path: &Path, hear: &mut dyn FnMut(Told)) -> io::Result<()> {
    let mut stream = Stream::new("irc");
    for line in BufReader::new(MultiGzDecoder::new(File::open(path)?)).lines() {
        let line = line?;
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let (time, kind, room, name, _, words) = (next(), next(), next(), next(), next(), next());
        let Ok(seconds) = time.parse() else { continue };
        let (at, room) = (Time::from_secs(seconds), format!("#{room}"));
        match kind {
            "M" | "A" => hear(stream.speak(at, name, &room, &said(words))),
            "J" => hear(stream.room(at, name, &room, RoomOp::Join)),
            "P" => hear(stream.room(at, name, &room, RoomOp::Part)),
            "Q" => hear(stream.room(at, name, &room, RoomOp::Quit)),
            "N" => hear(stream.room(at, name, &room, RoomOp::Nick)),
            _ => {}
        }
    }
    Ok(())
}

/// What people whose words nobody wrote down may have sent.
#[derive(Clone, Copy, Debug)]
pub struct Habits {
    /// Share of messages with a link of their own.
    pub links: f64,
    /// Share of messages that say again what their sender had sent or received last.
    pub again: f64,
    /// Which of many worlds with these habits it is.
    pub seed: u64,
}

/// Reads a log of private messages: sender, recipient, seconds, after one line of heading. Of what
/// was said nothing is known; it is made up by habit. Only lines of this part of the log, from the
/// first share to the last, are heard.
///
/// # Errors
/// When it cannot be read.
pub fn pairs(
    path: &Path,
    separator: char,
    (from, until): (f64, f64),
    habits: Habits,
    hear: &mut dyn FnMut(Told),
) -> io::Result<()> {
    let mut rows = Vec::new();
    for line in BufReader::new(File::open(path)?).lines().skip(1) {
        let line = line?;
        let row: Vec<i64> = line.split(separator).filter_map(|field| field.parse().ok()).collect();
        match (separator, &row[..]) {
            (' ', [from, to, time]) | (',', [time, from, to, ..]) => rows.push((*time, *from, *to)),
            _ => {}
        }
    }
    rows.sort_unstable();
    let place = |share: f64| ((rows.len() as f64 * share) as usize).min(rows.len());
    let mut stream = Stream::new("aim");
    let (mut rng, mut last) = (Rng::with_seed(habits.seed), BTreeMap::new());
    for (number, (time, from, to)) in rows[place(from)..place(until)].iter().enumerate() {
        let at = Time::from_secs(1_100_000_000 + time % 1_000_000_000);
        let heard: Option<&String> = last.get(from);
        let text = match (rng.f64(), heard) {
            (draw, Some(heard)) if draw < habits.again => heard.clone(),
            (draw, _) if draw < habits.again + habits.links => {
                // A few places are linked to by everybody, others by one person.
                let popular = (40.0_f64.powf(rng.f64()) - 1.0) as u32;
                match rng.u8(..10) {
                    0..3 => format!("look here http://rare{number:x}.example/page"),
                    _ => format!("look here http://site{popular}.example/{:x}", rng.u32(..)),
                }
            }
            _ => format!("{number:x} and what else"),
        };
        last.insert(*from, text.clone());
        last.insert(*to, text.clone());
        hear(stream.say(at, &format!("p{from}"), &format!("p{to}"), &text));
    }
    Ok(())
}

/// Reads a graph of friends: two numbers a line.
///
/// # Errors
/// When it cannot be read.
pub fn edges(path: &Path) -> io::Result<Vec<(u32, u32)>> {
    let mut edges = Vec::new();
    for line in BufReader::new(File::open(path)?).lines() {
        let line = line?;
        let mut ends = line.split([' ', ',']).map(str::parse);
        if let (Some(Ok(one)), Some(Ok(two))) = (ends.next(), ends.next()) {
            edges.push((one, two));
        }
    }
    Ok(edges)
}

/// Pseudonyms as words and links.
fn said(tokens: &str) -> String {
    let mut text = String::new();
    for token in tokens.split(' ') {
        if !text.is_empty() {
            text.push(' ');
        }
        let link = token.strip_prefix('U').and_then(|link| link.split_once('/'));
        if let Some((host, path)) = link {
            text.push_str("http://h-");
            text.extend(host.chars().map(letter));
            text.push_str(".example/p-");
            text.extend(path.chars().map(letter));
        } else {
            // As many characters as a word has, and as different as the pseudonyms are.
            text.push_str(token);
            (token.len()..5).for_each(|_| text.push('x'));
        }
    }
    text
}

/// A hex digit as a letter, so that no rule about digits takes it for a number.
fn letter(digit: char) -> char {
    let value = digit.to_digit(16).and_then(|value| u8::try_from(value).ok());
    value.map_or(digit, |value| char::from(b'g' + value))
}
