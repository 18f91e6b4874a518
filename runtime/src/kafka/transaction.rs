//! The transactional producer: records and a consumed position become visible together.

use super::producer::Deliveries;
use super::{Assignments, Cluster, Consumer, Partition, Producer, fault};
use crate::Fault;
use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::producer::{BaseProducer, Producer as _};
use schemas::Header;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

/// Longer than any honest transaction of ours, short enough that a zombie's open one soon ends.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How much longer than it was told to a call may take.
const GRACE: Duration = Duration::from_secs(5);

/// A transaction that did not become visible.
#[derive(Debug)]
pub enum Aborted {
    /// It was aborted cleanly: the same records can be sent again in a new one.
    Again(Fault),
    /// Another instance took over, or the producer is broken: drop it and restore.
    Over(Fault),
}

/// A producer under a transactional id. Only one lives at a time: making one fences all before it.
pub struct TransactionalProducer {
    producer: Producer,
}

impl Cluster {
    /// A producer under `transactional_id`; every earlier one with that id is fenced from now on and
    /// its open transaction is aborted. Takes about a second over a zombie.
    ///
    /// # Errors
    /// Fatal when we may not use the id; transient when the cluster doesn't answer.
    pub fn transactional_producer(&self, transactional_id: &str) -> Result<TransactionalProducer, Fault> {
        let mut config = self.producer_config();
        config.set("transactional.id", self.full(transactional_id)).set(
            "transaction.timeout.ms",
            TRANSACTION_TIMEOUT.as_millis().to_string(),
        );
        let producer = Producer::new(self, &config)?;
        producer
            .inner
            .init_transactions(CALL_TIMEOUT)
            .map_err(|e| fault("can't start transactions", &e))?;
        Ok(TransactionalProducer { producer })
    }
}

impl TransactionalProducer {
    /// Opens a transaction.
    ///
    /// # Errors
    /// [`Aborted::Over`] when this producer can't open one any more.
    pub fn begin(&self) -> Result<(), Aborted> {
        self.producer
            .inner
            .begin_transaction()
            .map_err(|e| Aborted::Over(fault("can't open a transaction", &e)))
    }

    /// Adds a record to the open transaction.
    ///
    /// # Errors
    /// As [`Producer::send`].
    pub fn send(&self, topic: &str, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        self.send_with(topic, key, value, &[])
    }

    /// The same with headers.
    ///
    /// # Errors
    /// As [`Producer::send`].
    pub fn send_with(&self, topic: &str, key: &[u8], value: &[u8], headers: &[Header]) -> Result<(), Fault> {
        self.producer.send_with(topic, Some(key), value, headers, 0)
    }

    /// Commits the open transaction together with `next`, the offset `consumer`'s group goes on
    /// from. Everything is drained first: committing with records in flight costs 100 ms.
    ///
    /// # Errors
    /// [`Aborted`]: nothing of it is visible; it says whether the same records may be tried again.
    pub fn commit<A: Assignments>(
        &self,
        consumer: &Consumer<A>,
        at: &Partition,
        next: i64,
    ) -> Result<(), Aborted> {
        self.drain()?;
        let mut offsets = TopicPartitionList::new();
        offsets
            .add_partition_offset(
                &self.producer.cluster().full(&at.topic),
                at.number,
                Offset::Offset(next),
            )
            .map_err(|e| Aborted::Over(fault("can't name the consumed position", &e)))?;
        let Some(group) = consumer.inner.group_metadata() else {
            return self.abort(Fault::transient("the consumer is in no group"));
        };
        let added =
            self.ask(move |inner| inner.send_offsets_to_transaction(&offsets, &group, CALL_TIMEOUT))?;
        if let Err(error) = added {
            return self.failed("can't add the position to the transaction", &error);
        }
        let deadline = Instant::now() + CALL_TIMEOUT;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.ask(move |inner| inner.commit_transaction(left))? {
                Ok(()) => return Ok(()),
                // Its outcome is unknown until the same call answers. By the deadline the broker has ended it, and only a
                // producer that begins anew learns how.
                Err(KafkaError::Transaction(error)) if error.is_retriable() && Instant::now() < deadline => {}
                Err(error) => return self.failed("can't commit the transaction", &error),
            }
        }
    }

    /// Asks the broker something about the transaction. librdkafka forgets the limit it is given when the coordinator's
    /// connection falls away under the request: it was seen to come back only when the broker closed an idle connection,
    /// after ten minutes.
    fn ask(
        &self,
        call: impl FnOnce(&BaseProducer<Deliveries>) -> KafkaResult<()> + Send + 'static,
    ) -> Result<KafkaResult<()>, Aborted> {
        let inner = Arc::clone(&self.producer.inner);
        let answer = within(CALL_TIMEOUT + GRACE, move || call(&inner));
        answer.ok_or_else(|| {
            Aborted::Over(Fault::fatal(
                "the Kafka client doesn't come back from a call about a transaction: begin anew",
            ))
        })
    }

    /// Ends the open transaction without a trace.
    fn abort(&self, why: Fault) -> Result<(), Aborted> {
        let drained = self.producer.flush(CALL_TIMEOUT);
        match self.ask(|inner| inner.abort_transaction(CALL_TIMEOUT))? {
            Ok(()) => Err(Aborted::Again(why)),
            Err(error) => {
                let undrained = drained.err().map(|left| format!(" ({left})")).unwrap_or_default();
                Err(Aborted::Over(fault(
                    &format!("{why}; can't abort{undrained}"),
                    &error,
                )))
            }
        }
    }

    fn drain(&self) -> Result<(), Aborted> {
        if let Err(late) = self.producer.flush(TRANSACTION_TIMEOUT) {
            return self.abort(late);
        }
        let failed = self
            .producer
            .poll(Duration::ZERO)
            .into_iter()
            .find_map(|delivery| delivery.result.err());
        match failed {
            None => Ok(()),
            Some(_) if self.producer.broken().is_some() => Err(Aborted::Over(Fault::fatal(
                "another instance of match took over, or ours was too slow",
            ))),
            Some(why) if why.too_large || why.refused => Err(Aborted::Over(Fault::fatal(format!(
                "the broker refuses a record of match: {}",
                why.code
            )))),
            Some(why) => self.abort(Fault::transient(format!(
                "a record was not delivered: {}",
                why.code
            ))),
        }
    }

    fn failed(&self, doing: &str, error: &KafkaError) -> Result<(), Aborted> {
        match error {
            KafkaError::Transaction(inner) if inner.txn_requires_abort() => self.abort(fault(doing, error)),
            _ => Err(Aborted::Over(fault(doing, error))),
        }
    }
}

/// What a call comes back with; none when it doesn't come back in time. Its thread is left to itself then.
fn within<T: Send + 'static>(patience: Duration, call: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (answered, answer) = sync_channel(1);
    let called = std::thread::Builder::new()
        .name("transaction".to_owned())
        .spawn(move || answered.send(call()));
    called.ok()?;
    answer.recv_timeout(patience).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_never_comes_back_is_given_up() {
        assert_eq!(within(Duration::from_secs(60), || 7), Some(7));
        let (_never, nothing) = sync_channel::<()>(1);
        let given_up = within(Duration::from_millis(20), move || nothing.recv());
        assert_eq!(given_up, None);
    }
}
