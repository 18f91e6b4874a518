//! An event of the register, as an entry of the match log says what becomes of it.

use runtime::Fault;
use schemas::finding::OutcomeKind;
use schemas::match_log::EventReprocessed;
use schemas::{Finding, NodeId};
use sqlx::FromRow;
use uuid::Uuid;

/// An event that was settled about an application.
#[derive(Debug, FromRow)]
pub(crate) struct SettledEvent {
    /// The step that settled it first.
    pub(crate) sequence: i64,
    pub(crate) application_id: Uuid,
    pub(crate) event_id: Uuid,
    node_id: String,
    epoch: Uuid,
    node_sequence: i64,
    province: String,
    pub(crate) revision: Option<i32>,
    /// The match log's entry, of one that is held or refused and that no application's row holds.
    pub(crate) entry: Option<Vec<u8>>,
}

/// Those of the steps that are bound.
pub(crate) const EVENTS: &str = "
    SELECT e.sequence, e.application_id, e.event_id, e.node_id, e.epoch, e.node_sequence, e.province, e.revision, h.entry
      FROM intake_event e LEFT JOIN held_event h ON h.event_sequence = e.sequence
     WHERE e.sequence = ANY ($1)";

impl SettledEvent {
    /// Its outcome changes from `before` to `outcome`, because of `findings`.
    ///
    /// # Errors
    /// Fatal when the register holds no node's id.
    pub(crate) fn reprocessed(
        &self,
        before: OutcomeKind,
        outcome: OutcomeKind,
        findings: Vec<Finding>,
    ) -> Result<EventReprocessed, Fault> {
        // An application that waits again is read from its row.
        let waits_again = outcome == OutcomeKind::Held && self.revision.is_none();
        Ok(EventReprocessed {
            event_sequence: self.sequence,
            event_id: self.event_id,
            node_id: NodeId::parse(&self.node_id).map_err(|wrong| Fault::fatal(wrong.to_string()))?,
            epoch: self.epoch,
            node_sequence: self.node_sequence,
            province: self.province.clone(),
            revision: self.revision,
            before,
            outcome,
            findings,
            entry: self.entry.clone().filter(|_| waits_again).unwrap_or_default(),
        })
    }
}
