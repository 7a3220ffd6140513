//! Entries of ICQ's directory, the white pages. What clients ask of it, what it says of people, and
//! what people write of themselves is the same over UDP and inside OSCAR, but for a few fields.
//! Integers are little-endian; a text has a length of two bytes that counts the zero at its end.

use encoding_rs::WINDOWS_1252;
use nom::Parser;
use nom::number::complete::{le_u8, le_u16, le_u32};

use super::text;
use super::wire::Parsed;
use crate::event::{Event, Profile, ProfileOp};
use crate::{Out, Text, Who};

/// What is known of somebody, by name.
pub(crate) type Fields = Vec<(&'static str, Text)>;

/// What stands at a place of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A text.
    Said(&'static str),
    /// A number of one byte; none when it is zero.
    Byte(&'static str),
    /// A number of two bytes; none when it is zero.
    Word(&'static str),
    /// One byte: 1 for women, 2 for men.
    Gender,
    /// Year, month, day, before three languages. A year has two bytes, the rest one each; where all
    /// have one, years count from 1900, and some clients write two for all.
    Born,
    /// Year, month, day, in two bytes each.
    Day,
    /// A postal code: a number where ten bytes are left, a text where there are more.
    Zip,
    /// How many, in a byte; of each a number and a text.
    Several(&'static str),
    /// How many, in a byte; of each a flag and a text.
    Flagged(&'static str),
    /// Nothing people say.
    Skip(usize),
}

use Part::{Born, Byte, Day, Flagged, Gender, Said, Several, Skip, Word, Zip};

/// What everybody is asked for, in OSCAR.
pub(crate) const BASIC: &[Part] = &[
    Said("nickname"),
    Said("first_name"),
    Said("last_name"),
    Said("email"),
    Said("city"),
    Said("state"),
    Said("phone"),
    Said("fax"),
    Said("address"),
    Said("mobile"),
    Said("zip"),
    Word("country"),
];
/// The same over UDP, with three addresses.
pub(super) const OLD_BASIC: &[Part] = &[
    Said("nickname"),
    Said("first_name"),
    Said("last_name"),
    Said("email"),
    Said("email"),
    Said("email"),
    Said("city"),
    Said("state"),
    Said("phone"),
    Said("fax"),
    Said("address"),
    Said("mobile"),
    Zip,
    Word("country"),
];
/// Where somebody works, in OSCAR.
pub(crate) const WORK: &[Part] = &[
    Said("work_city"),
    Said("work_state"),
    Said("work_phone"),
    Said("work_fax"),
    Said("work_address"),
    Said("work_zip"),
    Word("work_country"),
    Said("company"),
    Said("department"),
    Said("position"),
    Skip(2),
    Said("work_homepage"),
];
/// The same over UDP, where the postal code is a number.
pub(super) const OLD_WORK: &[Part] = &[
    Said("work_city"),
    Said("work_state"),
    Said("work_phone"),
    Said("work_fax"),
    Said("work_address"),
    Skip(4),
    Word("work_country"),
    Said("company"),
    Said("department"),
    Said("position"),
    Skip(2),
    Said("work_homepage"),
];
/// Age, homepage, birthday. In what the service says, languages and the place of birth follow.
pub(crate) const MORE: &[Part] = &[Word("age"), Gender, Said("homepage"), Born];
/// What people write of themselves.
pub(crate) const ABOUT: &[Part] = &[Said("about")];
/// Further e-mail addresses.
pub(crate) const EMAILS: &[Part] = &[Flagged("email")];
/// What interests them.
pub(crate) const INTERESTS: &[Part] = &[Several("interest")];
/// What they belonged to, and belong to.
pub(crate) const AFFILIATIONS: &[Part] = &[Several("past"), Several("affiliation")];
/// The few fields of an answer to a search.
pub(crate) const SHORT: &[Part] =
    &[Said("nickname"), Said("first_name"), Said("last_name"), Said("email")];
/// What version 2 tells besides.
pub(super) const DETAILS: &[Part] = &[
    Said("city"),
    Word("country"),
    Skip(1),
    Said("state"),
    Word("age"),
    Gender,
    Said("phone"),
    Said("homepage"),
    Said("about"),
];
/// A search by names.
pub(crate) const NAMES: &[Part] = &[Said("first_name"), Said("last_name"), Said("nickname")];
/// A search by e-mail address.
pub(crate) const EMAIL: &[Part] = &[Said("email")];
/// A search by anything, over UDP. Programs do not agree on what follows.
pub(super) const OLD_WHITE: &[Part] = &[
    Said("first_name"),
    Said("last_name"),
    Said("nickname"),
    Said("email"),
    Word("age_from"),
    Word("age_to"),
    Gender,
];
/// A search by anything, in OSCAR.
pub(crate) const WHITE: &[Part] = &[
    Said("first_name"),
    Said("last_name"),
    Said("nickname"),
    Said("email"),
    Word("age_from"),
    Word("age_to"),
    Gender,
    Byte("language"),
    Said("city"),
    Said("state"),
    Word("country"),
    Said("company"),
    Said("department"),
    Said("position"),
];

/// No program writes longer fields.
const LONGEST: usize = 4096;
/// Nor more of one kind.
const MOST: u8 = 16;

/// Reads what stands in these places, as far as it goes. The second says whether it went to the end.
pub(crate) fn read(parts: &[Part], input: &[u8]) -> (Fields, bool) {
    let (mut fields, mut rest) = (Fields::new(), input);
    for part in parts {
        match part.read(rest, &mut fields) {
            Ok((after, ())) => rest = after,
            Err(_) => return (fields, false),
        }
    }
    (fields, true)
}

impl Part {
    fn read<'a>(self, input: &'a [u8], fields: &mut Fields) -> Parsed<'a, ()> {
        match self {
            Said(name) => {
                let (rest, said) = text::string(input)?;
                push(fields, name, said);
                Ok((rest, ()))
            }
            Byte(name) => le_u8.map(|number| numbered(fields, name, number.into())).parse(input),
            Word(name) => le_u16.map(|number| numbered(fields, name, number)).parse(input),
            Gender => le_u8.map(|gender| gendered(fields, gender)).parse(input),
            Born => {
                let (rest, (year, month, day)) = match input.len() {
                    6 => (le_u8.map(|year| 1900 + u16::from(year)), byte, byte).parse(input),
                    12 => (le_u16, le_u16, le_u16).parse(input),
                    _ => (le_u16, byte, byte).parse(input),
                }?;
                born(fields, year, month, day);
                Ok((rest, ()))
            }
            Day => {
                let (rest, (year, month, day)) = (le_u16, le_u16, le_u16).parse(input)?;
                born(fields, year, month, day);
                Ok((rest, ()))
            }
            Zip if input.len() <= 10 => {
                le_u32.map(|number| shown(fields, "zip", number)).parse(input)
            }
            Zip => Said("zip").read(input, fields),
            Several(name) => several(
                input,
                |input| (le_u16, text::string).map(|(_, said)| said).parse(input),
                name,
                fields,
            ),
            Flagged(name) => several(
                input,
                |input| (le_u8, text::string).map(|(_, said)| said).parse(input),
                name,
                fields,
            ),
            Skip(length) => nom::bytes::complete::take(length).map(|_| ()).parse(input),
        }
    }
}

fn byte(input: &[u8]) -> Parsed<'_, u16> {
    le_u8.map(u16::from).parse(input)
}

fn several<'a>(
    input: &'a [u8],
    one: impl Fn(&'a [u8]) -> Parsed<'a, &'a [u8]>,
    name: &'static str,
    fields: &mut Fields,
) -> Parsed<'a, ()> {
    let (mut rest, count) = le_u8(input)?;
    for _ in 0..count.min(MOST) {
        let (after, said) = one(rest)?;
        push(fields, name, said);
        rest = after;
    }
    Ok((rest, ()))
}

/// Adds what was said, unless it is nothing.
pub(crate) fn push(fields: &mut Fields, name: &'static str, said: &[u8]) {
    let said = said.get(..LONGEST).unwrap_or(said);
    if !said.is_empty() {
        fields.push((name, Text::guess(said, WINDOWS_1252)));
    }
}

/// Adds a number, unless it is zero.
pub(crate) fn numbered(fields: &mut Fields, name: &'static str, number: u16) {
    shown(fields, name, number.into());
}

fn shown(fields: &mut Fields, name: &'static str, number: u32) {
    if number != 0 && number != u32::from(u16::MAX) {
        fields.push((name, Text::new(number.to_string())));
    }
}

/// Adds a gender, where one was said.
pub(crate) fn gendered(fields: &mut Fields, gender: u8) {
    match gender {
        1 => fields.push(("gender", Text::new("female"))),
        2 => fields.push(("gender", Text::new("male"))),
        _ => {}
    }
}

/// Adds a day of birth, where one was said.
pub(crate) fn born(fields: &mut Fields, year: u16, month: u16, day: u16) {
    if (1..=12).contains(&month) && (1..=31).contains(&day) {
        fields.push(("birthday", Text::new(format!("{year:04}-{month:02}-{day:02}"))));
    }
}

/// Tells what was asked of the directory, or said.
pub(crate) fn tell(by: Who, who: Option<Who>, op: ProfileOp, fields: Fields, out: &mut Out) {
    if !fields.is_empty() || op == ProfileOp::Lookup {
        out.emit(Event::Profile(Profile { by, who, op, fields }));
    }
}

/// Entries that were asked for, by the number of the request: answers do not say whose they are.
#[derive(Debug, Default)]
pub(crate) struct Asked(std::collections::VecDeque<(u16, u32)>);

impl Asked {
    /// Somebody's entry was asked for.
    pub(crate) fn put(&mut self, request: u16, number: u32) {
        if self.0.len() == WAITING {
            self.0.pop_front();
        }
        self.0.push_back((request, number));
    }

    /// Whose entry an answer is. There may be several of them.
    pub(crate) fn whose(&self, request: u16) -> Option<u32> {
        self.0.iter().rev().find(|(one, _)| *one == request).map(|(_, number)| *number)
    }
}

/// Requests without an answer, at most.
const WAITING: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(parts: &[Part], input: &[u8]) -> Vec<(&'static str, String)> {
        let (fields, whole) = read(parts, input);
        assert!(whole, "{fields:?}");
        fields.into_iter().map(|(name, text)| (name, text.expose().to_owned())).collect()
    }

    #[test]
    fn an_old_year_and_a_new_one_are_one_day() {
        let old = b"\x1e\0\x01\x01\0\0\x4b\x03\x0c\x01\0\0";
        let new = b"\x1e\0\x01\x01\0\0\xb7\x07\x03\x0c\x01\0\0";
        let fields = [("age", "30"), ("gender", "female"), ("birthday", "1975-03-12")];
        let fields = fields.map(|(name, value)| (name, value.to_owned()));
        assert_eq!(heard(MORE, old), fields);
        assert_eq!(heard(MORE, new), fields);
    }

    #[test]
    fn years_of_two_bytes_may_be_followed_by_months_of_two() {
        let words = b"\x1e\0\x01\x01\0\0\xb7\x07\x03\0\x0c\0\x01\0\0\0\0\0";
        assert_eq!(heard(MORE, words).pop(), Some(("birthday", "1975-03-12".to_owned())));
    }

    #[test]
    fn a_postal_code_is_a_number_or_a_text() {
        let number = [0x39, 0x30, 0, 0, 0x31, 0, 0, 0, 0, 0];
        let text = *b"\x06\x0012345\0\x31\0\0\0\0\0\0";
        let parts = &[Zip, Word("country")];
        let fields = vec![("zip", "12345".to_owned()), ("country", "49".to_owned())];
        assert_eq!(heard(parts, &number), fields);
        assert_eq!(heard(parts, &text), fields);
    }

    #[test]
    fn what_is_cut_off_is_read_as_far_as_it_goes() {
        let (fields, whole) = read(SHORT, b"\x04\0ann\0\x09\0Ann");
        assert_eq!((fields.len(), whole), (1, false));
    }
}
