//! What the publisher needs: the events that wait, and a place to record what the broker has.

use super::store::{event_key, kept, place};
use super::{Published, Spool, SpoolFault, hold};
use schemas::codec::Event;
use schemas::event::EventWithheld;
use schemas::{Body, IntakeEvent, Sha256, Timestamp};

/// An event that waits for the broker.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    /// Its place in the current series.
    pub sequence: i64,
    /// When it was spooled.
    pub spooled_at: Timestamp,
    /// Exactly what is published.
    pub bytes: Vec<u8>,
}

impl Spool {
    /// Events of the current series from `first` on, in sequence, up to about `max_bytes`.
    ///
    /// # Errors
    /// What the disk says; [`SpoolFault::Broken`] when one is missing in between.
    pub fn pending(&self, first: i64, max_bytes: usize) -> Result<Vec<Pending>, SpoolFault> {
        let store = self.store()?;
        let head = self.head();
        let (generation, mut bytes, mut found) = (head.generation(), 0, Vec::new());
        let range = event_key(generation, first)..=event_key(generation, head.captured);
        if first > head.captured {
            return Ok(found);
        }
        for entry in store.events.range(range) {
            let (key, value) = entry.into_inner()?;
            let ((_, sequence), event) = (place(&key)?, kept(&value)?);
            if sequence != first + found.len() as i64 {
                return Err(SpoolFault::Broken(format!(
                    "event {} is gone",
                    first + found.len() as i64
                )));
            }
            bytes += event.bytes.len();
            found.push(Pending {
                sequence,
                spooled_at: event.spooled_at,
                bytes: event.bytes,
            });
            if bytes >= max_bytes {
                break;
            }
        }
        Ok(found)
    }

    /// When the oldest event that waits was spooled.
    ///
    /// # Errors
    /// What the disk says.
    pub fn oldest_pending(&self) -> Result<Option<Timestamp>, SpoolFault> {
        let generation = self.head().generation();
        let first = self.published().sequence_in(generation) + 1;
        Ok(self
            .store()?
            .event(generation, first)?
            .map(|event| event.spooled_at))
    }

    /// Records that the broker has everything up to `sequence`. Lost in a power cut, it is found
    /// again by sending once more: copies are dropped by the centre.
    ///
    /// # Errors
    /// What the disk says.
    pub fn mark_published(
        &self,
        sequence: i64,
        position: (i32, i64),
        at: Timestamp,
    ) -> Result<(), SpoolFault> {
        let store = self.store()?;
        let generation = self.head().generation();
        let mut published = hold(&self.published);
        let next = Published {
            generation,
            sequence,
            position: Some(position),
            at: Some(at),
        };
        let mut batch = store.quick_batch();
        store.put_published(&mut batch, &next)?;
        self.commit(batch)?;
        *published = next;
        Ok(())
    }

    /// Puts an [`EventWithheld`] in the place of an event the broker will never take; the event
    /// itself is kept aside. The events after it stay as they are.
    ///
    /// # Errors
    /// What the disk says.
    pub fn withhold(&self, sequence: i64, reason: &str) -> Result<(), SpoolFault> {
        let store = self.store()?;
        let mut head = hold(&self.head);
        let generation = head.generation();
        let broken = |what: &str| SpoolFault::Broken(format!("event {sequence} {what}"));
        let kept = store
            .event(generation, sequence)?
            .ok_or_else(|| broken("is gone"))?;
        let event = IntakeEvent::decode(&kept.bytes).map_err(|_| broken("can't be read"))?;
        if matches!(event.body, Body::EventWithheld(_)) {
            return Ok(());
        }
        let event_id = event.event_id;
        let withheld = IntakeEvent {
            body: Body::EventWithheld(EventWithheld {
                withheld_hash: Sha256::of(&kept.bytes),
                reason: reason.to_owned(),
            }),
            ..event
        };
        let bytes = withheld.encode()?;
        let mut batch = store.durable_batch();
        store.put_event(&mut batch, (generation, sequence), kept.spooled_at, &bytes);
        let mut next = head.clone();
        next.event_bytes += bytes.len() as u64;
        batch.insert(&store.withheld, event_id.as_bytes(), kept.bytes);
        store.put_head(&mut batch, &next)?;
        self.commit(batch)?;
        *head = next;
        Ok(())
    }

    /// The next manifest's counter: higher than any before, also when the spool is an old copy put
    /// back, as long as the clock has moved on since.
    ///
    /// # Errors
    /// What the disk says.
    pub fn next_manifest_counter(&self, now: Timestamp) -> Result<i64, SpoolFault> {
        let store = self.store()?;
        let counter = now.0.max(store.read_manifest_counter()? + 1);
        let mut batch = store.quick_batch();
        store.put_manifest_counter(&mut batch, counter)?;
        self.commit(batch)?;
        Ok(counter)
    }
}
