//! Why something waits: rules over evidence, the last stage first, as what a stage can't pass on backs up
//! before it.

mod database;
mod evidence;
mod group;
mod node;

pub use evidence::{Database, Evidence, NodeSeen, Session};

use schemas::topics::{GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK};
use serde::Serialize;
use std::collections::BTreeSet;

/// Why something waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The database doesn't answer.
    DatabaseStopped,
    /// There is no room on the database's disk.
    Disk,
    /// The sink's sessions wait in the database.
    SlowDatabase,
    /// Records were deleted before they were read, or soon will be.
    RecordsDeleted,
    /// Nobody reads: the group has no member.
    DeadConsumer,
    /// The group has members, but none has the partition.
    MissingMember,
    /// An open transaction hides what is behind it.
    HungTransaction,
    /// Members come and go, and nobody gets to work.
    RebalanceLoop,
    /// The matcher reads its state back.
    MatcherRestoring,
    /// A record that its worker can't pass.
    PoisonRecord,
    /// A node that holds events isn't heard of.
    SilentNode,
    /// A node is heard of, but its events don't get through: throttled, or without the right to write.
    ProducerHeldBack,
    /// A replay runs beside the live pipeline.
    ReplayInProgress,
    /// More comes in than the stage takes.
    Burst,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::DatabaseStopped,
        Self::Disk,
        Self::SlowDatabase,
        Self::RecordsDeleted,
        Self::DeadConsumer,
        Self::MissingMember,
        Self::HungTransaction,
        Self::RebalanceLoop,
        Self::MatcherRestoring,
        Self::PoisonRecord,
        Self::SilentNode,
        Self::ProducerHeldBack,
        Self::ReplayInProgress,
        Self::Burst,
    ];

    /// Its name, as JSON has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DatabaseStopped => "database-stopped",
            Self::Disk => "disk",
            Self::SlowDatabase => "slow-database",
            Self::RecordsDeleted => "records-deleted",
            Self::DeadConsumer => "dead-consumer",
            Self::MissingMember => "missing-member",
            Self::HungTransaction => "hung-transaction",
            Self::RebalanceLoop => "rebalance-loop",
            Self::MatcherRestoring => "matcher-restoring",
            Self::PoisonRecord => "poison-record",
            Self::SilentNode => "silent-node",
            Self::ProducerHeldBack => "producer-held-back",
            Self::ReplayInProgress => "replay-in-progress",
            Self::Burst => "burst",
        }
    }
}

/// A cause with what it is concluded from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// What it is.
    pub kind: Kind,
    /// The group or node it is about.
    pub about: String,
    /// What was seen, in words and figures.
    pub evidence: String,
    /// The command to run next.
    pub next: String,
}

/// Every cause that the evidence shows. None when all is well.
///
/// A stage whose own records wait only because a later stage is blocked isn't blamed: normalise admits no
/// more than the stages after it take.
pub fn causes(evidence: &Evidence<'_>) -> Vec<Cause> {
    let mut found = Vec::new();
    let mut blocked_later = false;
    let pipeline = [GROUP_SINK, GROUP_MATCH, GROUP_NORMALISE];
    for group in pipeline {
        let of_group = group::causes(evidence, group, blocked_later);
        blocked_later |= of_group.iter().any(|cause| cause.kind != Kind::Burst);
        found.extend(of_group);
    }
    let others: BTreeSet<&str> = evidence
        .relevant()
        .map(|lag| lag.group.as_str())
        .filter(|group| !pipeline.contains(group))
        .collect();
    for group in others {
        found.extend(group::causes(evidence, group, false));
    }
    found.extend(node::causes(evidence));
    found
}
