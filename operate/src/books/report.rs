//! The books: what `-o json` prints.

use super::chain::Place;
use super::claim::Proof;
use super::day::DayOfBooks;
use super::evidence::Contradiction;
use super::numbers::{Beside, Numbers};
use super::rows::{DeadLetters, ManifestRow, NodeRow};
use super::silence::SilentNode;
use chrono::{DateTime, Utc};
use schemas::NodeId;
use serde::Serialize;
use uuid::Uuid;

/// The books of all provinces.
#[derive(Debug, Serialize)]
pub struct Books {
    /// The day they are of; none for all that ever was.
    pub day: Option<DayOfBooks>,
    /// Nothing is missing, doubled, forked, unreadable or without proof.
    pub balanced: bool,
    /// Nothing is pending or on the way either; of a day: it is over, and all that was appended by its
    /// end is settled and loaded.
    pub settled: bool,
    /// Sums over all provinces.
    pub totals: Numbers,
    /// What is counted beside the totals.
    #[serde(flatten)]
    pub beside: Beside,
    /// One for each province.
    pub provinces: Vec<ProvinceBooks>,
    /// Records that are no events, by topic, reason and who refused them.
    pub undecodable: Vec<DeadLetters>,
    /// Places for which two different events came.
    pub forks: Vec<Place>,
    /// Events that name another predecessor than the one that came, as far as the register has their
    /// bytes; empty with `--quick` and for a day.
    pub broken: Vec<Place>,
    /// Nodes that have been silent for too long; none for a day, as silence is of now.
    pub silent_nodes: Option<Vec<SilentNode>>,
    /// Rows of the register that the events contradict, by what is wrong with them.
    pub contradictions: Vec<Contradiction>,
    /// What keeps the books from balancing, and what is worth a look, in words.
    pub problems: Vec<String>,
}

/// The books of one province.
#[derive(Debug, Serialize)]
pub struct ProvinceBooks {
    /// Its slug.
    pub province: String,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// What is counted beside them.
    #[serde(flatten)]
    pub beside: Beside,
    /// One for each node.
    pub nodes: Vec<NodeBooks>,
    /// Each missing range.
    pub missing_ranges: Vec<MissingRange>,
}

/// The books of one node.
#[derive(Debug, Serialize)]
pub struct NodeBooks {
    /// The node.
    pub node_id: String,
    /// Its numbers, all epochs together.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// What is counted beside them.
    #[serde(flatten)]
    pub beside: Beside,
    /// It was registered with `intakectl node add`.
    pub registered: bool,
    /// It was written off.
    pub retired: bool,
    /// Why it was.
    pub retired_because: Option<String>,
    /// Whether its word is proven by its registered key; none for a day, which needs no word of it.
    pub claim: Option<Proof>,
    /// When its latest manifest came, RFC 3339.
    pub last_manifest_at: Option<String>,
    /// Since when it is silent, when that is too long; none for a day.
    pub silent_since: Option<DateTime<Utc>>,
    /// One for each epoch.
    pub epochs: Vec<EpochNumbers>,
}

impl ProvinceBooks {
    pub(super) fn empty(province: String, numbers: Numbers, beside: Beside) -> Self {
        Self {
            province,
            numbers,
            beside,
            nodes: Vec::new(),
            missing_ranges: Vec::new(),
        }
    }
}

impl NodeBooks {
    pub(super) fn empty(
        node_id: &NodeId,
        registered: Option<&NodeRow>,
        manifest: Option<&ManifestRow>,
    ) -> Self {
        let retired = registered.filter(|node| node.retired);
        Self {
            node_id: node_id.to_string(),
            numbers: Numbers::default(),
            beside: Beside::default(),
            registered: registered.is_some(),
            retired: retired.is_some(),
            retired_because: retired.and_then(|node| node.reason.clone()),
            claim: None,
            last_manifest_at: manifest.map(|manifest| manifest.appended_at.to_rfc3339()),
            silent_since: None,
            epochs: Vec::new(),
        }
    }
}

/// The numbers of one epoch.
#[derive(Debug, Serialize)]
pub struct EpochNumbers {
    /// The epoch.
    pub epoch: Uuid,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// Sequences that are missing, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingRange {
    /// The node.
    pub node_id: String,
    /// The epoch.
    pub epoch: Uuid,
    /// First missing sequence.
    pub first: i64,
    /// Last missing sequence.
    pub last: i64,
}

impl std::fmt::Display for MissingRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            node_id,
            epoch,
            first,
            last,
        } = self;
        write!(f, "{node_id} epoch {epoch} sequence {first}")?;
        if first == last {
            Ok(())
        } else {
            write!(f, " to {last}")
        }
    }
}
