//! Properties of version 5 (MQTT 5.0 section 2.2.2).

use super::wire::{Fields, Number, number};

/// Numbers of the properties that are read.
pub(super) mod id {
    pub(crate) const ASSIGNED_CLIENT_IDENTIFIER: u8 = 0x12;
    pub(crate) const AUTHENTICATION_METHOD: u8 = 0x15;
    pub(crate) const AUTHENTICATION_DATA: u8 = 0x16;
    pub(crate) const SERVER_REFERENCE: u8 = 0x1c;
    pub(crate) const REASON_STRING: u8 = 0x1f;
    pub(crate) const TOPIC_ALIAS: u8 = 0x23;
}

/// The value of a property, without its length.
pub(super) fn value(properties: &[u8], wanted: u8) -> Option<&[u8]> {
    let mut fields = Fields(properties);
    while !fields.is_empty() {
        let (id, value) = property(&mut fields)?;
        if id == wanted {
            return Some(value);
        }
    }
    None
}

/// The same as text.
pub(super) fn text(properties: &[u8], wanted: u8) -> Option<String> {
    value(properties, wanted).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// Every byte belongs to a property that there is.
pub(super) fn are_sound(properties: &[u8]) -> bool {
    let mut fields = Fields(properties);
    while !fields.is_empty() {
        if property(&mut fields).is_none() {
            return false;
        }
    }
    true
}

/// The next property: its number and its value.
fn property<'a>(fields: &mut Fields<'a>) -> Option<(u8, &'a [u8])> {
    let id = fields.byte()?;
    let value = match id {
        0x01 | 0x17 | 0x19 | 0x24 | 0x25 | 0x28..=0x2a => fields.take(1)?,
        0x13 | 0x21..=0x23 => fields.take(2)?,
        0x02 | 0x11 | 0x18 | 0x27 => fields.take(4)?,
        0x0b => {
            let Number::Is(_, taken) = number(fields.0) else { return None };
            fields.take(taken)?
        }
        0x03 | 0x08 | 0x09 | 0x12 | 0x15 | 0x16 | 0x1a | 0x1c | 0x1f => fields.data()?,
        0x26 => {
            fields.data()?;
            fields.data()?
        }
        _ => return None,
    };
    Some((id, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_is_found_behind_others() {
        let properties = b"\x01\x01\x26\0\x01a\0\x01b\x0b\x81\x01\x23\0\x07\x03\0\x02ab";
        assert_eq!(value(properties, id::TOPIC_ALIAS), Some(&b"\0\x07"[..]));
        assert_eq!(text(properties, 0x03).as_deref(), Some("ab"));
        assert_eq!(value(properties, id::REASON_STRING), None);
        assert!(are_sound(properties));
        assert!(!are_sound(b"\x01\x01\x04"));
        assert!(!are_sound(b"\x03\0\x09ab"));
    }
}
