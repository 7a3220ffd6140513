//! HTTP/1.x, as far as messengers travel in it.
//!
//! [`wire`] frames the messages of a connection, [`mod@looks`] judges whose they are, and `carried` reads
//! what they hold, for every dissector that needs it. The protocol of
//! this module is the CONNECT method alone: a client asks a proxy, usually on port 3128, 8080 or 80,
//! to open a connection to `host:port` (for messengers on networks that let only the web through,
//! 443 or the messenger's own port), and after a 2xx answer both sides speak whatever they like. The
//! rest of the stream is handed back, to be identified as if it were a connection of its own; what
//! the client said before the answer belongs to it. Web traffic without CONNECT is nobody's here.
//!
//! Where the secret travels: `Proxy-Authorization`, in base64 (Basic), as a digest (Digest) or as a
//! token (Bearer). A refused client (407) tries again on the same connection. NTLM and Negotiate
//! are named and not read.
//!
//! Documents: RFC 9110 (semantics, CONNECT, authentication), RFC 9112 (framing), RFC 7616 (Digest),
//! RFC 7617 (Basic), RFC 6750 (Bearer).

pub(crate) mod authorization;
pub(crate) mod carried;
pub mod head;
pub(crate) mod looks;
mod talk;
pub mod wire;

use crate::scan::{Prefix, prefix};
use crate::{Aspect, Dissector, Ends, Evidence, Facts, Opening, Probe, Protocol, Row, Transport};
use head::Start;

/// The CONNECT method of HTTP/1.x.
#[derive(Debug)]
pub struct Connect;

impl Protocol for Connect {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, opening: &Opening<'_>) -> Probe {
        let (client, server) = (looks(opening.client), looks(opening.server));
        let asked = |client, server| {
            matches!(client, Looks::Silent | Looks::MayAsk)
                && matches!(server, Looks::Silent | Looks::MayAnswer)
        };
        let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
        match (client, server) {
            (Looks::Asks, _) => Probe::Yes,
            (_, Looks::Asks) => Probe::Swapped,
            _ if !deep && (asked(client, server) || asked(server, client)) => Probe::More,
            _ => Probe::No,
        }
    }

    fn open(&self, ends: Ends) -> Box<dyn Dissector> {
        Box::new(talk::Talk::new(ends))
    }
}

/// What a side's first bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// There are none.
    Silent,
    /// A request for a tunnel.
    Asks,
    /// The beginning of one.
    MayAsk,
    /// A response, or the beginning of one.
    MayAnswer,
    Unlike,
}

fn looks(bytes: &[u8]) -> Looks {
    if bytes.is_empty() {
        return Looks::Silent;
    }
    if prefix(bytes, b"HTTP/1.") != Prefix::Not {
        return Looks::MayAnswer;
    }
    if prefix(bytes, b"CONNECT ") == Prefix::Not {
        return Looks::Unlike;
    }
    match crate::scan::line(bytes.get(..DEPTH).unwrap_or(bytes)) {
        None => Looks::MayAsk,
        Some((line, _)) => match head::start(line) {
            Some((Start::Request { target, .. }, _)) if is_authority(target) => Looks::Asks,
            _ => Looks::Unlike,
        },
    }
}

/// `host:port`.
fn is_authority(target: &str) -> bool {
    target.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty()
            && host.len() <= HOST
            && host.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
            && port.parse::<u16>().is_ok()
    })
}

/// Longest host name (RFC 1035), in bytes.
const HOST: usize = 255;
/// Bytes of a side that decide: a request line, after whatever the other side has said meanwhile.
const DEPTH: usize = 2048;

/// What is known about CONNECT.
pub static FACTS: Facts = Facts {
    name: "http-connect",
    title: "HTTP CONNECT",
    transports: &[Transport::Tcp],
    ports: &[3128, 8080],
    tls_ports: &[],
    depth: DEPTH,
    visible: &[],
    rows: ROWS,
    documents: &["RFC 9110", "RFC 9112", "RFC 7616", "RFC 7617", "RFC 6750"],
};

