//! Lag by province: every stage's, also where all provinces share a partition.

use crate::cause::Cause;
use crate::contents::{Contents, Share};
use crate::partition::PartitionLag;
use crate::verdict::Verdict;
use runtime::kafka::Partition;
use schemas::Timestamp;
use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What the row is called that holds what no province can be told of.
pub const SHARED: &str = "(shared stages)";

/// What waits before one stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Stage {
    /// Records.
    pub waiting: i64,
    /// They were counted; else they are estimated from a part that was read.
    pub exact: bool,
}

/// A province, or what all of them share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProvinceLag {
    /// Slug; none for the records of the shared stages that belong to no province we can tell.
    pub province: Option<String>,
    /// Records that wait, over all stages.
    pub waiting: i64,
    /// All of them were counted.
    pub waiting_exact: bool,
    /// Applications that wait in some stage, each counted once: a person waits for each.
    pub people: i64,
    /// Seconds since the oldest of them reached its province's topic; 0 when none waits, none when unknown.
    pub oldest_seconds: Option<f64>,
    /// Before normalise; none when it wasn't looked at.
    pub normalise: Option<Stage>,
    /// Before match.
    #[serde(rename = "match")]
    pub matching: Option<Stage>,
    /// Before the sink.
    pub sink: Option<Stage>,
    /// Seconds until nothing waits; none unless every stage in which something waits shrinks.
    pub eta_seconds: Option<f64>,
    /// The worst of the partitions in which something of it waits, and of its own: a dead one isn't hidden
    /// by a sum.
    pub verdict: Verdict,
    /// Why, as far as it was asked for.
    pub causes: Vec<Cause>,
}

#[derive(Default)]
struct Sum {
    stages: BTreeMap<&'static str, Stage>,
    seen: i64,
    applications: BTreeSet<Uuid>,
    oldest: Option<f64>,
    unknown_age: bool,
    eta: Option<f64>,
    endless: bool,
    verdict: Option<Verdict>,
}

impl Sum {
    fn add(
        &mut self,
        stage: &'static str,
        lag: &PartitionLag,
        waiting: i64,
        share: Option<&Share>,
        now: Timestamp,
    ) {
        let sum = self.stages.entry(stage).or_insert(Stage {
            waiting: 0,
            exact: true,
        });
        sum.waiting += waiting;
        sum.exact &= lag.waiting_exact;
        self.verdict = self.verdict.max(Some(lag.verdict));
        if waiting == 0 {
            return;
        }
        let arrived = share.and_then(|share| share.oldest);
        let age = arrived
            .map(|at| (now.0 - at.0) as f64 / 1000.0)
            .or(lag.lag_seconds);
        match age {
            Some(age) => self.oldest = Some(self.oldest.unwrap_or(0.0).max(age.max(0.0))),
            None => self.unknown_age = true,
        }
        match lag.rates.eta_seconds {
            Some(eta) => self.eta = Some(self.eta.unwrap_or(0.0).max(eta)),
            None => self.endless = true,
        }
        if let Some(share) = share {
            self.seen += share.records;
            self.applications.extend(&share.applications);
        }
    }

    fn row(self, province: Option<String>, shown: &[&'static str]) -> Option<ProvinceLag> {
        let verdict = self.verdict?;
        let stage = |name: &'static str| {
            let nothing = Stage {
                waiting: 0,
                exact: true,
            };
            let there = shown.contains(&name);
            there.then(|| self.stages.get(name).copied().unwrap_or(nothing))
        };
        let waiting: i64 = self.stages.values().map(|stage| stage.waiting).sum();
        let people = self.applications.len() as f64;
        let scale = if self.seen > 0 {
            (waiting as f64 / self.seen as f64).max(1.0)
        } else {
            1.0
        };
        Some(ProvinceLag {
            province,
            waiting,
            waiting_exact: self.stages.values().all(|stage| stage.exact),
            people: (people * scale).round() as i64,
            oldest_seconds: if self.unknown_age {
                None
            } else {
                Some(self.oldest.unwrap_or(0.0))
            },
            normalise: stage(GROUP_NORMALISE),
            matching: stage(GROUP_MATCH),
            sink: stage(GROUP_SINK),
            eta_seconds: self.eta.filter(|_| !self.endless),
            verdict,
            causes: Vec::new(),
        })
    }
}

