//! One batch in one transaction: positions, rows, dead letters.

use super::position::{self, Span};
use crate::arrival::Arrival;
use crate::erasing;
use crate::fault::DatabaseFault;
use crate::isolate;
use crate::rows::{Rows, Tally, source_positions};
use runtime::Remedy;
use runtime::kafka::Partition;
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;

/// Records of any partitions, in the order of their offsets, and how the positions move by them.
pub(crate) struct Batch {
    pub arrivals: Vec<Arrival>,
    pub spans: BTreeMap<Partition, Span>,
}

/// What became of a batch.
#[must_use]
pub(crate) enum Loaded {
    /// Committed: what was written to each table.
    Committed(Tally),
    /// A position did not stand where we left it. Nothing was written.
    Superseded,
}

/// Loads a batch, whole. A record that the database refuses becomes a dead letter in the same
/// transaction.
///
/// # Errors
/// Anything but a fault of the data. Whether a commit went through is not known when the connection
/// broke under it; the position tells.
pub(crate) async fn load(conn: &mut PgConnection, batch: &Batch) -> Result<Loaded, DatabaseFault> {
    let mut outcome = attempt(conn, batch, true).await;
    if outcome.as_ref().is_err_and(DatabaseFault::is_unique_violation) {
        // Something is there that calls itself new: a replay, or two sinks at once.
        metrics::counter!("intake_sink_guarded_batches_total").increment(1);
        outcome = attempt(conn, batch, false).await;
    }
    match outcome {
        Err(fault) if fault.remedy() == Remedy::Data => isolate::load(conn, batch).await,
        other => other,
    }
}

async fn attempt(conn: &mut PgConnection, batch: &Batch, trust_new: bool) -> Result<Loaded, DatabaseFault> {
    let mut transaction = conn.begin().await?;
    // Before any row is locked, so that who waits here holds nothing that another one waits for.
    let erased = erasing::begin(&mut transaction, &batch.arrivals).await?;
    // The position moves before the rows are written, so that a second sink on this partition waits
    // on its row lock and then sees it moved, instead of writing a batch that is being written.
    if !position::advance(&mut transaction, &batch.spans).await? {
        transaction.rollback().await?;
        return Ok(Loaded::Superseded);
    }
    let tally = Rows::of(&erased.out_of(&batch.arrivals))
        .write(&mut transaction, trust_new)
        .await?;
    erased.out_of_register(&mut transaction).await?;
    position::pass_source(&mut transaction, &source_positions(&batch.arrivals)).await?;
    transaction.commit().await?;
    Ok(Loaded::Committed(tally))
}
