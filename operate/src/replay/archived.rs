//! What the archive holds of the match log.

use super::plan::Stretch;
use archive::{Place, segments};
use runtime::Fault;
use runtime::kafka::{Cluster, Partition, Record};
use schemas::topics::MATCH_LOG;

/// The first offset of the log in `wanted` that the archive doesn't hold; none when it holds them all.
///
/// # Errors
/// Data when the archive isn't what its manifests say; transient when the place can't be read.
pub(super) async fn gap(place: &str, cluster: &Cluster, wanted: Stretch) -> Result<Option<i64>, Fault> {
    let place = Place::open(place)?;
    let mut at = wanted.from;
    for (from, to) in segments(&place, &cluster.namespace().full(MATCH_LOG), 0).await? {
        if from <= at && at < to {
            at = to;
        }
    }
    Ok((at < wanted.to).then_some(at))
}

/// Hands on the log's records in `wanted`.
///
/// # Errors
/// As [`gap`]; what `each` returns.
pub(super) async fn read(
    place: &str,
    cluster: &Cluster,
    wanted: Stretch,
    mut each: impl FnMut(Record) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let place = Place::open(place)?;
    archive::read(
        &place,
        &cluster.namespace().full(MATCH_LOG),
        0,
        wanted.from,
        |record| {
            if record.offset >= wanted.to {
                return Ok(());
            }
            each(Record {
                partition: Partition::new(MATCH_LOG, 0),
                offset: record.offset,
                appended_at: record.appended_at,
                key: record.key,
                value: record.value,
                headers: Vec::new(),
                trace: None,
            })
        },
    )
    .await
}
