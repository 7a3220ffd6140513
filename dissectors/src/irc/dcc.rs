//! DCC: files and chats offered from client to client (modern.ircdocs.horse/dcc; the passive and
//! resuming forms as mIRC and irssi document them). Only the offer is read here; the connection
//! it leads to is another flow.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};

use encoding_rs::WINDOWS_1252;

use super::say::Saying;
use super::talk::Talk;
use crate::event::{Carries, Offer, OfferState};
use crate::{Event, Out, Text, Who};

/// The latest offers, so that RESUME, ACCEPT and a passive answer find theirs.
#[derive(Debug, Default)]
pub(super) struct Offers(VecDeque<Made>);

#[derive(Clone, Debug)]
struct Made {
    from: Who,
    port: u16,
    token: Option<String>,
    name: Text,
    size: Option<u64>,
    endpoint: Option<(IpAddr, u16)>,
}

/// One DCC request, borrowed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Request<'a> {
    /// SEND, CHAT, RESUME, ACCEPT or REJECT; variants are reduced to these.
    verb: &'static str,
    name: &'a [u8],
    address: Option<IpAddr>,
    port: u16,
    /// Size of the file, or the place to resume at.
    number: Option<u64>,
    token: Option<&'a str>,
}

impl Talk {
    /// One DCC request or its refusal.
    pub(super) fn dcc(&mut self, saying: &Saying<'_>, from: Who, request: &[u8], out: &mut Out) {
        let Some(request) = Request::parse(request) else {
            out.weird("irc_dcc", "a DCC request that cannot be read");
            return;
        };
        if saying.playback {
            return;
        }
        let place = self.place(saying.targets);
        let to = place.people;
        let room = place.rooms.into_iter().next();
        let leg = self.leg(saying.side);
        let Some(peer) = to.first().cloned().or_else(|| room.is_some().then(|| from.clone()))
        else {
            return;
        };
        let answer = match request.verb {
            "RESUME" | "REJECT" => true,
            "ACCEPT" => false,
            _ => request.token.is_some() && request.port != 0,
        };
        let (giver, taker) = if answer { (peer, vec![from.clone()]) } else { (from.clone(), to) };
        let mut offer = request.offer(giver, taker, from);
        (offer.room, offer.leg) = (room, leg);
        self.dcc.join(&request, &mut offer);
        out.emit(Event::Offer(offer));
    }
}

impl Offers {
    /// Completes a later step from the offer it belongs to, and keeps new offers.
    fn join(&mut self, request: &Request<'_>, offer: &mut Offer) {
        let made = self.0.iter().rev().find(|made| {
            made.from == offer.from
                && match (request.token, request.verb) {
                    (Some(token), _) => made.token.as_deref() == Some(token),
                    (None, "REJECT") => made.name.expose() == offer.name.expose(),
                    (None, "RESUME" | "ACCEPT") => made.port == request.port,
                    _ => false,
                }
        });
        if let Some(made) = made {
            offer.name = made.name.clone();
            offer.size = offer.size.or(made.size);
            if offer.endpoint.is_none() {
                offer.endpoint = made.endpoint;
                offer.listener = made.endpoint.map(|_| made.from.clone());
            }
        } else if offer.state == OfferState::Offered {
            self.0.push_back(Made {
                from: offer.from.clone(),
                port: request.port,
                token: offer.token.clone(),
                name: offer.name.clone(),
                size: offer.size,
                endpoint: offer.endpoint,
            });
            if self.0.len() > OFFERS {
                self.0.pop_front();
            }
        }
    }
}

impl<'a> Request<'a> {
    /// Reads `TYPE argument host port [size [token]]` and its relatives.
    pub(super) fn parse(request: &'a [u8]) -> Option<Self> {
        let (kind, rest) = super::wire::word(request);
        match kind.to_ascii_uppercase().as_slice() {
            b"SEND" | b"SSEND" | b"TSEND" | b"STSEND" | b"TSSEND" => Self::send(rest),
            b"XMIT" => Self::xmit(rest),
            b"CHAT" | b"SCHAT" | b"TCHAT" => Self::chat(rest),
            b"RESUME" => Self::resume("RESUME", rest),
            b"ACCEPT" => Self::resume("ACCEPT", rest),
            b"REJECT" => Self::reject(rest),
            _ => None,
        }
    }

    fn send(rest: &'a [u8]) -> Option<Self> {
        with_name(rest, |name, words| {
            let (address, port) = (host(words.first()?)?, port(words.get(1)?)?);
            let number = words.get(2).and_then(|word| word.parse().ok());
            let token = words.get(3).copied().filter(|word| is_number(word));
            (words.len() <= 4).then_some(Self {
                verb: "SEND",
                name,
                address: Some(address),
                port,
                number,
                token,
            })
        })
    }

    /// `XMIT protocol host port [name [size [time]]]`.
    fn xmit(rest: &'a [u8]) -> Option<Self> {
        let (_, rest) = super::wire::word(rest);
        let (address, rest) = super::wire::word(rest);
        let (at, rest) = super::wire::word(rest);
        let (name, rest) = super::wire::word(rest);
        let (address, port) = (host(utf8(address)?)?, port(utf8(at)?)?);
        let number = utf8(super::wire::word(rest).0).and_then(|size| size.parse().ok());
        Some(Self { verb: "SEND", name, address: Some(address), port, number, token: None })
    }

