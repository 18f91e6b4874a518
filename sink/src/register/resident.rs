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
const CASTS: [(&str, &str); 2] = [("status", "resident_status"), ("members", "uuid[]")];
const COLUMNS: i16 = (BEFORE_GOLDEN.len() + Field::ALL.len() + AFTER_GOLDEN.len()) as i16;

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let golden = Field::ALL.iter().map(|field| field.name());
    let columns: Vec<&str> = BEFORE_GOLDEN
        .into_iter()
        .chain(golden)
        .chain(AFTER_GOLDEN)
        .collect();
    Table::new(
        "resident",
        "resident_id",
        &columns,
        &CASTS,
        &OnConflict::NewerReplaces,
    )
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
    let mut written = TABLE.write(&mut *conn, tuples(&new), true).await?;
    written += TABLE.write(conn, tuples(&known), false).await?;
    Ok(written)
}

fn tuples(rows: &[&ResidentRow<'_>]) -> Tuples {
    let mut tuples = Tuples::new(COLUMNS, rows.len() * 1000);
    rows.iter().for_each(|row| add(&mut tuples, row.change));
    tuples
}

const HISTORY_COLUMNS: [&str; 9] = [
    "resident_id",
    "sequence",
    "status",
    "redirect_to",
    "golden",
    "stage",
    "members",
    "provenance",
    "last_event",
];

pub(crate) static HISTORY: LazyLock<Table> = LazyLock::new(|| {
    let key = "resident_id, sequence";
    Table::new(
        "resident_history",
        key,
        &HISTORY_COLUMNS,
        &CASTS,
        &OnConflict::Keep,
    )
});

/// Writes every later state of a resident, sorted by id. With `trust_new` none of them is there yet.
pub(crate) async fn keep_history(
    conn: &mut PgConnection,
    states: &[&ResidentChanged],
    trust_new: bool,
) -> Result<Written, DatabaseFault> {
    let mut tuples = Tuples::new(HISTORY_COLUMNS.len() as i16, states.len() * 1200);
    states.iter().for_each(|state| remember(&mut tuples, state));
    HISTORY.write(conn, tuples, trust_new).await
}

fn remember(tuples: &mut Tuples, state: &ResidentChanged) {
    let golden = state.golden.present();
    tuples
        .row()
        .uuid(Some(state.resident_id))
        .bigint(Some(state.sequence))
        .text(Some(state.status.name()))
        .uuid(state.redirect_to)
        .json(Some(&document::object(
            golden.map(|(field, value)| (field.name(), value)),
        )))
        .smallint(super::stage(state.stage))
        .uuids(&state.members)
        .json(Some(&document::of(&state.sources)))
        .uuid(Some(state.last_event));
}
