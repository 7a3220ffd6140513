//! Is it one of MSN Messenger's web services?

use crate::http::looks::{self, Looks};
use crate::scan::{Prefix, line, prefix};
use crate::{Opening, Probe};

/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 4096;
/// Where the services are, on whatever host; case is not kept by all.
const SERVICES: &[&str] = &[
    "/rsi/rsi.asmx",
    "/oimws/oim.asmx",
    "/abservice/sharingservice.asmx",
    "/abservice/abservice.asmx",
    "/rst.srf",
    "/rst2.srf",
];
/// What a sign-on without an envelope has in its head.
const PASSPORT: &[u8] = b"\nauthorization: passport1.4 ";

/// Judges both sides: an answer says nothing by itself.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    looks::judge(opening, DEPTH, looks)
}

fn looks(bytes: &[u8]) -> Looks {
    let may = |word: &[u8]| prefix(bytes, word) != Prefix::Not;
    if may(b"HTTP/1.") {
        return Looks::May;
    }
    if !may(b"POST ") && !may(b"GET ") {
        return Looks::Unlike;
    }
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    let Some((first, _)) = line(window) else { return Looks::May };
    let target = std::str::from_utf8(first).ok().and_then(|line| line.split(' ').nth(1));
    if target.is_some_and(is_service) {
        return Looks::Asks;
    }
    let end = memchr::memmem::find(window, b"\r\n\r\n");
    let head = window.get(..end.unwrap_or(window.len())).unwrap_or_default();
    match (memchr::memmem::find(&head.to_ascii_lowercase(), PASSPORT), end) {
        (Some(_), _) => Looks::Asks,
        (None, None) if target.is_some() => Looks::May,
        (None, _) => Looks::Unlike,
    }
}

/// Whether a request goes to one of the services.
pub(super) fn is_service(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default().to_ascii_lowercase();
    SERVICES.iter().any(|service| path.ends_with(service))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ends;

    fn verdict(client: &str, server: &str) -> Probe {
        let end = std::net::SocketAddr::from(([10, 0, 0, 1], 80));
        let (ends, transport) = (Ends { client: end, server: end }, crate::Transport::Tcp);
        let (client, server) = (client.as_bytes(), server.as_bytes());
        probe(&Opening { client, server, ends, transport, from_start: true })
    }

    #[test]
    fn only_the_services_are_ours() {
        let book = "POST http://contacts.msn.com/abservice/SharingService.asmx HTTP/1.1\r\n";
        assert_eq!(verdict(book, ""), Probe::Yes);
        assert_eq!(verdict("", book), Probe::Swapped);
        assert_eq!(verdict("POST /rsi/rsi.asmx?x=1 HTTP/1.1\r\n", "HTTP/1.1 200 OK"), Probe::Yes);
        let page = "GET /login2.srf HTTP/1.1\r\nHost: x\r\n";
        assert_eq!(verdict(page, ""), Probe::More);
        assert_eq!(
            verdict(&format!("{page}Authorization: Passport1.4 OrgVerb=GET"), ""),
            Probe::Yes
        );
        assert_eq!(verdict(&format!("{page}\r\n"), ""), Probe::No);
        assert_eq!(
            verdict("GET /x HTTP/1.1\r\nX: y\r\n\r\n\nauthorization: passport1.4 ", ""),
            Probe::No
        );
        assert_eq!(verdict("POST /rsi/rsi", ""), Probe::More);
        assert_eq!(verdict("", "HTTP/1.1 200 OK\r\n\r\n"), Probe::More);
        assert_eq!(verdict("NICK a\r\n", ""), Probe::No);
    }
}
