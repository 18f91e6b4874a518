//! `intakectl topics count`.

use super::part::Part;
use crate::stretch::{self, Stretch};
use crate::table::{Cell, Table, grouped};
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Options of `topics count`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    part: Part,
}

/// How many records there are.
#[derive(Debug, Serialize)]
pub struct Counted {
    topic: String,
    records: u64,
    bytes: u64,
    partitions: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    partition: i32,
    from_offset: i64,
    to_offset: i64,
    records: u64,
    /// Of keys and values.
    bytes: u64,
    /// Offsets that hold no record: markers, what was aborted, what compaction took.
    empty_offsets: i64,
}

/// Reads and counts them.
///
/// # Errors
/// Data when topic, partition or offset isn't there; transient when the cluster doesn't answer.
pub(super) fn run(settings: &Settings, options: &Options) -> Result<Counted, Fault> {
    let cluster = settings.cluster()?;
    let stretches = options.part.find(&cluster.offsets()?)?;
    let mut counts: BTreeMap<i32, (u64, u64)> = BTreeMap::new();
    stretch::read(&cluster, &stretches, |record| {
        let (records, bytes) = counts.entry(record.partition.number).or_default();
        *records += 1;
        *bytes += (record.value.len() + record.key.as_ref().map_or(0, Vec::len)) as u64;
        Ok(ControlFlow::Continue(()))
    })?;
    let row = |stretch: &Stretch| {
        let number = stretch.partition.number;
        let (records, bytes) = counts.get(&number).copied().unwrap_or_default();
        Row {
            partition: number,
            from_offset: stretch.from,
            to_offset: stretch.to,
            records,
            bytes,
            empty_offsets: (stretch.to - stretch.from).max(0) - records as i64,
        }
    };
    let partitions: Vec<Row> = stretches.iter().map(row).collect();
    Ok(Counted {
        topic: options.part.place.topic.clone(),
        records: partitions.iter().map(|row| row.records).sum(),
        bytes: partitions.iter().map(|row| row.bytes).sum(),
        partitions,
    })
}

impl Report for Counted {
    fn table(&self) -> String {
        let mut table = Table::new(&["PARTITION", "FROM", "TO", "RECORDS", "BYTES", "EMPTY OFFSETS"]);
        for row in &self.partitions {
            table.row([
                Cell::number(row.partition.into()),
                Cell::number(row.from_offset),
                Cell::number(row.to_offset),
                Cell::number(row.records as i64),
                Cell::number(row.bytes as i64),
                Cell::number(row.empty_offsets),
            ]);
        }
        format!(
            "{}\n{} records, {} bytes",
            table.render(),
            grouped(self.records as i64),
            grouped(self.bytes as i64)
        )
    }
}
