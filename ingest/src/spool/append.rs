//! Accepting: receipts, events and the head in one durable batch.

use super::space::{BYTES_BESIDE_EVENT, used};
use super::store::{Store, chain_hash};
use super::{Head, Kind, Receipt, Spool, SpoolFault, hold};
use fjall::OwnedWriteBatch;
use runtime::clock;
use schemas::codec::Event;
use schemas::{Body, IntakeEvent, Sha256, Timestamp};
use std::collections::HashMap;
use uuid::Uuid;

/// A checked submission, ready to become an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// What it is.
    pub kind: Kind,
    /// The application it is about.
    pub application_id: Uuid,
    /// The application's revision.
    pub revision: Option<i32>,
    /// SHA-256 over its canonical JSON.
    pub content_hash: Sha256,
    /// When the clerk took it; the moment of acceptance when absent.
    pub captured_at: Option<Timestamp>,
    /// The event's body.
    pub body: Body,
    /// Bytes it was submitted in: about what the event will take.
    pub submitted_bytes: usize,
}

/// What became of one submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is on the disk.
    Accepted(Receipt),
    /// The same was accepted before.
    AlreadyAccepted(Receipt),
    /// The same application and revision was accepted with other content.
    Conflict(Receipt),
    /// The event would be larger than the limit.
    TooLarge,
    /// There is no room; says what to do.
    Full(String),
}

impl Spool {
    /// Accepts submissions in their order. What is answered as accepted is on the disk.
    ///
    /// # Errors
    /// When the whole batch failed: nothing of it counts as accepted.
    pub fn append(&self, news: Vec<New>, now: Timestamp) -> Result<Vec<Appended>, SpoolFault> {
        self.check_disk()?;
        self.make_room(&news)?;
        let store = self.store()?;
        let mut head = hold(&self.head);
        let mut staged = Staged {
            spool: self,
            store: &store,
            batch: store.durable_batch(),
            head: head.clone(),
            receipts: HashMap::new(),
            now,
        };
        let answers = news
            .into_iter()
            .map(|new| staged.take(new))
            .collect::<Result<Vec<_>, _>>()?;
        let Staged {
            mut batch,
            head: next,
            receipts,
            ..
        } = staged;
        if !receipts.is_empty() {
            store.put_head(&mut batch, &next)?;
            self.commit(batch)?;
            *head = next;
        }
        Ok(answers)
    }

    fn make_room(&self, news: &[New]) -> Result<(), SpoolFault> {
        let coming: u64 = news
            .iter()
            .map(|new| new.submitted_bytes as u64 + BYTES_BESIDE_EVENT)
            .sum();
        if self.used_bytes() + coming > self.limits.max_bytes {
            self.prune_for_room(self.limits.max_bytes.saturating_sub(coming))?;
        }
        Ok(())
    }
}

struct Staged<'a> {
    spool: &'a Spool,
    store: &'a Store,
    batch: OwnedWriteBatch,
    head: Head,
    receipts: HashMap<Vec<u8>, Receipt>,
    now: Timestamp,
}

impl Staged<'_> {
    fn take(&mut self, new: New) -> Result<Appended, SpoolFault> {
        let key = Receipt::key(new.kind, new.application_id, new.revision, new.content_hash);
        if let Some(first) = self.receipt(&key)? {
            return Ok(if first.content_hash == new.content_hash {
                Appended::AlreadyAccepted(first)
            } else {
                Appended::Conflict(first)
            });
        }
        let receipt = Receipt {
            kind: new.kind,
            event_id: clock::new_event_id(),
            application_id: new.application_id,
            revision: new.revision,
            content_hash: new.content_hash,
            accepted_at: self.now,
        };
        let event = IntakeEvent {
            event_id: receipt.event_id,
            node_id: self.spool.node_id.clone(),
            epoch: self.head.epoch,
            sequence: self.head.captured + 1,
            previous_hash: self.head.head_hash,
            captured_at: new.captured_at.unwrap_or(self.now),
            spooled_at: self.now,
            clock_offset_ms: None,
            body: new.body,
        };
        let bytes = event.encode()?;
        if bytes.len() > self.spool.limits.max_event_bytes {
            return Ok(Appended::TooLarge);
        }
        if used(&self.head) + bytes.len() as u64 + BYTES_BESIDE_EVENT > self.spool.limits.max_bytes {
            return Ok(Appended::Full(self.spool.full(&self.head).to_string()));
        }
        let place = (self.head.generation(), event.sequence);
        self.store.put_event(&mut self.batch, place, self.now, &bytes);
        self.batch
            .insert(&self.store.receipts, key.clone(), receipt.to_bytes());
        self.batch
            .insert(&self.store.event_ids, receipt.event_id.as_bytes(), key.clone());
        self.head.captured = event.sequence;
        self.head.head_hash = chain_hash(&event, &bytes);
        self.head.accepted += 1;
        self.head.event_bytes += bytes.len() as u64;
        self.receipts.insert(key, receipt.clone());
        Ok(Appended::Accepted(receipt))
    }

    fn receipt(&self, key: &[u8]) -> Result<Option<Receipt>, SpoolFault> {
        if let Some(receipt) = self.receipts.get(key) {
            return Ok(Some(receipt.clone()));
        }
        let found = self.store.receipts.get(key)?;
        found.map(|value| Receipt::read(key, &value)).transpose()
    }
}
