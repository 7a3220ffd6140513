//! Messages of SOCKS4, SOCKS 4A and SOCKS5, borrowed from the stream. Integers are big-endian.
//!
//! Everything here says `Incomplete` while bytes are missing and `Error` when no further byte could
//! make a message of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use nom::bytes::streaming::{tag, take};
use nom::combinator::{map_res, verify};
use nom::error::{Error, ErrorKind};
use nom::multi::length_data;
use nom::number::streaming::{be_u8, be_u16, be_u32, be_u128};
use nom::{IResult, Parser};

/// What a client wants of the proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    /// A connection.
    Connect,
    /// One connection from outside.
    Bind,
    /// Datagrams; SOCKS5 only.
    Associate,
    /// Something else, by number (0xF0 and 0xF1 look names up at Tor's proxy).
    Other(u8),
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request<'a> {
    pub(super) command: Command,
    /// `host:port`; nothing when the host is no name.
    pub(super) to: Option<String>,
    /// The user's name, which SOCKS4 alone has here.
    pub(super) user: &'a [u8],
    /// It names a host: SOCKS 4A, or SOCKS5 with a domain name.
    pub(super) named: bool,
}

/// A reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    /// 0 in SOCKS5 and 90 in SOCKS4 are success.
    pub(super) code: u8,
    /// The proxy's address outside, or that of whoever connected to it.
    pub(super) bound: Option<String>,
}

/// A user's name and password (RFC 1929 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Userpass<'a> {
    pub(super) user: &'a [u8],
    pub(super) password: &'a [u8],
}

/// Version bytes.
pub(super) const FOUR: u8 = 4;
pub(super) const FIVE: u8 = 5;
/// Success, by version.
pub(super) const GRANTED4: u8 = 90;
pub(super) const GRANTED5: u8 = 0;
/// Longest user or host of SOCKS4, in bytes; the protocol sets no limit, host names do.
pub(super) const LONGEST: usize = 255;

/// `04 command port address user 00`, and `host 00` when the address is 0.0.0.x (SOCKS 4A).
pub(super) fn request4(input: &[u8]) -> IResult<&[u8], Request<'_>> {
    let (rest, _) = tag(&[FOUR][..])(input)?;
    let (rest, command) = verify(be_u8, |command| matches!(command, 1 | 2)).parse(rest)?;
    let (rest, (port, address)) = (be_u16, be_u32).parse(rest)?;
    let (rest, user) = until_nul(rest)?;
    let command = if command == 1 { Command::Connect } else { Command::Bind };
    if !(1..=255).contains(&address) {
        let to = Some(SocketAddr::from((Ipv4Addr::from_bits(address), port)).to_string());
        return Ok((rest, Request { command, to, user, named: false }));
    }
    let (rest, host) = until_nul(rest)?;
    Ok((rest, Request { command, to: target(host, port), user, named: true }))
}

/// `00 code port address`.
pub(super) fn reply4(input: &[u8]) -> IResult<&[u8], Reply> {
    // Some proxies write their version instead of the zero.
    let (rest, _) = verify(be_u8, |version| matches!(version, 0 | 4)).parse(input)?;
    let (rest, code) = verify(be_u8, |code| (90..=93).contains(code)).parse(rest)?;
    let (rest, (port, address)) = (be_u16, be_u32).parse(rest)?;
    let bound = SocketAddr::from((Ipv4Addr::from_bits(address), port)).to_string();
    Ok((rest, Reply { code, bound: Some(bound) }))
}

/// `05 count methods`.
pub(super) fn greeting(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, _) = tag(&[FIVE][..])(input)?;
    length_data(verify(be_u8, |count| *count > 0)).parse(rest)
}

/// `05 method`.
pub(super) fn choice(input: &[u8]) -> IResult<&[u8], u8> {
    let (rest, _) = tag(&[FIVE][..])(input)?;
    be_u8(rest)
}

