//! What is read of MSNP, and on what evidence.

use super::{direct, gateway, probe};
use crate::Aspect::{Direct, Files, Identify, Presence, SignOn, Text, Tunnels};
use crate::Evidence::{Capture, Documents};
use crate::{Facts, Row, Transport};

/// What is known about MSNP.
pub static FACTS: Facts = Facts {
    name: "msnp",
    title: "MSN Messenger",
    transports: &[Transport::Tcp],
    ports: &[1863],
    tls_ports: &[],
    depth: probe::DEPTH,
    visible: VISIBLE,
    rows: ROWS,
    documents: DOCUMENTS,
};

/// What is known about MSNP in HTTP.
pub(super) static GATEWAY: Facts = Facts {
    name: "msnp-http",
    title: "MSN Messenger in HTTP",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: gateway::DEPTH,
    visible: VISIBLE,
    rows: GATEWAY_ROWS,
    documents: DOCUMENTS,
};

/// What is known about the direct connections.
pub(super) static DIRECT: Facts = Facts {
    name: "msnp-direct",
    title: "MSN Messenger between clients",
    transports: &[Transport::Tcp],
    ports: &[],
    tls_ports: &[],
    depth: direct::DEPTH,
    visible: &["file"],
    rows: DIRECT_ROWS,
    documents: DOCUMENTS,
};

const VISIBLE: &[&str] = &["text", "urls", "file", "typing", "errors", "roster"];
const DOCUMENTS: &[&str] = &[
    "draft-movva-msn-messenger-protocol-00 (MSNP2)",
    "hypothetic.org: MSN Messenger Protocol (MSNP8 to MSNP12)",
    "MSNPiki: protocol reference (MSNP8 to MSNP18), MSNC, MSNSLP",
];

