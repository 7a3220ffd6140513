//! OSCAR's bytes: FLAP frames, SNACs in them, TLVs in those. All integers are big-endian unless a
//! field of ICQ's older protocol says otherwise.

pub(crate) mod flap;
pub(super) mod snac;
pub(crate) mod tlv;

use nom::IResult;
use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{be_u8, be_u16};

use tlv::Tlvs;

/// What a parser here gives.
pub(super) type Parsed<'a, T> = IResult<&'a [u8], T>;

/// A string with its length in one byte.
pub(super) fn short(input: &[u8]) -> Parsed<'_, &[u8]> {
    length_data(be_u8).parse(input)
}

/// What the service says of somebody: name, warning level, and a counted list of TLVs.
#[derive(Clone, Debug)]
pub(super) struct UserInfo<'a> {
    pub(super) name: &'a [u8],
    pub(super) tlvs: Tlvs<'a>,
}

/// Reads one user's information block.
pub(super) fn user_info(input: &[u8]) -> Parsed<'_, UserInfo<'_>> {
    let (rest, name) = short(input)?;
    let (rest, _warning) = be_u16(rest)?;
    let (rest, count) = be_u16(rest)?;
    let (rest, tlvs) = tlv::counted(rest, count)?;
    Ok((rest, UserInfo { name, tlvs }))
}

/// As many information blocks as there are, and whether bytes remain that are none.
pub(super) fn user_infos(mut input: &[u8]) -> (Vec<UserInfo<'_>>, bool) {
    let mut users = Vec::new();
    while let Ok((rest, user)) = user_info(input) {
        if !user.name.is_empty() {
            users.push(user);
        }
        input = rest;
    }
    (users, !input.is_empty())
}

/// A list of names, each with its length in one byte.
pub(super) fn shorts(mut input: &[u8]) -> Vec<&[u8]> {
    let mut names = Vec::new();
    while let Ok((rest, name)) = short(input) {
        names.push(name);
        input = rest;
    }
    names
}
