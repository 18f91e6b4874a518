//! A member of a consumer group that starts each partition where its owner says, never where the
//! group's offset happens to stand.

use super::assignment::{Assignments, Member};
use super::reader::positions_in;
use super::record::Record;
use super::statistics;
use super::{Cluster, Partition, REQUEST_TIMEOUT, fault};
use crate::Fault;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use schemas::topics::Namespace;
use std::time::Duration;

/// Which group reads what, and how.
#[derive(Clone, Debug)]
pub struct ConsumerSpec<'a> {
    /// Group without the namespace.
    pub group: &'a str,
    /// Topics without the namespace.
    pub topics: Vec<String>,
    /// See only committed records of transactions.
    pub read_committed: bool,
    /// After how long without a sign of life the group gives our partitions to another member.
    pub session_timeout: Duration,
}

/// Why there is no record.
enum Interruption {
    /// The cluster has trouble, which heals by polling on.
    Trouble(Fault),
    /// Anything else.
    Fault(Fault),
}

/// A member of a consumer group. Blocking: keep it on an OS thread of its own.
pub struct Consumer<A: Assignments> {
    pub(super) inner: BaseConsumer<Member<A>>,
    namespace: Namespace,
}

impl Cluster {
    /// Joins a group.
    ///
    /// # Errors
    /// Fatal when a property is wrong.
    pub fn consumer<A: Assignments>(
        &self,
        spec: &ConsumerSpec<'_>,
        assignments: A,
    ) -> Result<Consumer<A>, Fault> {
        let mut config = self.consumer_config(spec.read_committed);
        // Brokers begin a member's id with its client's, and members are given partitions in the order of their ids:
        // the eldest first, so that who joins takes nothing from a group of one partition.
        let client = config.get("client.id").unwrap_or("intake");
        let client = format!("{client}-{:013}", crate::clock::now().0);
        statistics::ask(&mut config);
        config
            .set("client.id", client)
            .set("group.id", self.full(spec.group))
            .set("session.timeout.ms", spec.session_timeout.as_millis().to_string())
            .set(
                "heartbeat.interval.ms",
                (spec.session_timeout.as_millis() / 4).max(200).to_string(),
            );
        let member = Member::new(assignments, self.namespace.clone());
        let inner: BaseConsumer<Member<A>> = config
            .create_with_context(member)
            .map_err(|e| fault("can't make a Kafka consumer", &e))?;
        let topics: Vec<String> = spec.topics.iter().map(|topic| self.full(topic)).collect();
        let names: Vec<&str> = topics.iter().map(String::as_str).collect();
        inner
            .subscribe(&names)
            .map_err(|e| fault("can't subscribe", &e))?;
        Ok(Consumer {
            inner,
            namespace: self.namespace.clone(),
        })
    }

    pub(super) fn consumer_config(&self, read_committed: bool) -> rdkafka::ClientConfig {
        let isolation = if read_committed {
            "read_committed"
        } else {
            "read_uncommitted"
        };
        self.config(&[
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"),
            ("isolation.level", isolation),
            ("fetch.queue.backoff.ms", "10"),
            ("fetch.wait.max.ms", "50"),
            ("queued.max.messages.kbytes", "32768"),
            ("fetch.message.max.bytes", "4194304"),
            ("max.poll.interval.ms", "300000"),
            ("topic.metadata.refresh.interval.ms", "10000"),
        ])
    }
}

impl<A: Assignments> Consumer<A> {
    /// The next record; none when there was none in time. Rebalances happen inside.
    ///
    /// # Errors
    /// What [`Assignments::starts`] returned; fatal when a position lies outside its topic (it is
    /// never moved silently); transient when the cluster has trouble, which heals by polling on.
    pub fn poll(&self, timeout: Duration) -> Result<Option<Record>, Fault> {
        let (mut patience, mut trouble) = (timeout, None);
        loop {
            match self.next(patience) {
                Ok(None) => return trouble.map_or(Ok(None), Err),
                // librdkafka heals by itself, and tells of one lost broker once for each partition: who waits
                // after each of them would keep the records behind them waiting for minutes.
                Err(Interruption::Trouble(fault)) => {
                    (patience, trouble) = (Duration::ZERO, Some(fault));
                }
                Ok(record) => return Ok(record),
                Err(Interruption::Fault(fault)) => return Err(fault),
            }
        }
    }

