//! Rows in the order that was asked for.

use super::picture::{Picture, Worker};
use lag::cause::NodeSeen;
use lag::{PartitionLag, ProvinceLag};
use std::cmp::Reverse;

/// In which order rows stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Order {
    /// What is worst first.
    #[default]
    Worst,
    /// The most that waits first.
    Waiting,
    /// The longest that waits first.
    Oldest,
    /// By name.
    Name,
}

impl Order {
    pub(super) const fn next(self) -> Self {
        match self {
            Self::Worst => Self::Waiting,
            Self::Waiting => Self::Oldest,
            Self::Oldest => Self::Name,
            Self::Name => Self::Worst,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Worst => "worst first",
            Self::Waiting => "most waiting first",
            Self::Oldest => "oldest first",
            Self::Name => "by name",
        }
    }
}

/// Seconds as a key: what is unknown stands before everything.
fn age(seconds: Option<f64>) -> Reverse<u64> {
    Reverse(seconds.map_or(u64::MAX, |seconds| (seconds.max(0.0) * 1000.0) as u64))
}

impl Picture {
    pub(super) fn provinces(&self, order: Order) -> Vec<&ProvinceLag> {
        let mut rows: Vec<&ProvinceLag> = self.provinces.iter().collect();
        match order {
            Order::Worst => {} // as the lag engine has them
            Order::Waiting => rows.sort_by_key(|row| Reverse(row.waiting)),
            Order::Oldest => rows.sort_by_key(|row| age(row.oldest_seconds)),
            Order::Name => rows.sort_by(|a, b| a.province.cmp(&b.province)),
        }
        rows
    }

    /// Of one province, or of all.
    pub(super) fn lags(&self, province: Option<&str>, order: Order) -> Vec<&PartitionLag> {
        let wanted = |lag: &&PartitionLag| province.is_none() || lag.province.as_deref() == province;
        let mut rows: Vec<&PartitionLag> = self.lags.iter().filter(wanted).collect();
        match order {
            Order::Worst => rows.sort_by_key(|lag| (Reverse(lag.verdict), Reverse(lag.waiting))),
            Order::Waiting => rows.sort_by_key(|lag| Reverse(lag.waiting)),
            Order::Oldest => rows.sort_by_key(|lag| age(lag.lag_seconds)),
            Order::Name => {
                rows.sort_by(|a, b| {
                    (&a.group, &a.topic, a.partition).cmp(&(&b.group, &b.topic, b.partition))
                });
            }
        }
        rows
    }

    /// Of one province, or of all.
    pub(super) fn nodes(&self, province: Option<&str>, order: Order) -> Vec<&NodeSeen> {
        let wanted = |node: &&NodeSeen| province.is_none_or(|slug| node.province == slug);
        let mut rows: Vec<&NodeSeen> = self.nodes.iter().filter(wanted).collect();
        match order {
            Order::Worst | Order::Waiting => {
                rows.sort_by_key(|node| (Reverse(node.pending), age(Some(node.silent_seconds))));
            }
            Order::Oldest => rows.sort_by_key(|node| age(Some(node.silent_seconds))),
            Order::Name => rows.sort_by(|a, b| a.node_id.cmp(&b.node_id)),
        }
        rows
    }

    pub(super) fn workers(&self, order: Order) -> Vec<&Worker> {
        let mut rows: Vec<&Worker> = self.workers.iter().collect();
        if order == Order::Worst {
            rows.sort_by_key(|worker| (worker.client_id.is_some(), worker.state == "Stable"));
        }
        rows
    }
}
