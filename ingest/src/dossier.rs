//! What the node knows of an application or an event: receipts and outcomes.

use crate::acceptance::Identity;
use crate::spool::{Receipt, Spool, SpoolFault};
use schemas::Finding;
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A receipt and what became of its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What the node promised.
    #[serde(flatten)]
    pub receipt: Receipt,
    /// What the centre said; none while it waits.
    pub outcome: Option<Outcome>,
}

/// What the centre said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What became of it.
    pub outcome: OutcomeKind,
    /// Why: reason codes and fields.
    pub findings: Vec<Finding>,
    /// The resident, when loaded.
    pub resident_id: Option<Uuid>,
    /// When it was settled (RFC 3339).
    pub settled_at: String,
}

impl From<OutcomeNotice> for Outcome {
    fn from(notice: OutcomeNotice) -> Self {
        Self {
            outcome: notice.outcome,
            findings: notice.findings,
            resident_id: notice.resident_id,
            settled_at: notice.settled_at.to_string(),
        }
    }
}

/// All that is known of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// The application.
    pub application_id: Uuid,
    /// Its revisions in order, then its verifications, then its withdrawals.
    pub entries: Vec<Entry>,
}

impl Spool {
    /// All that is known of an application by its id or dossier code; none when it is unknown here.
    ///
    /// # Errors
    /// What the disk says.
    pub fn dossier(&self, identity: &Identity, id_or_code: &str) -> Result<Option<Dossier>, SpoolFault> {
        let Ok(named) = identity.named(id_or_code) else {
            return Ok(None);
        };
        let application_id = named.application_id;
        let receipts = self.receipts_of(application_id)?;
        if receipts.is_empty() {
            return Ok(None);
        }
        let entries = receipts
            .into_iter()
            .map(|receipt| self.entry(receipt))
            .collect::<Result<_, _>>()?;
        Ok(Some(Dossier {
            application_id,
            entries,
        }))
    }

    /// An event's receipt and outcome; none when it is unknown here.
    ///
    /// # Errors
    /// What the disk says.
    pub fn event_entry(&self, event_id: Uuid) -> Result<Option<Entry>, SpoolFault> {
        self.receipt_of_event(event_id)?
            .map(|receipt| self.entry(receipt))
            .transpose()
    }

    fn entry(&self, receipt: Receipt) -> Result<Entry, SpoolFault> {
        let outcome = self.outcome_of_event(receipt.event_id)?.map(Outcome::from);
        Ok(Entry { receipt, outcome })
    }
}
