//! Applications from a CSV file: a header of field names, a row for each application.

use super::lines::{Content, Numbered};
use schemas::Field;
use serde_json::{Map, Value};
use std::io::{self, Read};

/// Columns beside the fields of `applicant`, and where they go.
const COLUMNS: &[&str] = &[
    "application_id",
    "revision",
    "captured_at",
    "form_id",
    "form_version",
    "channel",
    "service",
    "commune",
    "village",
    "team",
];

/// Rows as lines of NDJSON, numbered as in the file (the header is line 1).
pub struct Rows<R> {
    records: csv::StringRecordsIntoIter<Bounded<R>>,
    header: Vec<String>,
}

impl<R: Read> Rows<R> {
    /// Reads the header; a row may have at most `limit` bytes.
    ///
    /// # Errors
    /// When the header can't be read or has an unknown column, which is named.
    pub fn of(input: R, limit: usize) -> io::Result<Self> {
        let input = Bounded {
            input,
            limit,
            left: limit,
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(input);
        let mut header = Vec::new();
        for name in reader.headers().map_err(unreadable)? {
            let name = name.trim_start_matches('\u{FEFF}');
            if !COLUMNS.contains(&name) && !Field::ALL.iter().any(|field| field.name() == name) {
                let position = header.len() + 1;
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!(
                        "column {position} of the header is no field: see the README for the columns there are"
                    ),
                ));
            }
            header.push(name.to_owned());
        }
        Ok(Self {
            records: reader.into_records(),
            header,
        })
    }

    fn json(&self, record: &csv::StringRecord) -> Vec<u8> {
        let (mut object, mut form, mut applicant) = (Map::new(), Map::new(), Map::new());
        for (name, value) in self
            .header
            .iter()
            .zip(record)
            .filter(|(_, value)| !value.is_empty())
        {
            match name.as_str() {
                "form_id" => form.insert("id".to_owned(), value.into()),
                "form_version" => form.insert("version".to_owned(), value.into()),
                "revision" => {
                    let number = value.parse::<i64>().map_or_else(|_| value.into(), Value::from);
                    object.insert(name.clone(), number)
                }
                column if COLUMNS.contains(&column) => object.insert(name.clone(), value.into()),
                _ => applicant.insert(name.clone(), value.into()),
            };
        }
        object.insert("form".to_owned(), form.into());
        object.insert("applicant".to_owned(), applicant.into());
        Value::from(object).to_string().into_bytes()
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = io::Result<Numbered>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.records.reader().position().line();
        let record = match self.records.next()? {
            Ok(record) => record,
            // One bad row is answered as invalid, by a text that is no JSON; the next one is read.
            Err(fault) if matches!(fault.kind(), csv::ErrorKind::Utf8 { .. }) => {
                return Some(Ok(Numbered {
                    number: at,
                    content: Content::Bytes(b"\xFF".to_vec()),
                }));
            }
            Err(fault) => return Some(Err(unreadable(fault))),
        };
        let bounded = self.records.reader_mut().get_mut();
        bounded.left = bounded.limit;
        let number = record.position().map_or(at, csv::Position::line);
        let content = if record.iter().all(str::is_empty) {
            Content::Empty
        } else {
            Content::Bytes(self.json(&record))
        };
        Some(Ok(Numbered { number, content }))
    }
}

fn unreadable(fault: csv::Error) -> io::Error {
    match fault.into_kind() {
        csv::ErrorKind::Io(fault) => fault,
        csv::ErrorKind::Utf8 { .. } => io::Error::new(io::ErrorKind::InvalidData, "the header is not UTF-8"),
        _ => io::Error::new(io::ErrorKind::InvalidData, "this is no CSV file"),
    }
}

/// Fails once a single row has taken more than its limit: an open quote would take the whole file.
struct Bounded<R> {
    input: R,
    limit: usize,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(into)?;
        self.left = self.left.checked_sub(read).ok_or_else(|| {
            let text = format!("a row is longer than {} bytes: is a quote left open?", self.limit);
            io::Error::new(io::ErrorKind::InvalidData, text)
        })?;
        Ok(read)
    }
}