/// `01 length user length password`.
pub(super) fn userpass(input: &[u8]) -> IResult<&[u8], Userpass<'_>> {
    let (rest, _) = tag(&[1][..])(input)?;
    let (rest, (user, password)) = (length_data(be_u8), length_data(be_u8)).parse(rest)?;
    Ok((rest, Userpass { user, password }))
}

/// `01 status`.
pub(super) fn status(input: &[u8]) -> IResult<&[u8], u8> {
    // Some proxies write the version of the protocol instead of that of the sub-negotiation.
    let (rest, _) = verify(be_u8, |version| matches!(version, 1 | 5)).parse(input)?;
    be_u8(rest)
}

/// `05 command 00 type address port`.
pub(super) fn request5(input: &[u8]) -> IResult<&[u8], Request<'_>> {
    let (rest, _) = tag(&[FIVE][..])(input)?;
    let known = |command: &u8| matches!(command, 1..=3 | 0xf0 | 0xf1);
    let (rest, command) = verify(be_u8, known).parse(rest)?;
    let (rest, _) = tag(&[0][..])(rest)?;
    let command = match command {
        1 => Command::Connect,
        2 => Command::Bind,
        3 => Command::Associate,
        other => Command::Other(other),
    };
    target5(command, rest)
}

/// `type address port`, the end of a request.
pub(super) fn target5(command: Command, input: &[u8]) -> IResult<&[u8], Request<'_>> {
    let (rest, (to, named)) = address(input)?;
    Ok((rest, Request { command, to, user: b"", named }))
}

/// `05 code 00 type address port`.
pub(super) fn reply5(input: &[u8]) -> IResult<&[u8], Reply> {
    let (rest, _) = tag(&[FIVE][..])(input)?;
    // RFC 1928 ends at 8; Tor's proxy goes on from 0xF0.
    let (rest, code) = verify(be_u8, |code| matches!(code, 0..=8 | 0xf0..=0xf7)).parse(rest)?;
    let (rest, _) = tag(&[0][..])(rest)?;
    let (rest, (bound, _)) = address(rest)?;
    Ok((rest, Reply { code, bound }))
}

/// `host:port`, and whether the host is a name.
fn address(input: &[u8]) -> IResult<&[u8], (Option<String>, bool)> {
    let (rest, kind) = verify(be_u8, |kind| matches!(kind, 1 | 3 | 4)).parse(input)?;
    match kind {
        1 => numeric(be_u32.map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits)))).parse(rest),
        4 => numeric(be_u128.map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits)))).parse(rest),
        _ => {
            let (rest, (host, port)) = (length_data(be_u8), be_u16).parse(rest)?;
            Ok((rest, (target(host, port), true)))
        }
    }
}

fn numeric<'a>(
    ip: impl Parser<&'a [u8], Output = IpAddr, Error = Error<&'a [u8]>>,
) -> impl Parser<&'a [u8], Output = (Option<String>, bool), Error = Error<&'a [u8]>> {
    map_res((ip, be_u16), |(ip, port)| {
        Ok::<_, ()>((Some(SocketAddr::new(ip, port).to_string()), false))
    })
}

/// Bytes up to a NUL, which is taken as well.
fn until_nul(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let window = input.get(..=LONGEST).unwrap_or(input);
    match memchr::memchr(0, window) {
        Some(end) => {
            let (rest, text) = take(end)(input)?;
            let (rest, _) = take(1usize)(rest)?;
            Ok((rest, text))
        }
        None if input.len() > LONGEST => {
            Err(nom::Err::Error(Error::new(input, ErrorKind::TooLarge)))
        }
        None => Err(nom::Err::Incomplete(nom::Needed::Unknown)),
    }
}

/// `host:port`, when the host is something a person could have written.
fn target(host: &[u8], port: u16) -> Option<String> {
    let host = std::str::from_utf8(host).ok()?;
    if host.is_empty() || !host.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    match host.parse::<Ipv6Addr>() {
        Ok(ip) => Some(SocketAddr::from((ip, port)).to_string()),
        Err(_) => Some(format!("{host}:{port}")),
    }
}
