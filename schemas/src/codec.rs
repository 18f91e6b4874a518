//! Avro single-object encoding: `C3 01`, the writer schema's CRC-64-AVRO fingerprint (8 bytes,
//! little-endian), then the body (Apache Avro 1.12 specification, "Single-object encoding").

use crate::IntakeEvent;
use crate::change::{EventSettled, ResidentChanged};
use crate::control::ControlEntry;
use crate::manifest::{NodeClaim, NodeManifest};
use crate::match_log::MatchLogEntry;
use crate::outcome::OutcomeNotice;
use apache_avro::Schema;
use apache_avro::rabin::Rabin;
use apache_avro::schema::ResolvedSchema;
use apache_avro::writer::datum::GenericDatumWriter;
use serde::{Serialize, de::DeserializeOwned};
use sha2::Digest;
use std::sync::LazyLock;

mod reading;
mod shape;

use reading::Reading;
use shape::Shape;

/// Length of marker and fingerprint.
pub const HEADER_BYTES: usize = 10;

/// Why bytes could not be read as an event. Never quotes the bytes: they may be a person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No `C3 01` marker, or shorter than a header.
    #[error("the record is not in Avro single-object encoding (it must start with C3 01)")]
    NotSingleObject,
    /// The fingerprint is of no schema known here.
    #[error("the record's schema fingerprint is unknown here: publish with a released schema")]
    UnknownSchema,
    /// The body doesn't follow its schema.
    #[error("the record's body does not follow its schema")]
    Malformed,
    /// The event's sequence is below 1 or above 2^53.
    #[error("the event's sequence is not between 1 and 9007199254740992")]
    SequenceOutOfRange,
    /// Bytes are left after the body.
    #[error("the record has bytes after the end of its body")]
    TrailingBytes,
}

impl Unreadable {
    /// Stable reason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotSingleObject => "envelope.not-single-object",
            Self::UnknownSchema => "envelope.unknown-schema",
            Self::Malformed => "envelope.malformed",
            Self::SequenceOutOfRange => "envelope.sequence-out-of-range",
            Self::TrailingBytes => "envelope.trailing-bytes",
        }
    }
}

/// A value that its schema can't hold: our own fault, never the data's.
#[derive(Debug, thiserror::Error)]
#[error("a {event} does not fit its Avro schema")]
pub struct Unwritable {
    event: &'static str,
}

/// One released schema, ready for reading and writing.
pub struct Codec {
    name: &'static str,
    header: [u8; HEADER_BYTES],
    writer: GenericDatumWriter<'static>,
    shape: &'static Shape,
}

impl Codec {
    fn of(name: &'static str, avsc: &str) -> Self {
        let schema = parse(avsc);
        let mut header = [0xC3, 0x01, 0, 0, 0, 0, 0, 0, 0, 0];
        header[2..].copy_from_slice(&Rabin::digest(canonical_form(schema)));
        Self::with(name, schema, header)
    }

    /// A schema that is the front of another one, whose header its records have.
    pub(crate) fn of_front(name: &'static str, avsc: &str, header: [u8; HEADER_BYTES]) -> Self {
        Self::with(name, parse(avsc), header)
    }

    fn with(name: &'static str, schema: &'static Schema, header: [u8; HEADER_BYTES]) -> Self {
        let resolved = || ResolvedSchema::try_from(schema).expect("a compiled-in schema resolves");
        let writer = GenericDatumWriter::builder(schema)
            .resolved_schemata(resolved())
            .human_readable(false);
        Self {
            name,
            header,
            writer: writer.build().expect("a compiled-in schema writes"),
            shape: Shape::of(schema),
        }
    }

    /// Marker and fingerprint that this schema's records begin with.
    pub const fn header(&self) -> &[u8; HEADER_BYTES] {
        &self.header
    }

    fn encode<T: Serialize>(&self, value: &T) -> Result<Vec<u8>, Unwritable> {
        let mut bytes = Vec::with_capacity(1024);
        bytes.extend_from_slice(&self.header);
        self.writer
            .write_ser(&mut bytes, value)
            .map_err(|_| Unwritable { event: self.name })?;
        Ok(bytes)
    }

    fn decode<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Unreadable> {
        let (value, rest) = self.read(bytes)?;
        if rest.is_empty() {
            Ok(value)
        } else {
            Err(Unreadable::TrailingBytes)
        }
    }

