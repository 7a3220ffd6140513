//! Everything that is read of XMPP, and why anybody should believe it.

use crate::{Aspect, Evidence, Facts, Row, Transport};

/// XMPP's entry in the table of protocols.
pub(super) static FACTS: Facts = Facts {
    name: "xmpp",
    title: "XMPP / Jabber",
    transports: &[Transport::Tcp],
    ports: &[5222, 5269, 5347, 5298],
    tls_ports: &[5223, 5270],
    depth: super::probe::DEPTH,
    visible: &["text", "urls", "file", "typing", "errors", "roster"],
    rows: ROWS,
    documents: &[
        "RFC 6120",
        "RFC 6121",
        "RFC 7622",
        "RFC 4616, RFC 5802, RFC 7628, RFC 2831 (SASL)",
        "XMPP Extension Protocols (XEPs)",
    ],
};

/// Short for the table below.
const fn row(id: &'static str, aspect: Aspect, what: &'static str, evidence: Evidence) -> Row {
    Row { id, aspect, what, evidence }
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use Aspect::{Direct, Files, Identify, Presence, SignOn, Text, Tunnels};
    use Evidence::{Capture, Documents, Missing};
    &[
    row("identify", Identify, "by its first tag, on any port",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap", "Mixed1.netmon-converted.pcap"])),
    row("identify-one-way", Identify, "from one direction alone",
        Capture(&["tap_dir_to_server_irc_xmpp.pcap", "tap_dir_from_server_irc_xmpp.pcap"])),
    row("identify-picked-up", Identify, "in the middle of a conversation, sides turned or not",
        Documents(&["RFC 6120 section 8.1", "RFC 6121 section 5.2"])),
    row("resume", Identify, "again after lost bytes, at the next stanza",
        Documents(&["RFC 6120 section 4", "RFC 6121 section 5.2"])),
    row("not-sealed", Identify, "and not what is sealed where it usually is in clear",
        Capture(&["asis2015_sample_traffic.pcap"])),
    row("hostile", Identify, "what no program should send: document types, entities of its own, pits of elements, \
                              elements without end",
        Documents(&["RFC 6120 section 11", "CERT VU#371384, XML entity expansion"])),

    row("sasl-plain", SignOn, "SASL PLAIN, refused and accepted",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap", "tap_base_irc_xmpp.pcap"])),
    row("sasl-scram", SignOn, "SASL SCRAM: strong from 4096 rounds on, crackable below",
        Documents(&["RFC 5802", "RFC 7677"])),
    row("sasl-md5", SignOn, "SASL DIGEST-MD5 and CRAM-MD5",
        Documents(&["RFC 2831", "RFC 2195"])),
    row("sasl-token", SignOn, "tokens in SASL OAUTHBEARER and X-OAUTH2",
        Documents(&["RFC 7628", "Google Talk developers: OAuth 2.0 authorization"])),
    row("sasl-nothing", SignOn, "SASL EXTERNAL and ANONYMOUS, which have no secret in the stream",
        Documents(&["RFC 4422 appendix A", "XEP-0178", "XEP-0175"])),
    row("sasl-other", SignOn, "that somebody signed on by a mechanism that is not read (GSSAPI, hashed tokens)",
        Documents(&["RFC 4422 section 3.1", "RFC 6120 section 6.4"])),
    row("sasl2", SignOn, "SASL in one step with the resource, and the program that names itself",
        Documents(&["XEP-0388", "XEP-0386"])),
    row("iq-auth", SignOn, "jabber:iq:auth, in clear and as a digest",
        Capture(&["xmpp_legacy_iqauth_prosody_purple.pcap"])),
    row("iq-auth-digest", SignOn, "digests of jabber:iq:auth: crackable",
        Documents(&["XEP-0078 section 3.1", "RFC 3174"])),
    row("register", SignOn, "registration, as fields or as a form, and changes of a password",
        Capture(&["Mixed1.netmon-converted.pcap"])),
    row("replaced", SignOn, "sessions that end because the account signed on elsewhere",
        Documents(&["RFC 6120 section 4.9.3.3", "RFC 6120 section 7.7.2.2"])),
    row("channel-key", SignOn, "passwords of rooms, asked for, set, kept, and told in invitations",
        Documents(&["XEP-0045 section 7.2.5", "XEP-0249"])),
    row("starttls", SignOn, "STARTTLS granted, to the byte",
        Capture(&["xmpp_starttls_prosody_purple.pcap", "xmpp-starttls.pcap", "xmpp_starttls.derived.pcap"])),
    row("starttls-refused", SignOn, "STARTTLS refused, or offered and not taken: what follows is readable",
        Documents(&["RFC 6120 section 5.4.2.2", "RFC 6120 section 5.3.1"])),
    row("dialback", SignOn, "keys of servers that call each other back, and what came of them",
        Documents(&["XEP-0220", "RFC 3920 section 8"])),
    row("between-servers", SignOn, "servers that sign on with certificates, and what they pass on",
        Documents(&["RFC 6120 section 9.2", "XEP-0178"])),
    row("component", SignOn, "components and the digest of their secret",
        Documents(&["XEP-0114", "RFC 3174"])),

    row("messages", Text, "messages to people and rooms, their copies under one id",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap", "xmpp_legacy_iqauth_prosody_purple.pcap",
                  "tap_erspan1_irc_xmpp.pcap"])),
    row("kinds", Text, "subjects, headlines, /me, corrections, nudges; errors are no messages",
        Documents(&["RFC 6121 section 5.2", "XEP-0245", "XEP-0308", "XEP-0224"])),
    row("markup", Text, "the words once, with the markup beside",
        Documents(&["XEP-0071", "RFC 6121 section 5.2.3"])),
    row("late", Text, "what was kept: delayed messages, history of rooms, archives, as offline and only once",
        Documents(&["XEP-0203", "XEP-0091", "XEP-0313", "XEP-0045 section 7.2.14"])),
    row("copies", Text, "copies of what other devices of the account say and get; forged ones are none",
        Documents(&["XEP-0280", "CVE-2017-5589"])),
    row("protected", Text, "that a message is sealed by OTR, OpenPGP or OMEMO",
        Documents(&["XEP-0364", "XEP-0027", "XEP-0373", "XEP-0384"])),
    row("compressed", Text, "what follows an agreed compression",
        Missing("named where it begins: nobody was heard to agree on it since programs gave it up in 2014")),

    row("lists", Presence, "buddy lists with groups and names, and their changes",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("presence", Presence, "who is there, away or gone, with the words",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("leave", Presence, "who asks to see whom, and may",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("blocked", Presence, "who is blocked",
        Documents(&["XEP-0191", "XEP-0016"])),
    row("rooms", Presence, "rooms: who comes, goes, is thrown out, renamed or invited; topics",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("rooms-more", Presence, "kicks, new nicknames, topics, invitations and refusals",
        Documents(&["XEP-0045", "XEP-0249"])),
    row("occupants", Presence, "whose a nickname is, wherever the room told it",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("typing", Presence, "who is writing",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("typing-old", Presence, "the same as programs of the first years said it",
        Documents(&["XEP-0022", "XEP-0085"])),
    row("client", Presence, "programs, as they name themselves",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("version", Presence, "programs with their versions",
        Documents(&["XEP-0092", "XEP-0030"])),
    row("cards", Presence, "vCards, read and written",
        Documents(&["XEP-0054", "RFC 2426"])),

    row("link-local", Direct, "streams between two clients",
        Documents(&["XEP-0174", "RFC 6120 section 4.7"])),
    row("calls", Direct, "calls by Jingle",
        Missing("they carry sound and pictures, not words or files")),

    row("bytestreams", Files, "files offered (SI), by whom they are got, and their content on the other connection",
        Capture(&["xmpp_sasl_plain_prosody_purple.pcap"])),
    row("in-band", Files, "files inside the conversation, with their content",
        Documents(&["XEP-0047", "XEP-0096"])),
    row("jingle", Files, "files offered by Jingle, accepted, declined, and where their bytes are got",
        Documents(&["XEP-0234", "XEP-0260", "XEP-0261"])),
    row("elsewhere", Files, "addresses of files, and places to put them on a server",
        Documents(&["XEP-0066", "XEP-0363"])),
    row("elsewhere-content", Files, "the content of files that are put on a web server and got from there",
        Missing("plain web traffic: which request belongs to which offer only the address says, and \
                 such servers are reached by TLS")),

    row("tapped", Tunnels, "through VLANs and mirrors",
        Capture(&["tap_vlan42_irc_xmpp.pcap", "tap_erspan1_irc_xmpp.pcap"])),
    ]
};
