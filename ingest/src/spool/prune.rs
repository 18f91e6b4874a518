//! Letting go of published events: by age, or earlier when their space is needed.

use super::store::{event_key, kept};
use super::{Spool, SpoolFault, hold};
use schemas::Timestamp;

/// Events removed in one batch.
const AT_ONCE: usize = 2_000;

impl Spool {
    /// Removes published events older than the configured time; receipts stay. Returns how many.
    ///
    /// # Errors
    /// What the disk says.
    pub fn prune(&self, now: Timestamp) -> Result<usize, SpoolFault> {
        let keep = i64::try_from(self.limits.keep.as_millis()).unwrap_or(i64::MAX);
        let before = now.plus_millis(keep.saturating_neg());
        let mut removed = 0;
        loop {
            let step = self.remove_published(|spooled_at, _| spooled_at < before)?;
            removed += step;
            if step < AT_ONCE {
                return Ok(removed);
            }
        }
    }

    /// Removes the oldest published events until the spool takes at most `target` bytes.
    pub(super) fn prune_for_room(&self, target: u64) -> Result<(), SpoolFault> {
        while self.used_bytes() > target {
            let mut excess = self.used_bytes().saturating_sub(target);
            let removed = self.remove_published(|_, bytes| {
                let needed = excess > 0;
                excess = excess.saturating_sub(bytes);
                needed
            })?;
            if removed == 0 {
                break;
            }
        }
        Ok(())
    }

    fn remove_published(&self, mut due: impl FnMut(Timestamp, u64) -> bool) -> Result<usize, SpoolFault> {
        let store = self.store()?;
        let mut head = hold(&self.head);
        let (generation, published) = (
            head.generation(),
            hold(&self.published).sequence_in(head.generation()),
        );
        let (mut batch, mut next, mut removed) = (store.quick_batch(), head.clone(), 0);
        for entry in store
            .events
            .range(..event_key(generation, published + 1))
            .take(AT_ONCE)
        {
            let (key, value) = entry.into_inner()?;
            let event = kept(&value)?;
            let bytes = event.bytes.len() as u64;
            if !due(event.spooled_at, bytes) {
                break;
            }
            next.event_bytes = next.event_bytes.saturating_sub(bytes);
            batch.remove(&store.events, key);
            removed += 1;
        }
        if removed > 0 {
            store.put_head(&mut batch, &next)?;
            self.commit(batch)?;
            *head = next;
        }
        Ok(removed)
    }

    /// Removes what an earlier change of series left behind: events that were moved out of a closed
    /// series, and a fresh series that was never begun because the process died.
    pub(super) fn sweep(&self) -> Result<(), SpoolFault> {
        while self.sweep_some()? == AT_ONCE {}
        Ok(())
    }

    fn sweep_some(&self) -> Result<usize, SpoolFault> {
        let store = self.store()?;
        let mut head = hold(&self.head);
        let (mut batch, mut next, mut removed) = (store.quick_batch(), head.clone(), 0);
        let moved = head.closed.iter().zip(0u32..).map(|(closed, generation)| {
            (
                event_key(generation, closed.captured + 1),
                event_key(generation + 1, 0),
                true,
            )
        });
        let unbegun = (event_key(head.generation() + 1, 0), [u8::MAX; 12], false);
        for (from, to, counted) in moved.chain([unbegun]) {
            for entry in store.events.range(from..to).take(AT_ONCE - removed) {
                let (key, value) = entry.into_inner()?;
                if counted {
                    next.event_bytes = next.event_bytes.saturating_sub(kept(&value)?.bytes.len() as u64);
                }
                batch.remove(&store.events, key);
                removed += 1;
            }
        }
        if removed > 0 {
            store.put_head(&mut batch, &next)?;
            self.commit(batch)?;
            *head = next;
        }
        Ok(removed)
    }
}