    /// Reads a front, whatever stands behind it.
    pub(crate) fn decode_front<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, Unreadable> {
        self.read(bytes).map(|(value, _)| value)
    }

    fn read<'b, T: DeserializeOwned>(&self, bytes: &'b [u8]) -> Result<(T, &'b [u8]), Unreadable> {
        if bytes.len() < HEADER_BYTES || bytes[..2] != self.header[..2] {
            return Err(Unreadable::NotSingleObject);
        }
        if bytes[..HEADER_BYTES] != self.header {
            return Err(Unreadable::UnknownSchema);
        }
        let mut body = &bytes[HEADER_BYTES..];
        let reading = Reading {
            bytes: &mut body,
            shape: self.shape,
        };
        let value = T::deserialize(reading).map_err(|_| Unreadable::Malformed)?;
        Ok((value, body))
    }
}

fn parse(avsc: &str) -> &'static Schema {
    Box::leak(Box::new(
        Schema::parse_str(avsc).expect("a compiled-in schema parses"),
    ))
}

/// Parsing Canonical Form, as every other Avro library fingerprints it. apache-avro 0.22 takes the
/// logical type off `{"type":"long","logicalType":…}` and leaves `{"type":"long"}`, where rule
/// PRIMITIVES of the specification wants `"long"`.
fn canonical_form(schema: &Schema) -> String {
    const PRIMITIVES: [&str; 8] = [
        "null", "boolean", "int", "long", "float", "double", "bytes", "string",
    ];
    let wrapped =
        |form: String, name| form.replace(&format!(r#"{{"type":"{name}"}}"#), &format!(r#""{name}""#));
    PRIMITIVES.iter().fold(schema.canonical_form(), wrapped)
}

/// An event with a released schema.
pub trait Event: Serialize + DeserializeOwned {
    /// Its schema as released.
    const AVSC: &'static str;

    /// Its schema, ready for reading and writing.
    fn codec() -> &'static Codec;

    /// The event in single-object encoding.
    ///
    /// # Errors
    /// [`Unwritable`] when a value doesn't fit the schema: a bug, as the types mirror it.
    fn encode(&self) -> Result<Vec<u8>, Unwritable>;

    /// Reads single-object encoding.
    ///
    /// # Errors
    /// [`Unreadable`] says what is wrong with the bytes, without quoting them.
    fn decode(bytes: &[u8]) -> Result<Self, Unreadable>;
}

// The methods stand in each impl, not in the trait: so their code is made once, here, and not again in
// every crate that calls them, which cost minutes of compile time.
macro_rules! events {
    ($($event:ident)+) => {$(
        impl Event for $event {
            const AVSC: &'static str = include_str!(concat!("../avro/", stringify!($event), ".avsc"));

            fn codec() -> &'static Codec {
                static CODEC: LazyLock<Codec> =
                    LazyLock::new(|| Codec::of(stringify!($event), <$event>::AVSC));
                &CODEC
            }

            fn encode(&self) -> Result<Vec<u8>, Unwritable> {
                Self::codec().encode(self)
            }

            fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
                Self::codec().decode(bytes)
            }
        }
    )+};
}

events! {
    IntakeEvent NodeManifest NodeClaim MatchLogEntry EventSettled ResidentChanged OutcomeNotice ControlEntry
}

/// A record of `register.changes`, which carries two kinds told apart by their fingerprints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What became of one entry of the match log.
    Settled(Box<EventSettled>),
    /// A resident's whole state.
    Resident(Box<ResidentChanged>),
}

impl Change {
    /// Reads either kind.
    ///
    /// # Errors
    /// [`Unreadable`] when the bytes are neither.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.starts_with(ResidentChanged::codec().header()) {
            ResidentChanged::decode(bytes).map(|change| Self::Resident(Box::new(change)))
        } else {
            EventSettled::decode(bytes).map(|change| Self::Settled(Box::new(change)))
        }
    }

    /// The change in single-object encoding.
    ///
    /// # Errors
    /// [`Unwritable`] when a value doesn't fit the schema: a bug, as the types mirror it.
    pub fn encode(&self) -> Result<Vec<u8>, Unwritable> {
        match self {
            Self::Settled(change) => change.encode(),
            Self::Resident(change) => change.encode(),
        }
    }

    /// The step of match that made it.
    pub const fn sequence(&self) -> i64 {
        match self {
            Self::Settled(change) => change.sequence,
            Self::Resident(change) => change.sequence,
        }
    }
}
