//! Records as an Avro object container file (Apache Avro 1.12 specification, "Object Container Files").

use apache_avro::{Codec, Schema, Writer, ZstandardSettings};
use runtime::Fault;
use runtime::kafka::{Header, Record};
use serde::Serialize;
use std::fs::File;
use std::io::BufWriter;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = r#"{
        "type": "record", "name": "CopiedRecord", "namespace": "vn.intake",
        "doc": "A record of a Kafka topic exactly as it was there.",
        "fields": [
            {"name": "topic", "type": "string", "doc": "Without the namespace."},
            {"name": "partition", "type": "int"},
            {"name": "offset", "type": "long"},
            {"name": "appended_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "key", "type": ["null", "bytes"]},
            {"name": "headers", "type": {"type": "array", "items": {
                "type": "record", "name": "CopiedHeader", "fields": [
                    {"name": "name", "type": "string"},
                    {"name": "value", "type": ["null", "bytes"]}
                ]
            }}},
            {"name": "value", "type": "bytes", "doc": "Empty for a tombstone."}
        ]
    }"#;
    Schema::parse_str(text).expect("a compiled-in schema parses")
});

#[derive(Serialize)]
struct CopiedRecord {
    topic: String,
    partition: i32,
    offset: i64,
    appended_at: i64,
    #[serde(with = "serde_bytes")]
    key: Option<Vec<u8>>,
    headers: Vec<Header>,
    #[serde(with = "serde_bytes")]
    value: Vec<u8>,
}

/// A container that records are added to.
pub(super) struct Container(Writer<'static, BufWriter<File>>);

impl Container {
    pub(super) fn new(file: BufWriter<File>) -> Result<Self, Fault> {
        let writer = Writer::builder()
            .schema(&SCHEMA)
            .writer(file)
            .codec(Codec::Zstandard(ZstandardSettings::default()))
            .block_size(256 << 10)
            .human_readable(false)
            .build();
        Ok(Self(writer.map_err(|e| unwritten(&e))?))
    }

    pub(super) fn write(&mut self, record: Record) -> Result<(), Fault> {
        let copied = CopiedRecord {
            topic: record.partition.topic,
            partition: record.partition.number,
            offset: record.offset,
            appended_at: record.appended_at.0,
            key: record.key,
            headers: record.headers,
            value: record.value,
        };
        self.0.append_ser(&copied).map(drop).map_err(|e| unwritten(&e))
    }

    /// The file with all records in it.
    pub(super) fn finish(self) -> Result<BufWriter<File>, Fault> {
        self.0.into_inner().map_err(|e| unwritten(&e))
    }
}

/// An error of the library may quote what it was to write: only what is known to be the disk's is told.
fn unwritten(error: &apache_avro::Error) -> Fault {
    use apache_avro::error::Details;
    match error.details() {
        Details::WriteBytes(error) | Details::FlushWriter(error) => {
            Fault::fatal(format!("can't write the file: {error}"))
        }
        _ => Fault::fatal("a record does not fit the file's schema: please report it"),
    }
}
