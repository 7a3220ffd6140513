//! What is read of MQTT, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Files, Identify, Presence, SignOn, Text, Tunnels};
use crate::Evidence::{Capture, Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known about MQTT.
pub(super) static FACTS: Facts = Facts {
    name: "mqtt",
    title: "MQTT",
    transports: &[Transport::Tcp],
    ports: &[1883],
    tls_ports: &[8883],
    depth: DEPTH,
    visible: &["text", "urls"],
    rows: ROWS,
    documents: &[V31, V311, V5, "RFC 5802"],
};

const V31: &str = "MQTT V3.1 Protocol Specification (IBM, Eurotech, 2010)";
const V311: &str = "OASIS MQTT Version 3.1.1";
const V5: &str = "OASIS MQTT Version 5.0";
const CHAT: &str = "mqtt_chat_mosquitto.pcap";
const PAHO: &str = "mqtt.pcap";

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "CONNECT of 3.1, 3.1.1 and 5.0 on any port, the broker alone",
        evidence: Capture(&[CHAT, PAHO]),
    },
    Row {
        id: "middle",
        aspect: Identify,
        what: "from the middle of a connection, and the next packet after a loss",
        evidence: Documents(&[V311, V5]),
    },
    Row {
        id: "connect",
        aspect: SignOn,
        what: "user name and password in CONNECT (plaintext), accepted or refused",
        evidence: Capture(&[CHAT]),
    },
    Row {
        id: "anonymous",
        aspect: SignOn,
        what: "sign-ons without a user, by the client identifier",
        evidence: Capture(&[PAHO]),
    },
    Row {
        id: "assigned",
        aspect: SignOn,
        what: "client identifiers that the broker gives out",
        evidence: Documents(&[V5, "the broker mosquitto"]),
    },
    Row {
        id: "refused",
        aspect: SignOn,
        what: "refused sign-ons, with the reason",
        evidence: Capture(&[CHAT]),
    },
    Row {
        id: "replaced",
        aspect: SignOn,
        what: "sessions that another client took over (5.0)",
        evidence: Documents(&[V5, "the broker mosquitto"]),
    },
    Row {
        id: "scram",
        aspect: SignOn,
        what: "SCRAM in the exchange of 5.0 (AUTH)",
        evidence: Documents(&[V5, "RFC 5802"]),
    },
    Row {
        id: "other-methods",
        aspect: SignOn,
        what: "what other methods of that exchange hold",
        evidence: Missing("named by method; what they hold is for each broker to say"),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "publications a person would read, both ways, with the topic as the room",
        evidence: Capture(&[CHAT, PAHO]),
    },
    Row {
        id: "json",
        aspect: Text,
        what: "text in JSON, and whom it names as its author",
        evidence: Capture(&[CHAT]),
    },
    Row {
        id: "telemetry",
        aspect: Text,
        what: "what machines say: counted, not told",
        evidence: Documents(&[V311, V5]),
    },
    Row {
        id: "again",
        aspect: Text,
        what: "what is sent again (DUP), and what comes back to its author: told once",
        evidence: Documents(&[V311, V5]),
    },
    Row {
        id: "retained",
        aspect: Text,
        what: "what the broker kept for those who came later",
        evidence: Capture(&[PAHO]),
    },
    Row { id: "will", aspect: Text, what: "wills", evidence: Documents(&[V311, V5]) },
    Row {
        id: "alias",
        aspect: Text,
        what: "topics by their alias (5.0)",
        evidence: Documents(&[V5, "the client Paho"]),
    },
    Row {
        id: "topics",
        aspect: Presence,
        what: "who subscribes to which topics, and leaves them",
        evidence: Capture(&[CHAT, PAHO]),
    },
    Row {
        id: "topic-refused",
        aspect: Presence,
        what: "refused subscriptions",
        evidence: Documents(&[V311, V5]),
    },
    Row {
        id: "content",
        aspect: Files,
        what: "pictures and firmware that are published",
        evidence: Missing("a publication has no name and no reader; it is counted"),
    },
    Row {
        id: "websocket",
        aspect: Tunnels,
        what: "MQTT inside WebSocket",
        evidence: Missing("WebSocket is not taken apart"),
    },
    Row {
        id: "proxies",
        aspect: Tunnels,
        what: "through SOCKS proxies",
        evidence: Documents(&["RFC 1928", V311]),
    },
];
