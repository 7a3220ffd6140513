//! What is read of ICQ over UDP, and on what evidence.

use crate::Aspect::{Files, Identify, Presence, SignOn, Text};
use crate::Evidence::{Capture, Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known about it.
pub static FACTS: Facts = Facts {
    name: "icq-udp",
    title: "ICQ over UDP",
    transports: &[Transport::Udp],
    ports: &[4000],
    tls_ports: &[],
    depth: 1,
    visible: &["text", "urls", "roster"],
    rows: ROWS,
    documents: &[
        "Magnus Ihse: the ICQ protocol, version 0.91",
        "Henrik Isaksson: version 5 of the ICQ protocol",
        "licq 0.70 to 0.81: UDP packets of versions 2, 4 and 5",
        "mICQ 0.4: UDP packets of versions 4 and 5",
        "Miranda: ICQ Groupware (version 3)",
        "iserverd: versions 3 and 5",
    ],
};

const V2: &str = "icq_udp_v2_licq070.pcap";
const V5: &str = "icq_udp_v5_micq.pcap";
/// Behind version 3.
const THIRD: &[&str] = &["Miranda: ICQ Groupware (version 3)", "iserverd: version 3"];
/// Behind version 4.
const FOURTH: &[&str] = &["licq 0.80: version 4", "mICQ: version 4"];
/// Behind what the captures of version 5 do not show.
const FIFTH: &[&str] = &["Isaksson: version 5", "mICQ 0.4: version 5"];
/// Behind kinds of messages that no capture shows.
const KINDS: &[&str] = &["mICQ 0.4: messages", "licq 0.80: messages"];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "versions 2 and 5 by one datagram of either side, on any port, from the middle",
        evidence: Capture(&[V2, V5]),
    },
    Row {
        id: "version-3",
        aspect: Identify,
        what: "version 3, with its check code or without",
        evidence: Documents(THIRD),
    },
    Row {
        id: "version-4",
        aspect: Identify,
        what: "version 4, unscrambled and checked",
        evidence: Documents(FOURTH),
    },
    Row {
        id: "again",
        aspect: Identify,
        what: "what is said again until it is acknowledged counts once; what was acknowledged and not heard",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "password",
        aspect: SignOn,
        what: "password: plaintext in version 2, reversible in version 5",
        evidence: Capture(&[V2, V5]),
    },
    Row { id: "refused", aspect: SignOn, what: "refused sign-ons", evidence: Capture(&[V5]) },
    Row {
        id: "password-3",
        aspect: SignOn,
        what: "password of version 3 (plaintext)",
        evidence: Documents(THIRD),
    },
    Row {
        id: "first-login",
        aspect: SignOn,
        what: "the question whether a password is right, before the sign-on",
        evidence: Missing("only servers that have it from each other describe it"),
    },
    Row {
        id: "password-4",
        aspect: SignOn,
        what: "password of version 4, which its scrambling does not reach (plaintext)",
        evidence: Documents(FOURTH),
    },
    Row {
        id: "busy",
        aspect: SignOn,
        what: "sign-ons the server has no time for",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "register",
        aspect: SignOn,
        what: "passwords of new accounts",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "new-password",
        aspect: SignOn,
        what: "new passwords, and whether they were taken",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "texts and links, to and from the server",
        evidence: Capture(&[V2, V5]),
    },
    Row {
        id: "stored",
        aspect: Text,
        what: "messages kept for who was away",
        evidence: Capture(&[V2, V5]),
    },
    Row {
        id: "requests",
        aspect: Text,
        what: "requests for authorization, refusals",
        evidence: Documents(KINDS),
    },
    Row {
        id: "pages",
        aspect: Text,
        what: "web pager and e-mail express: who wrote, and what",
        evidence: Documents(KINDS),
    },
    Row {
        id: "contacts",
        aspect: Text,
        what: "people passed on in a message",
        evidence: Documents(KINDS),
    },
    Row {
        id: "several",
        aspect: Text,
        what: "several datagrams in one",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "hostile",
        aspect: Text,
        what: "passwords and texts longer than any program wrote, counts and lengths that lie, nested datagrams",
        evidence: Documents(&["iserverd: the limits of fields", "Ihse: version 2"]),
    },
    Row {
        id: "list",
        aspect: Presence,
        what: "contact lists, and whom somebody adds",
        evidence: Capture(&[V2, V5]),
    },
    Row {
        id: "authorized",
        aspect: Presence,
        what: "authorization granted",
        evidence: Capture(&[V5]),
    },
    Row {
        id: "visibility",
        aspect: Presence,
        what: "lists of those who may see the client, or may not",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "presence",
        aspect: Presence,
        what: "who comes, goes, changes their state",
        evidence: Capture(&[V2, V5]),
    },
    Row {
        id: "addresses",
        aspect: Presence,
        what: "where they can be called: address and port",
        evidence: Capture(&[V5]),
    },
    Row {
        id: "sent-away",
        aspect: Presence,
        what: "clients the server sends away",
        evidence: Documents(FIFTH),
    },
    Row {
        id: "entries",
        aspect: Presence,
        what: "whose entry in the directory is asked for, and what it says",
        evidence: Capture(&[V2]),
    },
    Row {
        id: "directory",
        aspect: Presence,
        what: "the same in pieces (version 5), searches, what people write of themselves",
        evidence: Documents(&["licq 0.80: the directory", "mICQ: the directory of version 5"]),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "offers of files through the server",
        evidence: Missing(
            "no description says what follows their text; clients make them to each other",
        ),
    },
];
