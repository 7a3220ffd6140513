//! Is it SOCKS?
//!
//! The first bytes of a client are few and common (`04 01` opens a frame of other protocols, `05 01`
//! of others still), so that alone they never decide: what follows them must be a whole request to
//! somewhere that can exist, or the other side must answer in kind.

use nom::{Err, IResult};

use super::wire::{self, Command};
use crate::{Opening, Probe, Transport};

/// Bytes of one side that decide: greeting, name and password, request, all of the longest.
pub(super) const DEPTH: usize = 1040;

/// What one side's first bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looks<'a> {
    /// Nothing else says such a thing.
    Like,
    /// A SOCKS5 greeting with these methods, and perhaps what follows one.
    Greets(&'a [u8]),
    /// A SOCKS4 request without a name in it, which other protocols may look like.
    Asks,
    /// A beginning.
    Possibly,
    Unlike,
}

/// What two sides are, if the first of them is the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pair {
    /// One of them says what nothing else says.
    Like,
    /// What one says is answered by the other.
    Answered,
    Possibly,
    Unlike,
}

/// Judges both sides.
pub(super) fn judge(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    let straight = pair(opening.client, opening.server, opening.from_start);
    let turned = pair(opening.server, opening.client, opening.from_start);
    let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
    match (straight, turned) {
        (Pair::Like | Pair::Answered, _) => Probe::Yes,
        // The answer `05 02 01 00` reads as a greeting, and the greeting `05 01` as its answer.
        (Pair::Possibly, Pair::Answered) if !deep => Probe::More,
        (_, Pair::Like | Pair::Answered) => Probe::Swapped,
        (Pair::Unlike, Pair::Unlike) => Probe::No,
        _ if deep => Probe::No,
        _ => Probe::More,
    }
}

/// Judges two sides, the first of which would be the client.
fn pair(client: &[u8], server: &[u8], from_start: bool) -> Pair {
    let asks = asks(client, from_start);
    let answered = match (asks, server) {
        (Looks::Greets(methods), [wire::FIVE, method, ..]) => {
            *method == super::NONE || methods.contains(method)
        }
        (Looks::Asks, [0 | wire::FOUR, 90..=93, ..]) => true,
        _ => false,
    };
    if answered {
        return Pair::Answered;
    }
    match (asks, tells(server)) {
        (Looks::Like, _) => Pair::Like,
        (Looks::Unlike, _) | (_, Looks::Unlike) => Pair::Unlike,
        (_, Looks::Like) => Pair::Like,
        // Nobody answers: a long stream behind a request is what flows in the tunnel.
        (Looks::Asks, _) if from_start && client.len() >= DEPTH => Pair::Like,
        _ => Pair::Possibly,
    }
}

/// A client's first bytes.
fn asks(input: &[u8], from_start: bool) -> Looks<'_> {
    match input {
        [] => Looks::Possibly,
        [wire::FOUR, ..] => match wire::request4(input) {
            Ok((_, request)) if !plausible(input, &request) => Looks::Unlike,
            Ok((_, request)) if !from_start || (request.user.is_empty() && !request.named) => {
                Looks::Asks
            }
            Ok(_) => Looks::Like,
            Err(Err::Incomplete(_)) if begins(input) => Looks::Possibly,
            Err(_) => Looks::Unlike,
        },
        // Picked up behind the greeting.
        [wire::FIVE, 1, 0, 1 | 3 | 4, ..] if !from_start => match wire::request5(input) {
            Ok((_, request)) if request.to.is_some() => Looks::Like,
            Err(Err::Incomplete(_)) => Looks::Possibly,
            _ => Looks::Unlike,
        },
        [wire::FIVE, ..] => match wire::greeting(input) {
            Ok((rest, methods)) if known(methods) => greets(rest, methods),
            Err(Err::Incomplete(_)) => Looks::Possibly,
            _ => Looks::Unlike,
        },
        _ => Looks::Unlike,
    }
}

