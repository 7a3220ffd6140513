//! Everything that is read of XMPP, and why anybody should believe it.

use crate::{Aspect, Evidence, Facts, Row, Transport};

/// XMPP's entry in the table of protocols.
pub(super) static FACTS: Facts = Facts {
    name: "xmpp",
    title: "XMPP / Jabber",
    transports: &[Transport::Tcp],
    ports: &[5222, 5269, 5347, 5298],
    tls_ports: &[5223, 5270],
    depth: super::probe::DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &[
        "RFC 6120",
        "RFC 6121",
        "RFC 7622",
        "RFC 4616, RFC 5802, RFC 7628, RFC 2831 (SASL)",
        "XMPP Extension Protocols (XEPs)",
    ],
};

/// Short for the table below.
const fn row(id: &'static str, aspect: Aspect, what: &'static str, evidence: Evidence) -> Row {
    Row { id, aspect, what, evidence }
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use Aspect::{Identify, SignOn};
    use Evidence::{Capture};
    &[
    row("identify", Identify, "by its first tag on any port",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap", "xmpp_legacy_iqauth_prosody_purple.pcap"])),
    row("sasl-plain", SignOn, "SASL PLAIN",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    ]
};
