//! What is read of XMPP in HTTP, and on what evidence.

use super::probe;
use crate::{Aspect, Evidence, Facts, Row, Transport};

/// What is known about XMPP in HTTP.
pub(super) static FACTS: Facts = Facts {
    name: "xmpp-bosh",
    title: "XMPP in HTTP (BOSH)",
    transports: &[Transport::Tcp],
    ports: &[5280],
    tls_ports: &[5281],
    depth: probe::DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &["XEP-0124", "XEP-0206", "RFC 6120", "RFC 9112"],
};

/// Short for the table below.
const fn row(id: &'static str, aspect: Aspect, what: &'static str, evidence: Evidence) -> Row {
    Row { id, aspect, what, evidence }
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use Aspect::{Identify, SignOn, Text, Tunnels};
    use Evidence::{Capture, Documents, Missing};
    &[
    row("identify", Identify, "by its first body, on any path and port",
        Capture(&["xmpp_bosh_http_prosody_purple.pcap"])),
    row("sign-on", SignOn, "the same as on a connection of its own",
        Capture(&["xmpp_bosh_http_prosody_purple.pcap"])),
    row("messages", Text, "everything that is read of XMPP, both ways",
        Capture(&["xmpp_bosh_http_prosody_purple.pcap"])),
    row("sessions", Tunnels, "several sessions on one connection, and one on several",
        Capture(&["xmpp_bosh_http_prosody_purple.pcap"])),
    row("preflight", Tunnels, "behind questions of web pages (OPTIONS)",
        Documents(&["Fetch Standard, CORS preflight", "XEP-0124 section 8"])),
    row("encoded", Text, "bodies that are compressed",
        Missing("named where one is met: no program was heard to send such")),
    ]
};
