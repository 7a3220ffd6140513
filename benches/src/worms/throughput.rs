//! How much the whole way takes, from a capture to findings: frames of a crowd on IRC, one message in
//! each, read, put together, dissected, judged and written as an event stream.

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures time, and prints it"
)]

use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use fastrand::Rng;
use overhear_analysis::told::Start;
use overhear_analysis::{Judge, Scribe, Settings, Told};
use overhear_sensor::capture::Timeline;
use overhear_sensor::output::eve::{Eve, Flush};
use overhear_sensor::pipeline::Options;
use overhear_sensor::teller;
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Dialogue, Frame, Side, Turn, Wire, frames};

/// People, to how many others each writes, and how often.
const PEOPLE: u32 = 2_000;
const OTHERS: u32 = 4;
const SAYINGS: u32 = 300;
/// Nanoseconds from one message to the next, of whomever.
const APART: u64 = 1_000_000;
const BEGIN: u64 = 1_300_000_000_000_000_000;
/// Rounds of which the best counts: a machine can only be slowed down.
const ROUNDS: usize = 5;

/// Prints events a second, for one worker and for two. Each round is a process of its own, as the
/// program's would be: this one again, with the capture and the number of workers.
///
/// # Errors
/// When the capture cannot be written, or this program not be started.
pub fn print() -> io::Result<()> {
    let args: Vec<String> = std::env::args().collect();
    if let [.., path, workers] = &args[..]
        && let (true, Ok(workers)) = (Path::new(path).is_file(), workers.parse())
    {
        let began = Instant::now();
        let events = read(Path::new(path), workers);
        println!("{} {events}", began.elapsed().as_nanos());
        return Ok(());
    }
    let frames = crowd();
    let mut file = tempfile::NamedTempFile::with_suffix(".pcap")?;
    file.write_all(&pcap::pcap(&frames, Endian::Little, Unit::Nano))?;
    println!("{} frames", frames.len());
    for workers in ["1", "2"] {
        let (mut best, mut events) = (f64::INFINITY, 0.0);
        for _ in 0..ROUNDS {
            let mut again = Command::new(std::env::current_exe()?);
            let out = again.arg("throughput").arg(file.path()).arg(workers).output()?.stdout;
            let out = String::from_utf8_lossy(&out).into_owned();
            let mut numbers = out.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
            if let (Some(nanos), Some(told)) = (numbers.next(), numbers.next()) {
                (best, events) = (best.min(nanos / 1e9), told);
            }
        }
        println!("{events} events with {workers} workers: {:.0} a second", events / best);
    }
    Ok(())
}

/// Everybody's frames, in order of time.
fn crowd() -> Vec<Frame> {
    let mut rng = Rng::with_seed(1);
    let mut all: Vec<Frame> = (0..PEOPLE).flat_map(|who| sayings(who, &mut rng)).collect();
    all.sort_by_key(|frame| frame.at);
    all
}

/// One connection: a sign-on, and then a message at a time.
fn sayings(who: u32, rng: &mut Rng) -> Vec<Frame> {
    let Ok(mut dialogue) = Dialogue::parse("# origin: a crowd that never was\n") else {
        return Vec::new();
    };
    let client = IpAddr::V4(Ipv4Addr::from_bits(0x0a01_0000 + who));
    dialogue.ends.client = SocketAddr::new(client, 40_000);
    dialogue.ends.server = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), 6667);
    let client = |text: String| Turn::Says(Side::Client, text.into_bytes());
    dialogue.turns.push(client(format!("NICK u{who}\r\nUSER u{who} 0 * :u\r\n")));
    let welcome = format!(":irc.example 001 u{who} :welcome\r\n");
    dialogue.turns.push(Turn::Says(Side::Server, welcome.into_bytes()));
    for saying in 0..SAYINGS {
        let to = (who + 1 + rng.u32(..OTHERS)) % PEOPLE;
        let text = match rng.u8(..25) {
            0 => format!("see http://site{}.example/{}", rng.u8(..), rng.u32(..)),
            _ => format!("words of {saying:x}{who:x} and others"),
        };
        dialogue.turns.push(client(format!("PRIVMSG u{to} :{text}\r\n")));
    }
    let wire = Wire { acks: false, ..Wire::default() };
    let mut frames = frames::wrap(&dialogue, &wire, &frames::segments(&dialogue, &wire));
    for (turn, frame) in (0..).zip(&mut frames) {
        frame.at = BEGIN + (turn * u64::from(PEOPLE) + u64::from(who)) * APART;
    }
    frames
}

/// What the program does with `read --json`; how many events were told.
fn read(path: &Path, workers: usize) -> u64 {
    let (mut timeline, _) = Timeline::open(&[path.to_path_buf()]);
    let mut options = Options { workers, ..Options::default() };
    let scribe = Scribe::new(Settings::default(), Start::default());
    let (mut judge, mut out) = (Judge::new(), Eve::new(io::sink(), Flush::Blocks));
    let (mut events, mut found) = (0, Vec::new());
    let mut tell = |told: Told| {
        events += 1;
        let _ = out.put(&told);
        judge.hear(&told, &mut |finding| found.push(finding));
        for finding in found.drain(..) {
            let _ = out.put(&finding);
        }
    };
    let _ = teller::read(&mut timeline, &mut options, scribe, &mut tell, &mut |_| true);
    events
}
