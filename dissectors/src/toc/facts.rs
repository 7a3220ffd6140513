//! What is read of TOC, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Files, Identify, Presence, SignOn, Text, Tunnels};
use crate::Evidence::{Capture, Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known about TOC.
pub(super) static FACTS: Facts = Facts {
    name: "toc",
    title: "AIM (TOC, TOC2)",
    transports: &[Transport::Tcp],
    ports: &[9898],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &[TIK, TERRAIM, NAIM, "open-oscar-server: its TOC front"],
};

const TIK: &str = "TOC1.0, as AOL published it with TiK in 1999";
const TERRAIM: &str = "TOC2.0, as the authors of terraim and BlueTOC described it";
const NAIM: &str = "TOC2, as the client naim speaks it";
const TOC: &str = "aim_toc_twisted_and_oscar_purple.pcap";
const TOC2: &str = "aim_toc2_ownclient_and_oscar_purple.pcap";

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "the greeting, frames and commands on any port, either side first, from the middle",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "resync",
        aspect: Identify,
        what: "the next command after a loss",
        evidence: Documents(&[TIK, TERRAIM]),
    },
    Row {
        id: "roasted",
        aspect: SignOn,
        what: "roasted password (reversible) of TOC and TOC2, accepted or refused",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "errors",
        aspect: SignOn,
        what: "refused sign-ons and requests, with the reason",
        evidence: Documents(&[TIK, NAIM]),
    },
    Row {
        id: "change-password",
        aspect: SignOn,
        what: "the old and the new password when it is changed (plaintext)",
        evidence: Documents(&[TIK, "the client libpurple: toc_change_passwd"]),
    },
    Row {
        id: "client",
        aspect: SignOn,
        what: "the client program and its version",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "messages both ways, unquoted",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "encoded",
        aspect: Text,
        what: "TOC2's messages with an encoding: ASCII, Latin-1, UTF-8",
        evidence: Capture(&[TOC2]),
    },
    Row {
        id: "html",
        aspect: Text,
        what: "AIM HTML, read as a person would",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "auto-reply",
        aspect: Text,
        what: "automatic replies",
        evidence: Documents(&[TIK, NAIM]),
    },
    Row {
        id: "typing",
        aspect: Text,
        what: "typing notifications of TOC2",
        evidence: Documents(&[TERRAIM, NAIM]),
    },
    Row {
        id: "chat",
        aspect: Text,
        what: "chat rooms, what is whispered in them",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "pages",
        aspect: Text,
        what: "pages the server tells the client to show",
        evidence: Documents(&[TIK, NAIM]),
    },
    Row {
        id: "chat-members",
        aspect: Presence,
        what: "who comes to a room and leaves it, who is invited",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "config",
        aspect: Presence,
        what: "the buddy list kept by the service, with groups, aliases and blocks",
        evidence: Documents(&[TIK, TERRAIM]),
    },
    Row {
        id: "list-changes",
        aspect: Presence,
        what: "additions to it and removals, blocks, changes by another client",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "presence",
        aspect: Presence,
        what: "comings, goings, absence and idleness of buddies",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "away",
        aspect: Presence,
        what: "the client's away text, idleness and profile",
        evidence: Capture(&[TOC, TOC2]),
    },
    Row {
        id: "warnings",
        aspect: Presence,
        what: "who warns whom, as an anomaly `toc_warning`",
        evidence: Documents(&[TIK, NAIM]),
    },
    Row {
        id: "permits",
        aspect: Presence,
        what: "those who alone may see or write",
        evidence: Documents(&[TIK, TERRAIM]),
    },
    Row {
        id: "directory",
        aspect: Presence,
        what: "whose profile is asked for, searches in the directory, what people write into it",
        evidence: Documents(&[TIK, "the client libpurple: toc_get_info, toc_set_dir"]),
    },
    Row {
        id: "profiles",
        aspect: Presence,
        what: "the answers to these",
        evidence: Missing("they are web pages, fetched on other connections"),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "offers of files and of Direct IM: accepted, declined",
        evidence: Documents(&[TIK, NAIM]),
    },
    Row {
        id: "proxies",
        aspect: Tunnels,
        what: "through SOCKS proxies",
        evidence: Documents(&["RFC 1928", TIK]),
    },
];
