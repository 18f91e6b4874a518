//! Records as lines of JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use runtime::Fault;
use runtime::kafka::{Header, Record};
use serde::Serialize;
use std::io::Write;

#[derive(Serialize)]
struct Line<'a> {
    topic: &'a str,
    partition: i32,
    offset: i64,
    appended_at: String,
    /// Bytes are base64, as JSON has none.
    key: Option<String>,
    headers: &'a [Header],
    value: String,
}

/// Writes one.
///
/// # Errors
/// Fatal when the file can't be written.
pub(super) fn write(file: &mut impl Write, record: &Record) -> Result<(), Fault> {
    let base64 = |bytes: &Vec<u8>| STANDARD.encode(bytes);
    let line = Line {
        topic: &record.partition.topic,
        partition: record.partition.number,
        offset: record.offset,
        appended_at: record.appended_at.to_string(),
        key: record.key.as_ref().map(base64),
        headers: &record.headers,
        value: base64(&record.value),
    };
    serde_json::to_writer(&mut *file, &line)
        .map_err(std::io::Error::from)
        .and_then(|()| file.write_all(b"\n"))
        .map_err(|e| Fault::fatal(format!("can't write the file: {e}")))
}
