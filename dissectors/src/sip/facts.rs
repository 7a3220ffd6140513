//! What is read of SIP, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Direct, Files, Identify, Presence, SignOn, Text, Tunnels};
use crate::Evidence::{Capture, Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known about SIP.
pub(super) static FACTS: Facts = Facts {
    name: "sip",
    title: "SIP / SIMPLE",
    transports: &[Transport::Udp, Transport::Tcp],
    ports: &[5060],
    tls_ports: &[5061],
    depth: DEPTH,
    visible: &["text", "urls", "file", "typing", "errors"],
    rows: ROWS,
    documents: &[
        "RFC 3261", "RFC 3428", "RFC 3862", "RFC 3994", "RFC 3856", "RFC 3863", "RFC 4480",
        "RFC 4662", "RFC 4826", "RFC 5365", "RFC 7616", "RFC 8760", "RFC 4975", "RFC 5547",
    ],
};

const SIPP: &str = "sip_message_sipp.pcap";
const AAA: &str = "sip-aaa.pcap";
const PHONE: &str = "sip.pcap";
const LARGE: &str = "sip-body-large.pcap";

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "requests and responses over UDP and TCP, on any port, either side first",
        evidence: Capture(&[SIPP, AAA, PHONE]),
    },
    Row {
        id: "compact",
        aspect: Identify,
        what: "short names of fields, folded fields, names in quotes",
        evidence: Documents(&["RFC 3261 section 7.3", "RFC 4475"]),
    },
    Row {
        id: "resync",
        aspect: Identify,
        what: "the next message after a loss, or after a body too long to be read",
        evidence: Capture(&[LARGE]),
    },
    Row {
        id: "digest",
        aspect: SignOn,
        what: "Authorization: Digest with MD5 (crackable), accepted or refused",
        evidence: Capture(&[AAA, PHONE]),
    },
    Row {
        id: "proxy",
        aspect: SignOn,
        what: "Proxy-Authorization, for messages and calls",
        evidence: Capture(&[AAA, PHONE]),
    },
    Row {
        id: "sha",
        aspect: SignOn,
        what: "digests with SHA-256 and SHA-512/256 (crackable), and of SIM cards (strong)",
        evidence: Documents(&["RFC 8760", "RFC 7616", "RFC 3310"]),
    },
    Row {
        id: "basic",
        aspect: SignOn,
        what: "Basic (plaintext) and Bearer (replayable)",
        evidence: Documents(&["RFC 7617", "RFC 2543 section 14", "RFC 8898"]),
    },
    Row {
        id: "register",
        aspect: SignOn,
        what: "who registers, and takes it back",
        evidence: Capture(&[AAA, PHONE]),
    },
    Row {
        id: "client",
        aspect: SignOn,
        what: "programs and servers, with their versions",
        evidence: Capture(&[AAA, PHONE]),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "MESSAGE with plain text",
        evidence: Capture(&[SIPP]),
    },
    Row {
        id: "html",
        aspect: Text,
        what: "HTML, read as a person would, and other charsets",
        evidence: Documents(&["RFC 3428 section 4", "RFC 2046 section 4.1"]),
    },
    Row {
        id: "cpim",
        aspect: Text,
        what: "messages in an envelope of their own (CPIM), several parts, lists of recipients",
        evidence: Documents(&["RFC 3862", "RFC 2046", "RFC 5365"]),
    },
    Row {
        id: "typing",
        aspect: Text,
        what: "typing notifications",
        evidence: Documents(&["RFC 3994", "the client libpurple: SIMPLE"]),
    },
    Row {
        id: "again",
        aspect: Text,
        what: "what is sent again, for want of an answer or of a secret: told once",
        evidence: Documents(&["RFC 3261 sections 17.1 and 22", "RFC 3428"]),
    },
    Row {
        id: "refused",
        aspect: Text,
        what: "messages, calls and registrations that were refused, with the reason",
        evidence: Capture(&[AAA, PHONE]),
    },
    Row {
        id: "end-to-end",
        aspect: Text,
        what: "Off-the-Record and PGP inside messages",
        evidence: Documents(&["Off-the-Record Messaging Protocol version 3", "RFC 9580"]),
    },
    Row {
        id: "smime",
        aspect: Text,
        what: "S/MIME",
        evidence: Missing("RFC 3261 section 23 has it, and no program we met speaks it"),
    },
    Row {
        id: "presence",
        aspect: Presence,
        what: "what people publish and are told of each other's presence",
        evidence: Documents(&["RFC 3863", "RFC 4480", "RFC 3856"]),
    },
    Row {
        id: "lists",
        aspect: Presence,
        what: "whose presence is asked for, and whole lists",
        evidence: Documents(&["RFC 3856", "RFC 4662"]),
    },
    Row {
        id: "watchers",
        aspect: Presence,
        what: "who watches whom",
        evidence: Missing("RFC 3858 tells servers and owners; it is no list of the owner's"),
    },
    Row {
        id: "direct",
        aspect: Direct,
        what: "messages from program to program",
        evidence: Capture(&[SIPP]),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "offers of files over MSRP: accepted, declined",
        evidence: Documents(&["RFC 5547", "RFC 4975"]),
    },
    Row {
        id: "websocket",
        aspect: Tunnels,
        what: "SIP inside WebSocket, or compressed",
        evidence: Missing("WebSocket and SigComp are not taken apart"),
    },
    Row {
        id: "proxies",
        aspect: Tunnels,
        what: "through SOCKS proxies",
        evidence: Documents(&["RFC 1928", "RFC 3261"]),
    },
];
