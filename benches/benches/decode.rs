//! From frames to packets: the dialogues plain, and inside every carrier.

use std::hint::black_box;
use std::io;

use overhear_benches::measure;
use overhear_sensor::decode::{Hops, decode};
use overhear_sensor::frame::Link;
use overhear_testdata::carriers::CARRIERS;
use overhear_testdata::{Frame, Wire, dialogue, frames};

fn main() -> io::Result<()> {
    let all: Vec<Frame> = dialogue::all()?
        .iter()
        .flat_map(|dialogue| frames::frames(dialogue, &Wire::default()))
        .collect();
    for carrier in CARRIERS {
        let wrapped = carrier.wrap(&all);
        let link = Link(u16::try_from(carrier.link).unwrap_or_default());
        measure(&format!("decode, {}", carrier.name), wrapped.len(), "frames", || {
            let mut hops = Hops::default();
            for frame in &wrapped {
                let len = u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX);
                black_box(decode(link, &frame.bytes, len, &mut hops));
            }
        });
    }
    Ok(())
}
