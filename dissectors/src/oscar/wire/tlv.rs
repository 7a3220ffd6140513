//! TLV: a type, a length, a value.

use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::be_u16;

use super::Parsed;

/// A list of TLVs, as far as they can be read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tlvs<'a> {
    list: Vec<(u16, &'a [u8])>,
    /// Bytes remained that are no TLV.
    pub(crate) torn: bool,
}

/// TLVs in one block: more than any program writes.
const MOST: usize = 1024;

impl<'a> Tlvs<'a> {
    /// A list that was not written as TLVs.
    pub(crate) fn of(list: Vec<(u16, &'a [u8])>) -> Self {
        Self { list, torn: false }
    }

    /// The first value of a type.
    pub(crate) fn get(&self, kind: u16) -> Option<&'a [u8]> {
        self.list.iter().find(|(other, _)| *other == kind).map(|(_, value)| *value)
    }

    /// Every value of a type.
    pub(crate) fn every(&self, kind: u16) -> impl Iterator<Item = &'a [u8]> {
        self.list.iter().filter(move |(other, _)| *other == kind).map(|(_, value)| *value)
    }

    /// Whether a type is there at all.
    pub(crate) fn has(&self, kind: u16) -> bool {
        self.get(kind).is_some()
    }

    /// A value of two bytes.
    pub(crate) fn u16(&self, kind: u16) -> Option<u16> {
        self.get(kind)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
    }

    /// A value of four bytes.
    pub(crate) fn u32(&self, kind: u16) -> Option<u32> {
        self.get(kind)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
    }
}

fn one(input: &[u8]) -> Parsed<'_, (u16, &[u8])> {
    (be_u16, length_data(be_u16)).parse(input)
}

/// Every TLV to the end of the input.
pub(crate) fn tlvs(mut input: &[u8]) -> Tlvs<'_> {
    let mut tlvs = Tlvs::default();
    while let (Ok((rest, tlv)), true) = (one(input), tlvs.list.len() < MOST) {
        tlvs.list.push(tlv);
        input = rest;
    }
    tlvs.torn = !input.is_empty();
    tlvs
}

/// So many TLVs.
pub(crate) fn counted(mut input: &[u8], count: u16) -> Parsed<'_, Tlvs<'_>> {
    let mut tlvs = Tlvs::default();
    for _ in 0..count {
        let (rest, tlv) = one(input)?;
        tlvs.list.push(tlv);
        input = rest;
    }
    Ok((input, tlvs))
}
