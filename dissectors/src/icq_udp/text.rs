//! Texts and addresses, as all of ICQ's protocols write them.

use std::net::Ipv4Addr;

use nom::Parser;
use nom::bytes::complete::take;
use nom::multi::length_data;
use nom::number::complete::le_u16;

use super::wire::Parsed;

/// A text with its length, up to its first zero: what a client written in C would see.
pub(crate) fn string(input: &[u8]) -> Parsed<'_, &[u8]> {
    let (rest, text) = length_data(le_u16).parse(input)?;
    Ok((rest, text.split(|byte| *byte == 0).next().unwrap_or_default()))
}

/// An address, in the network's order of bytes.
pub(crate) fn address(input: &[u8]) -> Parsed<'_, Ipv4Addr> {
    let (rest, bytes) = take(4usize).parse(input)?;
    let bytes: [u8; 4] = bytes.try_into().unwrap_or_default();
    Ok((rest, Ipv4Addr::from(bytes)))
}
