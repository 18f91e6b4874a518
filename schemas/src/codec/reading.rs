//! Reads the body of a record into a type that mirrors its schema (Apache Avro 1.12 specification, "Binary
//! encoding"). apache-avro's own reader takes three times as long, which was half of a step of match.

use super::shape::Shape;
use serde::Deserializer;
use serde::de::value::{BorrowedStrDeserializer, U32Deserializer};
use serde::de::{self, DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess};
use serde::forward_to_deserialize_any;
use std::fmt;

/// The bytes don't follow the schema. Says no more: they may be a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes do not follow the schema")
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

type Read<T> = Result<T, Wrong>;

/// A value of this shape at the beginning of the bytes, which go on behind it once it is read.
pub(super) struct Reading<'a, 'de> {
    pub bytes: &'a mut &'de [u8],
    pub shape: &'static Shape,
}

/// A number in as few bytes as it needs, its sign in the lowest bit.
#[inline]
fn long(bytes: &mut &[u8]) -> Read<i64> {
    if let [byte @ ..0x80, rest @ ..] = *bytes {
        let byte = *byte;
        *bytes = rest;
        return Ok(i64::from(byte >> 1) ^ -i64::from(byte & 1));
    }
    let mut value = 0_u64;
    for n in 0..10 {
        let byte = *bytes.get(n).ok_or(Wrong)?;
        value |= u64::from(byte & 0x7F) << (7 * n);
        if byte < 0x80 {
            *bytes = &bytes[n + 1..];
            return Ok((value >> 1) as i64 ^ -((value & 1) as i64));
        }
    }
    Err(Wrong)
}

fn int(bytes: &mut &[u8]) -> Read<i32> {
    i32::try_from(long(bytes)?).map_err(|_| Wrong)
}

fn take<'de>(bytes: &mut &'de [u8], count: usize) -> Read<&'de [u8]> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or(Wrong)?;
    *bytes = rest;
    Ok(taken)
}

fn counted<'de>(bytes: &mut &'de [u8]) -> Read<&'de [u8]> {
    let count = usize::try_from(long(bytes)?).map_err(|_| Wrong)?;
    take(bytes, count)
}

/// Which of a list the bytes name.
fn chosen<'l, T>(bytes: &mut &[u8], of: &'l [T]) -> Read<(u32, &'l T)> {
    let index = u32::try_from(int(bytes)?).map_err(|_| Wrong)?;
    Ok((index, of.get(index as usize).ok_or(Wrong)?))
}

impl<'de> Deserializer<'de> for Reading<'_, 'de> {
    type Error = Wrong;

    fn deserialize_any<V: de::Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let Self { bytes, shape } = self;
        match shape {
            Shape::Null => visitor.visit_unit(),
            Shape::Boolean => match take(bytes, 1)? {
                [0] => visitor.visit_bool(false),
                [1] => visitor.visit_bool(true),
                _ => Err(Wrong),
            },
            Shape::Int => visitor.visit_i32(int(bytes)?),
            Shape::Long => visitor.visit_i64(long(bytes)?),
            Shape::Double => {
                let value = <[u8; 8]>::try_from(take(bytes, 8)?).map_err(|_| Wrong)?;
                visitor.visit_f64(f64::from_le_bytes(value))
            }
            Shape::Bytes => visitor.visit_borrowed_bytes(counted(bytes)?),
            Shape::String => {
                let text = std::str::from_utf8(counted(bytes)?).map_err(|_| Wrong)?;
                visitor.visit_borrowed_str(text)
            }
            Shape::Fixed(size) => visitor.visit_borrowed_bytes(take(bytes, *size)?),
            Shape::Enum(_) => visitor.visit_enum(Self { bytes, shape }),
            Shape::Array(shape) => visitor.visit_seq(Items {
                bytes,
                shape,
                left: 0,
            }),
            Shape::Union(branches) => {
                let shape = chosen(bytes, branches)?.1;
                Self { bytes, shape }.deserialize_any(visitor)
            }
            Shape::Record(record) => visitor.visit_seq(Fields {
                bytes,
                fields: record.fields.iter(),
                next: None,
            }),
        }
    }

    fn deserialize_option<V: de::Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        let Self { bytes, shape } = self;
        let Shape::Union(branches) = shape else {
            return Err(Wrong);
        };
        match chosen(bytes, branches)?.1 {
            Shape::Null => visitor.visit_none(),
            shape => visitor.visit_some(Self { bytes, shape }),
        }
    }

    fn deserialize_newtype_struct<V: de::Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        visitor.visit_enum(self)
    }

    /// Field by field, by name only where the type has others, or another order.
    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        let Self { bytes, shape } = self;
        let Shape::Record(record) = shape else {
            return Err(Wrong);
        };
        let fields = Fields {
            bytes,
            fields: record.fields.iter(),
            next: None,
        };
        if record.is_mirrored_by(names) {
            visitor.visit_seq(fields)
        } else {
            visitor.visit_map(fields)
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map identifier ignored_any
    }
}

