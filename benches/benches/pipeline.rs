//! From a capture file to records: many clients, each of them leading one of the dialogues, their
//! frames interleaved.

use std::hint::black_box;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use overhear_benches::measure;
use overhear_sensor::capture::Timeline;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::pcap::{self, Endian, Unit};
use overhear_testdata::{Frame, Wire, dialogue, frames};

/// Conversations in the capture.
const CLIENTS: u32 = 5_000;

fn main() -> io::Result<()> {
    let frames = crowd()?;
    let mut file = tempfile::NamedTempFile::with_suffix(".pcap")?;
    file.write_all(&pcap::pcap(&frames, Endian::Little, Unit::Micro))?;
    let bytes: usize = frames.iter().map(|frame| frame.bytes.len()).sum();
    for workers in [1, 2, 4] {
        let name = format!("pipeline, workers: {workers}");
        measure(&name, frames.len(), "frames", || read(file.path(), workers));
    }
    measure("pipeline, one worker", bytes * 8, "bits", || read(file.path(), 1));
    Ok(())
}

/// The frames of everybody, in the order of their time.
fn crowd() -> io::Result<Vec<Frame>> {
    let mut all = Vec::new();
    for (client, mut dialogue) in (0..CLIENTS).zip(dialogue::all()?.into_iter().cycle()) {
        dialogue.ends.client.set_ip(IpAddr::V4(Ipv4Addr::from_bits(0x0a10_0000 + client)));
        let start = Wire::default().start + u64::from(client) * 70_000;
        all.extend(frames::frames(&dialogue, &Wire { start, ..Wire::default() }));
    }
    all.sort_by_key(|frame| frame.at);
    Ok(all)
}

fn read(path: &Path, workers: usize) {
    let (mut timeline, _) = Timeline::open(&[path.to_path_buf()]);
    let mut options = Options { workers, ..Options::default() };
    let mut records = 0_u64;
    let mut hear = |_| records += 1;
    let run = pipeline::read(&mut timeline, &mut options, &mut hear, &mut |_| true).ok();
    let ledger = run.map(|run| run.ledger);
    black_box((records, ledger));
}
