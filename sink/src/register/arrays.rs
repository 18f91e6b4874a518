//! Rows as one array for each column, which a single statement takes apart by UNNEST.
//!
//! An element of an array has the same binary form as a value of COPY (PostgreSQL manual, "COPY", section
//! "Binary Format"; `array_recv`), so the rows of a [`Tuples`](super::copy::Tuples) only change their order.

use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Encode, Postgres, Type};

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bigint,
    Bytea,
    Integer,
    Json,
    Jsonb,
    Smallint,
    Text,
    Timestamptz,
    Uuid,
    /// An array of them. UNNEST would take it apart as well, so it goes as a text.
    Uuids,
}

impl Kind {
    /// The array's type, and the object identifiers of array and element, fixed in PostgreSQL's catalog.
    const fn array(self) -> (&'static str, u32, i32) {
        match self {
            Self::Bigint => ("bigint[]", 1016, 20),
            Self::Bytea => ("bytea[]", 1001, 17),
            Self::Integer => ("integer[]", 1007, 23),
            Self::Json => ("json[]", 199, 114),
            Self::Jsonb => ("jsonb[]", 3807, 3802),
            Self::Smallint => ("smallint[]", 1005, 21),
            Self::Text | Self::Uuids => ("text[]", 1009, 25),
            Self::Timestamptz => ("timestamptz[]", 1185, 1184),
            Self::Uuid => ("uuid[]", 2951, 2950),
        }
    }

    /// The array's type in SQL.
    pub(crate) const fn array_type(self) -> &'static str {
        self.array().0
    }
}

/// The values of a column, as a parameter.
pub(crate) struct Column {
    kind: Kind,
    bytes: Vec<u8>,
}

impl Column {
    /// A column of `rows` values, none of them there yet.
    pub(crate) fn new(kind: Kind, rows: usize) -> Self {
        const ONE_DIMENSION: i32 = 1;
        const MAY_HOLD_NULL: i32 = 1;
        const COUNTED_FROM: i32 = 1;
        let (_, _, element) = kind.array();
        let count = i32::try_from(rows).unwrap_or(i32::MAX);
        let mut bytes = Vec::with_capacity(20 + 16 * rows);
        for word in [ONE_DIMENSION, MAY_HOLD_NULL, element, count, COUNTED_FROM] {
            bytes.extend_from_slice(&word.to_be_bytes());
        }
        Self { kind, bytes }
    }

    /// The next value: its length and its bytes, as COPY has them.
    pub(crate) fn push(&mut self, value: &[u8]) {
        match self.kind {
            Kind::Uuids => self.push_uuids(value),
            _ => self.bytes.extend_from_slice(value),
        }
    }

    /// An array of ids as a text, `{…,…}`.
    fn push_uuids(&mut self, value: &[u8]) {
        const HEAD: usize = 4 + 20; // the value's length, then the array's head
        const LENGTH: usize = 4;
        let ids = value.get(HEAD..).unwrap_or_default().chunks_exact(LENGTH + 16);
        let ids: Vec<String> = ids
            .filter_map(|element| uuid::Uuid::from_slice(&element[LENGTH..]).ok())
            .map(|id| id.to_string())
            .collect();
        let text = format!("{{{}}}", ids.join(","));
        let length = i32::try_from(text.len()).unwrap_or(i32::MAX);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }
}

impl Type<Postgres> for Column {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(Kind::Text.array().1))
    }
}

impl Encode<'_, Postgres> for Column {
    fn encode_by_ref(&self, buffer: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        buffer.extend_from_slice(&self.bytes);
        Ok(IsNull::No)
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.kind.array().1)))
    }

    fn size_hint(&self) -> usize {
        self.bytes.len()
    }
}