/// The fields of a record, in their order.
struct Fields<'a, 'de> {
    bytes: &'a mut &'de [u8],
    fields: std::slice::Iter<'static, (&'static str, &'static Shape)>,
    next: Option<&'static Shape>,
}

impl<'de> SeqAccess<'de> for Fields<'_, 'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        let Some((_, shape)) = self.fields.next() else {
            return Ok(None);
        };
        let bytes = &mut *self.bytes;
        seed.deserialize(Reading { bytes, shape }).map(Some)
    }
}

impl<'de> MapAccess<'de> for Fields<'_, 'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        let Some((name, shape)) = self.fields.next() else {
            return Ok(None);
        };
        self.next = Some(shape);
        seed.deserialize(BorrowedStrDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        let shape = self.next.take().ok_or(Wrong)?;
        let bytes = &mut *self.bytes;
        seed.deserialize(Reading { bytes, shape })
    }
}

/// The items of an array, which come in blocks.
struct Items<'a, 'de> {
    bytes: &'a mut &'de [u8],
    shape: &'static Shape,
    left: u64,
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        if self.left == 0 {
            let count = long(self.bytes)?;
            if count < 0 {
                // The size of the block in bytes, for who wants to pass it over.
                long(self.bytes)?;
            }
            self.left = count.unsigned_abs();
            if self.left == 0 {
                return Ok(None);
            }
        }
        self.left -= 1;
        let (bytes, shape) = (&mut *self.bytes, self.shape);
        seed.deserialize(Reading { bytes, shape }).map(Some)
    }
}

impl<'a, 'de> EnumAccess<'de> for Reading<'a, 'de> {
    type Error = Wrong;
    type Variant = Reading<'a, 'de>;

    /// A symbol by its name, a branch of a union by its place.
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Self::Variant)> {
        let Self { bytes, shape } = self;
        match shape {
            Shape::Enum(symbols) => {
                let symbol = chosen(bytes, symbols)?.1;
                let name = seed.deserialize(BorrowedStrDeserializer::new(symbol))?;
                let shape = &Shape::Null;
                Ok((name, Reading { bytes, shape }))
            }
            Shape::Union(branches) => {
                let (index, shape) = chosen(bytes, branches)?;
                let index: U32Deserializer<Wrong> = index.into_deserializer();
                Ok((seed.deserialize(index)?, Reading { bytes, shape }))
            }
            _ => Err(Wrong),
        }
    }
}

impl<'de> VariantAccess<'de> for Reading<'_, 'de> {
    type Error = Wrong;

    fn unit_variant(self) -> Read<()> {
        match self.shape {
            Shape::Null => Ok(()),
            Shape::Record(record) if record.fields.is_empty() => Ok(()),
            _ => Err(Wrong),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: de::Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: de::Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Read<V::Value> {
        self.deserialize_struct("", fields, visitor)
    }
}

#[cfg(test)]
mod tests;
