//! What is read of OSCAR, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Direct, Files, Identify, Presence, SignOn, Text, Tunnels};
use crate::Evidence::{Capture, Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known about OSCAR.
pub static FACTS: Facts = Facts {
    name: "oscar",
    title: "AIM / ICQ (OSCAR)",
    transports: &[Transport::Tcp],
    ports: &[5190, 5191, 5192, 5193],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &[
        "OSCAR, as AOL described it for developers in 2008",
        "the documents of iserverd on OSCAR version 7 and later",
        "ICQ version 7, as its clients' authors described it",
        LIBFAIM,
        SERVER,
    ],
};

const LIBFAIM: &str = "libfaim and libpurple, which speak it";
const SERVER: &str = "open-oscar-server, which answers it";

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "FLAP and SNAC on any port, either side first, from the middle",
        evidence: Capture(&["Oscar.pcap"]),
    },
    Row {
        id: "resync",
        aspect: Identify,
        what: "the next frame after a loss, and how much was lost",
        evidence: Capture(&["Oscar.pcap"]),
    },
    Row {
        id: "roasted",
        aspect: SignOn,
        what: "roasted password (reversible), accepted or refused",
        evidence: Capture(&["icq_oscar_roasted_twisted.pcap"]),
    },
    Row {
        id: "md5",
        aspect: SignOn,
        what: "MD5 digest of a challenge and the password (crackable)",
        evidence: Capture(&["aim_oscar_md5_purple.pcap", "aim_oscar_md5_login.derived.pcap"]),
    },
    Row {
        id: "refused",
        aspect: SignOn,
        what: "refused sign-ons",
        evidence: Capture(&["aim_oscar_five_bad_passwords_purple.pcap"]),
    },
    Row {
        id: "cookie",
        aspect: SignOn,
        what: "session cookie (replayable) and the sign-on it makes",
        evidence: Capture(&["Oscar.pcap", "aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "redirect",
        aspect: SignOn,
        what: "cookies of further connections: their owner is known on them",
        evidence: Capture(&["aim_oscar_chat3_away_purple.pcap"]),
    },
    Row {
        id: "replaced",
        aspect: SignOn,
        what: "signed on elsewhere",
        evidence: Documents(&[
            "AOL OSCAR description, 2008: disconnection",
            "iserverd: FLAP channel 4, TLV 0x0009",
        ]),
    },
    Row {
        id: "kerberos",
        aspect: SignOn,
        what: "the Kerberos-like sign-on of AIM 6",
        evidence: Missing("one description of it only, and it runs over HTTPS"),
    },
    Row {
        id: "client-login",
        aspect: SignOn,
        what: "the sign-on over the web (clientLogin), as `aim-web` reads it",
        evidence: Documents(&[
            "libpurple: clientLogin and startOSCARSession",
            "open-oscar-server: its web API",
        ]),
    },
    Row {
        id: "securid",
        aspect: SignOn,
        what: "the number of an administrator's token (plaintext)",
        evidence: Documents(&["iserverd: SNAC(17,0A), SNAC(17,0B)", LIBFAIM]),
    },
    Row {
        id: "set-password",
        aspect: SignOn,
        what: "passwords that are set: of AIM, of ICQ, of a new ICQ number (plaintext)",
        evidence: Documents(&[
            "iserverd: SNAC(07,04), SNAC(15,02)/07D0/042E, SNAC(17,04)",
            LIBFAIM,
        ]),
    },
    Row {
        id: "errors",
        aspect: SignOn,
        what: "refused requests with the reason, and whom they concern",
        evidence: Documents(&["iserverd: errors of all families", SERVER]),
    },
    Row {
        id: "client",
        aspect: SignOn,
        what: "the client program and its version",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "plain-text",
        aspect: Text,
        what: "messages (ICBM channel 1), in fragments",
        evidence: Capture(&["icq_oscar_roasted_twisted.pcap"]),
    },
    Row {
        id: "charsets",
        aspect: Text,
        what: "ASCII, Latin-1 and UTF-16 text",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "html",
        aspect: Text,
        what: "AIM HTML, read as a person would",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "auto-reply",
        aspect: Text,
        what: "automatic replies, of ICQ programs too",
        evidence: Documents(&[
            "AOL OSCAR description, 2008: ICBM, TLV 0x0004",
            "iserverd: SNAC(04,07), SNAC(04,0B)",
            LIBFAIM,
        ]),
    },
    Row {
        id: "stored",
        aspect: Text,
        what: "messages kept for an absent reader, of AIM and ICQ",
        evidence: Documents(&[
            "iserverd: SNAC(15,03), type 0x0041",
            "AOL OSCAR description, 2008: ICBM, TLV 0x0006",
        ]),
    },
    Row {
        id: "icq-messages",
        aspect: Text,
        what: "ICQ messages on channels 2 and 4: text, links, requests for authorization",
        evidence: Documents(&[
            "iserverd: ICBM channels 2 and 4",
            "ICQ version 7 description, type-2 messages",
        ]),
    },
    Row {
        id: "cyrillic",
        aspect: Text,
        what: "eight-bit Cyrillic text, guessed by its letters and marked so",
        evidence: Documents(&[
            "windows-1251 and windows-1252 as the WHATWG Encoding Standard maps them",
            "ICQ version 7 description: messages state no charset",
        ]),
    },
    Row {
        id: "typing",
        aspect: Text,
        what: "typing notifications",
        evidence: Capture(&["Oscar.pcap"]),
    },
    Row {
        id: "chat",
        aspect: Text,
        what: "chat rooms",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "whispers",
        aspect: Text,
        what: "what is said to one person in a room",
        evidence: Documents(&["iserverd: SNAC(0E,05)", SERVER]),
    },
    Row {
        id: "sms",
        aspect: Text,
        what: "ICQ's messages to mobile telephones",
        evidence: Documents(&["iserverd: SNAC(15,02)/07D0/1482", "climm: CLI_SENDSMS"]),
    },
    Row {
        id: "hostile",
        aspect: Text,
        what: "addresses, invitations to games, names of files and lengths that break a client, \
               each an anomaly by name",
        evidence: Documents(&[
            "Snort rules 1393 and 1752: AddGame, AddExternalApp (CVE-2002-0362)",
            "Kopete: the addresses AIM's client acts on",
        ]),
    },
    Row {
        id: "encryption",
        aspect: Text,
        what: "AIM Encryption (S/MIME inside a message)",
        evidence: Missing("no capture and no second document of it is known"),
    },
    Row {
        id: "chat-members",
        aspect: Presence,
        what: "who comes to a room and leaves it",
        evidence: Capture(&["aim_oscar_chat3_away_purple.pcap"]),
    },
    Row {
        id: "chat-invitation",
        aspect: Presence,
        what: "invitations to rooms",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "feedbag",
        aspect: Presence,
        what: "the buddy list kept by the service, with groups, aliases and blocks",
        evidence: Capture(&["aim_oscar_chat3_away_purple.pcap"]),
    },
    Row {
        id: "feedbag-changes",
        aspect: Presence,
        what: "additions to it, new aliases, removals, blocks, what was refused of them",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "client-lists",
        aspect: Presence,
        what: "the buddy, permit and block lists of old clients, and who has the client on theirs",
        evidence: Documents(&[
            "iserverd: SNAC(03,04), SNAC(03,07), SNAC(09,05) to SNAC(09,08)",
            "AOL OSCAR description, 2008: buddy and BOS groups",
        ]),
    },
    Row {
        id: "permits",
        aspect: Presence,
        what: "those who alone may see or write, in the list kept by the service",
        evidence: Documents(&["iserverd: SSI items", SERVER]),
    },
    Row {
        id: "authorization",
        aspect: Presence,
        what: "leave to be on somebody's list: asked for, given, refused",
        evidence: Documents(&["iserverd: SNAC(13,18) to SNAC(13,1C)", SERVER]),
    },
    Row {
        id: "presence",
        aspect: Presence,
        what: "comings, goings, idleness",
        evidence: Capture(&["aim_oscar_chat3_away_purple.pcap", "aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "icq-presence",
        aspect: Presence,
        what: "ICQ status and the address a client listens at",
        evidence: Documents(&[
            "iserverd: user information, TLVs 0x0006 and 0x000C",
            "ICQ version 7 description, status",
        ]),
    },
    Row {
        id: "away",
        aspect: Presence,
        what: "away texts, one's own and others'",
        evidence: Capture(&["aim_oscar_md5_purple.pcap", "icq_oscar_roasted_twisted.pcap"]),
    },
    Row {
        id: "profiles",
        aspect: Presence,
        what: "profiles, one's own and others'",
        evidence: Capture(&["aim_oscar_chat3_away_purple.pcap", "icq_oscar_roasted_twisted.pcap"]),
    },
    Row {
        id: "rates",
        aspect: Presence,
        what: "who speaks faster than the service allows, as an anomaly `oscar_rate`",
        evidence: Capture(&[
            "aim_oscar_md5_purple.pcap",
            "aim_oscar_two_files_and_scr_purple.pcap",
        ]),
    },
    Row {
        id: "warnings",
        aspect: Presence,
        what: "who warns whom, and messages that were not delivered, as anomalies",
        evidence: Documents(&["iserverd: SNAC(01,10), SNAC(04,08), SNAC(04,0A)", LIBFAIM]),
    },
    Row {
        id: "look-ups",
        aspect: Presence,
        what: "whose entry in the white pages is asked for",
        evidence: Capture(&["Oscar.pcap"]),
    },
    Row {
        id: "directories",
        aspect: Presence,
        what: "AIM's and ICQ's white pages: what is asked, answered and written",
        evidence: Documents(&[
            "iserverd: SNAC(15,02), SNAC(15,03), SNAC(02,09), SNAC(0A,02)",
            "open-oscar-server, which answers it",
            "climm: requests to the white pages",
        ]),
    },
    Row {
        id: "icons",
        aspect: Presence,
        what: "buddy icons",
        evidence: Missing("pictures, fetched from a service of their own: no capture holds one"),
    },
    Row {
        id: "direct-im",
        aspect: Direct,
        what: "Direct IM (ODC2), as `odc` reads it",
        evidence: Capture(&["aim_oscar_md5_purple.pcap"]),
    },
    Row {
        id: "icq-peer",
        aspect: Direct,
        what: "connections between ICQ clients, as `icq-peer` reads them",
        evidence: Documents(&["mICQ: peer-to-peer connections", "YSM: direct connections"]),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "offers of files: accepted, declined, turned round",
        evidence: Capture(&[
            "aim_oscar_md5_purple.pcap",
            "aim_oscar_two_files_and_scr_purple.pcap",
        ]),
    },
    Row {
        id: "oft",
        aspect: Files,
        what: "the files themselves (OFT2, OFT3), as `oft` reads them",
        evidence: Capture(&[
            "aim_oscar_md5_purple.pcap",
            "aim_oscar_two_files_and_scr_purple.pcap",
        ]),
    },
    Row {
        id: "proxies",
        aspect: Tunnels,
        what: "through SOCKS proxies and the CONNECT method of web proxies",
        evidence: Documents(&["RFC 9110 section 9.3.6", "RFC 1928", "iserverd: FLAP"]),
    },
    Row {
        id: "http-polling",
        aspect: Tunnels,
        what: "the HTTP polling of AIM and ICQ, as `oscar-http` reads it",
        evidence: Documents(&[
            "Jimm: packets to and from the ICQ HTTP proxy",
            "SIM: polling of the ICQ and AIM HTTP proxies",
        ]),
    },
];
