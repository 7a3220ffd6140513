//! SNAC, the unit of meaning: a family, a subtype, flags, a request number, and a body.

use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{be_u16, be_u32};

use super::Parsed;

/// A SNAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Snac<'a> {
    /// What it is about.
    pub(crate) family: u16,
    /// What it says about it.
    pub(crate) subtype: u16,
    /// Others with the same request number follow.
    pub(crate) more: bool,
    /// Number of the request, which its answer repeats.
    pub(crate) request: u32,
    /// Its content.
    pub(crate) body: &'a [u8],
}

/// Another SNAC of the same answer follows.
const MORE: u16 = 0x0001;
/// A block of family versions stands before the body.
const VERSIONED: u16 = 0x8000;

/// Reads the content of a data frame.
pub(crate) fn snac(input: &[u8]) -> Parsed<'_, Snac<'_>> {
    let (rest, (family, subtype, flags, request)) =
        (be_u16, be_u16, be_u16, be_u32).parse(input)?;
    let body = match flags & VERSIONED {
        0 => rest,
        _ => length_data(be_u16).parse(rest)?.0,
    };
    Ok((&[], Snac { family, subtype, more: flags & MORE != 0, request, body }))
}
