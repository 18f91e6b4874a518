//! The lag of every group in every partition.

use crate::cause::Cause;
use crate::contents::Contents;
use crate::verdict::{self, Facts, Verdict};
use crate::window::{FirstWaiting, Window};
use crate::{Rates, age};
use runtime::kafka::{Group, Partition};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a group has still to read in one partition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PartitionLag {
    /// Consumer group, without the namespace.
    pub group: String,
    /// Topic, without the namespace.
    pub topic: String,
    /// Partition number.
    pub partition: i32,
    /// Slug of the province whose topic it is; none for the shared stages.
    pub province: Option<String>,
    /// The group's next offset; none when it never committed one.
    pub committed_offset: Option<i64>,
    /// First offset behind everything.
    pub end_offset: i64,
    /// First offset behind every finished transaction.
    pub stable_offset: i64,
    /// First offset that is still there.
    pub earliest_offset: i64,
    /// `end_offset - committed_offset`, as Kafka's own tools have it (transaction markers count);
    /// from `earliest_offset` when nothing was ever committed. Never negative.
    pub lag: i64,
    /// Records that wait: the lag without transaction markers and what compaction removed.
    pub waiting: i64,
    /// `waiting` was counted; else it is the lag, or what was counted of a part of it, scaled up.
    pub waiting_exact: bool,
    /// Age in seconds of the first record that waits; 0 when none does, none when unknown. Never
    /// negative.
    pub lag_seconds: Option<f64>,
    /// How fast records come and go.
    #[serde(flatten)]
    pub rates: Rates,
    /// Seconds until retention deletes the first record that waits, at the earliest; none when unknown or
    /// when nothing waits.
    pub retention_margin_seconds: Option<f64>,
    /// Records that were deleted before they were read.
    pub lost_records: i64,
    /// What to call it.
    pub verdict: Verdict,
    /// Why, as far as it was asked for.
    pub causes: Vec<Cause>,
}

impl PartitionLag {
    /// The partition.
    pub fn partition(&self) -> Partition {
        Partition::new(self.topic.clone(), self.partition)
    }

    /// The next offset to read that is there.
    pub fn next(&self) -> i64 {
        let from = self.committed_offset.unwrap_or(self.earliest_offset);
        from.max(self.earliest_offset)
    }
}

/// How long topics keep their records, in milliseconds; absent for compacted and foreign ones.
pub type Retention = BTreeMap<String, i64>;

impl Window {
    /// The lag at the last look, of every group in every partition that it committed a position of, that a
    /// member of it has, or that `expected` names beside it.
    pub fn lags(
        &self,
        expected: &BTreeMap<String, Vec<Partition>>,
        retention: &Retention,
        contents: &BTreeMap<(String, Partition), Contents>,
    ) -> Vec<PartitionLag> {
        let Some(look) = self.last() else {
            return Vec::new();
        };
        let none = Group::default();
        let names: BTreeSet<&String> = look.groups.keys().chain(expected.keys()).collect();
        let mut lags = Vec::new();
        for name in names {
            let group = look.groups.get(name).unwrap_or(&none);
            let assigned = group.members.iter().flat_map(|member| &member.assigned);
            let partitions: BTreeSet<&Partition> = assigned
                .chain(group.committed.keys())
                .chain(expected.get(name).into_iter().flatten())
                .collect();
            let each = |partition: &Partition| {
                let contents = contents.get(&(name.clone(), partition.clone()));
                self.lag_of(name, group, partition, retention.get(&partition.topic), contents)
            };
            lags.extend(partitions.into_iter().filter_map(each));
        }
        lags
    }

    fn lag_of(
        &self,
        name: &str,
        group: &Group,
        partition: &Partition,
        retention_ms: Option<&i64>,
        contents: Option<&Contents>,
    ) -> Option<PartitionLag> {
        let series = self.series(name, partition);
        let last = *series.last()?;
        if !self.last()?.ends.contains_key(partition) {
            return None;
        }
        let first = self.first_waiting(partition, last.next());
        let lag_seconds = age::seconds(&series, first);
        let rates = Rates::of(&series);
        let waits = last.lag() > 0 && lag_seconds != Some(0.0);
        let margin = retention_ms
            .zip(lag_seconds)
            .filter(|_| waits)
            .map(|(kept, age)| (*kept as f64 / 1000.0 - age).max(0.0));
        let assigned = group
            .members
            .iter()
            .any(|member| member.assigned.contains(partition));
        let facts = Facts {
            first,
            lag_seconds,
            rates,
            consumed: assigned || group.state.ends_with("Rebalance"),
            retention_margin: margin,
        };
        let verdict = verdict::of(&series, &facts);
        let only_markers = first == FirstWaiting::Nothing && last.ends.stable == last.ends.end;
        let (waiting, waiting_exact) = match contents {
            _ if last.lag() == 0 || only_markers => (0, true),
            Some(contents) => contents.waiting(&last),
            None => (last.lag(), false),
        };
        Some(PartitionLag {
            group: name.to_owned(),
            topic: partition.topic.clone(),
            partition: partition.number,
            province: schemas::topics::province_of(&partition.topic).map(str::to_owned),
            committed_offset: last.committed,
            end_offset: last.ends.end,
            stable_offset: last.ends.stable,
            earliest_offset: last.ends.earliest,
            lag: last.lag(),
            waiting,
            waiting_exact,
            lag_seconds,
            rates,
            retention_margin_seconds: margin,
            lost_records: last
                .committed
                .map_or(0, |next| (last.ends.earliest - next).max(0)),
            verdict,
            causes: Vec::new(),
        })
    }
}
