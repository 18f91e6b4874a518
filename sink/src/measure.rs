//! Log lines and metrics, side by side so that they can't disagree. Counters move after COMMIT only.

use crate::register::Batch;
use crate::rows::Tally;
use metrics::{counter, gauge, histogram};
use runtime::kafka::Partition;
use runtime::{Fault, trace};
use std::time::Duration;

/// A batch is committed.
pub(crate) fn batch_loaded(lane: &'static str, batch: &Batch, tally: &Tally, took: Duration) {
    for (table, written) in tally {
        if written.changed > 0 {
            counter!("intake_sink_rows_total", "table" => *table, "result" => "changed")
                .increment(written.changed);
        }
        if written.stale > 0 {
            counter!("intake_sink_rows_total", "table" => *table, "result" => "stale")
                .increment(written.stale);
        }
    }
    let dead = tally.get("dead_letter").map_or(0, |written| written.changed);
    counter!("intake_sink_dead_letters_total").increment(dead);
    counter!("intake_sink_batches_total", "lane" => lane).increment(1);
    counter!("intake_sink_records_total", "lane" => lane).increment(batch.arrivals.len() as u64);
    histogram!("intake_sink_load_duration_seconds").record(took.as_secs_f64());
    histogram!("intake_sink_batch_records").record(batch.arrivals.len() as f64);
    for (partition, span) in &batch.spans {
        gauge!(
            "intake_sink_next_offset",
            "topic" => partition.topic.clone(), "partition" => partition.number.to_string()
        )
        .set(span.next as f64);
    }
    for arrival in &batch.arrivals {
        if let Some(parent) = arrival.record.trace {
            let at = trace::At {
                topic: &arrival.record.partition.topic,
                partition: arrival.record.partition.number,
                offset: arrival.record.offset,
            };
            trace::done("load", parent, Some(at), took);
        }
    }
    let oldest = batch
        .arrivals
        .iter()
        .map(|arrival| arrival.record.appended_at)
        .min();
    if let Some(appended_at) = oldest {
        let age_ms = runtime::clock::now().0 - appended_at.0;
        histogram!("intake_sink_append_to_load_seconds").record(age_ms.max(0) as f64 / 1000.0);
    }
    tracing::debug!(
        lane,
        records = batch.arrivals.len(),
        partitions = batch.spans.len(),
        dead_letters = dead,
        duration_ms = took.as_millis() as u64,
        "loaded {} records of {} partitions",
        batch.arrivals.len(),
        batch.spans.len()
    );
}

/// What the database did not do will be tried again, if that can help.
pub(crate) fn retried(fault: &Fault) {
    if fault.remedy().heals() {
        counter!("intake_sink_retries_total", "remedy" => fault.remedy().name()).increment(1);
    }
}

/// A batch could not be loaded, and will be tried again.
pub(crate) fn load_failed(lane: &'static str, fault: &Fault) {
    retried(fault);
    tracing::warn!(
        lane,
        remedy = fault.remedy().name(),
        "not loaded yet, trying again: {fault}"
    );
}

/// Another owner, or a commit of ours whose answer was lost, moved a position.
pub(crate) fn superseded(partition: &Partition, expected: i64, now: i64) {
    counter!("intake_sink_superseded_total").increment(1);
    tracing::warn!(
        kafka.topic = %partition.topic, kafka.partition = partition.number, expected, now,
        "the position of {partition} moved from {expected} to {now} without us: another sink loads it, or an answer \
         was lost; going on from there"
    );
}

/// The cluster has trouble; polling goes on.
pub(crate) fn fetch_failed(fault: &Fault) {
    counter!("intake_sink_fetch_failures_total").increment(1);
    tracing::warn!("{fault}");
}
