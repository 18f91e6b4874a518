//! What the body of a schema's records looks like, with names resolved once.

use apache_avro::Schema;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A type of a schema. Logical types are read as what they are written as.
#[derive(Debug)]
pub(super) enum Shape {
    Null,
    Boolean,
    Int,
    Long,
    Double,
    Bytes,
    String,
    Fixed(usize),
    Enum(&'static [String]),
    Array(&'static Shape),
    Union(Vec<&'static Shape>),
    Record(Record),
}

/// The fields of a record, in order.
#[derive(Debug)]
pub(super) struct Record {
    pub fields: Vec<(&'static str, &'static Shape)>,
    /// Where the names lie that were found to be those of the fields last.
    mirrored: AtomicUsize,
}

impl Record {
    /// Whether a type has just these fields in this order. Names of a type are compared once.
    pub fn is_mirrored_by(&self, names: &'static [&'static str]) -> bool {
        let place = names.as_ptr() as usize;
        if names.len() != self.fields.len() {
            return false;
        }
        if self.mirrored.load(Ordering::Relaxed) == place {
            return true;
        }
        let is_mirrored = names.iter().eq(self.fields.iter().map(|(name, _)| name));
        if is_mirrored {
            self.mirrored.store(place, Ordering::Relaxed);
        }
        is_mirrored
    }
}

impl Shape {
    /// The shape of a compiled-in schema.
    pub fn of(schema: &'static Schema) -> &'static Self {
        build(schema, &mut HashMap::new()).expect("a compiled-in schema has types that are read here")
    }
}

type Named = HashMap<&'static str, &'static Shape>;

fn build(schema: &'static Schema, named: &mut Named) -> Option<&'static Shape> {
    let shape = match schema {
        Schema::Ref { name } => return named.get(name.name()).copied(),
        Schema::Null => Shape::Null,
        Schema::Boolean => Shape::Boolean,
        Schema::Int => Shape::Int,
        Schema::Long | Schema::TimestampMillis => Shape::Long,
        Schema::Double => Shape::Double,
        Schema::Bytes => Shape::Bytes,
        Schema::String => Shape::String,
        Schema::Fixed(fixed) => Shape::Fixed(fixed.size),
        Schema::Enum(of) => Shape::Enum(&of.symbols),
        Schema::Array(array) => Shape::Array(build(&array.items, named)?),
        Schema::Union(union) => {
            let branches = union.variants().iter();
            Shape::Union(
                branches
                    .map(|branch| build(branch, named))
                    .collect::<Option<_>>()?,
            )
        }
        Schema::Record(record) => {
            let fields = record.fields.iter();
            let shape = |field: &'static apache_avro::schema::RecordField| {
                Some((field.name.as_str(), build(&field.schema, named)?))
            };
            Shape::Record(Record {
                fields: fields.map(shape).collect::<Option<_>>()?,
                mirrored: AtomicUsize::new(0),
            })
        }
        _ => return None,
    };
    let shape: &'static Shape = Box::leak(Box::new(shape));
    if let Some(name) = schema.name() {
        named.insert(name.name(), shape);
    }
    Some(shape)
}