    fn chat(rest: &'a [u8]) -> Option<Self> {
        let (_, rest) = super::wire::word(rest);
        let words: Vec<_> = utf8(rest)?.split_ascii_whitespace().collect();
        let (address, port) = (host(words.first()?)?, port(words.get(1)?)?);
        let token = words.get(2).copied().filter(|word| is_number(word));
        Some(Self { verb: "CHAT", address: Some(address), port, token, ..Self::default() })
    }

    /// `RESUME name port position [token]`, and ACCEPT.
    fn resume(verb: &'static str, rest: &'a [u8]) -> Option<Self> {
        with_name(rest, |name, words| {
            let port = port(words.first()?)?;
            let number = Some(words.get(1)?.parse().ok()?);
            let token = words.get(2).copied();
            (words.len() <= 3).then_some(Self { verb, name, address: None, port, number, token })
        })
    }

    /// `REJECT SEND name`, `REJECT CHAT chat`.
    fn reject(rest: &'a [u8]) -> Option<Self> {
        let (kind, name) = super::wire::word(rest);
        let chat = kind.eq_ignore_ascii_case(b"CHAT") || kind.eq_ignore_ascii_case(b"SCHAT");
        let name = if chat { b"" } else { quoted(name).map_or(name, |(name, _)| name) };
        (chat || !name.is_empty()).then_some(Self { verb: "REJECT", name, ..Self::default() })
    }

    /// The step as an event. `speaker` wrote it; an address in it is where the speaker listens.
    fn offer(&self, from: Who, to: Vec<Who>, speaker: Who) -> Offer {
        let chat = self.verb == "CHAT" || (self.verb == "REJECT" && self.name.is_empty());
        let answered = speaker != from || self.verb == "ACCEPT";
        let endpoint = self.address.filter(|_| self.port != 0).map(|host| (host, self.port));
        let resuming = matches!(self.verb, "RESUME" | "ACCEPT");
        Offer {
            from,
            to,
            room: None,
            carries: if chat { Carries::Chat } else { Carries::File },
            transport: if chat { "dcc-chat" } else { "dcc-send" },
            name: Text::guess(self.name, WINDOWS_1252),
            size: self.number.filter(|_| !resuming),
            offset: self.number.filter(|_| resuming).unwrap_or_default(),
            token: self.token.map(str::to_owned),
            endpoint,
            listener: endpoint.map(|_| speaker),
            state: match self.verb {
                "REJECT" => OfferState::Declined,
                _ if answered => OfferState::Accepted,
                _ => OfferState::Offered,
            },
            leg: crate::event::Leg::Direct,
        }
    }
}

/// A name, quoted or not, and the words behind it. A name without quotes may hold blanks: it grows
/// until what follows it can be read.
fn with_name<'a, T>(rest: &'a [u8], read: impl Fn(&'a [u8], &[&'a str]) -> Option<T>) -> Option<T> {
    if let Some((name, behind)) = quoted(rest) {
        let words: Vec<_> = utf8(behind)?.split_ascii_whitespace().collect();
        return read(name, &words);
    }
    let blanks = rest.iter().enumerate().filter(|(_, byte)| **byte == b' ').map(|(at, _)| at);
    let ends: Vec<_> = blanks.collect();
    ends.into_iter().rev().take(WORDS).rev().find_map(|at| {
        let (name, behind) = rest.split_at_checked(at)?;
        let words: Vec<_> = utf8(behind)?.split_ascii_whitespace().collect();
        if name.is_empty() { None } else { read(name, &words) }
    })
}

fn quoted(rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let inner = rest.strip_prefix(b"\"")?;
    let end = memchr::memrchr(b'"', inner)?;
    let (name, behind) = inner.split_at_checked(end)?;
    Some((name, behind.get(1..)?))
}

/// An IPv4 address as one number, or either family as people write them.
fn host(word: &str) -> Option<IpAddr> {
    if let Ok(number) = word.parse::<u32>() {
        return Some(IpAddr::V4(Ipv4Addr::from(number)));
    }
    word.trim_matches(['[', ']']).parse().ok()
}

fn port(word: &str) -> Option<u16> {
    word.parse().ok()
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn utf8(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}

const OFFERS: usize = 64;
/// Words that can follow a name.
const WORDS: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_numbers_or_written_out() {
        let request = Request::parse(b"SEND budget.xls 172097547 45000 61234").unwrap();
        assert_eq!(request.address, Some("10.66.0.11".parse().unwrap()));
        assert_eq!(
            (request.name, request.port, request.number),
            (&b"budget.xls"[..], 45000, Some(61234))
        );
        let request = Request::parse(b"CHAT chat fe80::1 45000").unwrap();
        assert_eq!(request.address, Some("fe80::1".parse().unwrap()));
    }

    #[test]
    fn names_may_hold_blanks_with_and_without_quotes() {
        for line in [&b"SEND \"my photo.png\" 1 2 3"[..], b"SEND my photo.png 1 2 3"] {
            let request = Request::parse(line).unwrap();
            assert_eq!((request.name, request.number), (&b"my photo.png"[..], Some(3)));
        }
        let request = Request::parse(b"RESUME \"a b\" 5000 100 77").unwrap();
        assert_eq!(
            (request.name, request.number, request.token),
            (&b"a b"[..], Some(100), Some("77"))
        );
    }

    #[test]
    fn what_is_no_request_is_none() {
        for line in [&b"SEND"[..], b"SEND x", b"SEND x y z", b"FSERVE 1"] {
            assert_eq!(Request::parse(line), None);
        }
    }
}
