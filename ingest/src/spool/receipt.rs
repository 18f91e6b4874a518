//! A receipt: what the node promised for a submission, and the key it is found by.

use super::{Spool, SpoolFault};
use schemas::{Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An application, or a revision of one.
    Application,
    /// An officer's verification.
    Verification,
    /// The applicant took the application back.
    Withdrawal,
}

/// The node's promise: this content is on its disk as this event. It binds event and content, never
/// the sequence, which changes when a restored spool starts a fresh series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What was submitted.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The event.
    pub event_id: Uuid,
    /// The application it is about.
    pub application_id: Uuid,
    /// The application's revision; none for the other kinds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i32>,
    /// SHA-256 over the canonical JSON of what was submitted.
    pub content_hash: Sha256,
    /// When it was on disk, by the node's clock.
    #[serde(with = "rfc3339")]
    pub accepted_at: Timestamp,
}

const LAYOUT: u8 = 1;

impl Receipt {
    /// An application has one receipt for each revision; the others one for each content.
    pub(super) fn key(kind: Kind, application_id: Uuid, revision: Option<i32>, content: Sha256) -> Vec<u8> {
        let mut key = Vec::with_capacity(49);
        key.extend_from_slice(application_id.as_bytes());
        match kind {
            Kind::Application => {
                key.push(b'a');
                key.extend_from_slice(&revision.unwrap_or_default().to_be_bytes());
            }
            Kind::Verification | Kind::Withdrawal => {
                key.push(if kind == Kind::Verification { b'v' } else { b'w' });
                key.extend_from_slice(&content.0);
            }
        }
        key
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(57);
        bytes.push(LAYOUT);
        bytes.extend_from_slice(self.event_id.as_bytes());
        bytes.extend_from_slice(&self.content_hash.0);
        bytes.extend_from_slice(&self.accepted_at.0.to_be_bytes());
        bytes
    }

    pub(super) fn read(key: &[u8], value: &[u8]) -> Result<Self, SpoolFault> {
        Self::parts(key, value).ok_or_else(|| SpoolFault::Broken("a receipt can't be read".to_owned()))
    }

    fn parts(key: &[u8], value: &[u8]) -> Option<Self> {
        let (application_id, rest) = key.split_first_chunk::<16>()?;
        let (tag, rest) = rest.split_first()?;
        let (kind, revision) = match tag {
            b'a' => (Kind::Application, Some(i32::from_be_bytes(rest.try_into().ok()?))),
            b'v' => (Kind::Verification, None),
            b'w' => (Kind::Withdrawal, None),
            _ => return None,
        };
        let value = value.strip_prefix(&[LAYOUT])?;
        let (event_id, value) = value.split_first_chunk::<16>()?;
        let (content_hash, value) = value.split_first_chunk::<32>()?;
        Some(Self {
            kind,
            event_id: Uuid::from_bytes(*event_id),
            application_id: Uuid::from_bytes(*application_id),
            revision,
            content_hash: Sha256(*content_hash),
            accepted_at: Timestamp(i64::from_be_bytes(value.try_into().ok()?)),
        })
    }
}

impl Spool {
    /// Every receipt of an application: its revisions in order, then verifications, then withdrawals.
    ///
    /// # Errors
    /// What the disk says.
    pub fn receipts_of(&self, application_id: Uuid) -> Result<Vec<Receipt>, SpoolFault> {
        let store = self.store()?;
        let found = store.receipts.prefix(application_id.as_bytes());
        found
            .take(MAX_RECEIPTS_SHOWN)
            .map(|entry| {
                let (key, value) = entry.into_inner()?;
                Receipt::read(&key, &value)
            })
            .collect()
    }

    /// The receipt of an event.
    ///
    /// # Errors
    /// What the disk says.
    pub fn receipt_of_event(&self, event_id: Uuid) -> Result<Option<Receipt>, SpoolFault> {
        let store = self.store()?;
        let Some(key) = store.event_ids.get(event_id.as_bytes())? else {
            return Ok(None);
        };
        let value = store
            .receipts
            .get(&key)?
            .ok_or_else(|| SpoolFault::Broken(format!("event {event_id} has no receipt")))?;
        Receipt::read(&key, &value).map(Some)
    }
}

/// More receipts than a person's application can sensibly have; an answer stays bounded.
const MAX_RECEIPTS_SHOWN: usize = 20_000;

mod rfc3339 {
    use schemas::Timestamp;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(at)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment = chrono::DateTime::parse_from_rfc3339(&text).map_err(de::Error::custom)?;
        Ok(moment.to_utc().into())
    }
}
