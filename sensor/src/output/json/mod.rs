//! A writer of JSON lines: serde's data model onto the end of a buffer.
//!
//! `serde_json` looks at every byte of every string, key and fixed word, one after another, and asks
//! a table about it. Most of a line is keys, which never need it, and short plain text, of which
//! eight bytes can be looked at together. What comes out is what `serde_json` writes, but for the
//! characters that act on the reader's screen.

mod object;

use serde::Serialize;
use serde::ser;
use serde_json::{Error, Result};

use super::scrub::hidden;
use object::Object;

/// Appends a value, as compact JSON without a character that acts on the reader's screen.
pub(super) fn write(value: &impl Serialize, out: &mut Vec<u8>) -> Result<()> {
    value.serialize(Json { out })
}

/// The end of a line that is being written.
struct Json<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Json<'a> {
    fn number(self, number: impl itoa::Integer) {
        self.out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }

    fn object(self) -> Object<'a> {
        self.out.push(b'{');
        Object::new(self.out, b"}")
    }

    fn array(self) -> Object<'a> {
        self.out.push(b'[');
        Object::new(self.out, b"]")
    }

    /// The object of one key that stands for a variant, up to its value.
    fn variant(&mut self, name: &'static str) {
        self.out.push(b'{');
        key(name, self.out);
    }
}

/// A key: a name in the source, which needs no escape.
fn key(name: &'static str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

/// A string.
fn string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    if plain(text.as_bytes()) {
        out.extend_from_slice(text.as_bytes());
    } else {
        text.chars().for_each(|c| letter(c, out));
    }
    out.push(b'"');
}

/// Whether all of it is printable ASCII that JSON takes as it is.
fn plain(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let last = text.last_chunk().copied().unwrap_or_else(|| {
        let mut last = [b' '; 8];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        last
    });
    words.iter().fold(special(last), |found, word| found | special(*word)) == 0
}

/// Not 0 if one of eight bytes is none of the plain ones. A byte's highest bit is set by a borrow
/// from it, which may also reach the bytes above: then one of them is special anyway.
fn special(bytes: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let word = u64::from_le_bytes(bytes);
    let zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let below = word.wrapping_sub(ONES * 0x20) & !word;
    let is = |byte: u8| zero(word ^ (ONES * u64::from(byte)));
    (word | below | is(b'"') | is(b'\\') | is(0x7f)) & (ONES << 7)
}

/// One character of a string that is not plain.
fn letter(c: char, out: &mut Vec<u8>) {
    let short = match c {
        '"' => b'"',
        '\\' => b'\\',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        c if hidden(c) => return c.encode_utf16(&mut [0; 2]).iter().for_each(|u| unit(*u, out)),
        c => return out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// A UTF-16 code unit by its number.
fn unit(unit: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\\u");
    let digit = |at: u32| char::from_digit(u32::from(unit >> (at * 4) & 0xf), 16).unwrap_or('0');
    out.extend([3, 2, 1, 0].map(|at| digit(at) as u8));
}

/// Writes what serde calls by the type of a number.
macro_rules! numbers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, number: $type) -> Result<()> {
            self.number(number);
            Ok(())
        })*
    };
}

/// Fractions are rare: they are written as `serde_json` does.
fn fraction(value: impl Serialize, out: &mut Vec<u8>) -> Result<()> {
    serde_json::to_writer(out, &value)
}

impl<'a> ser::Serializer for Json<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Object<'a>;
    type SerializeTuple = Object<'a>;
    type SerializeTupleStruct = Object<'a>;
    type SerializeTupleVariant = Object<'a>;
    type SerializeMap = Object<'a>;
    type SerializeStruct = Object<'a>;
    type SerializeStructVariant = Object<'a>;

    numbers!(
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64
    );

    fn serialize_bool(self, value: bool) -> Result<()> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(())
    }

    fn serialize_f32(self, value: f32) -> Result<()> {
        fraction(value, self.out)
    }

    fn serialize_f64(self, value: f64) -> Result<()> {
        fraction(value, self.out)
    }

    fn serialize_char(self, value: char) -> Result<()> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Result<()> {
        string(text, self.out);
        Ok(())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<()> {
        self.collect_seq(bytes)
    }

    fn serialize_none(self) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<()> {
        self.out.extend_from_slice(b"null");
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<()> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, name: &'static str) -> Result<()> {
        self.serialize_str(name)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<()> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        value: &T,
    ) -> Result<()> {
        self.variant(name);
        value.serialize(Json { out: &mut *self.out })?;
        self.out.push(b'}');
        Ok(())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Object<'a>> {
        Ok(self.array())
    }

    fn serialize_tuple(self, _: usize) -> Result<Object<'a>> {
        Ok(self.array())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Object<'a>> {
        Ok(self.array())
    }

    fn serialize_tuple_variant(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Object<'a>> {
        self.variant(name);
        self.out.push(b'[');
        Ok(Object::new(self.out, b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Object<'a>> {
        Ok(self.object())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Object<'a>> {
        Ok(self.object())
    }

    fn serialize_struct_variant(
        mut self,
        _: &'static str,
        _: u32,
        name: &'static str,
        _: usize,
    ) -> Result<Object<'a>> {
        self.variant(name);
        self.out.push(b'{');
        Ok(Object::new(self.out, b"}}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn written(value: &impl Serialize) -> String {
        let mut out = Vec::new();
        write(value, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(u8),
        Tuple(i8, Option<f64>),
        Struct { a: &'static str, b: [u16; 2] },
    }

    #[test]
    fn every_shape_is_what_serde_json_makes_of_it() {
        let (b, a) = ([1, u16::MAX], "\"");
        let shapes =
            [Shape::Unit, Shape::Newtype(7), Shape::Tuple(-1, Some(0.5)), Shape::Struct { a, b }];
        for shape in &shapes {
            assert_eq!(written(shape), serde_json::to_string(shape).unwrap());
        }
        let all = (shapes, 'x', (), None::<u8>, f64::NAN, json!({"k": [1.5, {}, []], "l": null}));
        assert_eq!(written(&all), serde_json::to_string(&all).unwrap());
        let empty: [Vec<u8>; 2] = [vec![], vec![1]];
        assert_eq!(written(&empty), "[[],[1]]");
    }

    #[test]
    fn a_key_that_is_no_string_is_refused() {
        let map = std::collections::BTreeMap::from([(1, 2)]);
        assert!(write(&map, &mut Vec::new()).is_err());
    }

    #[test]
    fn every_byte_in_every_place_is_plain_or_not() {
        for byte in 0..=u8::MAX {
            let expect = matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
            for place in 0..11 {
                let mut text = [b'a'; 11];
                text[place] = byte;
                assert_eq!(plain(&text), expect, "{byte:#x} in {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn text_is_what_serde_json_makes_of_it_but_for_what_is_hidden(text in "\\PC*|.*") {
            let seen: String = text.chars().filter(|c| !hidden(*c) || *c < ' ').collect();
            prop_assert_eq!(written(&seen), serde_json::to_string(&seen).unwrap());
            prop_assert_eq!(serde_json::from_str::<String>(&written(&text)).unwrap(), text);
        }
    }
}
