//! Is it XMPP over WebSocket? The handshake names it: `Sec-WebSocket-Protocol: xmpp`.

use crate::http::looks::{self, Looks};
use crate::scan::{Prefix, prefix};
use crate::{Opening, Probe};

/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 4096;
/// The field that names what is spoken in a WebSocket.
const FIELD: &[u8] = b"sec-websocket-protocol:";

/// Judges what both sides have said so far.
pub(super) fn judge(opening: &Opening<'_>) -> Probe {
    looks::judge(opening, DEPTH, looks)
}

fn looks(side: &[u8]) -> Looks {
    let window = side.get(..DEPTH).unwrap_or(side);
    let may = |word: &[u8]| prefix(window, word) != Prefix::Not;
    let kind = if may(b"GET ") {
        Looks::Asks
    } else if may(b"HTTP/1.1 101") {
        Looks::Answers
    } else {
        return Looks::Unlike;
    };
    let end = memchr::memmem::find(window, b"\r\n\r\n");
    let head = window.get(..end.map_or(window.len(), |end| end + 2)).unwrap_or_default();
    let mut lines =
        head.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
    match (lines.any(names_xmpp), end) {
        (true, _) => kind,
        (false, None) => Looks::May,
        (false, Some(_)) => Looks::Unlike,
    }
}

fn names_xmpp(line: &[u8]) -> bool {
    let Some((name, value)) = line.split_at_checked(FIELD.len()) else { return false };
    let mut words = value.split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
    name.eq_ignore_ascii_case(FIELD) && words.any(|word| word.eq_ignore_ascii_case(b"xmpp"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ends, Transport};

    fn verdict(client: &str, server: &str) -> Probe {
        let end = std::net::SocketAddr::from(([10, 0, 0, 1], 80));
        let (ends, transport) = (Ends { client: end, server: end }, Transport::Tcp);
        let (client, server) = (client.as_bytes(), server.as_bytes());
        judge(&Opening { client, server, ends, transport, from_start: true })
    }

    #[test]
    fn only_a_handshake_that_names_it_is_ours() {
        let asks =
            "GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat, xmpp\r\n";
        for length in 0..asks.len() {
            assert_eq!(verdict(&asks[..length], ""), Probe::More, "{length}");
        }
        assert_eq!(verdict(asks, ""), Probe::Yes);
        assert_eq!(verdict("", asks), Probe::Swapped);
        let answer = "HTTP/1.1 101 Switching\r\nsec-websocket-protocol: xmpp\r\n\r\n";
        assert_eq!(verdict("", answer), Probe::Yes);
        assert_eq!(
            verdict("GET / HTTP/1.1\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n", ""),
            Probe::No
        );
        assert_eq!(verdict("GET / HTTP/1.1\r\nX: xmpp\r\n\r\n", ""), Probe::No);
        assert_eq!(verdict("POST / HTTP/1.1\r\n", ""), Probe::No);
    }
}