const ROWS: &[Row] = &[
    Row {
        id: "any-port",
        aspect: Aspect::Identify,
        what: "CONNECT on any port, by its first line",
        evidence: Evidence::Capture(&["https-connect.pcap", "connect-with-header.pcap"]),
    },
    Row {
        id: "basic",
        aspect: Aspect::SignOn,
        what: "Proxy-Authorization: Basic (plaintext), refused and accepted, on one connection",
        evidence: Evidence::Documents(&["RFC 7617", "RFC 9110 section 11.7"]),
    },
    Row {
        id: "digest",
        aspect: Aspect::SignOn,
        what: "Proxy-Authorization: Digest (crackable)",
        evidence: Evidence::Documents(&["RFC 7616", "RFC 2617"]),
    },
    Row {
        id: "bearer",
        aspect: Aspect::SignOn,
        what: "Proxy-Authorization: Bearer (replayable)",
        evidence: Evidence::Documents(&["RFC 6750", "RFC 9110 section 11.7"]),
    },
    Row {
        id: "ntlm",
        aspect: Aspect::SignOn,
        what: "NTLM and Negotiate",
        evidence: Evidence::Missing("named by scheme; what they hold is a protocol of its own"),
    },
    Row {
        id: "tunnel",
        aspect: Aspect::Tunnels,
        what: "whatever flows behind a 2xx answer, by its own first bytes, with the target named",
        evidence: Evidence::Capture(&["https-connect.pcap", "connect-with-header.pcap"]),
    },
    Row {
        id: "early",
        aspect: Aspect::Tunnels,
        what: "what the client says before the answer",
        evidence: Evidence::Documents(&["RFC 9110 section 9.3.6", "RFC 7231 section 4.3.6"]),
    },
    Row {
        id: "refused",
        aspect: Aspect::Tunnels,
        what: "tunnels that were refused",
        evidence: Evidence::Documents(&["RFC 9110 section 9.3.6", "RFC 9112 section 6.3"]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(client: &str, server: &str) -> Probe {
        let ends = Ends {
            client: "10.0.0.11:40000".parse().unwrap(),
            server: "10.0.0.5:3128".parse().unwrap(),
        };
        let (client, server) = (client.as_bytes(), server.as_bytes());
        let transport = Transport::Tcp;
        Connect.probe(&Opening { client, server, ends, transport, from_start: true })
    }

    #[test]
    fn a_whole_request_line_is_connect() {
        for line in ["CONNECT a:1 HTTP/1.1\r\n", "CONNECT [2001:db8::7]:443 HTTP/1.0\n"] {
            assert_eq!(judged(line, ""), Probe::Yes, "{line}");
            assert_eq!(judged("HTTP/1.1 200", line), Probe::Swapped, "{line}");
            for end in 0..line.len() - 1 {
                assert_eq!(judged(&line[..end], ""), Probe::More, "{line:.end$}");
            }
        }
    }

    #[test]
    fn the_rest_of_the_web_is_nobodys() {
        for (client, server) in [
            ("GET / HTTP/1.1\r\n", ""),
            ("CONNECT irc.example.net 6667\r\n", ""),
            ("CONNECT / HTTP/1.1\r\n", ""),
            ("CONNECT http://a:1 HTTP/1.1\r\n", ""),
            ("CONNECT a:99999 HTTP/1.1\r\n", ""),
            ("CONNECT {\"verbose\":false}\r\n", "INFO {}\r\n"),
            ("CONN", "NOTICE AUTH"),
            ("HTTP/1.1 200", "HTTP/1.1 200"),
            ("", "220 ready"),
        ] {
            assert_eq!(judged(client, server), Probe::No, "{client} {server}");
        }
        assert_eq!(judged("", &"HTTP/1.1 200 OK\r\n".repeat(200)), Probe::No);
    }
}
