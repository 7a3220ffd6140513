//! Streams put together: every dialogue in small segments, as they were sent and in the ways a wire
//! or a mirror port spoils them.

use std::hint::black_box;
use std::io;

use overhear_benches::measure;
use overhear_benches::memory::Memory;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::{Frame, Wire, dialogue, frames};

/// Bytes of a segment.
const MSS: usize = 48;

fn main() -> io::Result<()> {
    let wire = Wire { mss: MSS, ..Wire::default() };
    let straight: Vec<Frame> =
        dialogue::all()?.iter().flat_map(|dialogue| frames::frames(dialogue, &wire)).collect();
    let mut swapped = straight.clone();
    swapped.chunks_exact_mut(2).for_each(<[Frame]>::reverse);
    let twice: Vec<Frame> =
        straight.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    let holed: Vec<Frame> = straight
        .iter()
        .zip(0..)
        .filter(|(_, at)| at % 10 != 9)
        .map(|(one, _)| one.clone())
        .collect();
    let ways = [
        ("in order", straight),
        ("neighbours swapped", swapped),
        ("everything twice", twice),
        ("every tenth lost", holed),
    ];
    for (way, frames) in ways {
        measure(&format!("assemble, {way}"), frames.len(), "frames", || read(&frames));
    }
    Ok(())
}

fn read(frames: &[Frame]) {
    let mut records = 0_u64;
    let mut hear = |_| records += 1;
    let mut options = Options::default();
    let run = pipeline::read(&mut Memory::new(frames), &mut options, &mut hear, &mut |_| true).ok();
    black_box((records, run.map(|run| run.ledger)));
}
