//! A register filled from the topic's beginning, as a rebuild does: no secondary index in the way until
//! everything that is in `register.changes` now is loaded.

use crate::pipeline::{Pipeline, ended};
use crate::register::{Register, indexes, position};
use runtime::kafka::{Cluster, Partition};
use runtime::{Fault, Stop};
use schemas::topics;
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often the positions are looked at.
const EVERY: Duration = Duration::from_millis(200);
/// How long a topic's last records may take to be read.
const PATIENCE: Duration = Duration::from_secs(60);

/// Fills an empty register, or goes on where an earlier call was stopped. True when everything is loaded and
/// the indexes are built; false when a stop was asked for before.
///
/// # Errors
/// Fatal when the register has rows that no bulk load put there; else as [`Pipeline::run`].
pub async fn fill(pipeline: Pipeline, stop: &Stop) -> Result<bool, Fault> {
    let mut conn = pipeline.register.open().await?;
    if !indexes::set_aside(&mut conn).await? {
        return Err(Fault::fatal(
            "the register has rows already: bulk loading fills an empty one, `intake-sink run` loads into this one",
        ));
    }
    let cluster = pipeline.cluster.clone();
    let ends = tokio::task::spawn_blocking(move || behind_last_records(&cluster));
    let ends = ends
        .await
        .map_err(|_| Fault::fatal("reading the topic's end panicked: see the log"))??;
    if !load(pipeline, &ends, &mut conn, stop).await? {
        tracing::warn!(
            "stopped before everything was loaded; `intake-sink bulk` goes on, and builds the indexes"
        );
        return Ok(false);
    }
    tracing::info!("everything is loaded: building indexes");
    indexes::put_back(&mut conn).await?;
    Ok(true)
}

/// Warns of a bulk load that was begun and not ended: looking people up is slow meanwhile.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn warn_if_begun(register: &Register) -> Result<(), Fault> {
    let mut conn = register.open().await?;
    match indexes::aside(&mut conn).await? {
        0 => {}
        aside => tracing::warn!(
            "{aside} indexes are set aside by a bulk load that did not end: `intake-sink bulk` builds them"
        ),
    }
    Ok(())
}

/// Loads until the positions stand at `ends`; false when a stop was asked for before.
async fn load(
    pipeline: Pipeline,
    ends: &BTreeMap<Partition, i64>,
    conn: &mut PgConnection,
    stop: &Stop,
) -> Result<bool, Fault> {
    let inner = Stop::manual();
    let mut running = tokio::spawn({
        let inner = inner.clone();
        async move { pipeline.run(&inner).await }
    });
    let partitions: Vec<Partition> = ends.keys().cloned().collect();
    let watched = async {
        while !stop.requested() {
            let stored = position::read(&mut *conn, &partitions).await?;
            let reached = |(partition, end): (&Partition, &i64)| {
                stored
                    .get(partition)
                    .is_some_and(|stored| stored.next_offset >= *end)
            };
            if ends.iter().all(reached) {
                return Ok(true);
            }
            tokio::time::sleep(EVERY).await;
        }
        Ok(false)
    };
    let watched: Result<bool, Fault> = tokio::select! {
        watched = watched => watched,
        early = &mut running => return ended(early).map(|()| false),
    };
    inner.request();
    ended(running.await)?;
    watched
}

/// For each partition of `register.changes` that holds any, the offset behind its last record. The markers
/// of transactions behind it are passed by nobody.
fn behind_last_records(cluster: &Cluster) -> Result<BTreeMap<Partition, i64>, Fault> {
    let offsets = cluster.offsets()?;
    let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
    let bounds = offsets.boundaries(&partitions)?;
    let mut found = BTreeMap::new();
    let mut open: Vec<_> = partitions.into_iter().zip(bounds).collect();
    let mut width = 100;
    while !open.is_empty() {
        let from: Vec<(Partition, i64)> = open
            .iter()
            .map(|(partition, b)| (partition.clone(), b.earliest.max(b.stable - width)))
            .collect();
        let ends: Vec<(Partition, i64)> = open
            .iter()
            .map(|(partition, b)| (partition.clone(), b.stable))
            .collect();
        cluster.reader(&from)?.read_to_end(&ends, PATIENCE, |record| {
            found.insert(record.partition, record.offset + 1);
            Ok(())
        })?;
        open.retain(|(partition, b)| !found.contains_key(partition) && b.earliest < b.stable - width);
        width *= 10;
    }
    Ok(found)
}
