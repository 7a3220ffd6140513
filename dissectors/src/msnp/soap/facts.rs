//! What is read of MSN Messenger's web services, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Identify, Presence, SignOn, Text};
use crate::Evidence::Documents;
use crate::{Facts, Row, Transport};

/// What is known about the web services.
pub(super) static FACTS: Facts = Facts {
    name: "msnp-soap",
    title: "MSN Messenger's web services",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["text", "urls", "roster", "errors"],
    rows: ROWS,
    documents: &[
        "MSNPiki (kept by the NINA wiki): MSNP13, Offline IM and Contact List",
        "KMess: OfflineImService",
        "Java MSN Library: OIM",
        "Escargot: its web services",
    ],
};

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "requests of the services, straight or through a web proxy, either side first",
        evidence: Documents(&[
            "MSNPiki: MSNP13, Offline IM and Contact List",
            "Escargot: its web services",
        ]),
    },
    Row {
        id: "tickets",
        aspect: SignOn,
        what: "tickets (replayable): as t and p, whole, and as a cookie; accepted or refused",
        evidence: Documents(&["KMess: OfflineImService", "Java MSN Library: OIM"]),
    },
    Row {
        id: "password",
        aspect: SignOn,
        what: "name and password (plaintext) where a Passport page is in clear, and its tickets",
        evidence: Documents(&["Escargot: RST.srf and Passport 1.4", "the MSNP wiki: Passport 1.4"]),
    },
    Row {
        id: "offline",
        aspect: Text,
        what: "messages for absent people, put and fetched",
        evidence: Documents(&["KMess: OfflineImService", "Java MSN Library: OIM"]),
    },
    Row {
        id: "people",
        aspect: Presence,
        what: "the address book, with groups; people added and removed",
        evidence: Documents(&[
            "MSNPiki: MSNP13, Contact List",
            "Escargot: ABFindAll, ABContactAdd, ABContactDelete",
        ]),
    },
    Row {
        id: "memberships",
        aspect: Presence,
        what: "who is blocked, and who has the person on a list",
        evidence: Documents(&[
            "MSNPiki: MSNP13, Contact List",
            "Escargot: FindMembership, AddMember",
        ]),
    },
];
