//! Direct IM (ODC2): messages between AIM clients that do not pass the service.
//!
//! It is offered over OSCAR (a rendezvous on channel 2); then one program calls the other, or both
//! call the service's proxy. Frames have a header of 76 bytes with the sender's name, the offer's
//! cookie and flags, and a payload of AIM HTML behind which images may follow.
//!
//! No secret travels here, and no proof either: whoever holds the cookie may say any name.
//!
//! Read: texts, automatic replies, typing, images with their content (hash and kind).
//!
//! Documents: Gaim's description of Direct IM, and joscar's.

mod images;
mod talk;
mod wire;

use crate::contract::Aspect;
use crate::contract::Evidence::{Capture, Documents};
use crate::scan::Prefix;
use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol, Row, Transport};

/// ODC2 over TCP.
#[derive(Debug)]
pub struct Odc;

impl Protocol for Odc {
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
        Box::<talk::Talk>::default()
    }
}

/// What is known of it.
pub static FACTS: Facts = Facts {
    name: "odc",
    title: "AIM Direct IM (ODC)",
    transports: &[Transport::Tcp],
    ports: &[5190],
    tls_ports: &[],
    depth: wire::DEPTH,
    visible: &["text", "urls", "file", "typing"],
    rows: ROWS,
    documents: BOTH,
};

/// The documents behind what no capture shows.
const BOTH: &[&str] = &["Gaim: description of Direct IM", "joscar: Direct IM header"];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Aspect::Identify,
        what: "Direct IM by its magic, on any port",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "im",
        aspect: Aspect::Direct,
        what: "texts, with their HTML read as a person would",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "auto-reply",
        aspect: Aspect::Direct,
        what: "automatic replies",
        evidence: Documents(BOTH),
    },
    Row {
        id: "typing",
        aspect: Aspect::Direct,
        what: "typing notifications",
        evidence: Documents(BOTH),
    },
    Row {
        id: "images",
        aspect: Aspect::Files,
        what: "images inside a text: name, size, SHA-256, kind",
        evidence: Documents(BOTH),
    },
];