/// Methods that IANA has assigned, or left to private use, each offered once.
fn known(methods: &[u8]) -> bool {
    let twice = |(at, method): (usize, &u8)| {
        methods.get(..at).is_some_and(|before| before.contains(method))
    };
    methods.iter().all(|method| matches!(method, 0..=9 | 0x80..=0xfe))
        && !methods.iter().enumerate().any(twice)
}

/// What follows a greeting.
fn greets<'a>(rest: &'a [u8], methods: &'a [u8]) -> Looks<'a> {
    let whole = |request: IResult<&[u8], wire::Request<'_>>, or: Looks<'a>| match request {
        Ok(_) => Looks::Like,
        Err(Err::Incomplete(_)) => Looks::Greets(methods),
        Err(_) => or,
    };
    // Sub-negotiations nobody knows may look like anything.
    let private = methods.iter().any(|method| *method > super::USERPASS);
    let or = if private { Looks::Greets(methods) } else { Looks::Unlike };
    match rest {
        [] => Looks::Greets(methods),
        [wire::FIVE, ..] => whole(wire::request5(rest), or),
        [1] | [1, 1 | 0xff, ..] if methods.contains(&super::GSSAPI) => Looks::Greets(methods),
        [1, ..] if methods.contains(&super::USERPASS) => match wire::userpass(rest) {
            Ok((_, said)) if !said.user.is_empty() && is_text(said.user) => Looks::Like,
            Err(Err::Incomplete(_)) => Looks::Greets(methods),
            _ => or,
        },
        _ => or,
    }
}

/// Whether a SOCKS4 request that is not whole may become one.
fn begins(input: &[u8]) -> bool {
    let address = match input {
        [_, _, _, _, a, b, c, d, ..] => Some([*a, *b, *c, *d]),
        _ => None,
    };
    let port = input.get(2..4).is_none_or(|port| port != [0, 0]);
    let text = input.get(8..).unwrap_or_default();
    port && address.is_none_or(reachable)
        && text.iter().all(|byte| *byte == 0 || byte.is_ascii_graphic())
}

fn plausible(input: &[u8], request: &wire::Request<'_>) -> bool {
    let end = 9 + request.user.len();
    let whole = input.get(..end).is_some_and(begins);
    whole && request.to.is_some() && matches!(request.command, Command::Connect | Command::Bind)
}

fn is_text(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| !name.chars().any(char::is_control))
}

/// An address somebody could connect to, or the 0.0.0.x that announces a name.
fn reachable(address: [u8; 4]) -> bool {
    match address {
        [0, 0, 0, x] => x != 0,
        [first, .., last] => (1..224).contains(&first) && last != 0,
    }
}

