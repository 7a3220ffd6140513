//! TLS: where reading ends.
//!
//! Nothing sealed is ever called readable. What a listener still learns stands in the first two
//! messages, which are not encrypted: the server's name (SNI, unless ECH hides it), the versions
//! and ciphers offered (which fingerprint the client's program, JA4), and the version chosen.
//!
//! The same dissector serves a conversation that is TLS from its first byte and one that an
//! upgrade (STARTTLS and its kin) led to; the verdict of the latter is the engine's to keep.
//!
//! Documents: RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2), RFC 6066 section 3 (SNI), RFC 7301 (ALPN),
//! RFC 8701 (GREASE); JA4 by its own technical description.

mod hello;
mod ja4;
mod talk;

use crate::{Aspect, Dissector, Ends, Evidence, Facts, Opening, Probe, Protocol, Row, Transport};

/// TLS over TCP.
#[derive(Debug)]
pub struct Tls;

impl Protocol for Tls {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        match (hello::judge(opening.client), hello::judge(opening.server)) {
            (Some(hello::Kind::Client), _) | (_, Some(hello::Kind::Server)) => Probe::Yes,
            (Some(hello::Kind::Server), _) | (_, Some(hello::Kind::Client)) => Probe::Swapped,
            (None, None) => {
                let client = hello::may_be(opening.client);
                let server = hello::may_be(opening.server);
                let heard = !opening.client.is_empty() || !opening.server.is_empty();
                if heard && !(client && server) { Probe::No } else { Probe::More }
            }
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<talk::Talk>::default()
    }
}

/// What is known about TLS.
pub static FACTS: Facts = Facts {
    name: "tls",
    title: "TLS",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: hello::DEPTH,
    visible: &[],
    rows: &[
        Row {
            id: "verdict",
            aspect: Aspect::Identify,
            what: "TLS 1.0 to 1.3 on any port, called unreadable from its first byte",
            evidence: Evidence::Capture(&["neg_web_https_http_dns.pcap", "tls/tls13.talk"]),
        },
        Row {
            id: "server-name",
            aspect: Aspect::Identify,
            what: "server name (SNI), version and JA4 fingerprint of the client",
            evidence: Evidence::Capture(&["tls/tls13.talk", "tls/tls12.talk"]),
        },
        Row {
            id: "starttls",
            aspect: Aspect::Tunnels,
            what: "the handshake after an upgrade of a readable protocol",
            evidence: Evidence::Capture(&["irc_starttls_upgrade_and_refused_irssi.pcap"]),
        },
    ],
    documents: &["RFC 8446", "RFC 5246", "RFC 6066", "RFC 7301", "RFC 8701"],
};
