//! Every protocol on any conversation: nothing panics, everything ends, and where the stream is
//! cut changes nothing.

#![no_main]

#[expect(dead_code, reason = "shared with others, who use the rest")]
#[path = "../../dissectors/tests/drive/mod.rs"]
mod drive;
#[expect(dead_code, reason = "shared with others, who use the rest")]
#[path = "../src/script.rs"]
mod script;

use std::net::SocketAddr;

use drive::{Conversation, Heard, KEPT};
use libfuzzer_sys::fuzz_target;
use overhear_dissectors::{Ends, PROTOCOLS, Transport};
use script::{Script, Step};

fuzz_target!(|input: &[u8]| {
    if input.len() >= KEPT {
        return;
    }
    let Some(script) = script::decode(input) else { return };
    let whole = hear(&script, usize::MAX);
    let told = format!("{:?}", whole.events).len();
    assert!(told <= 64 * 1024 + 1024 * input.len(), "{} bytes made {told}", input.len());
    if script.transport == Transport::Tcp {
        let pieces = hear(&script, 7);
        // Two sides that contradict each other may be recognised in one order and not in the other.
        if pieces.protocols == whole.protocols {
            assert_eq!(pieces, whole);
        }
    }
});

/// Hears a script, with everything said in pieces of at most `longest` bytes.
fn hear(script: &Script<'_>, longest: usize) -> Heard {
    let ends = Ends {
        client: SocketAddr::from(([10, 0, 0, 11], 40_000)),
        server: SocketAddr::from(([10, 0, 0, 1], 6667)),
    };
    let mut conversation = match PROTOCOLS.get(script.protocol) {
        Some(protocol) => {
            let dissector = drive::opened(*protocol, ends, script.transport);
            Conversation::with(dissector, ends, script.transport)
        }
        None => Conversation::new(ends, script.transport),
    };
    for step in &script.steps {
        match *step {
            Step::Says(side, bytes) => {
                for piece in bytes.chunks(longest) {
                    conversation.says(side, piece);
                }
            }
            Step::Gap(side, lost) => conversation.gap(side, lost),
            Step::End(side) => conversation.end(side),
        }
    }
    conversation.heard()
}
