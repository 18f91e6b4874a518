//! What a node says of itself, the same by HTTP and by command.

use crate::spool::{Spool, SpoolFault};
use schemas::manifest::ClosedEpoch;
use schemas::{Epoch, NodeId, Timestamp};
use serde::{Deserialize, Serialize};

/// A node's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The node.
    pub node_id: NodeId,
    /// Slug of its province.
    pub province: String,
    /// Version of the rules whose findings it tells.
    pub ruleset: String,
    /// `online`, `offline` or `refused` while a server runs; `stopped` without one.
    pub broker: String,
    /// Why it is not online; none when it is.
    pub broker_problem: Option<String>,
    /// The current series.
    pub epoch: Epoch,
    /// Earlier series.
    pub closed_epochs: Vec<ClosedEpoch>,
    /// Events captured in the current series.
    pub captured: i64,
    /// Events of it that wait for the broker.
    pub pending: i64,
    /// Events of it that the broker has acknowledged.
    pub published: i64,
    /// Highest sequence of it.
    pub last_sequence: i64,
    /// Distinct events accepted in all series.
    pub accepted: i64,
    /// Bytes the spool takes.
    pub spool_bytes: u64,
    /// Bytes it may take.
    pub spool_limit_bytes: u64,
    /// Age of the oldest event that waits; none when none does.
    pub oldest_pending_age_seconds: Option<i64>,
    /// What became of the accepted events.
    pub outcomes: OutcomeSums,
}

/// Accepted events by what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeSums {
    /// Took effect.
    pub loaded: i64,
    /// Refused, with reasons.
    pub rejected: i64,
    /// Held for a correction or a decision.
    pub held: i64,
    /// Another event stood in this one's place.
    pub conflict: i64,
    /// Nothing heard yet.
    pub waiting: i64,
}

impl Status {
    /// Reads it from the spool.
    ///
    /// # Errors
    /// What the disk says.
    pub fn read(
        spool: &Spool,
        province: &str,
        (broker, broker_problem): (&str, Option<String>),
        now: Timestamp,
    ) -> Result<Self, SpoolFault> {
        let (head, published, counts) = (spool.head(), spool.published(), spool.outcomes().counts);
        let acknowledged = published.sequence_in(head.generation());
        let age = |since: Timestamp| (now.0 - since.0).max(0) / 1000;
        Ok(Self {
            node_id: spool.node_id().clone(),
            province: province.to_owned(),
            ruleset: rules::RULESET.to_owned(),
            broker: broker.to_owned(),
            broker_problem,
            epoch: head.epoch,
            captured: head.captured,
            pending: head.captured - acknowledged,
            published: acknowledged,
            last_sequence: head.captured,
            accepted: head.accepted,
            spool_bytes: spool.used_bytes(),
            spool_limit_bytes: spool.limits().max_bytes,
            oldest_pending_age_seconds: spool.oldest_pending()?.map(age),
            outcomes: OutcomeSums {
                loaded: counts.loaded,
                rejected: counts.rejected,
                held: counts.held,
                conflict: counts.conflict,
                waiting: head.accepted - counts.total(),
            },
            closed_epochs: head.closed,
        })
    }
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let problem = self
            .broker_problem
            .as_deref()
            .map(|why| format!(" ({why})"))
            .unwrap_or_default();
        let oldest = self
            .oldest_pending_age_seconds
            .map(|age| format!(", the oldest for {age} s"));
        writeln!(f, "node        {} ({})", self.node_id, self.province)?;
        writeln!(f, "rules       {}", self.ruleset)?;
        writeln!(f, "broker      {}{problem}", self.broker)?;
        writeln!(f, "epoch       {}", self.epoch)?;
        writeln!(f, "captured    {}", self.captured)?;
        writeln!(f, "published   {}", self.published)?;
        writeln!(f, "pending     {}{}", self.pending, oldest.unwrap_or_default())?;
        writeln!(
            f,
            "spool       {} of {} bytes",
            self.spool_bytes, self.spool_limit_bytes
        )?;
        let OutcomeSums {
            loaded,
            rejected,
            held,
            conflict,
            waiting,
        } = self.outcomes;
        write!(
            f,
            "outcomes    {loaded} loaded, {rejected} rejected, {held} held, {waiting} waiting"
        )?;
        if conflict > 0 {
            write!(f, ", {conflict} in conflict")?;
        }
        Ok(())
    }
}
