//! A fresh series, when the centre turns out to know more of the current one than this spool.

use super::store::chain_hash;
use super::{Ahead, Head, Published, Spool, SpoolFault, hold};
use runtime::clock;
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::manifest::ClosedEpoch;
use schemas::{Epoch, IntakeEvent};

/// Events rewritten in one batch.
const AT_ONCE: usize = 1_000;

impl Spool {
    /// Ends the current series and begins a fresh one with every event the centre does not have:
    /// the same event ids and content, new sequences and chain. Returns the fresh epoch.
    ///
    /// The fresh series is written beside the current one in bounded steps and takes effect with one
    /// last record, so a crash on the way changes nothing.
    ///
    /// # Errors
    /// What the disk says; the current series then still stands.
    pub fn begin_epoch(&self, ahead: Ahead) -> Result<Epoch, SpoolFault> {
        let fresh = self.move_events(ahead)?;
        self.sweep()?;
        Ok(fresh)
    }

    fn move_events(&self, ahead: Ahead) -> Result<Epoch, SpoolFault> {
        let store = self.store()?;
        let (mut head, mut published) = (hold(&self.head), hold(&self.published));
        let generation = head.generation();
        let acknowledged = published.sequence_in(generation);
        let mut closed = head.closed.clone();
        closed.push(ClosedEpoch {
            epoch: head.epoch,
            captured: acknowledged.max(ahead.highest),
        });
        let mut next = Head {
            closed,
            accepted: head.accepted,
            event_bytes: head.event_bytes,
            ..Head::new(clock::new_epoch())
        };
        let mut batch = store.durable_batch();
        for sequence in ahead.lowest.min(acknowledged + 1).max(1)..=head.captured {
            let Some(kept) = store.event(generation, sequence)? else {
                continue; // published and pruned long ago
            };
            let event = IntakeEvent::decode(&kept.bytes)
                .map_err(|_| SpoolFault::Broken(format!("event {sequence} can't be read")))?;
            let outcome = store.outcome(event.event_id)?.map(|notice| notice.outcome);
            if outcome.is_some_and(|outcome| outcome != OutcomeKind::Conflict) {
                continue; // the centre has it
            }
            let event = IntakeEvent {
                epoch: next.epoch,
                sequence: next.captured + 1,
                previous_hash: next.head_hash,
                ..event
            };
            let bytes = event.encode()?;
            store.put_event(
                &mut batch,
                (next.generation(), event.sequence),
                kept.spooled_at,
                &bytes,
            );
            next.captured = event.sequence;
            next.head_hash = chain_hash(&event, &bytes);
            next.event_bytes += bytes.len() as u64;
            if batch.len() >= AT_ONCE {
                self.commit(std::mem::replace(&mut batch, store.durable_batch()))?;
            }
        }
        let unpublished = Published {
            generation: next.generation(),
            ..Published::default()
        };
        store.put_head(&mut batch, &next)?;
        store.put_published(&mut batch, &unpublished)?;
        self.commit(batch)?;
        (*head, *published) = (next, unpublished);
        Ok(head.epoch)
    }
}
