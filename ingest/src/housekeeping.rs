//! Housekeeping of a running node: figures every second, pruning every minute, opening the spool again
//! after its disk was full.

use crate::publisher::Link;
use crate::spool::{Spool, SpoolFault};
use metrics::gauge;
use runtime::health::Health;
use runtime::{Stop, clock};
use std::sync::Arc;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(1);
const PRUNE_EVERY: u32 = 60;

/// Until a stop is asked for.
pub async fn keep_house(spool: Arc<Spool>, link: Link, health: Health, stop: Stop) {
    for round in 0u32.. {
        let (spool, link) = (Arc::clone(&spool), link.clone());
        let prune = round % PRUNE_EVERY == 0;
        let kept = tokio::task::spawn_blocking(move || {
            if spool.has_failed() {
                reopen(&spool)?;
            }
            if prune {
                spool.prune(clock::now())?;
            }
            report(&spool, &link)
        });
        match kept.await {
            Ok(Ok(())) => health.ready("spool"),
            Ok(Err(fault)) => health.not_ready("spool", fault.to_string()),
            Err(_) => health.not_ready("spool", "its housekeeping panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = stop.wait() => return,
        }
    }
}

/// After a failed write the store takes no more; it is opened again as soon as the disk has room.
fn reopen(spool: &Spool) -> Result<(), SpoolFault> {
    spool.check_disk()?;
    spool.reopen()?;
    tracing::info!("the spool is open again");
    Ok(())
}

fn report(spool: &Spool, link: &Link) -> Result<(), SpoolFault> {
    let (head, published, counts) = (spool.head(), spool.published(), spool.outcomes().counts);
    let now = clock::now();
    let seconds = |since: schemas::Timestamp| (now.0 - since.0).max(0) as f64 / 1000.0;
    let acknowledged = published.sequence_in(head.generation());
    gauge!("intake_node_pending_events").set((head.captured - acknowledged) as f64);
    gauge!("intake_node_spool_bytes").set(spool.used_bytes() as f64);
    gauge!("intake_node_spool_limit_bytes").set(spool.limits().max_bytes as f64);
    gauge!("intake_node_broker_online").set(f64::from(u8::from(link.is_online())));
    gauge!("intake_node_oldest_pending_age_seconds").set(spool.oldest_pending()?.map_or(0.0, seconds));
    if let Some(at) = published.at {
        gauge!("intake_node_last_acknowledgement_age_seconds").set(seconds(at));
    }
    for (result, count) in [
        ("loaded", counts.loaded),
        ("rejected", counts.rejected),
        ("held", counts.held),
        ("conflict", counts.conflict),
        ("waiting", head.accepted - counts.total()),
    ] {
        gauge!("intake_node_outcomes", "result" => result).set(count as f64);
    }
    Ok(())
}
