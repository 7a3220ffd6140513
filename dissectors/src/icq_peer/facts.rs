//! What is read of ICQ's peer connections, and on what evidence.

use super::probe;
use crate::Aspect::{Direct, Files, Identify};
use crate::Evidence::{Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known of them.
pub static FACTS: Facts = Facts {
    name: "icq-peer",
    title: "ICQ between clients",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: probe::DEPTH,
    visible: &["text", "urls", "file"],
    rows: ROWS,
    documents: &[
        "Magnus Ihse: the ICQ protocol, version 0.91 (peer to peer)",
        "mICQ: peer-to-peer connections",
        "YSM: direct connections",
        "licq: TCP packets of versions 2 to 8, file transfer",
        "Miranda: direct connections, ICQ Groupware",
    ],
};

const BOTH: &[&str] = &["mICQ: peer-to-peer connections", "YSM: direct connections"];
const CLIENTS: &[&str] = &["mICQ: peer-to-peer connections", "licq: TCP packets"];
const OLD: &[&str] = &["Ihse: peer to peer", "licq: TCP packets of versions 2 to 5"];

const ROWS: &[Row] = &[
    Row {
        id: "greeting",
        aspect: Identify,
        what: "versions 6 to 10 by their greeting, with both numbers",
        evidence: Documents(BOTH),
    },
    Row {
        id: "old-greeting",
        aspect: Identify,
        what: "versions 2 to 5 by the caller's greeting; messages of somebody else than who greeted",
        evidence: Documents(OLD),
    },
    Row {
        id: "messages",
        aspect: Direct,
        what: "texts and links, unscrambled and checked",
        evidence: Documents(BOTH),
    },
    Row {
        id: "old-messages",
        aspect: Direct,
        what: "the same of versions 2 and 3",
        evidence: Documents(OLD),
    },
    Row {
        id: "scrambled-old",
        aspect: Direct,
        what: "the same of versions 4 and 5, unscrambled and checked",
        evidence: Documents(&[
            "licq: TCP packets of versions 4 and 5",
            "Miranda: direct connections",
        ]),
    },
    Row {
        id: "away",
        aspect: Direct,
        what: "texts of who is away, in acknowledgements",
        evidence: Documents(CLIENTS),
    },
    Row {
        id: "contacts",
        aspect: Direct,
        what: "people passed on, authorizations",
        evidence: Documents(CLIENTS),
    },
    Row {
        id: "chat",
        aspect: Direct,
        what: "direct chat, which takes a connection of its own",
        evidence: Missing("only licq describes it"),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "offers of files, taken (with the port) or refused",
        evidence: Documents(CLIENTS),
    },
    Row {
        id: "plugged-offers",
        aspect: Files,
        what: "the same since version 8, through a plug-in",
        evidence: Documents(CLIENTS),
    },
    Row {
        id: "files",
        aspect: Files,
        what: "files: name, size, SHA-256, kind; taken up again in their middle",
        evidence: Documents(CLIENTS),
    },
    Row {
        id: "names",
        aspect: Files,
        what: "names that leave their folder or look like another kind of file; more bytes than announced",
        evidence: Documents(CLIENTS),
    },
];
