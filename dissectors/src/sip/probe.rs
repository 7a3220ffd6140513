//! Is it SIP? Judged by the first line: nobody else's ends with its version, or begins with it.

use super::wire::{self, METHOD, Start, VERSION};
use crate::scan::{Prefix, prefix};
use crate::{Opening, Probe, Transport};

/// Bytes of one side that decide: a start line.
pub(super) const DEPTH: usize = 2048;

/// What one side's first bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    Asks,
    Answers,
    Possibly,
    Unlike,
}

/// Judges both sides. Either may make requests; the one that is heard to is the client.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    let (client, server) = (look(opening.client), look(opening.server));
    let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
    match (client, server) {
        (Looks::Asks, _) | (_, Looks::Answers) => Probe::Yes,
        (_, Looks::Asks) | (Looks::Answers, _) => Probe::Swapped,
        (Looks::Possibly, Looks::Possibly) if !deep && opening.transport == Transport::Tcp => {
            Probe::More
        }
        _ => Probe::No,
    }
}

fn look(bytes: &[u8]) -> Looks {
    let bytes = bytes.get(..DEPTH).unwrap_or(bytes);
    let bytes = bytes.get(wire::blanks(bytes)..).unwrap_or_default();
    if let Some((line, _)) = crate::scan::line(bytes) {
        return match wire::start(line) {
            Some(Start::Request { .. }) => Looks::Asks,
            Some(Start::Response { .. }) => Looks::Answers,
            None => Looks::Unlike,
        };
    }
    if prefix(bytes, VERSION.as_bytes()) != Prefix::Not || may_ask(bytes) {
        Looks::Possibly
    } else {
        Looks::Unlike
    }
}

/// The beginning of `METHOD sip:`.
fn may_ask(bytes: &[u8]) -> bool {
    let end = bytes.iter().position(|byte| *byte == b' ');
    let method = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    let named = method.len() <= METHOD && method.iter().all(u8::is_ascii_uppercase);
    let uri = end.and_then(|end| bytes.get(end + 1..)).unwrap_or_default();
    let schemes = [&b"sip:"[..], b"sips:", b"tel:", b"im:", b"pres:"];
    named
        && (uri.is_empty()
            || schemes.iter().any(|scheme| {
                let begins = uri.get(..scheme.len().min(uri.len())).unwrap_or_default();
                scheme.get(..begins.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(begins))
            }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(client: &str, server: &str, transport: Transport) -> Probe {
        let ends = crate::Ends {
            client: "10.0.0.11:40000".parse().unwrap(),
            server: "10.0.0.1:5060".parse().unwrap(),
        };
        let (client, server) = (client.as_bytes(), server.as_bytes());
        probe(&Opening { client, server, ends, transport, from_start: true })
    }

    #[test]
    fn a_start_line_is_enough() {
        let (ask, answer) = ("MESSAGE sip:b@c SIP/2.0\r\n", "\r\n\r\nSIP/2.0 200 OK\r\n");
        for transport in [Transport::Tcp, Transport::Udp] {
            assert_eq!(judged(ask, "", transport), Probe::Yes);
            assert_eq!(judged("", answer, transport), Probe::Yes);
            assert_eq!(judged("", ask, transport), Probe::Swapped);
            assert_eq!(judged(answer, "", transport), Probe::Swapped);
        }
        for end in 0..ask.len() - 1 {
            assert_eq!(judged(&ask[..end], "", Transport::Tcp), Probe::More, "{}", &ask[..end]);
        }
        assert_eq!(judged("MESSAGE sip:b@c", "", Transport::Udp), Probe::No);
    }

    #[test]
    fn what_others_say_is_theirs() {
        for line in [
            "GET / HTTP/1.1\r\n",
            "OPTIONS rtsp://a/ RTSP/1.0\r\n",
            "OPTIONS rtsp",
            "NICK",
            "nick",
            "\0\0",
        ] {
            let expected = if line == "NICK" { Probe::More } else { Probe::No };
            assert_eq!(judged(line, "", Transport::Tcp), expected, "{line}");
        }
    }
}
