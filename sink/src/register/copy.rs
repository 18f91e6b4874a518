//! Rows in PostgreSQL's binary COPY format (manual, "COPY", section "Binary Format").

use super::arrays::{Column, Kind};
use crate::fault::DatabaseFault;
use schemas::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

const SIGNATURE: &[u8] = b"PGCOPY\n\xff\r\n\0";
const NULL: i32 = -1;
const END: i16 = -1;
/// Object identifier of the type `uuid`, fixed in PostgreSQL's catalog.
const UUID_OID: i32 = 2950;
/// Milliseconds from 1970 to 2000, where PostgreSQL's timestamps begin.
const EPOCH_2000_MS: i64 = 946_684_800_000;

/// Rows on their way into one table. Columns are written in the order of the COPY statement.
pub(crate) struct Tuples {
    bytes: Vec<u8>,
    columns: i16,
    rows: usize,
    /// Of each column, once the first row is there.
    kinds: Vec<Kind>,
}

/// Bytes before the first row: the signature, no flags, no extension.
const HEAD: usize = SIGNATURE.len() + 8;

impl Tuples {
    /// No rows yet, of `columns` columns each.
    pub(crate) fn new(columns: i16, bytes_expected: usize) -> Self {
        let mut bytes = Vec::with_capacity(bytes_expected + 64);
        bytes.extend_from_slice(SIGNATURE);
        bytes.extend_from_slice(&[0; 8]);
        Self {
            bytes,
            columns,
            rows: 0,
            kinds: Vec::new(),
        }
    }

    /// Begins a row.
    pub(crate) fn row(&mut self) -> &mut Self {
        self.rows += 1;
        self.bytes.extend_from_slice(&self.columns.to_be_bytes());
        self
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.rows
    }

    /// What the values of each column are. None while there is no row.
    pub(crate) fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The rows as one array for each column.
    pub(crate) fn into_arrays(self) -> Vec<Column> {
        let mut columns: Vec<Column> = self
            .kinds
            .iter()
            .map(|&kind| Column::new(kind, self.rows))
            .collect();
        let mut rest = &self.bytes[HEAD..];
        for _ in 0..self.rows {
            rest = &rest[size_of::<i16>()..];
            for column in &mut columns {
                let (length, _) = rest.split_first_chunk().expect("a row is whole");
                let length = usize::try_from(i32::from_be_bytes(*length)).unwrap_or(0); // NULL has none
                let (value, after) = rest.split_at(size_of::<i32>() + length);
                column.push(value);
                rest = after;
            }
        }
        columns
    }

    fn value(&mut self, kind: Kind, value: Option<&[u8]>) -> &mut Self {
        self.note(kind);
        match value {
            None => self.bytes.extend_from_slice(&NULL.to_be_bytes()),
            Some(bytes) => {
                self.length(bytes.len());
                self.bytes.extend_from_slice(bytes);
            }
        }
        self
    }

    fn note(&mut self, kind: Kind) {
        if self.rows == 1 {
            self.kinds.push(kind);
        }
    }

    /// A value's length. One that doesn't fit is far beyond PostgreSQL's own limit of 1 GiB, and is
    /// refused there as a broken row.
    fn length(&mut self, bytes: usize) {
        self.bytes
            .extend_from_slice(&i32::try_from(bytes).unwrap_or(i32::MAX).to_be_bytes());
    }

    pub(crate) fn text(&mut self, value: Option<&str>) -> &mut Self {
        self.value(Kind::Text, value.map(str::as_bytes))
    }

    pub(crate) fn bytea(&mut self, value: Option<&[u8]>) -> &mut Self {
        self.value(Kind::Bytea, value)
    }

    pub(crate) fn uuid(&mut self, value: Option<Uuid>) -> &mut Self {
        self.value(Kind::Uuid, value.as_ref().map(|id| id.as_bytes().as_slice()))
    }

    pub(crate) fn bigint(&mut self, value: Option<i64>) -> &mut Self {
        self.eight_bytes(Kind::Bigint, value)
    }

    pub(crate) fn integer(&mut self, value: Option<i32>) -> &mut Self {
        let bytes = value.map(i32::to_be_bytes);
        self.value(Kind::Integer, bytes.as_ref().map(<[u8; 4]>::as_slice))
    }

    pub(crate) fn smallint(&mut self, value: i16) -> &mut Self {
        self.value(Kind::Smallint, Some(&value.to_be_bytes()))
    }

    pub(crate) fn timestamptz(&mut self, value: Option<Timestamp>) -> &mut Self {
        self.eight_bytes(Kind::Timestamptz, value.map(microseconds_since_2000))
    }

    fn eight_bytes(&mut self, kind: Kind, value: Option<i64>) -> &mut Self {
        let bytes = value.map(i64::to_be_bytes);
        self.value(kind, bytes.as_ref().map(<[u8; 8]>::as_slice))
    }

    /// A JSON document for a column of type `json`.
    pub(crate) fn json(&mut self, value: Option<&[u8]>) -> &mut Self {
        self.value(Kind::Json, value)
    }

    /// A JSON document for a column of type `jsonb`.
    pub(crate) fn jsonb(&mut self, value: Option<&[u8]>) -> &mut Self {
        let Some(document) = value else {
            return self.value(Kind::Jsonb, None);
        };
        self.note(Kind::Jsonb);
        self.length(document.len() + 1);
        self.bytes.push(1); // version of jsonb's binary format
        self.bytes.extend_from_slice(document);
        self
    }

    pub(crate) fn uuids(&mut self, values: &[Uuid]) -> &mut Self {
        self.note(Kind::Uuids);
        if values.is_empty() {
            self.length(12);
            [0, 0, UUID_OID]
                .iter()
                .for_each(|word: &i32| self.bytes.extend_from_slice(&word.to_be_bytes()));
            return self;
        }
        self.length(20 + 20 * values.len());
        let count = i32::try_from(values.len()).unwrap_or(i32::MAX);
        // One dimension, no nulls, its length, counted from 1.
        for word in [1, 0, UUID_OID, count, 1] {
            self.bytes.extend_from_slice(&word.to_be_bytes());
        }
        for id in values {
            self.length(id.as_bytes().len());
            self.bytes.extend_from_slice(id.as_bytes());
        }
        self
    }

    /// Sends the rows with `statement`, a COPY … FROM STDIN (FORMAT binary).
    pub(crate) async fn copy(
        mut self,
        conn: &mut PgConnection,
        statement: &str,
    ) -> Result<u64, DatabaseFault> {
        self.bytes.extend_from_slice(&END.to_be_bytes());
        let mut copy = conn.copy_in_raw(statement).await?;
        copy.send(self.bytes).await?;
        Ok(copy.finish().await?)
    }
}

/// PostgreSQL's binary timestamp; its two infinities outside the years 1 to 9999, which a node whose
/// clock is lost may claim.
fn microseconds_since_2000(moment: Timestamp) -> i64 {
    match moment.to_utc() {
        Some(_) => (moment.0 - EPOCH_2000_MS) * 1000,
        None if moment.0 < 0 => i64::MIN,
        None => i64::MAX,
    }
}
