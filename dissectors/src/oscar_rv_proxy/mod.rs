//! The service's proxy for connections between clients (`ars.oscar.aol.com`, `ars.icq.com`).
//!
//! Where neither client can be called, both call the proxy. The one that offers asks for a place
//! (its name, the offer's cookie), gets an address and a number, and tells them in a rendezvous;
//! the other joins with name, number and cookie. "Ready" to both; from there the bytes of one are
//! handed to the other, and are OFT or Direct IM.
//!
//! No secret travels here: name and cookie are what the offer said already.
//!
//! Documents: joscar's description of the rendezvous proxy, and Gaim's.

mod wire;

use crate::contract::Aspect;
use crate::contract::Evidence::Documents;
use crate::scan::Prefix;
use crate::{
    Dissector, Ends, Facts, Next, Opening, Out, Probe, Protocol, Resume, Row, Side, Step, Transport,
};

/// The proxy over TCP.
#[derive(Debug)]
pub struct RendezvousProxy;

impl Protocol for RendezvousProxy {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        match (wire::looks(opening.client), wire::looks(opening.server)) {
            (Prefix::Is, _) | (_, Prefix::Is) => Probe::Yes,
            (Prefix::Not, _) | (_, Prefix::Not) => Probe::No,
            (Prefix::MayBe, Prefix::MayBe) => Probe::More,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::new(Talk)
    }
}

/// One conversation with the proxy, up to its "ready".
#[derive(Debug)]
struct Talk;

impl Dissector for Talk {
    fn read(&mut self, side: Side, input: &[u8], out: &mut Out) -> Step {
        let mut used = 0;
        while let Some(rest) = input.get(used..).filter(|rest| !rest.is_empty()) {
            match wire::next(rest) {
                wire::Next::Frame(kind, body, length) => {
                    used += length;
                    if kind == wire::READY && side == Side::Server {
                        let next = Next::Identify { hop: FACTS.name, to: None };
                        return Step::Became { used, next };
                    }
                    hear(side, kind, body, out);
                }
                wire::Next::Wants(want) => return Step::Took { used, want },
                // The client may say its first words before the proxy's "ready" was heard.
                wire::Next::Nonsense if side == Side::Client => {
                    return Step::Took { used, want: 0 };
                }
                wire::Next::Nonsense => return Step::Refuse("oscar_rv_proxy_lost"),
            }
        }
        Step::Took { used, want: 0 }
    }

    fn gap(&mut self, _: Side, _: u64, _: &mut Out) -> Resume {
        Resume::Quit
    }
}

fn hear(side: Side, kind: u16, body: &[u8], out: &mut Out) {
    match (side, kind) {
        (Side::Client, wire::CREATE | wire::JOIN) | (Side::Server, wire::CREATED) => {}
        (Side::Server, wire::ERROR) => {
            let code = body.first_chunk().copied().map_or(0, u16::from_be_bytes);
            out.weird("oscar_rv_proxy_error", format_args!("code {code:#06x}"));
        }
        _ => out.weird("oscar_rv_proxy_turn", format_args!("type {kind} from the wrong side")),
    }
}

/// What is known of it.
pub static FACTS: Facts = Facts {
    name: "oscar-rv-proxy",
    title: "AIM rendezvous proxy",
    transports: &[Transport::Tcp],
    ports: &[5190],
    tls_ports: &[],
    depth: wire::DEPTH,
    visible: &["file"],
    rows: ROWS,
    documents: BOTH,
};

const BOTH: &[&str] = &["joscar: rendezvous proxy", "Gaim: peer proxy"];

const ROWS: &[Row] = &[
    Row {
        id: "tunnel",
        aspect: Aspect::Tunnels,
        what: "Direct IM and files through the proxy",
        evidence: Documents(BOTH),
    },
    Row {
        id: "errors",
        aspect: Aspect::Identify,
        what: "the proxy's refusals",
        evidence: Documents(BOTH),
    },
];
