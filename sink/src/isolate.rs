//! Finding the records of a batch that the database refuses, by halving; the rest is loaded.

use crate::arrival::Arrival;
use crate::erasing;
use crate::fault::DatabaseFault;
use crate::register::{Batch, Loaded, copied, position};
use crate::rows::{Rows, Tally, source_positions};
use runtime::Remedy;
use sqlx::{Connection, PgConnection};

/// Loads what can be loaded of a batch, and puts each record that can't among the dead letters, in
/// one transaction. A savepoint for each part: 1 + 2·log₂(n) parts for a bad record among n.
///
/// # Errors
/// Anything but a fault of the data.
pub(crate) async fn load(conn: &mut PgConnection, batch: &Batch) -> Result<Loaded, DatabaseFault> {
    let mut transaction = conn.begin().await?;
    let erased = erasing::begin(&mut transaction, &batch.arrivals).await?;
    let arrivals = erased.out_of(&batch.arrivals);
    if !position::advance(&mut transaction, &batch.spans).await? {
        transaction.rollback().await?;
        return Ok(Loaded::Superseded);
    }
    let mut tally = Tally::new();
    let mut refused: Vec<(&Arrival, DatabaseFault)> = Vec::new();
    let mut parts = vec![&arrivals[..]];
    let mut tried = 0;
    while let Some(part) = parts.pop() {
        tried += 1;
        match write(&mut transaction, part).await {
            Ok(written) => add(&mut tally, written),
            Err(fault) if fault.remedy() != Remedy::Data => return Err(fault),
            Err(fault) => match part {
                [bad] => refused.push((bad, fault)),
                _ => {
                    let (first, second) = part.split_at(part.len() / 2);
                    parts.extend([second, first]);
                }
            },
        }
    }
    for (arrival, fault) in &refused {
        let at = (&arrival.record.partition, arrival.record.offset);
        tracing::error!(
            kafka.topic = %at.0.topic, kafka.partition = at.0.number, kafka.offset = at.1,
            "the record at {} offset {} is a dead letter now: {fault}", at.0, at.1
        );
    }
    add(
        &mut tally,
        Rows::of_refused(&refused).write(&mut transaction, false).await?,
    );
    erased.out_of_register(&mut transaction).await?;
    position::pass_source(&mut transaction, &source_positions(&batch.arrivals)).await?;
    transaction.commit().await?;
    metrics::counter!("intake_sink_isolation_parts_total").increment(tried);
    Ok(Loaded::Committed(tally))
}

/// Writes a part under a savepoint, which is gone without a trace when it fails.
async fn write(conn: &mut PgConnection, part: &[Arrival]) -> Result<Tally, DatabaseFault> {
    let mut savepoint = conn.begin().await?;
    let tally = Rows::of(part).write(&mut savepoint, false).await?;
    for table in copied() {
        table.clear(&mut savepoint).await?;
    }
    savepoint.commit().await?;
    Ok(tally)
}

fn add(tally: &mut Tally, more: Tally) {
    for (table, written) in more {
        *tally.entry(table).or_default() += written;
    }
}
