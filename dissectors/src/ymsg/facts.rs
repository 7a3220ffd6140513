//! What is read of Yahoo Messenger, and on what evidence.

use super::probe::DEPTH;
use crate::Aspect::{Direct, Files, Identify, Presence, SignOn, Text, Tunnels};
use crate::Evidence::{Capture, Documents, Missing};
use crate::{Facts, Row, Transport};

/// What is known about Yahoo Messenger.
pub static FACTS: Facts = Facts {
    name: "ymsg",
    title: "Yahoo Messenger (YMSG)",
    transports: &[Transport::Tcp],
    ports: &[5050, 5101],
    tls_ports: &[],
    depth: DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &[
        "ymsg-9 and ymsg-chatroom of the libyahoo2 project",
        "venkydude on versions 8 to 11 of the protocol",
        "the notes of the Escargot project on services and reasons",
    ],
};
const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Identify,
        what: "packets on any port, either side first, from the middle",
        evidence: Capture(&[
            "ymsg9_port23_conference_escargot_purple.pcap",
            "ymsg12_login.derived.pcap",
            "smtp.pcap",
        ]),
    },
    Row {
        id: "resync",
        aspect: Identify,
        what: "the next packet after a loss",
        evidence: Documents(&[
            "ymsg-9 of libyahoo2: the header",
            "Wireshark: how its YMSG reader finds a packet",
        ]),
    },
    Row {
        id: "records",
        aspect: Identify,
        what: "the records of the protocol before YMSG",
        evidence: Documents(&[
            "libyahoo, 1998 to 2001: yahoo_rawpacket",
            "libyay, 2001: yahoo_packet",
        ]),
    },
    Row {
        id: "hostile",
        aspect: Identify,
        what: "oversized fields and packets, wrong counts, floods of addresses, named",
        evidence: Documents(&[
            "libyahoo2: members of a room are counted against the number promised",
            "the notes of the Escargot project: data the service refuses",
        ]),
    },
    Row {
        id: "md5",
        aspect: SignOn,
        what: "responses to a challenge (crackable), accepted",
        evidence: Capture(&["ymsg10_escargot_purple.pcap", "ymsg12_login.derived.pcap"]),
    },
    Row {
        id: "refused",
        aspect: SignOn,
        what: "refused sign-ons and good-byes of the service, with the reason",
        evidence: Documents(&[
            "libpurple 2: AUTHRESP, key 66",
            "the notes of the Escargot project: reasons",
        ]),
    },
    Row {
        id: "cookies-given",
        aspect: SignOn,
        what: "Y and T cookies (replayable), given out with the list",
        evidence: Capture(&["ymsg10_escargot_purple.pcap", "ymsg12_login.derived.pcap"]),
    },
    Row {
        id: "cookies",
        aspect: SignOn,
        what: "sign-on with cookies and a proof since version 13",
        evidence: Documents(&["libpurple 2: version 16", "OpenYMSG: LoginCompleteMessage"]),
    },
    Row {
        id: "cookie-old",
        aspect: SignOn,
        what: "the cookie records begin with",
        evidence: Documents(&[
            "libyahoo, 1998 to 2001: yahoo_cmd_logon",
            "libyay, 2001: yahoo_packet",
        ]),
    },
    Row {
        id: "password",
        aspect: SignOn,
        what: "the password (plaintext) in the address of the first sign-on page, and its lists",
        evidence: Documents(&[
            "libyahoo, 1998 to 2001: yahoo_fetchcookies",
            "KYahoo and VintageHive: its sign-on",
        ]),
    },
    Row {
        id: "token",
        aspect: SignOn,
        what: "password, token and cookies of the later pages, where they are not sealed",
        evidence: Documents(&[
            "libpurple 2: pwtoken_get, pwtoken_login",
            "OpenYMSG: pwtoken_get, pwtoken_login",
        ]),
    },
    Row {
        id: "web-messenger",
        aspect: SignOn,
        what: "the sign-on of the web messenger",
        evidence: Missing("one document of it is known (libpurple 2), and no capture"),
    },
    Row {
        id: "replaced",
        aspect: SignOn,
        what: "signed on elsewhere",
        evidence: Documents(&[
            "libpurple 2: LOGOFF with status -1",
            "Escargot: LogOff with LoginError",
        ]),
    },
    Row {
        id: "client",
        aspect: SignOn,
        what: "the client's version",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "plain-text",
        aspect: Text,
        what: "messages",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "charsets",
        aspect: Text,
        what: "UTF-8 where it is said, Windows-1252 by habit",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "markup",
        aspect: Text,
        what: "escapes and tags, read as a person would",
        evidence: Documents(&["libpurple 2: escapes and tags", "Digsby: yahooformat"]),
    },
    Row {
        id: "stored",
        aspect: Text,
        what: "messages kept for an absent reader",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "buzz",
        aspect: Text,
        what: "buzzes",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "typing",
        aspect: Text,
        what: "typing notifications",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "conference",
        aspect: Text,
        what: "conferences",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "chat",
        aspect: Text,
        what: "chat rooms: what is said and done",
        evidence: Documents(&["ymsg-chatroom of libyahoo2: Comment", "libpurple 2: COMMENT"]),
    },
    Row {
        id: "telephones",
        aspect: Text,
        what: "messages to and from telephones",
        evidence: Documents(&["libpurple 2: SMS_MSG", "Digsby: sms_message"]),
    },
    Row {
        id: "audible-text",
        aspect: Text,
        what: "the words of audibles",
        evidence: Documents(&["libpurple 2: AUDIBLE", "Digsby: audible"]),
    },
    Row {
        id: "notices",
        aspect: Text,
        what: "what the service says to everybody",
        evidence: Documents(&["libpurple 2: SYSMESSAGE", "Escargot: SystemMessage"]),
    },
    Row {
        id: "records-text",
        aspect: Text,
        what: "messages, kept ones, presence and requests of the protocol before YMSG",
        evidence: Documents(&[
            "libyahoo, 1998 to 2001: message and status formats",
            "libyay, 2001: its packets",
        ]),
    },
    Row {
        id: "records-conference",
        aspect: Text,
        what: "conferences of the protocol before YMSG",
        evidence: Missing("one document of their form is known (libyahoo), and no capture"),
    },
    Row {
        id: "doodles",
        aspect: Text,
        what: "doodles and environments",
        evidence: Missing(
            "strokes of a drawing, which hold no words: libpurple alone describes them",
        ),
    },
    Row {
        id: "list",
        aspect: Presence,
        what: "the buddy list kept by the service, in lines, with groups",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "ignored",
        aspect: Presence,
        what: "the list of ignored people, and additions to it",
        evidence: Documents(&[
            "libyahoo2: LIST, key 88",
            "ymsg-chatroom of libyahoo2 and libpurple 2: IGNORECONTACT",
        ]),
    },
    Row {
        id: "list-15",
        aspect: Presence,
        what: "the buddy list since version 15, with people of other networks",
        evidence: Documents(&["libpurple 2: LIST_15", "OpenYMSG: ListOfContactsResponse"]),
    },
    Row {
        id: "changes",
        aspect: Presence,
        what: "additions and removals that were done",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "moves",
        aspect: Presence,
        what: "moves from group to group",
        evidence: Documents(&["libpurple 2: CHGRP_15", "OpenYMSG: MoveContactToGroupMessage"]),
    },
    Row {
        id: "requests",
        aspect: Presence,
        what: "who adds the client to a list",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "denials",
        aspect: Presence,
        what: "requests refused, with the words, and changes the service refuses",
        evidence: Documents(&[
            "libpurple 2: NEWCONTACT and AUTH_REQ_15",
            "libyahoo2: NEWCONTACT and REJECTCONTACT",
        ]),
    },
    Row {
        id: "presence",
        aspect: Presence,
        what: "comings and goings",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "alive",
        aspect: Presence,
        what: "whose a conversation is that was picked up in its middle, by its signs of life",
        evidence: Capture(&["smtp.pcap"]),
    },
    Row {
        id: "status",
        aspect: Presence,
        what: "status of others, idleness and words of their own",
        evidence: Documents(&["libpurple 2: STATUS_15", "OpenYMSG: SingleStatusResponse"]),
    },
    Row {
        id: "own-status",
        aspect: Presence,
        what: "one's own status and words",
        evidence: Capture(&["ymsg10_escargot_purple.pcap"]),
    },
    Row {
        id: "invisible",
        aspect: Presence,
        what: "hiding from others",
        evidence: Documents(&["libpurple 2: Y6_VISIBLE_TOGGLE", "Digsby: set_invisible"]),
    },
    Row {
        id: "conference-members",
        aspect: Presence,
        what: "invitations to conferences, who comes and leaves",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "conference-declined",
        aspect: Presence,
        what: "invitations declined, with the reason",
        evidence: Documents(&["libpurple 2: CONFDECLINE", "OpenYMSG: ConferenceDeclineResponse"]),
    },
    Row {
        id: "chat-members",
        aspect: Presence,
        what: "topics of chat rooms, invitations, who is there, comes and leaves",
        evidence: Documents(&[
            "ymsg-chatroom of libyahoo2: Chat Join, Chat Exit",
            "libpurple 2: CHATJOIN, CHATEXIT",
        ]),
    },
    Row {
        id: "address-book",
        aspect: Presence,
        what: "the address book, with the names people gave their buddies",
        evidence: Documents(&[
            "yab of libyahoo2, and what Escargot answers",
            "libpurple 2 and libyahoo2: the later form",
        ]),
    },
    Row {
        id: "peer-address",
        aspect: Direct,
        what: "the address somebody listens at for others",
        evidence: Documents(&["libpurple 2: PEERTOPEER", "Digsby: peer connections"]),
    },
    Row {
        id: "peer",
        aspect: Direct,
        what: "messages and typing from program to program",
        evidence: Documents(&["libpurple 2: messages between peers", "Digsby: YahooP2P"]),
    },
    Row {
        id: "webcam",
        aspect: Direct,
        what: "webcams and voice",
        evidence: Missing("no capture of their streams is known"),
    },
    Row {
        id: "file-offers",
        aspect: Files,
        what: "offers of files that lie on the service's web server",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "file-offers-peer",
        aspect: Files,
        what: "offers of files that lie with their sender, and the words with an offer",
        evidence: Documents(&["libyahoo2, 2003: P2PFILEXFER", "Gaim 1: P2PFILEXFER"]),
    },
    Row {
        id: "file-offers-15",
        aspect: Files,
        what: "offers since version 13: accepted, declined, where the file will be",
        evidence: Documents(&[
            "libpurple 2: FILETRANS_15, INFO_15, ACC_15",
            "libyahoo2: Y7 file transfers",
        ]),
    },
    Row {
        id: "file-content",
        aspect: Files,
        what: "files on their way to the service's web server, with their hash",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "file-relay",
        aspect: Files,
        what: "files on their way through the relay, both ways, with their hash",
        evidence: Documents(&[
            "libpurple 2: the relay's addresses",
            "Digsby: the relay's addresses",
        ]),
    },
    Row {
        id: "file-peer",
        aspect: Files,
        what: "files fetched from their sender, with their hash",
        evidence: Documents(&[
            "libpurple 2: the form of the address",
            "Digsby: the file is fetched from the address in the offer",
        ]),
    },
    Row {
        id: "file-web",
        aspect: Files,
        what: "files fetched from the service's web server",
        evidence: Missing(
            "such a request says nothing of Yahoo Messenger: the offer alone knows its address",
        ),
    },
    Row {
        id: "web",
        aspect: Tunnels,
        what: "packets in HTTP requests and answers",
        evidence: Documents(&[
            "libyahoo, 1998 to 2001: yahoo_sendcmd_http",
            "OpenYMSG: HTTPConnectionHandler",
        ]),
    },
    Row {
        id: "web-cookies",
        aspect: Tunnels,
        what: "cookies of requests, and whose they are",
        evidence: Capture(&["ymsg9_port23_conference_escargot_purple.pcap"]),
    },
    Row {
        id: "web-2009",
        aspect: Tunnels,
        what: "the HTTP form of 2009, with keys as text",
        evidence: Missing("one document of it is known (Digsby), and no capture"),
    },
];
