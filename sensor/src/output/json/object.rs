//! Objects and arrays that are being written.

use serde::Serialize;
use serde::ser;
use serde_json::{Error, Result};

use super::{Json, key};

/// An object or an array whose opening bracket stands.
pub(super) struct Object<'a> {
    out: &'a mut Vec<u8>,
    /// What ends it.
    close: &'static [u8],
    /// Something stands in it.
    begun: bool,
}

impl<'a> Object<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>, close: &'static [u8]) -> Self {
        Self { out, close, begun: false }
    }

    /// Sets what comes apart from what stands.
    fn part(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(b',');
        }
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        value.serialize(Json { out: &mut *self.out })
    }

    fn element(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.part();
        self.value(value)
    }

    fn field(&mut self, name: &'static str, value: &(impl Serialize + ?Sized)) -> Result<()> {
        self.part();
        key(name, self.out);
        self.value(value)
    }

    fn close(self) {
        self.out.extend_from_slice(self.close);
    }
}

/// Writes what serde calls by the kind of an array.
macro_rules! array {
    ($($kind:ident: $method:ident),*) => {
        $(impl ser::$kind for Object<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
                self.element(value)
            }

            fn end(self) -> Result<()> {
                self.close();
                Ok(())
            }
        })*
    };
}

/// Writes what serde calls by the kind of an object.
macro_rules! object {
    ($($kind:ident),*) => {
        $(impl ser::$kind for Object<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<()> {
                self.field(name, value)
            }

            fn end(self) -> Result<()> {
                self.close();
                Ok(())
            }
        })*
    };
}

array!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

object!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Object<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<()> {
        self.part();
        let start = self.out.len();
        self.value(name)?;
        match self.out.get(start) {
            Some(b'"') => Ok(()),
            _ => Err(ser::Error::custom("the key of an object must be a string")),
        }
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<()> {
        self.out.push(b':');
        self.value(value)
    }

    fn end(self) -> Result<()> {
        self.close();
        Ok(())
    }
}
