//! Is it XMPP in HTTP? The first body decides, whatever the path.

use crate::http::looks::{self, Looks};
use crate::scan::{Prefix, prefix};
use crate::xmpp::ns::HTTP_BIND;
use crate::{Opening, Probe};

/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 4096;

/// Judges what both sides have said so far.
pub(super) fn judge(opening: &Opening<'_>) -> Probe {
    looks::judge(opening, DEPTH, looks)
}

fn looks(side: &[u8]) -> Looks {
    let mut rest = side.get(..DEPTH).unwrap_or(side);
    loop {
        let starts = [
            (&b"POST "[..], Looks::Asks),
            (b"OPTIONS ", Looks::Asks),
            (b"HTTP/1.", Looks::Answers),
        ];
        let known =
            |(word, looks): &(&[u8], Looks)| (prefix(rest, word) != Prefix::Not).then_some(*looks);
        let Some(kind) = starts.iter().find_map(known) else { return Looks::Unlike };
        let Some(end) = memchr::memmem::find(rest, b"\r\n\r\n") else { return Looks::May };
        let body = rest.get(end + 4..).unwrap_or_default();
        match wraps(body) {
            Prefix::Is => return kind,
            Prefix::MayBe => return Looks::May,
            // A question before the first (OPTIONS) has no body: the next message follows.
            Prefix::Not => rest = body,
        }
    }
}

/// Whether a body is the wrapping element.
fn wraps(body: &[u8]) -> Prefix {
    let mut rest = body.trim_ascii_start();
    if rest.starts_with(b"<?xml") {
        let Some(end) = memchr::memmem::find(rest, b"?>") else { return Prefix::MayBe };
        rest = rest.get(end + 2..).unwrap_or_default().trim_ascii_start();
    }
    match (prefix(rest, b"<body "), memchr::memchr(b'>', rest)) {
        (Prefix::Is, Some(end)) => {
            let tag = rest.get(..end).unwrap_or_default();
            let ours = memchr::memmem::find(tag, HTTP_BIND.as_bytes()).is_some();
            if ours { Prefix::Is } else { Prefix::Not }
        }
        (Prefix::Is | Prefix::MayBe, None) => Prefix::MayBe,
        _ if b"<?xml".starts_with(rest) => Prefix::MayBe,
        _ => Prefix::Not,
    }
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
    fn only_the_wrapping_element_is_ours() {
        let head = "POST /x HTTP/1.1\r\nHost: im\r\n\r\n";
        let body =
            "<?xml version='1.0'?><body rid='1' xmlns='http://jabber.org/protocol/httpbind'/>";
        let asks = format!("{head}{body}");
        for length in 0..asks.len() {
            let known = if length == asks.len() { Probe::Yes } else { Probe::More };
            assert_eq!(verdict(&asks[..length], ""), known, "{length}");
        }
        let answer = format!("HTTP/1.1 200 OK\r\n\r\n{body}");
        assert_eq!(verdict("", &answer), Probe::Yes);
        assert_eq!(verdict(&answer, ""), Probe::Swapped);
        assert_eq!(verdict(&format!("OPTIONS /x HTTP/1.1\r\n\r\n{asks}"), ""), Probe::Yes);
        assert_eq!(verdict(&format!("{head}<body>"), ""), Probe::No);
        assert_eq!(verdict(&format!("{head}<?xml version='1.0'?><soap:x"), ""), Probe::No);
        assert_eq!(verdict(&format!("{head}a=b"), ""), Probe::No);
        assert_eq!(verdict("GET / HTTP/1.1\r\n\r\n", ""), Probe::No);
    }
}