/// A row for each of `provinces` that `lags` tell of, worst first, then one for what the shared stages
/// hold beside. Other groups than the pipeline's are left out.
pub fn by_province<'a>(
    lags: &[PartitionLag],
    contents: &BTreeMap<(String, Partition), Contents>,
    provinces: impl Iterator<Item = &'a str>,
    now: Timestamp,
) -> Vec<ProvinceLag> {
    let mut sums: BTreeMap<&str, Sum> = provinces.map(|slug| (slug, Sum::default())).collect();
    let mut shared = Sum::default();
    let mut shown = Vec::new();
    for lag in lags {
        let Some(stage) = [GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK]
            .into_iter()
            .find(|group| *group == lag.group)
        else {
            continue;
        };
        shown.push(stage);
        let counted = contents.get(&(lag.group.clone(), lag.partition()));
        if let Some(slug) = &lag.province {
            if let Some(sum) = sums.get_mut(slug.as_str()) {
                let share = counted.and_then(|contents| contents.shares.get(slug));
                sum.add(stage, lag, lag.waiting, share, now);
            }
            continue;
        }
        let mut left = lag.waiting;
        for (slug, share) in counted.iter().flat_map(|contents| &contents.shares) {
            if let Some(sum) = sums.get_mut(slug.as_str()).filter(|_| share.records > 0) {
                let whole = counted.map_or(1, |contents| contents.records.max(1));
                let part = (share.records as f64 / whole as f64 * lag.waiting as f64).round() as i64;
                let part = part.min(left);
                left -= part;
                sum.add(stage, lag, part, Some(share), now);
            }
        }
        let nobody = counted.and_then(|contents| contents.shares.get(""));
        shared.add(stage, lag, left, nobody, now);
    }
    shown.sort_unstable();
    shown.dedup();
    let mut rows: Vec<ProvinceLag> = sums
        .into_iter()
        .filter_map(|(slug, sum)| sum.row(Some(slug.to_owned()), &shown))
        .collect();
    rows.sort_by(|a, b| {
        let worse = |row: &ProvinceLag| (row.verdict, row.waiting);
        worse(b).cmp(&worse(a)).then_with(|| {
            let age = |row: &ProvinceLag| row.oldest_seconds.unwrap_or(f64::INFINITY);
            age(b).total_cmp(&age(a))
        })
    });
    rows.extend(shared.row(None, &shown));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rate::Rates;
    use schemas::topics::{MATCH_LOG, applications};

    fn lag(group: &str, topic: &str, waiting: i64, age: f64, verdict: Verdict) -> PartitionLag {
        PartitionLag {
            group: group.to_owned(),
            topic: topic.to_owned(),
            partition: 0,
            province: schemas::topics::province_of(topic).map(str::to_owned),
            committed_offset: Some(0),
            end_offset: waiting,
            stable_offset: waiting,
            earliest_offset: 0,
            lag: waiting,
            waiting,
            waiting_exact: true,
            lag_seconds: Some(age),
            rates: Rates::default(),
            retention_margin_seconds: None,
            lost_records: 0,
            verdict,
            causes: Vec::new(),
        }
    }

    #[test]
    fn what_waits_in_a_shared_partition_is_its_provinces() {
        let lags = [
            lag(
                GROUP_NORMALISE,
                &applications("ha-noi"),
                0,
                0.0,
                Verdict::CaughtUp,
            ),
            lag(
                GROUP_NORMALISE,
                &applications("son-la"),
                3,
                5.0,
                Verdict::Draining,
            ),
            lag(
                GROUP_NORMALISE,
                &applications("dien-bien"),
                0,
                0.0,
                Verdict::CaughtUp,
            ),
            lag(GROUP_MATCH, MATCH_LOG, 10, 90.0, Verdict::Stalled),
            lag("somebody-elses", "orders", 900, 1.0, Verdict::LosingData),
        ];
        let mut log = Contents::from(0);
        log.records = 5;
        let share = |records, at| Share {
            records,
            applications: (0..records).map(|n| Uuid::from_u128(n as u128)).collect(),
            oldest: Some(Timestamp(at)),
        };
        log.shares.insert("dien-bien".to_owned(), share(4, 10_000));
        log.shares.insert(
            String::new(),
            Share {
                records: 1,
                ..Share::default()
            },
        );
        let contents = BTreeMap::from([((GROUP_MATCH.to_owned(), Partition::new(MATCH_LOG, 0)), log)]);
        let slugs = ["dien-bien", "son-la", "ha-noi", "lai-chau"];
        let rows = by_province(&lags, &contents, slugs.into_iter(), Timestamp(100_000));
        let told: Vec<_> = rows
            .iter()
            .map(|row| {
                let name = row.province.as_deref().unwrap_or(SHARED);
                let matching = row.matching.map(|stage| stage.waiting);
                (
                    name,
                    row.waiting,
                    matching,
                    row.people,
                    row.oldest_seconds,
                    row.verdict,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("dien-bien", 8, Some(8), 8, Some(90.0), Verdict::Stalled),
                ("son-la", 3, Some(0), 0, Some(5.0), Verdict::Draining),
                ("ha-noi", 0, Some(0), 0, Some(0.0), Verdict::CaughtUp),
                (SHARED, 2, Some(2), 0, Some(90.0), Verdict::Stalled),
            ]
        );
        assert_eq!(rows[0].sink, None, "the sink wasn't looked at");
    }
}