/// The captures.
const OLD: &str = "msn_msnp9_escargot_purple200.pcap";
const NEW: &str = "msn_msnp18_escargot_purple.pcap";
const WEB: &str = "msn_http_gateway_escargot_purple.pcap";
const BOARD: &str = "ppa_msnms.pcap";

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "notification servers and switchboards on any port",
        evidence: Capture(&[OLD, NEW, BOARD]),
    },
    Row {
        id: "picked-up",
        aspect: Identify,
        what: "conversations from their middle",
        evidence: Capture(&["mapi.pcap"]),
    },
    Row {
        id: "resync",
        aspect: Identify,
        what: "the next command after a loss, or after what is none",
        evidence: Documents(&["hypothetic.org: commands and payloads", "MSNPiki: commands"]),
    },
    Row {
        id: "hostile",
        aspect: Identify,
        what: "packets beyond their message, pictures and invitations made to overflow, names that lead out, named",
        evidence: Documents(&[
            "CVE-2008-2927 and CVE-2009-2694: offsets of MSNSLP packets",
            "Microsoft MS05-009 and the PNG specification: tRNS",
            "CVE-2010-0013: names of emoticons",
            "Bugtraq 4827: invitations",
        ]),
    },
    Row {
        id: "md5",
        aspect: SignOn,
        what: "response to a challenge (MSNP2 to MSNP7, crackable), with the challenge",
        evidence: Documents(&[
            "draft-movva-msn-messenger-protocol-00: USR",
            "hypothetic.org: MSNP7, MD5 authentication",
        ]),
    },
    Row {
        id: "ticket",
        aspect: SignOn,
        what: "Passport ticket (MSNP8 to MSNP14, replayable)",
        evidence: Capture(&[OLD]),
    },
    Row {
        id: "sso",
        aspect: SignOn,
        what: "single sign-on ticket (MSNP15 and later)",
        evidence: Capture(&[NEW, WEB]),
    },
    Row {
        id: "circle-ticket",
        aspect: SignOn,
        what: "ticket for circles (MSNP16 and later)",
        evidence: Capture(&[NEW]),
    },
    Row {
        id: "mspauth",
        aspect: SignOn,
        what: "the ticket for web pages in the profile",
        evidence: Capture(&[OLD]),
    },
    Row {
        id: "cookie",
        aspect: SignOn,
        what: "cookies of switchboards, given out and used: their owner is known on them",
        evidence: Capture(&[OLD, BOARD]),
    },
    Row {
        id: "refused",
        aspect: SignOn,
        what: "refused sign-ons",
        evidence: Documents(&[
            "draft-movva-msn-messenger-protocol-00: error codes",
            "hypothetic.org: error 911",
        ]),
    },
    Row {
        id: "replaced",
        aspect: SignOn,
        what: "signed on elsewhere",
        evidence: Documents(&[
            "draft-movva-msn-messenger-protocol-00: OUT",
            "hypothetic.org: OUT OTH",
        ]),
    },
    Row {
        id: "client",
        aspect: SignOn,
        what: "the client program: CVR, User-Agent, capabilities",
        evidence: Capture(&[OLD, NEW]),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "messages on switchboards, without their format",
        evidence: Capture(&[OLD, NEW, BOARD]),
    },
    Row {
        id: "charsets",
        aspect: Text,
        what: "the charset that is stated",
        evidence: Documents(&["hypothetic.org: MSG, text/plain", "RFC 2046 section 4.1.2"]),
    },
    Row {
        id: "rooms",
        aspect: Text,
        what: "conversations of more than two, by the service's name for them",
        evidence: Capture(&[OLD]),
    },
    Row {
        id: "chunks",
        aspect: Text,
        what: "messages in several pieces",
        evidence: Documents(&["MSNPiki: long messages", "RFC 2046 section 5.2.2"]),
    },
    Row { id: "nudge", aspect: Text, what: "nudges", evidence: Capture(&[NEW]) },
    Row {
        id: "action",
        aspect: Text,
        what: "actions in words",
        evidence: Documents(&[
            "MSNPiki: datacast, ID 4",
            "hypothetic.org: MSG, text/x-msnmsgr-datacast",
        ]),
    },
    Row {
        id: "typing",
        aspect: Text,
        what: "typing",
        evidence: Capture(&[OLD, BOARD, "mapi.pcap"]),
    },
    Row {
        id: "across",
        aspect: Text,
        what: "messages to and from other networks (UUM, UBM)",
        evidence: Documents(&["MSNPiki: MSNP14, UUM and UBM", "msnp-sharp: OnUBMReceived"]),
    },
    Row {
        id: "relay",
        aspect: Text,
        what: "messages, nudges and typing of MSNP21 (SDG)",
        evidence: Documents(&["MSNPiki: MSNP21, SDG", "msnp-sharp: multi-MIME messages"]),
    },
    Row {
        id: "system",
        aspect: Text,
        what: "that the service goes down",
        evidence: Documents(&["hypothetic.org: system messages, OUT SSD", "MSNPiki: OUT"]),
    },
    Row {
        id: "presence",
        aspect: Presence,
        what: "presence of both forms (with and without a network)",
        evidence: Capture(&[OLD, NEW]),
    },
    Row {
        id: "texts",
        aspect: Presence,
        what: "personal messages, and what is being listened to",
        evidence: Capture(&[NEW]),
    },
    Row {
        id: "relay-presence",
        aspect: Presence,
        what: "presence of MSNP21 (NFY, PUT)",
        evidence: Documents(&["MSNPiki: MSNP21, NFY", "msnp-sharp: multi-MIME messages"]),
    },
    Row {
        id: "lists",
        aspect: Presence,
        what: "lists of MSNP2 to MSNP12, with groups and blocked people",
        evidence: Documents(&[
            "draft-movva-msn-messenger-protocol-00: LST",
            "hypothetic.org: SYN and LST",
        ]),
    },
    Row {
        id: "changes",
        aspect: Presence,
        what: "additions and removals (ADD, ADC, REM)",
        evidence: Capture(&[OLD]),
    },
    Row {
        id: "xml-lists",
        aspect: Presence,
        what: "lists as XML (ADL, RML)",
        evidence: Capture(&[NEW]),
    },
    Row {
        id: "reverse",
        aspect: Presence,
        what: "who added the client to their list",
        evidence: Capture(&[OLD, NEW]),
    },
    Row {
        id: "members",
        aspect: Presence,
        what: "who was called, came and left",
        evidence: Capture(&[OLD, BOARD]),
    },
    Row {
        id: "circles",
        aspect: Presence,
        what: "members of circles, and what is said there",
        evidence: Documents(&["MSNPiki: MSNP18, circles", "msnp-sharp: circles"]),
    },
    Row {
        id: "endpoints",
        aspect: Presence,
        what: "the place somebody is signed on at (MSNP16 and later)",
        evidence: Capture(&[NEW]),
    },
    Row {
        id: "direct-offers",
        aspect: Direct,
        what: "where a direct connection will be accepted",
        evidence: Documents(&[
            "MSNPiki: MSNSLP, transrespbody",
            "hypothetic.org: MSNSLP, direct connections",
        ]),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "files offered, accepted and declined (MSNSLP)",
        evidence: Capture(&[OLD]),
    },
    Row {
        id: "files",
        aspect: Files,
        what: "their content, through a switchboard",
        evidence: Capture(&[OLD]),
    },
    Row {
        id: "packets-2",
        aspect: Files,
        what: "the same in packets of version 2 (MSNP16 and later)",
        evidence: Documents(&["MSNPiki: P2Pv2", "msnp-sharp: P2P version 2"]),
    },
    Row {
        id: "pictures",
        aspect: Files,
        what: "display pictures and other objects, told from files",
        evidence: Documents(&["MSNPiki: MSNObject", "hypothetic.org: display pictures"]),
    },
    Row {
        id: "invitations",
        aspect: Files,
        what: "files offered, accepted and declined (MSNFTP)",
        evidence: Documents(&[
            "draft-movva-msn-messenger-protocol-00: invitations",
            "hypothetic.org: file transfer invitations",
        ]),
    },
];

const GATEWAY_ROWS: &[Row] = &[
    Row {
        id: "gateway",
        aspect: Tunnels,
        what: "sessions in POSTs to gateway.dll and their answers, polling",
        evidence: Capture(&[WEB]),
    },
    Row {
        id: "connections",
        aspect: Tunnels,
        what: "several sessions on a connection, and several connections of a session",
        evidence: Documents(&["MSNPiki: HTTP gateway", "hypothetic.org: connecting through HTTP"]),
    },
];

const DIRECT_ROWS: &[Row] = &[Row {
    id: "packets",
    aspect: Direct,
    what: "files in packets between clients, of either version",
    evidence: Documents(&[
        "MSNPiki: MSNC, direct connections",
        "hypothetic.org: MSNSLP, direct connections",
    ]),
}];
