//! Whose conversation is it: every protocol asked about the first bytes of every dialogue, as the
//! engine asks while nobody has claimed it.

use std::hint::black_box;
use std::io;

use overhear_benches::measure;
use overhear_dissectors::{Ends, Opening, PROTOCOLS, Transport};
use overhear_testdata::{Dialogue, Side, dialogue};

fn main() -> io::Result<()> {
    let dialogues = dialogue::all()?;
    let said: Vec<_> = dialogues
        .iter()
        .map(|dialogue| (dialogue, dialogue.said(Side::Client), dialogue.said(Side::Server)))
        .collect();
    for protocol in PROTOCOLS {
        let facts = protocol.facts();
        measure(&format!("identify, {}", facts.name), said.len(), "openings", || {
            for (dialogue, client, server) in &said {
                let opening = Opening {
                    client: client.get(..facts.depth).unwrap_or(client),
                    server: server.get(..facts.depth).unwrap_or(server),
                    ends: ends(dialogue),
                    transport: Transport::Tcp,
                    from_start: true,
                };
                black_box(protocol.probe(&opening));
            }
        });
    }
    Ok(())
}

fn ends(dialogue: &Dialogue) -> Ends {
    Ends { client: dialogue.ends.client, server: dialogue.ends.server }
}
