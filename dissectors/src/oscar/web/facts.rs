//! What is read of the sign-on over the web, and on what evidence.

use super::DEPTH;
use crate::Aspect::{Identify, SignOn};
use crate::Evidence::Documents;
use crate::{Facts, Row, Transport};

/// What is known about the sign-on over the web.
pub(super) static FACTS: Facts = Facts {
    name: "aim-web",
    title: "AIM / ICQ sign-on over the web",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["errors"],
    rows: ROWS,
    documents: SOURCES,
};

const SOURCES: &[&str] = &[
    "libpurple: clientLogin and startOSCARSession",
    "qutIM: the same for ICQ, in JSON",
    "open-oscar-server: its web API",
];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "requests of both pages, straight or through a web proxy, either side first",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "password",
        aspect: SignOn,
        what: "name and password (plaintext) where clientLogin is in clear, accepted or refused",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "session",
        aspect: SignOn,
        what: "the token, and the cookie it is given for (replayable)",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "client",
        aspect: SignOn,
        what: "the client program and its version",
        evidence: Documents(&[
            "Jasmine IM: parameters of a sign-on",
            "open-oscar-server: its web API",
        ]),
    },
];
