//! `resident`: the golden records, and `resident_history`: their later states.

use super::copy::Tuples;
use super::document;
use super::table::{OnConflict, Table, Written};
use crate::fault::DatabaseFault;
use schemas::Field;
use schemas::change::ResidentChanged;
use sqlx::PgConnection;
use std::sync::LazyLock;

const BEFORE_GOLDEN: [&str; 4] = ["resident_id", "sequence", "status", "redirect_to"];
const AFTER_GOLDEN: [&str; 5] = ["folded_name", "stage", "members", "provenance", "last_event"];
const COLUMNS: i16 = (BEFORE_GOLDEN.len() + Field::ALL.len() + AFTER_GOLDEN.len()) as i16;

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let golden = Field::ALL.iter().map(|field| field.name());
    let columns: Vec<&str> = BEFORE_GOLDEN
        .into_iter()
        .chain(golden)
        .chain(AFTER_GOLDEN)
        .collect();
    Table::new("resident", "resident_id", &columns, &OnConflict::NewerReplaces)
});

/// The last state of a resident within a batch.
pub(crate) struct ResidentRow<'a> {
    pub change: &'a ResidentChanged,
    /// Its first state is in this batch as well, so the row is not there yet, unless all of it was
    /// loaded before.
    pub is_new: bool,
}

fn add(tuples: &mut Tuples, change: &ResidentChanged) {
    tuples
        .row()
        .uuid(Some(change.resident_id))
        .bigint(Some(change.sequence))
        .text(Some(change.status.name()))
        .uuid(change.redirect_to);
    for &field in Field::ALL {
        tuples.text(change.golden.get(field));
    }
    tuples
        .text(Some(&change.folded_name))
        .smallint(super::stage(change.stage))
        .uuids(&change.members)
        .json(Some(&document::of(&change.sources)))
        .uuid(Some(change.last_event));
}

/// Writes residents, sorted by id. Straight into the table where `trust_new` and a row says it is new.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[ResidentRow<'_>],
    trust_new: bool,
) -> Result<Written, DatabaseFault> {
    let (new, known): (Vec<_>, Vec<_>) = rows.iter().partition(|row| trust_new && row.is_new);
    let mut written = Written::default();
    if !new.is_empty() {
        written += TABLE.insert(&mut *conn, tuples(&new)).await?;
    }
    if !known.is_empty() {
        written += TABLE.merge(conn, tuples(&known)).await?;
    }
    Ok(written)
}

fn tuples(rows: &[&ResidentRow<'_>]) -> Tuples {
    let mut tuples = Tuples::new(COLUMNS, rows.len() * 1000);
    rows.iter().for_each(|row| add(&mut tuples, row.change));
    tuples
}

const KEEP_HISTORY: &str = "
    INSERT INTO resident_history
           (resident_id, sequence, status, redirect_to, golden, stage, members, provenance, last_event)
    SELECT resident_id, sequence, status::resident_status, redirect_to, golden::json, stage,
           members::uuid[], provenance::json, last_event
      FROM UNNEST($1::uuid[], $2::bigint[], $3::text[], $4::uuid[], $5::text[], $6::smallint[], $7::text[],
                  $8::text[], $9::uuid[])
        AS new (resident_id, sequence, status, redirect_to, golden, stage, members, provenance, last_event)
    ON CONFLICT (resident_id, sequence) DO NOTHING";

/// Writes every later state of a resident, sorted by id.
pub(crate) async fn keep_history(
    conn: &mut PgConnection,
    states: &[&ResidentChanged],
) -> Result<Written, DatabaseFault> {
    if states.is_empty() {
        return Ok(Written::default());
    }
    let each = |text: fn(&ResidentChanged) -> String| states.iter().map(|s| text(s)).collect::<Vec<_>>();
    let kept = sqlx::query(KEEP_HISTORY)
        .bind(states.iter().map(|s| s.resident_id).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.sequence).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.status.name()).collect::<Vec<_>>())
        .bind(states.iter().map(|s| s.redirect_to).collect::<Vec<_>>())
        .bind(each(|s| s.golden.to_json().to_string()))
        .bind(states.iter().map(|s| super::stage(s.stage)).collect::<Vec<_>>())
        .bind(each(|s| array_literal(&s.members)))
        .bind(each(|s| document::text(document::of(&s.sources))))
        .bind(states.iter().map(|s| s.last_event).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    let changed = kept.rows_affected();
    Ok(Written {
        changed,
        stale: states.len() as u64 - changed,
    })
}

/// Ids as PostgreSQL writes an array: arrays of arrays can't be unnested row by row.
fn array_literal(ids: &[uuid::Uuid]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("{{{}}}", ids.join(","))
}
