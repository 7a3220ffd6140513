//! What is read of XMPP over WebSocket, and on what evidence.

use super::probe;
use crate::{Aspect, Evidence, Facts, Row, Transport};

/// What is known about XMPP over WebSocket.
pub(super) static FACTS: Facts = Facts {
    name: "xmpp-websocket",
    title: "XMPP over WebSocket",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: probe::DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &["RFC 7395", "RFC 6455", "RFC 6120"],
};

/// Short for the table below.
const fn row(id: &'static str, aspect: Aspect, what: &'static str, evidence: Evidence) -> Row {
    Row { id, aspect, what, evidence }
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use Aspect::{Identify, SignOn, Text, Tunnels};
    use Evidence::{Documents, Missing};
    &[
    row("identify", Identify, "by the protocol its handshake names, on any path and port",
        Documents(&["RFC 7395 section 3.1", "RFC 6455 section 4"])),
    row("sign-on", SignOn, "the same as on a connection of its own",
        Documents(&["RFC 7395 section 3.3", "RFC 6120 section 6"])),
    row("messages", Text, "everything that is read of XMPP, both ways",
        Documents(&["RFC 7395 section 3.3", "RFC 6121 section 5"])),
    row("frames", Tunnels, "masked and divided messages, also where the answer to the handshake was not heard",
        Documents(&["RFC 6455 section 5", "RFC 7395 section 3.3"])),
    row("deflated", Text, "messages that are compressed",
        Missing("named where they are met (RFC 7692): each needs all that went before it")),
    ]
};
