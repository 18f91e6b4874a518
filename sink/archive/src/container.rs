//! Records as an Avro object container file (Apache Avro 1.12 specification, "Object Container Files").

use apache_avro::{Codec, Reader, Schema, Writer, ZstandardSettings};
use runtime::Fault;
use runtime::kafka::Record;
use schemas::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let text = r#"{
        "type": "record", "name": "ArchivedRecord", "namespace": "vn.intake",
        "doc": "A record of a Kafka topic exactly as it was there.",
        "fields": [
            {"name": "offset", "type": "long"},
            {"name": "appended_at", "type": {"type": "long", "logicalType": "timestamp-millis"},
             "doc": "By the broker's clock."},
            {"name": "key", "type": ["null", "bytes"]},
            {"name": "value", "type": "bytes", "doc": "Avro single-object encoding, as published."}
        ]
    }"#;
    Schema::parse_str(text).expect("a compiled-in schema parses")
});

/// A record as it is archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchivedRecord {
    /// Its offset.
    pub offset: i64,
    /// When the broker appended it.
    pub appended_at: Timestamp,
    /// Key.
    #[serde(with = "serde_bytes")]
    pub key: Option<Vec<u8>>,
    /// Value.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
}

impl From<Record> for ArchivedRecord {
    fn from(record: Record) -> Self {
        Self {
            offset: record.offset,
            appended_at: record.appended_at,
            key: record.key,
            value: record.value,
        }
    }
}

/// Records to a file.
pub(crate) fn write(records: &[ArchivedRecord]) -> Result<Vec<u8>, Fault> {
    let unwritable = |_| Fault::fatal("a record does not fit the archive's schema: please report it");
    let mut writer = Writer::builder()
        .schema(&SCHEMA)
        .writer(Vec::new())
        .codec(Codec::Zstandard(ZstandardSettings::default()))
        .block_size(256 << 10)
        .marker(*b"intake archive 1")
        .human_readable(false)
        .build()
        .map_err(unwritable)?;
    for record in records {
        writer.append_ser(record).map_err(unwritable)?;
    }
    writer.into_inner().map_err(unwritable)
}

/// A file's records; none when it is no such file.
pub(crate) fn read(bytes: &[u8]) -> Option<Vec<ArchivedRecord>> {
    let records = Reader::new(bytes).ok()?.into_deser_iter();
    records.collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_read_back() {
        let record = |offset: i64| ArchivedRecord {
            offset,
            appended_at: Timestamp(1_700_000_000_000 + offset),
            key: (offset % 2 == 0).then(|| vec![1, 2]),
            value: vec![7; 1000],
        };
        let records: Vec<_> = (0..1000).map(record).collect();
        let bytes = write(&records).expect("written");
        assert!(bytes.len() < 100_000, "compressed");
        assert!(read(&bytes).as_ref() == Some(&records));
        assert!(read(&bytes[..bytes.len() / 2]).is_none(), "half a file is none");
    }
}
