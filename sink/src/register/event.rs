//! `intake_event`: one row per step of match, `held_event`: the entries of those that wait, and
//! `event_outcome`: outcomes that changed later.

use super::copy::Tuples;
use super::document;
use super::table::{OnConflict, Table, Written};
use crate::fault::DatabaseFault;
use schemas::change::{EventSettled, OutcomeChanged};
use schemas::{Timestamp, topics};
use sqlx::PgConnection;
use std::sync::LazyLock;

const COLUMNS: [&str; 24] = [
    "sequence",
    "topic",
    "partition",
    "source_offset",
    "appended_at",
    "logged_at",
    "matched_at",
    "province",
    "node_id",
    "epoch",
    "node_sequence",
    "event_id",
    "hash",
    "open_link",
    "kind",
    "application_id",
    "revision",
    "captured_at",
    "spooled_at",
    "clock_offset_ms",
    "ruleset",
    "outcome",
    "findings",
    "resident_id",
];

pub(crate) static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::new("intake_event", "sequence", &COLUMNS, &CASTS, &OnConflict::Keep));
const CASTS: [(&str, &str); 2] = [("kind", "event_kind"), ("outcome", "outcome_kind")];

/// An event, and when match had settled it.
pub(crate) struct EventRow<'a> {
    pub change: &'a EventSettled,
    pub matched_at: Timestamp,
}

/// Writes events, sorted by sequence. With `trust_new` none of them is there yet.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[EventRow<'_>],
    trust_new: bool,
) -> Result<Written, DatabaseFault> {
    let mut tuples = Tuples::new(COLUMNS.len() as i16, rows.len() * 400);
    rows.iter().for_each(|row| add(&mut tuples, row));
    TABLE.write(conn, tuples, trust_new).await
}

fn add(tuples: &mut Tuples, row: &EventRow<'_>) {
    let event = row.change;
    let source = event.source.as_ref();
    let unusual = |topic: &&str| *topic != topics::applications(&event.province);
    tuples
        .row()
        .bigint(Some(event.sequence))
        .text(source.map(|at| at.topic.as_str()).filter(unusual))
        .integer(source.map(|at| at.partition))
        .bigint(source.map(|at| at.offset))
        .timestamptz(event.appended_at)
        .timestamptz(Some(event.logged_at))
        .timestamptz(Some(row.matched_at))
        .text(some(&event.province))
        .text(event.node_id.as_ref().map(|node| node.as_str()))
        .uuid(event.epoch)
        .bigint(event.node_sequence)
        .uuid(event.event_id)
        .bytea(event.hash.as_ref().map(|hash| hash.0.as_slice()))
        .bytea(event.open_link.as_ref().map(|hash| hash.0.as_slice()))
        .text(Some(event.kind.name()))
        .uuid(event.application_id)
        .integer(event.revision)
        .timestamptz(event.captured_at)
        .timestamptz(event.spooled_at)
        .bigint(event.clock_offset_ms)
        .text(some(&event.ruleset))
        .text(Some(event.outcome.name()))
        .jsonb(document::list(&event.findings).as_deref())
        .uuid(event.resident_id);
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

const KEEP_HELD: &str = "
    INSERT INTO held_event (event_sequence, entry) SELECT * FROM UNNEST($1::bigint[], $2::bytea[])
    ON CONFLICT (event_sequence) DO NOTHING";

/// Writes the entries of events that no application's row holds, sorted by sequence.
pub(crate) async fn keep_held(
    conn: &mut PgConnection,
    rows: &[(i64, &[u8])],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let changed = sqlx::query(KEEP_HELD)
        .bind(rows.iter().map(|(sequence, _)| *sequence).collect::<Vec<_>>())
        .bind(rows.iter().map(|(_, entry)| *entry).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}

/// The last outcome of an earlier event within a batch.
pub(crate) struct OutcomeRow<'a> {
    pub sequence: i64,
    pub changed: &'a OutcomeChanged,
}

const CHANGE_OUTCOMES: &str = "
    INSERT INTO event_outcome AS stored (event_sequence, sequence, outcome, findings, resident_id)
    SELECT event_sequence, sequence, outcome::outcome_kind, findings::jsonb, resident_id
      FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::uuid[])
        AS new (event_sequence, sequence, outcome, findings, resident_id)
    ON CONFLICT (event_sequence) DO UPDATE
       SET sequence = EXCLUDED.sequence, outcome = EXCLUDED.outcome, findings = EXCLUDED.findings,
           resident_id = EXCLUDED.resident_id
     WHERE stored.sequence < EXCLUDED.sequence";

/// Writes outcomes that changed, sorted by event.
pub(crate) async fn change_outcomes(
    conn: &mut PgConnection,
    rows: &[OutcomeRow<'_>],
) -> Result<Written, DatabaseFault> {
    if rows.is_empty() {
        return Ok(Written::default());
    }
    let findings = |row: &OutcomeRow<'_>| document::list(&row.changed.findings).map(document::text);
    let changed = sqlx::query(CHANGE_OUTCOMES)
        .bind(
            rows.iter()
                .map(|row| row.changed.event_sequence)
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(|row| row.sequence).collect::<Vec<_>>())
        .bind(
            rows.iter()
                .map(|row| row.changed.outcome.name())
                .collect::<Vec<_>>(),
        )
        .bind(rows.iter().map(findings).collect::<Vec<_>>())
        .bind(rows.iter().map(|row| row.changed.resident_id).collect::<Vec<_>>())
        .execute(conn)
        .await?
        .rows_affected();
    Ok(Written::of(rows.len(), changed))
}
