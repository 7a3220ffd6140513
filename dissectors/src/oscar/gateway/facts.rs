//! What is read of OSCAR in HTTP, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Identify, SignOn, Text, Tunnels};
use crate::Evidence::Documents;
use crate::{Facts, Row, Transport};

/// What is known about the gateway.
pub(super) static FACTS: Facts = Facts {
    name: "oscar-http",
    title: "AIM / ICQ in HTTP",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: SOURCES,
};

const SOURCES: &[&str] = &[
    "Jimm: packets to and from the ICQ HTTP proxy",
    "SIM: polling of the ICQ and AIM HTTP proxies",
    "Miranda: ICQ's HTTP gateway",
];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "the gateway's requests and answers, straight or through a web proxy, either side first",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "sign-on",
        aspect: SignOn,
        what: "what `oscar` reads of a sign-on",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "what `oscar` reads of messages",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "connections",
        aspect: Tunnels,
        what: "several connections in a session, a session on several TCP connections",
        evidence: Documents(SOURCES),
    },
];
