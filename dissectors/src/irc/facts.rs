//! Everything that is read of IRC, and why anybody should believe it.

use crate::{Aspect, Evidence, Facts, Row, Transport};

/// IRC's entry in the table of protocols.
pub(super) static FACTS: Facts = Facts {
    name: "irc",
    title: "IRC",
    transports: &[Transport::Tcp],
    ports: &[6667, 6666, 6668, 6669, 6660, 6665, 7000, 194],
    tls_ports: &[6697, 994],
    depth: super::probe::DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &["RFC 1459"],
};

const ROWS: &[Row] = &[Row {
    id: "identify",
    aspect: Aspect::Identify,
    what: "by its lines, on any port",
    evidence: Evidence::Missing("x"),
}];
