//! vCards (XEP-0054): what people write of themselves.

use super::element::Element;
use super::talk::Talk;
use crate::event::{Profile, ProfileOp};
use crate::{Event, Out, Text, Who};

/// The client writes its own.
pub(super) fn set(talk: &Talk, card: &Element<'_>, out: &mut Out) {
    tell(talk, ProfileOp::Set, Some(talk.own()), card, out);
}

/// Somebody's, or the client's own.
pub(super) fn entry(talk: &Talk, whose: Option<Who>, card: &Element<'_>, out: &mut Out) {
    tell(talk, ProfileOp::Entry, whose.or_else(|| Some(talk.own())), card, out);
}

fn tell(talk: &Talk, op: ProfileOp, who: Option<Who>, card: &Element<'_>, out: &mut Out) {
    let mut fields = Vec::new();
    for (path, name) in FIELDS {
        let part = path.iter().try_fold(card, |part, word| part.child(word));
        if let Some(value) = part.map(|part| part.text.trim()).filter(|value| !value.is_empty()) {
            fields.push((*name, Text::new(value)));
        }
    }
    if !fields.is_empty() {
        out.emit(Event::Profile(Profile { by: talk.own(), who, op, fields }));
    }
}

/// Where each field stands.
#[rustfmt::skip]
const FIELDS: &[(&[&str], &str)] = &[
    (&["FN"],                  "name"),
    (&["N", "GIVEN"],          "first_name"),
    (&["N", "MIDDLE"],         "middle_name"),
    (&["N", "FAMILY"],         "last_name"),
    (&["NICKNAME"],            "nickname"),
    (&["EMAIL", "USERID"],     "email"),
    (&["TEL", "NUMBER"],       "phone"),
    (&["BDAY"],                "birthday"),
    (&["ADR", "STREET"],       "address"),
    (&["ADR", "LOCALITY"],     "city"),
    (&["ADR", "REGION"],       "state"),
    (&["ADR", "PCODE"],        "zip"),
    (&["ADR", "CTRY"],         "country"),
    (&["URL"],                 "homepage"),
    (&["ORG", "ORGNAME"],      "company"),
    (&["TITLE"],               "position"),
    (&["DESC"],                "about"),
];
