//! The transactional producer: records and a consumed position become visible together.

use super::{Assignments, Cluster, Consumer, Partition, Producer, fault};
use crate::Fault;
use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::consumer::Consumer as _;
use rdkafka::error::KafkaError;
use rdkafka::producer::Producer as _;
use std::time::{Duration, Instant};

/// Longer than any honest transaction of ours, short enough that a zombie's open one soon ends.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

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
        self.producer.send(topic, key, value, 0)
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
        let inner = &self.producer.inner;
        if let Err(error) = inner.send_offsets_to_transaction(&offsets, &group, CALL_TIMEOUT) {
            return self.failed("can't add the position to the transaction", &error);
        }
        let deadline = Instant::now() + CALL_TIMEOUT;
        loop {
            match inner.commit_transaction(deadline.saturating_duration_since(Instant::now())) {
                Ok(()) => return Ok(()),
                // Its outcome is unknown until the same call answers. By the deadline the broker has ended it, and only a
                // producer that begins anew learns how.
                Err(KafkaError::Transaction(error)) if error.is_retriable() && Instant::now() < deadline => {}
                Err(error) => return self.failed("can't commit the transaction", &error),
            }
        }
    }

    /// Ends the open transaction without a trace.
    fn abort(&self, why: Fault) -> Result<(), Aborted> {
        let drained = self.producer.flush(CALL_TIMEOUT);
        match self.producer.inner.abort_transaction(CALL_TIMEOUT) {
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
