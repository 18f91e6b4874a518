//! The embedded store: its keyspaces, its keys, and the proof that they fit together.

use super::outcomes::Outcomes;
use super::{Head, Published, SpoolFault};
use fjall::{Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode};
use schemas::codec::Event;
use schemas::outcome::OutcomeNotice;
use schemas::{Body, IntakeEvent, Sha256, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::Path;
use uuid::Uuid;

const HEAD: &str = "head";
const PUBLISHED: &str = "published";
const OUTCOMES: &str = "outcomes";
const MANIFEST: &str = "manifest";

pub(super) struct Store {
    db: Database,
    pub events: Keyspace,
    pub receipts: Keyspace,
    pub event_ids: Keyspace,
    pub outcomes: Keyspace,
    /// Events the broker refused for good, by event id, exactly as they were.
    pub withheld: Keyspace,
    state: Keyspace,
}

/// An event as it is kept.
pub(super) struct Kept {
    pub spooled_at: Timestamp,
    pub bytes: Vec<u8>,
}

impl Store {
    pub fn open(path: &Path) -> Result<Self, SpoolFault> {
        // Small buffers: a node takes a few events a second, and many nodes may share a machine.
        let db = Database::builder(path)
            .cache_size(8 << 20)
            .max_journaling_size(64 << 20)
            .worker_threads(1)
            .open()?;
        let keyspace = |name: &str, memtable: u64| {
            db.keyspace(name, || {
                KeyspaceCreateOptions::default().max_memtable_size(memtable)
            })
        };
        Ok(Self {
            events: keyspace("events", 16 << 20)?,
            receipts: keyspace("receipts", 4 << 20)?,
            event_ids: keyspace("event_ids", 4 << 20)?,
            outcomes: keyspace("outcomes", 4 << 20)?,
            withheld: keyspace("withheld", 4 << 20)?,
            state: keyspace("state", 1 << 20)?,
            db,
        })
    }

    /// A batch that is on the disk when `commit` returns.
    pub fn durable_batch(&self) -> OwnedWriteBatch {
        self.db.batch().durability(Some(PersistMode::SyncAll))
    }

    /// A batch that survives a crash of the process, not of the machine: for what can be found anew.
    pub fn quick_batch(&self) -> OwnedWriteBatch {
        self.db.batch()
    }

    pub fn write_head(&self, head: &Head) -> Result<(), SpoolFault> {
        let mut batch = self.durable_batch();
        self.put_head(&mut batch, head)?;
        Ok(batch.commit()?)
    }

    pub fn put_head(&self, batch: &mut OwnedWriteBatch, head: &Head) -> Result<(), SpoolFault> {
        self.put(batch, HEAD, head)
    }

    pub fn put_published(
        &self,
        batch: &mut OwnedWriteBatch,
        published: &Published,
    ) -> Result<(), SpoolFault> {
        self.put(batch, PUBLISHED, published)
    }

    pub fn put_outcomes(&self, batch: &mut OwnedWriteBatch, outcomes: &Outcomes) -> Result<(), SpoolFault> {
        self.put(batch, OUTCOMES, outcomes)
    }

    pub fn put_manifest_counter(&self, batch: &mut OwnedWriteBatch, counter: i64) -> Result<(), SpoolFault> {
        self.put(batch, MANIFEST, &counter)
    }

    pub fn read_head(&self) -> Result<Option<Head>, SpoolFault> {
        self.state_record(HEAD)
    }

    pub fn read_published(&self) -> Result<Published, SpoolFault> {
        Ok(self.state_record(PUBLISHED)?.unwrap_or_default())
    }

    pub fn read_outcomes(&self) -> Result<Outcomes, SpoolFault> {
        Ok(self.state_record(OUTCOMES)?.unwrap_or_default())
    }

    pub fn read_manifest_counter(&self) -> Result<i64, SpoolFault> {
        Ok(self.state_record(MANIFEST)?.unwrap_or_default())
    }

    fn put(
        &self,
        batch: &mut OwnedWriteBatch,
        name: &str,
        record: &impl Serialize,
    ) -> Result<(), SpoolFault> {
        let json = serde_json::to_vec(record)
            .map_err(|_| SpoolFault::Broken(format!("the {name} record can't be written")))?;
        batch.insert(&self.state, name, json);
        Ok(())
    }

    fn state_record<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, SpoolFault> {
        let Some(json) = self.state.get(name)? else {
            return Ok(None);
        };
        serde_json::from_slice(&json)
            .map(Some)
            .map_err(|_| SpoolFault::Broken(format!("the {name} record can't be read")))
    }

    pub fn put_event(
        &self,
        batch: &mut OwnedWriteBatch,
        (generation, sequence): (u32, i64),
        spooled_at: Timestamp,
        bytes: &[u8],
    ) {
        let mut value = Vec::with_capacity(8 + bytes.len());
        value.extend_from_slice(&spooled_at.0.to_be_bytes());
        value.extend_from_slice(bytes);
        batch.insert(&self.events, event_key(generation, sequence), value);
    }

    pub fn event(&self, generation: u32, sequence: i64) -> Result<Option<Kept>, SpoolFault> {
        self.events
            .get(event_key(generation, sequence))?
            .map(|value| kept(&value))
            .transpose()
    }

    pub fn outcome(&self, event_id: Uuid) -> Result<Option<OutcomeNotice>, SpoolFault> {
        let Some(bytes) = self.outcomes.get(event_id.as_bytes())? else {
            return Ok(None);
        };
        OutcomeNotice::decode(&bytes)
            .map(Some)
            .map_err(|_| SpoolFault::Broken(format!("the outcome of event {event_id} can't be read")))
    }

    /// Proves that every unpublished event is there, in its place, unchanged and chained.
    pub fn prove(&self, head: &Head, published: &Published) -> Result<(), SpoolFault> {
        let broken = |sequence: i64, what: &str| SpoolFault::Broken(format!("event {sequence} {what}"));
        let generation = head.generation();
        let first_pending = published.sequence_in(generation) + 1;
        let mut expected = None;
        for sequence in first_pending..=head.captured {
            let kept = self
                .event(generation, sequence)?
                .ok_or_else(|| broken(sequence, "is gone"))?;
            let event = IntakeEvent::decode(&kept.bytes).map_err(|_| broken(sequence, "can't be read"))?;
            if event.sequence != sequence || event.epoch != head.epoch {
                return Err(broken(sequence, "is in another's place"));
            }
            if expected.is_some_and(|hash| hash != event.previous_hash) {
                return Err(broken(sequence, "does not follow the one before it"));
            }
            expected = Some(chain_hash(&event, &kept.bytes));
        }
        match expected {
            Some(hash) if hash != head.head_hash => Err(broken(head.captured, "is not the recorded head")),
            _ => Ok(()),
        }
    }
}

impl Published {
    /// The highest acknowledged sequence in the series with this number.
    pub const fn sequence_in(&self, generation: u32) -> i64 {
        if self.generation == generation {
            self.sequence
        } else {
            0
        }
    }
}

/// What the event after this one carries as `previous_hash`.
pub(super) fn chain_hash(event: &IntakeEvent, bytes: &[u8]) -> Sha256 {
    match &event.body {
        Body::EventWithheld(body) => body.withheld_hash,
        _ => Sha256::of(bytes),
    }
}

pub(super) fn event_key(generation: u32, sequence: i64) -> [u8; 12] {
    let mut key = [0; 12];
    key[..4].copy_from_slice(&generation.to_be_bytes());
    key[4..].copy_from_slice(&sequence.to_be_bytes());
    key
}

/// Generation and sequence of an event's key.
pub(super) fn place(key: &[u8]) -> Result<(u32, i64), SpoolFault> {
    let broken = || SpoolFault::Broken("an event's key has the wrong length".to_owned());
    let (generation, sequence) = key.split_first_chunk::<4>().ok_or_else(broken)?;
    let sequence = sequence.try_into().map_err(|_| broken())?;
    Ok((u32::from_be_bytes(*generation), i64::from_be_bytes(sequence)))
}

pub(super) fn kept(value: &[u8]) -> Result<Kept, SpoolFault> {
    let (spooled_at, bytes) = value
        .split_first_chunk::<8>()
        .ok_or_else(|| SpoolFault::Broken("a kept event is cut short".to_owned()))?;
    Ok(Kept {
        spooled_at: Timestamp(i64::from_be_bytes(*spooled_at)),
        bytes: bytes.to_vec(),
    })
}
