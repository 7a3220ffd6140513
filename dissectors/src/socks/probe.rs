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

/// Judges both sides.
pub(super) fn judge(opening: &Opening<'_>) -> Probe {
    if opening.transport != Transport::Tcp {
        return Probe::No;
    }
    let straight = pair(opening.client, opening.server, opening.from_start);
    let turned = pair(opening.server, opening.client, opening.from_start);
    let deep = opening.client.len().max(opening.server.len()) >= DEPTH;
    match (straight, turned) {
        (Probe::Yes, _) => Probe::Yes,
        // The answer `05 02 01 00` reads as a greeting, and the greeting `05 01` as its answer.
        (Probe::More, Probe::Yes) if !deep => Probe::More,
        (_, Probe::Yes) => Probe::Swapped,
        (Probe::No, Probe::No) => Probe::No,
        _ if deep => Probe::No,
        _ => Probe::More,
    }
}

/// Judges two sides, the first of which would be the client.
fn pair(client: &[u8], server: &[u8], from_start: bool) -> Probe {
    let asks = asks(client, from_start);
    let answered = match (asks, server) {
        (Looks::Greets(methods), [wire::FIVE, method, ..]) => {
            *method == super::NONE || methods.contains(method)
        }
        (Looks::Asks, [0 | wire::FOUR, 90..=93, ..]) => true,
        _ => false,
    };
    if answered {
        return Probe::Yes;
    }
    match (asks, tells(server)) {
        (Looks::Like, _) => Probe::Yes,
        (Looks::Unlike, _) | (_, Looks::Unlike) => Probe::No,
        (_, Looks::Like) => Probe::Yes,
        // Nobody answers: a long stream behind a request is what flows in the tunnel.
        (Looks::Asks, _) if from_start && client.len() >= DEPTH => Probe::Yes,
        _ => Probe::More,
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
            Ok((rest, said)) if !said.user.is_empty() => match rest {
                [] => Looks::Greets(methods),
                _ => whole(wire::request5(rest), or),
            },
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
        [] | [0 | wire::FOUR | wire::FIVE] | [0 | wire::FOUR, 90..=93, ..] => Looks::Possibly,
        [wire::FIVE, super::OPEN, rest @ ..] | [wire::FIVE, super::USERPASS, 1, 0, rest @ ..] => {
            reply(rest)
        }
        [wire::FIVE, super::USERPASS, 1, ..] => Looks::Possibly,
        [wire::FIVE, super::USERPASS, _, ..] => Looks::Unlike,
        [wire::FIVE, ..] => Looks::Possibly,
        _ => Looks::Unlike,
    }
}
