//! MSRP: the connection on which programs talk after a call was set up (RFC 4975).
//!
//! SIP offers and accepts it ([`crate::sip`]): each side names a session, and whoever offered
//! calls the other. Then both sides SEND messages, in one chunk or several, each of which ends
//! with a line only it knows. Files go the same way (RFC 5547), as do typing notifications and
//! envelopes that say from whom (CPIM). Port 2855 by custom, as a rule one that was agreed on.
//!
//! ```text
//! MSRP a786hjs2 SEND
//! To-Path: msrp://biloxi.example.com:12763/kjhd37s2s20w2a;tcp
//! From-Path: msrp://atlanta.example.com:7654/jshA7weztas;tcp
//! Message-ID: 87652491
//! Byte-Range: 1-25/25
//! Content-Type: text/plain
//!
//! Hey Bob, are you there?
//! -------a786hjs2$
//! ```
//!
//! No name is said here but in envelopes: people are known by their sessions, which the call gave
//! to accounts. Where the call was not heard, they are an address.
//!
//! Read: text of every kind SIP has, whatever its chunks; files with their hash; typing. Reports
//! of delivery are no messages. Not read: the sign-on at a relay (RFC 4976), whose digests are
//! those of HTTP.
//!
//! Documents: RFC 4975, RFC 5547, RFC 3862, RFC 7701.

#[cfg(test)]
mod hostile;
mod say;
mod talk;
mod wire;

use crate::contract::Aspect;
use crate::contract::Evidence::{Documents, Missing};
use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol, Row, Transport};

/// MSRP over TCP.
#[derive(Debug)]
pub struct Msrp;

impl Protocol for Msrp {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        use wire::Looks;
        match (wire::looks(opening.client), wire::looks(opening.server)) {
            (Looks::Like, _) | (_, Looks::Like) => Probe::Yes,
            (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
            (Looks::Possibly, Looks::Possibly) => Probe::More,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<talk::Talk>::default()
    }
}

/// What is known of it.
pub static FACTS: Facts = Facts {
    name: "msrp",
    title: "MSRP",
    transports: &[Transport::Tcp],
    ports: &[2855],
    tls_ports: &[],
    depth: wire::DEPTH,
    visible: &["text", "urls", "file", "typing", "errors"],
    rows: ROWS,
    documents: &["RFC 4975", "RFC 5547", "RFC 3862", "RFC 7701"],
};

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Aspect::Identify,
        what: "requests and responses on any port, and the next one after a loss",
        evidence: Documents(&["RFC 4975 section 9", "RFC 8873"]),
    },
    Row {
        id: "sessions",
        aspect: Aspect::SignOn,
        what: "whose session it is, when the call was heard",
        evidence: Documents(&["RFC 4975 section 5.4", "RFC 4566"]),
    },
    Row {
        id: "relays",
        aspect: Aspect::SignOn,
        what: "sign-ons at relays",
        evidence: Missing("RFC 4976 has it over TLS, and no capture shows it without"),
    },
    Row {
        id: "messages",
        aspect: Aspect::Text,
        what: "messages in one chunk or several",
        evidence: Documents(&["RFC 4975 section 5.1", "RFC 4975 section 11"]),
    },
    Row {
        id: "cpim",
        aspect: Aspect::Text,
        what: "messages in an envelope of their own, with their author",
        evidence: Documents(&["RFC 3862", "RFC 4975 section 11.4"]),
    },
    Row {
        id: "typing",
        aspect: Aspect::Text,
        what: "typing notifications",
        evidence: Documents(&["RFC 3994", "RFC 4975"]),
    },
    Row {
        id: "refused",
        aspect: Aspect::Text,
        what: "messages that were refused",
        evidence: Documents(&["RFC 4975 section 10", "RFC 5547"]),
    },
    Row {
        id: "files",
        aspect: Aspect::Files,
        what: "files that a call offered: name, size, SHA-256, kind, and who sent them to whom",
        evidence: Documents(&["RFC 5547", "RFC 4975"]),
    },
];
