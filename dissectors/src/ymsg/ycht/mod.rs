//! YCHT: Yahoo's chat rooms, until 2004, for the chat page's applet and programs that imitated it.
//!
//! One TCP connection to a chat server, port 8002 by custom. A packet is a header of 16 bytes (`YCHT`,
//! a version, a service, a status, the length), all big-endian, and fields. The service parts its
//! fields as YMSG does, by `c0 80`; the client by 01.
//!
//! Where the secret travels: the first packet has the account's Y and T cookies, in clear, which sign
//! on whoever holds them, here and on the web.
//!
//! Read: sign-on, rooms with their topics and members, what is said and done in them, private
//! messages. Not read: what a single program describes (orders in words, invitations, who is on
//! line, absence).
//!
//! Documents: the notes and code of libpurple 2 (2004), of a Visual Basic example (2003) and of a
//! Python client (2001), which have nothing from each other.

mod talk;
mod wire;

use crate::Aspect::{Identify, Presence, SignOn, Text};
use crate::Evidence::{Documents, Missing};
use crate::{Dissector, Ends, Facts, Opening, Probe, Protocol, Row, Side, Transport};
use wire::Looks;

/// Yahoo's chat rooms.
#[derive(Debug)]
pub struct Ycht;

impl Protocol for Ycht {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        if opening.transport != Transport::Tcp {
            return Probe::No;
        }
        match (wire::looks(opening.client), wire::looks(opening.server)) {
            (Looks::Says(Side::Client), _) | (_, Looks::Says(Side::Server)) => Probe::Yes,
            (Looks::Says(Side::Server), _) | (_, Looks::Says(Side::Client)) => Probe::Swapped,
            (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
            (Looks::Either, _) | (_, Looks::Either) => Probe::Yes,
            (Looks::May, Looks::May) => Probe::More,
        }
    }

    fn open(&self, _: Ends) -> Box<dyn Dissector> {
        Box::<talk::Talk>::default()
    }
}

static FACTS: Facts = Facts {
    name: "ycht",
    title: "Yahoo chat rooms (YCHT)",
    transports: &[Transport::Tcp],
    ports: &[8002],
    tls_ports: &[],
    depth: wire::DEPTH,
    visible: &["text", "urls", "errors"],
    rows: ROWS,
    documents: SOURCES,
};

const SOURCES: &[&str] = &[
    "libpurple 2: ycht.c and ycht.h",
    "Protocol_YCHT, a Visual Basic class (2003)",
    "YchtProtocol, a Python client (2001)",
];

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "packets on any port, either side first, from the middle, and after a loss",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "cookies",
        aspect: SignOn,
        what: "the Y and T cookies (replayable), accepted or refused",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "messages",
        aspect: Text,
        what: "what is said and done in rooms",
        evidence: Documents(SOURCES),
    },
    Row {
        id: "private",
        aspect: Text,
        what: "private messages",
        evidence: Documents(&[
            "Protocol_YCHT, a Visual Basic class (2003)",
            "YchtProtocol, a Python client (2001)",
        ]),
    },
    Row {
        id: "members",
        aspect: Presence,
        what: "topics of rooms, who is there, comes and leaves",
        evidence: Documents(&[
            "libpurple 2: ycht.c and ycht.h",
            "Protocol_YCHT, a Visual Basic class (2003)",
        ]),
    },
    Row {
        id: "orders",
        aspect: Text,
        what: "orders in words, invitations, absence, buddies on line",
        evidence: Missing("one program describes each (the Visual Basic class), and no capture"),
    },
];
