//! `dead_letter`: the one place of records that could not be applied.

use super::document;
use super::table::Written;
use crate::fault::DatabaseFault;
use schemas::Header;
use sqlx::PgConnection;

/// A record that could not be applied, whole.
pub(crate) struct DeadLetterRow<'a> {
    /// Who refused it: `normalise`, `match` or `sink`.
    pub stage: &'static str,
    pub topic: &'a str,
    pub partition: i32,
    pub offset: i64,
    pub key: Option<&'a [u8]>,
    pub value: &'a [u8],
    pub headers: &'a [Header],
    /// Stable reason code.
    pub reason: &'a str,
    pub fault: Option<&'a DatabaseFault>,
    pub sequence: Option<i64>,
}

const INSERT: &str = "
    INSERT INTO dead_letter
           (stage, topic, partition, record_offset, key, value, reason, sqlstate, constraint_name, sequence,
            headers)
    SELECT stage::dead_letter_stage, topic, partition, record_offset, key, value, reason, sqlstate,
           constraint_name, sequence, headers::jsonb
      FROM UNNEST($1::text[], $2::text[], $3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[],
                  $8::text[], $9::text[], $10::bigint[], $11::text[])
        AS new (stage, topic, partition, record_offset, key, value, reason, sqlstate, constraint_name, sequence,
                headers)
    ON CONFLICT (topic, partition, record_offset) DO NOTHING";

/// Writes dead letters, sorted by position.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[DeadLetterRow<'_>],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let state = |row: &DeadLetterRow<'_>| row.fault.and_then(|fault| fault.state().map(str::to_owned));
    let constraint =
        |row: &DeadLetterRow<'_>| row.fault.and_then(|fault| fault.constraint().map(str::to_owned));
    let headers = |row: &DeadLetterRow<'_>| document::list(row.headers).map(document::text);
    let changed = sqlx::query(INSERT)
        .bind(rows.iter().map(|row| row.stage).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.topic).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.partition).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.offset).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.key).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.value).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.reason).collect::<Vec<_>>())
        .bind(rows.iter().map(state).collect::<Vec<_>>())
        .bind(rows.iter().map(constraint).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.sequence).collect::<Vec<_>>())
        .bind(rows.iter().map(headers).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}
