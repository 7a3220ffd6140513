//! Instructions each stage takes for every dialogue of `testdata`: the same on every run and whatever
//! else the machine does, so that a change of a hundredth is one.
//!
//! `cargo install gungraun-runner` and valgrind, then `cargo bench -p overhear-benches --bench
//! instructions`; each figure stands beside that of the run before.

#![allow(
    missing_docs,
    unused_qualifications,
    clippy::unwrap_used,
    reason = "the macros write their own code, and have no results"
)]

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use overhear_benches::memory::Memory;
use overhear_dissectors::{Ends, Opening, PROTOCOLS, Transport};
use overhear_sensor::decode::{Hops, decode};
use overhear_sensor::frame::Link;
use overhear_sensor::pipeline::{self, Options};
use overhear_testdata::carriers::CARRIERS;
use overhear_testdata::{Dialogue, Frame, Side, Wire, dialogue, frames};

/// Bytes of a segment, where streams are to be put together.
const MSS: usize = 48;

fn sent(mss: usize) -> Vec<Frame> {
    let wire = Wire { mss, ..Wire::default() };
    dialogue::all().unwrap().iter().flat_map(|one| frames::frames(one, &wire)).collect()
}

fn plain() -> (Link, Vec<Frame>) {
    (Link::ETHERNET, sent(1460))
}

/// In the carrier that has the most headers.
fn wrapped() -> (Link, Vec<Frame>) {
    let all = sent(1460);
    let size = |frames: &[Frame]| frames.iter().map(|one| one.bytes.len()).sum::<usize>();
    let deepest = CARRIERS.iter().max_by_key(|carrier| size(&carrier.wrap(&all))).unwrap();
    (Link(u16::try_from(deepest.link).unwrap()), deepest.wrap(&all))
}

fn in_order() -> Vec<Frame> {
    sent(MSS)
}

fn swapped() -> Vec<Frame> {
    let mut frames = sent(MSS);
    frames.chunks_exact_mut(2).for_each(<[Frame]>::reverse);
    frames
}

fn opened() -> Vec<(Dialogue, Vec<u8>, Vec<u8>)> {
    let all = dialogue::all().unwrap().into_iter();
    all.map(|one| (one.said(Side::Client), one.said(Side::Server), one))
        .map(|(client, server, one)| (one, client, server))
        .collect()
}

#[library_benchmark]
#[bench::plain(plain())]
#[bench::wrapped(wrapped())]
fn decoded((link, frames): (Link, Vec<Frame>)) {
    let mut hops = Hops::default();
    for frame in &frames {
        let length = u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX);
        black_box(decode(link, &frame.bytes, length, &mut hops));
    }
}

#[library_benchmark]
#[bench::all(opened())]
fn identified(openings: Vec<(Dialogue, Vec<u8>, Vec<u8>)>) {
    for (dialogue, client, server) in &openings {
        let ends = Ends { client: dialogue.ends.client, server: dialogue.ends.server };
        for protocol in PROTOCOLS {
            let depth = protocol.facts().depth;
            black_box(protocol.probe(&Opening {
                client: client.get(..depth).unwrap_or(client),
                server: server.get(..depth).unwrap_or(server),
                ends,
                transport: Transport::Tcp,
                from_start: true,
            }));
        }
    }
}

#[library_benchmark]
#[bench::in_order(in_order())]
#[bench::swapped(swapped())]
fn read(frames: Vec<Frame>) {
    let mut records = 0_u64;
    let mut hear = |_| records += 1;
    let mut options = Options::default();
    let run = pipeline::read(&mut Memory::new(&frames), &mut options, &mut hear, &mut |_| true);
    black_box((run.ok().map(|run| run.ledger), records));
}

library_benchmark_group!(name = stages; benchmarks = decoded, identified, read);
main!(library_benchmark_groups = stages);
