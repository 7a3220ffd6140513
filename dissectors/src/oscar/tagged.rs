//! Entries of ICQ's directory as lists of TLVs, since 2001. Unlike OSCAR's own their types and lengths
//! are little-endian.

use nom::Parser;
use nom::multi::length_data;
use nom::number::complete::{le_u16, le_u32};

use super::wire::Parsed;
use crate::icq_udp::entry::{self, Fields, Part};

/// What such a list says.
#[derive(Debug, Default)]
pub(super) struct Tagged {
    pub(super) number: Option<u32>,
    pub(super) fields: Fields,
}

/// Somebody's number.
const NUMBER: u16 = 310;
/// Fields of one list, at most.
const MOST: usize = 64;

/// Reads a list as far as it goes.
pub(super) fn read(mut input: &[u8]) -> Tagged {
    let mut tagged = Tagged::default();
    for _ in 0..MOST {
        let parsed: Parsed<'_, (u16, &[u8])> = (le_u16, length_data(le_u16)).parse(input);
        let Ok((rest, (tag, value))) = parsed else { break };
        input = rest;
        if tag == NUMBER {
            tagged.number = (le_u32(value) as Parsed<'_, u32>).ok().map(|(_, number)| number);
        }
        tagged.fields.extend(entry::read(parts(tag), value).0);
    }
    tagged
}

/// What stands in a field.
fn parts(tag: u16) -> &'static [Part] {
    use Part::{Day, Gender, Said, Skip, Word, Zip};
    match tag {
        320 => &[Said("first_name")],
        330 => &[Said("last_name")],
        340 => &[Said("nickname")],
        350 => &[Said("email")],
        360 => &[Word("age_from"), Word("age_to")],
        370 => &[Word("age")],
        380 => &[Gender],
        400 => &[Said("city")],
        410 => &[Said("state")],
        420 => &[Word("country")],
        430 => &[Said("company")],
        440 => &[Said("department")],
        450 => &[Said("position")],
        470 => &[Skip(2), Said("affiliation")],
        490 => &[Skip(2), Said("interest")],
        510 => &[Skip(2), Said("past")],
        531 => &[Skip(2), Said("homepage")],
        570 => &[Day],
        600 => &[Said("about")],
        610 => &[Said("address")],
        620 => &[Zip],
        630 => &[Said("phone")],
        640 => &[Said("fax")],
        650 => &[Said("mobile")],
        660 => &[Said("work_address")],
        670 => &[Said("work_city")],
        680 => &[Said("work_state")],
        690 => &[Word("work_country")],
        710 => &[Said("work_phone")],
        720 => &[Said("work_fax")],
        730 => &[Said("work_homepage")],
        _ => &[],
    }
}