    fn next(&self, timeout: Duration) -> Result<Option<Record>, Interruption> {
        let member = self.inner.context();
        let polled = self.inner.poll(timeout);
        if let Some(fault) = member.take_fault() {
            return Err(Interruption::Fault(fault));
        }
        match polled {
            // While anything is owed, nothing is read.
            None => match member.begin_owed(&self.inner) {
                Ok(()) => Ok(None),
                Err(fault) => Err(Interruption::Fault(fault)),
            },
            Some(Ok(message)) => Ok(Some(Record::of(&self.namespace, &message))),
            Some(Err(error)) => match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::PartitionEOF | RDKafkaErrorCode::PollExceeded) => Ok(None),
                Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => {
                    Err(Interruption::Fault(Fault::fatal(format!(
                        "a position lies outside its topic ({error}): records were deleted before they were read, \
                         or the topic was made anew; see `intakectl lag`, then decide where to go on"
                    ))))
                }
                _ => {
                    let fault = fault("can't read from Kafka", &error);
                    Err(if fault.remedy().heals() {
                        Interruption::Trouble(fault)
                    } else {
                        Interruption::Fault(fault)
                    })
                }
            },
        }
    }

    /// Whether partitions are owned now.
    pub fn owned(&self) -> Vec<Partition> {
        self.inner
            .assignment()
            .map(|list| self.inner.context().partitions(&list))
            .unwrap_or_default()
    }

    /// Stops fetching from these partitions, until they are resumed or lost: one that comes back is read.
    ///
    /// # Errors
    /// Transient; the call can be repeated.
    pub fn pause(&self, partitions: &[Partition]) -> Result<(), Fault> {
        self.inner
            .pause(&self.list(partitions))
            .map_err(|e| fault("can't pause", &e))
    }

    /// Fetches from these partitions again.
    ///
    /// # Errors
    /// Transient; the call can be repeated.
    pub fn resume(&self, partitions: &[Partition]) -> Result<(), Fault> {
        self.inner
            .resume(&self.list(partitions))
            .map_err(|e| fault("can't resume", &e))
    }

    /// How far each owned partition has been read: the next offset, what is no record passed included
    /// (markers of transactions, and what an aborted one wrote).
    ///
    /// # Errors
    /// Transient.
    pub fn positions(&self) -> Result<Vec<(Partition, i64)>, Fault> {
        let list = self
            .inner
            .position()
            .map_err(|e| fault("can't tell the positions", &e))?;
        Ok(positions_in(&self.namespace, &list))
    }

    /// Tells the group the next offset to read of each partition, without waiting.
    ///
    /// # Errors
    /// Transient; nothing depends on it but the lag that others see.
    pub fn commit(&self, next: &[(Partition, i64)]) -> Result<(), Fault> {
        self.commit_in(next, CommitMode::Async)
    }

    /// As [`Self::commit`], waiting for the answer: for the last one before the end.
    ///
    /// # Errors
    /// Transient.
    pub fn commit_and_wait(&self, next: &[(Partition, i64)]) -> Result<(), Fault> {
        self.commit_in(next, CommitMode::Sync)
    }

    fn commit_in(&self, next: &[(Partition, i64)], mode: CommitMode) -> Result<(), Fault> {
        let mut list = TopicPartitionList::new();
        for (partition, offset) in next {
            list.add_partition_offset(
                &self.namespace.full(&partition.topic),
                partition.number,
                Offset::Offset(*offset),
            )
            .map_err(|e| fault("can't name a position", &e))?;
        }
        if list.count() == 0 {
            return Ok(());
        }
        self.inner
            .commit(&list, mode)
            .map_err(|e| fault("can't commit the group's offsets", &e))
    }

    /// Goes on from another offset of an owned partition.
    ///
    /// # Errors
    /// Transient.
    pub fn seek(&self, partition: &Partition, next: i64) -> Result<(), Fault> {
        self.inner
            .seek(
                &self.namespace.full(&partition.topic),
                partition.number,
                Offset::Offset(next),
                REQUEST_TIMEOUT,
            )
            .map_err(|e| fault("can't go to a position", &e))
    }

    fn list(&self, partitions: &[Partition]) -> TopicPartitionList {
        let mut list = TopicPartitionList::with_capacity(partitions.len());
        for partition in partitions {
            list.add_partition(&self.namespace.full(&partition.topic), partition.number);
        }
        list
    }
}
