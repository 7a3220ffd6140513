//! What is read of SOCKS, and on what evidence.

use crate::{Aspect, Evidence, Facts, Row, Transport};

/// What is known about SOCKS.
pub static FACTS: Facts = Facts {
    name: "socks",
    title: "SOCKS",
    transports: &[Transport::Tcp],
    ports: &[1080, 1081, 9050],
    tls_ports: &[],
    depth: super::probe::DEPTH,
    visible: &[],
    rows: ROWS,
    documents: &[
        "SOCKS: a protocol for TCP proxy across firewalls (SOCKS4)",
        "SOCKS 4A: a simple extension to SOCKS 4",
        "RFC 1928",
        "RFC 1929",
        "RFC 1961",
    ],
};

/// Short for the table below.
const fn row(id: &'static str, aspect: Aspect, what: &'static str, evidence: Evidence) -> Row {
    Row { id, aspect, what, evidence }
}

#[rustfmt::skip]
const ROWS: &[Row] = {
    use Aspect::{Identify, SignOn, Tunnels};
    use Evidence::{Capture, Documents, Missing};
    &[
    row("any-port", Identify, "by what both sides say, on any port",
        Capture(&["socks4-https.pcap", "socks5-http-302.pcap"])),
    row("not-tds", Identify, "and nothing that only begins alike",
        Capture(&["mssql_tds.pcap"])),
    row("userpass", SignOn, "name and password of SOCKS5 (plaintext), accepted or refused",
        Capture(&["irc_socks5_microsocks_purple.pcap", "socks-auth.pcap"])),
    row("userid", SignOn, "the user's name of SOCKS4",
        Capture(&["socks4-https.pcap"])),
    row("gssapi", SignOn, "GSSAPI (RFC 1961)",
        Missing("named and called unreadable: all that follows is wrapped with a key of its own")),
    row("socks4", Tunnels, "whatever flows through SOCKS4 and SOCKS 4A, with the target named",
        Capture(&["socks-http-example.pcap", "socks4-https.pcap"])),
    row("socks5", Tunnels, "whatever flows through SOCKS5, with the target named",
        Capture(&["irc_socks5_microsocks_purple.pcap", "socks-with-ssl.pcap"])),
    row("early", Tunnels, "what the client says before the answer",
        Documents(&["RFC 1928 section 6", "SOCKS4 description, CONNECT"])),
    row("bind", Tunnels, "BIND: the connection from outside, behind the second answer",
        Documents(&["RFC 1928 section 4", "SOCKS4 description, BIND"])),
    row("refused", Tunnels, "refusals by their reason",
        Documents(&["RFC 1928 section 6", "SOCKS4 description, reply codes"])),
    row("nested", Tunnels, "tunnels within tunnels, with CONNECT as well",
        Documents(&["RFC 1928 section 6", "RFC 9110 section 9.3.6"])),
    row("lost", Tunnels, "a tunnel whose opening was lost in part, or heard from the client alone",
        Documents(&["RFC 1928 section 6", "SOCKS4 description, CONNECT"])),
    row("associate", Tunnels, "UDP ASSOCIATE, and where its datagrams go",
        Documents(&["RFC 1928 section 7", "Dante manual, sockd.conf: udpassociate"])),
    row("datagrams", Tunnels, "the datagrams themselves",
        Missing("they go to another port, and only the first connection says so; their own header \
                 is three zeros and an address, which is no proof")),
    ]
};
