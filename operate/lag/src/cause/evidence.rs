//! What causes are concluded from.

use crate::{PartitionLag, Window};

/// All that was seen.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// The looks.
    pub window: &'a Window,
    /// Their lags at the last look.
    pub lags: &'a [PartitionLag],
    /// Only what concerns this province: its own partitions and nodes, and those that all share.
    pub province: Option<&'a str>,
    /// What the database says.
    pub database: &'a Database,
    /// What is known of the nodes.
    pub nodes: &'a [NodeSeen],
}

/// What the database says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Database {
    /// It wasn't asked.
    #[default]
    NotAsked,
    /// It doesn't answer: why, without values.
    Unreachable(String),
    /// What our programs' sessions do.
    Sessions(Vec<Session>),
}

/// A session of one of our programs (`pg_stat_activity`).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    /// The program, as it names itself.
    pub program: String,
    /// What it waits for in the server, as `type: event`; none while it works or waits for its client.
    pub waits_for: Option<String>,
    /// Seconds since its statement began.
    pub seconds: f64,
    /// Seconds since its transaction began; none outside one.
    pub transaction_seconds: Option<f64>,
    /// The server processes that hold the lock it waits for.
    pub blocked_by: Vec<i32>,
    /// It says that its program found no room on the server's disk.
    pub no_room: bool,
}

/// A node, as its last manifest in the register tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeSeen {
    /// The node.
    pub node_id: String,
    /// Its province's slug.
    pub province: String,
    /// Seconds since its last manifest was appended.
    pub silent_seconds: f64,
    /// Events it held then.
    pub pending: i64,
    /// Seconds for which manifests have come that all told of events to publish; 0 when unknown.
    pub pending_seconds: f64,
    /// Events that it published within them.
    pub published: i64,
}

impl NodeSeen {
    /// For how long it has published nothing, or so little that what it holds takes four times as long again; none when it
    /// publishes well or that is unknown.
    pub fn held_back_seconds(&self) -> Option<f64> {
        let slow = self.pending > 4 * self.published;
        (slow && self.pending_seconds > 0.0).then_some(self.pending_seconds)
    }
}

impl<'a> Evidence<'a> {
    /// The lags that concern the province.
    pub(crate) fn relevant(&self) -> impl Iterator<Item = &'a PartitionLag> + use<'a> {
        let asked = self.province;
        self.lags
            .iter()
            .filter(move |lag| asked.is_none() || lag.province.is_none() || lag.province.as_deref() == asked)
    }
}
