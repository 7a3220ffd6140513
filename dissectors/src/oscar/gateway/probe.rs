//! Is it the gateway?

use super::wire::{HELLO, VERSION, session};
use crate::http::looks::{self, Looks};
use crate::scan::{Prefix, line, prefix};
use crate::{Opening, Probe};

/// Bytes of a side that decide.
pub(super) const DEPTH: usize = 2048;
/// Hosts whose `/hello` is the gateway's.
const HOSTS: [&str; 2] = ["http.proxy.icq.com", "aimhttp.oscar.aol.com"];

/// Judges both sides: a request is enough, and so is an answer where none was heard.
pub(super) fn probe(opening: &Opening<'_>) -> Probe {
    looks::judge(opening, DEPTH, looks)
}

fn looks(bytes: &[u8]) -> Looks {
    let window = bytes.get(..DEPTH).unwrap_or(bytes);
    let may = |word: &[u8]| prefix(window, word) != Prefix::Not;
    if may(b"GET ") || may(b"POST ") {
        return match line(window) {
            None => Looks::May,
            Some((line, _)) => request(line),
        };
    }
    if may(b"HTTP/1.") { answer(window) } else { Looks::Unlike }
}

fn request(line: &[u8]) -> Looks {
    let Ok(line) = std::str::from_utf8(line) else { return Looks::Unlike };
    let target = line.split(' ').nth(1).unwrap_or_default();
    let authority = target.strip_prefix("http://").unwrap_or_default();
    let known = |host: &&str| authority.strip_prefix(*host) == Some("/hello");
    match () {
        () if session(target).is_some() || HOSTS.iter().any(known) => Looks::Asks,
        // Whose hello it is, its answer says.
        () if target == "/hello" => Looks::May,
        () => Looks::Unlike,
    }
}

/// Answers without a body say nothing; the first that has one decides.
fn answer(mut window: &[u8]) -> Looks {
    while let Some(end) = memchr::memmem::find(window, b"\r\n\r\n") {
        window = window.get(end + 4..).unwrap_or_default();
        if prefix(window, b"HTTP/1.") == Prefix::Not {
            return match window {
                [_, _, a, b, high, low, ..] => {
                    let kind = u16::from_be_bytes([*high, *low]);
                    let ours = [*a, *b] == VERSION && (HELLO..=super::wire::CLOSED).contains(&kind);
                    if ours { Looks::Answers } else { Looks::Unlike }
                }
                _ => Looks::May,
            };
        }
    }
    Looks::May
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ends, Transport};

    fn verdict(client: &[u8], server: &[u8]) -> Probe {
        let end = std::net::SocketAddr::from(([10, 0, 0, 1], 80));
        let (ends, transport) = (Ends { client: end, server: end }, Transport::Tcp);
        probe(&Opening { client, server, ends, transport, from_start: true })
    }

    #[test]
    fn only_the_gateways_requests_and_answers_are_ours() {
        let data = b"POST /data?sid=0123456789abcdef0123456789abcdef&seq=1 HTTP/1.1\r\n";
        let hello = b"GET http://aimhttp.oscar.aol.com/hello HTTP/1.1\r\n";
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n\0\x0d\x04\x43\0\x04";
        let page = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n<html>";
        assert_eq!((verdict(data, b""), verdict(hello, b"")), (Probe::Yes, Probe::Yes));
        assert_eq!((verdict(b"", answer), verdict(answer, b"")), (Probe::Yes, Probe::Swapped));
        assert_eq!(verdict(b"GET /hello HTTP/1.1\r\n", b""), Probe::More);
        assert_eq!(verdict(b"GET /hello HTTP/1.1\r\n", answer), Probe::Yes);
        assert_eq!(verdict(b"GET /hello HTTP/1.1\r\n", page), Probe::No);
        assert_eq!(verdict(b"GET / HTTP/1.1\r\n", b""), Probe::No);
        assert_eq!(verdict(b"", page), Probe::No);
    }
}
