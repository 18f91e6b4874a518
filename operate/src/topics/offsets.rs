//! `intakectl topics offsets`: where partitions begin and end, and which offset stands for a moment.

use super::part::{Known, Place, whole};
use crate::stretch::{self, Stretch};
use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report, Settings, period};
use chrono::{DateTime, Utc};
use clap::Args;
use runtime::Fault;
use runtime::kafka::{Partition, Record};
use schemas::Timestamp;
use serde::Serialize;

/// Options of `topics offsets`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    place: Place,
    /// Tell the first record that is as late as this moment, which says its zone
    #[arg(long, value_name = "TIME", value_parser = period::moment)]
    at: Option<DateTime<Utc>>,
}

/// Offsets of a topic.
#[derive(Debug, Serialize)]
pub struct Offsets {
    topic: String,
    at: Option<DateTime<Utc>>,
    partitions: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    partition: i32,
    earliest_offset: i64,
    stable_offset: i64,
    end_offset: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Found>,
}

/// Which offset stands for the moment.
#[derive(Debug, Serialize)]
struct Found {
    /// The end when no record is as late.
    offset: i64,
    /// When the first record from there on was appended; none when there is none.
    record_at: Option<String>,
    /// When the last record before it was appended; none when there is none.
    before_at: Option<String>,
    /// Whether the moment lies between the two.
    verified: bool,
}

/// Tells them. What the cluster says of a moment is verified by reading on both sides of it.
///
/// # Errors
/// Data when topic or partition isn't there; transient when the cluster doesn't answer.
pub(super) fn run(settings: &Settings, options: &Options) -> Result<Offsets, Fault> {
    let cluster = stretch::in_small_fetches(settings)?;
    let offsets = cluster.offsets()?;
    let known = options.place.find(&offsets)?;
    let mut found = Vec::new();
    if let Some(moment) = options.at {
        let moment = Timestamp(moment.timestamp_millis());
        let partitions: Vec<Partition> = known.iter().map(|(partition, _)| partition.clone()).collect();
        let told = offsets.since(&partitions, moment)?;
        let (before, behind) = split(&known, &told);
        let before = stretch::last(&cluster, &before, 1)?;
        let behind = stretch::first(&cluster, &behind, 1)?;
        for ((partition, ends), told) in known.iter().zip(told) {
            let (before_at, record_at) = (at(&before, partition), at(&behind, partition));
            let early = before_at.is_none_or(|at| at < moment);
            let late = record_at.map_or(told.is_none_or(|told| told >= ends.stable), |at| at >= moment);
            found.push(Some(Found {
                offset: told.unwrap_or(ends.end),
                record_at: record_at.map(|at| at.to_string()),
                before_at: before_at.map(|at| at.to_string()),
                verified: early && late,
            }));
        }
    }
    found.resize_with(known.len(), || None);
    let row = |((partition, ends), found): (Known, Option<Found>)| Row {
        partition: partition.number,
        earliest_offset: ends.earliest,
        stable_offset: ends.stable,
        end_offset: ends.end,
        found,
    };
    Ok(Offsets {
        topic: options.place.topic.clone(),
        at: options.at,
        partitions: known.into_iter().zip(found).map(row).collect(),
    })
}

/// What lies before the offset that was told, and what from it on.
fn split(known: &[Known], told: &[Option<i64>]) -> (Vec<Stretch>, Vec<Stretch>) {
    let halves = |(at, told): (&Known, &Option<i64>)| {
        let all = whole(at);
        let middle = told.unwrap_or(all.to).min(all.to);
        let before = Stretch {
            to: middle,
            ..all.clone()
        };
        (before, Stretch { from: middle, ..all })
    };
    known.iter().zip(told).map(halves).unzip()
}

fn at(records: &[Record], partition: &Partition) -> Option<Timestamp> {
    let mut found = records.iter().filter(|record| record.partition == *partition);
    found.next().map(|record| record.appended_at)
}

impl Report for Offsets {
    fn table(&self) -> String {
        let plain = ["PARTITION", "EARLIEST", "STABLE", "END"];
        let asked = ["AT", "RECORD THERE", "ONE BEFORE", "VERIFIED"];
        let heading: Vec<&'static str> = match self.at {
            Some(_) => plain.into_iter().chain(asked).collect(),
            None => plain.to_vec(),
        };
        let mut table = Table::new(&heading);
        let time = |at: &Option<String>| Cell::text(at.as_deref().unwrap_or("none"));
        for row in &self.partitions {
            let mut cells = vec![
                Cell::number(row.partition.into()),
                Cell::number(row.earliest_offset),
                Cell::number(row.stable_offset),
                Cell::number(row.end_offset),
            ];
            if let Some(found) = &row.found {
                let (word, tone) = if found.verified {
                    ("yes", Tone::Good)
                } else {
                    ("NO", Tone::Bad)
                };
                cells.extend([
                    Cell::number(found.offset),
                    time(&found.record_at),
                    time(&found.before_at),
                    Cell::text(word).toned(tone),
                ]);
            }
            table.row(cells);
        }
        table.render()
    }

    fn ended(&self) -> Ended {
        let wrong = |row: &Row| row.found.as_ref().is_some_and(|found| !found.verified);
        if self.partitions.iter().any(wrong) {
            Ended::Unwell
        } else {
            Ended::Fine
        }
    }
}
