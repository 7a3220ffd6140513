//! Dissectors alone: every dialogue of a protocol, in the pieces in which it was written.

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../../dissectors/tests/drive/mod.rs"]
mod drive;

use std::hint::black_box;

use drive::{Move, hear};
use overhear_benches::measure;
use overhear_dissectors::{Ends, PROTOCOLS, Side, Transport};
use overhear_testdata::{self as testdata, Dialogue, Turn, dialogue};

/// Conversations in a round.
const TIMES: usize = 200;

fn main() -> std::io::Result<()> {
    let all = dialogue::all()?;
    for protocol in PROTOCOLS {
        let name = protocol.facts().name;
        let own: Vec<&Dialogue> = all.iter().filter(|one| one.protocol() == name).collect();
        let bytes: usize = own.iter().map(|one| length(one)).sum();
        if bytes == 0 {
            continue;
        }
        measure(name, bytes * TIMES, "bytes", || {
            for dialogue in std::iter::repeat_n(&own, TIMES).flatten() {
                black_box(listen(dialogue));
            }
        });
    }
    Ok(())
}

fn length(dialogue: &Dialogue) -> usize {
    dialogue.said(testdata::Side::Client).len() + dialogue.said(testdata::Side::Server).len()
}

fn listen(dialogue: &Dialogue) -> drive::Heard {
    let side = |side: testdata::Side| match side {
        testdata::Side::Client => Side::Client,
        testdata::Side::Server => Side::Server,
    };
    let transport = match dialogue.ends.transport {
        testdata::Transport::Tcp => Transport::Tcp,
        testdata::Transport::Udp => Transport::Udp,
    };
    let ends = Ends { client: dialogue.ends.client, server: dialogue.ends.server };
    let moves = dialogue.turns.iter().map(|turn| match turn {
        Turn::Says(who, bytes) => Move::Says(side(*who), bytes),
        Turn::Gap(who, lost) => Move::Gap(side(*who), u64::from(*lost)),
    });
    hear(ends, transport, moves)
}