/// A SOCKS5 server's first bytes; those of SOCKS4 say nothing by themselves.
fn tells(input: &[u8]) -> Looks<'_> {
    let reply = |rest: &[u8]| match wire::reply5(rest) {
        Ok(_) => Looks::Like,
        Err(Err::Incomplete(_)) => Looks::Possibly,
        Err(_) => Looks::Unlike,
    };
    match input {
        [wire::FIVE, super::OPEN, rest @ ..] | [wire::FIVE, super::USERPASS, 1, 0, rest @ ..] => {
            reply(rest)
        }
        [wire::FIVE, super::USERPASS, 1, ..] => Looks::Possibly,
        [wire::FIVE, super::USERPASS, _, ..] => Looks::Unlike,
        // What comes next is not known: nothing, a token, a private matter.
        []
        | [0 | wire::FOUR | wire::FIVE]
        | [0 | wire::FOUR, 90..=93, ..]
        | [wire::FIVE, super::NONE | super::GSSAPI]
        | [wire::FIVE, super::GSSAPI, 1, ..]
        | [wire::FIVE, 3..=9 | 0x80..=0xfe, ..] => Looks::Possibly,
        _ => Looks::Unlike,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ends;

    fn judged(client: &[u8], server: &[u8], from_start: bool) -> Probe {
        let ends = Ends {
            client: "10.0.0.11:40000".parse().unwrap(),
            server: "10.0.0.1:1080".parse().unwrap(),
        };
        judge(&Opening { client, server, ends, transport: Transport::Tcp, from_start })
    }

    #[test]
    fn a_whole_request_or_an_answer_decides() {
        let asks: &[(&[u8], &[u8])] = &[
            (b"\x05\x01\x00", b"\x05\x00"),
            (b"\x05\x02\x00\x02", b"\x05\xff"),
            (b"\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x07\x1a\x0b", b""),
            (b"\x05\x01\x02\x01\x03ann\x02ab", b""),
            (b"\x04\x01\x1a\x0b\xc0\x00\x02\x07ann\0", b""),
            (b"\x04\x01\x1a\x0b\0\0\0\x01\0irc.example.net\0", b""),
            (b"\x04\x01\x1a\x0b\xc0\x00\x02\x07\0", b"\0\x5a"),
            (b"", b"\x05\x00\x05\x00\x00\x01\x0a\x00\x00\x05\x9c\x40"),
        ];
        for (client, server) in asks {
            assert_eq!(judged(client, server, true), Probe::Yes, "{client:x?} {server:x?}");
            assert_eq!(judged(server, client, true), Probe::Swapped, "{client:x?} {server:x?}");
        }
        let request = b"\x05\x01\x00\x03\x0firc.example.net\x1a\x0b";
        assert_eq!(judged(request, b"", false), Probe::Yes, "picked up behind the greeting");
        assert_eq!(judged(request, b"", true), Probe::No, "from the start it is no greeting");
    }

    #[test]
    fn a_beginning_waits_and_never_decides_alone() {
        let asks: &[&[u8]] = &[
            b"\x04\x01\x1a",
            b"\x04\x01\x1a\x0b\xc0\x00\x02\x07\0",
            b"\x05\x01\x00",
            b"\x05\x02\x00\x02\x05\x01\x00\x01",
        ];
        for client in asks {
            assert_eq!(judged(client, b"", true), Probe::More, "{client:x?}");
        }
    }

    #[test]
    fn what_only_begins_alike_is_not_socks() {
        let asks: &[(&[u8], &[u8])] = &[
            // TDS: a table of results, with its status, length and channel.
            (b"\x04\x01\x00\x25\x00\x33\x01\x00\x79\x00\x00\x00\x00", b""),
            (b"\x04\x01\x01\xc5\x01\x02\x03\x00\xe3\x0f\x00\x01\x06", b""),
            // DCE/RPC: version 5.0, bind.
            (b"\x05\x00\x0b\x03\x10\x00\x00\x00", b""),
            // To nowhere, and for nobody.
            (b"\x04\x01\x00\x00\xc0\x00\x02\x07ann\0", b""),
            (b"\x04\x01\x1a\x0b\xe0\x00\x02\x07ann\0", b""),
            (b"\x04\x01\x1a\x0b\xc0\x00\x02\x07\x01\x02", b""),
            (b"\x04\x03\x1a\x0b\xc0\x00\x02\x07ann\0", b""),
            // No method, twice the same, one that is none.
            (b"\x05\x02\x00\x00", b""),
            (b"\x05\x01\x40", b""),
            // Greetings that go on as none does, and are answered as none is.
            (b"\x05\x01\x00\x07\x01", b""),
            (b"\x05\x01\x00", b"\x05\x02\x07"),
            (b"\x05\x01\x00", b"220 ready"),
            (b"GET / HTTP/1.1\r\n", b""),
            (b"", b"SSH-2.0-x"),
        ];
        for (client, server) in asks {
            assert_eq!(judged(client, server, true), Probe::No, "{client:x?} {server:x?}");
        }
    }
}
