//! Reading without a group, from given positions: outcomes, control, restore, lag.

use super::context::Quiet;
use super::statistics;
use super::{Cluster, Partition, Record, fault};
use crate::Fault;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{Offset, TopicPartitionList};
use schemas::topics::{self, Namespace};
use std::time::Duration;

impl ConsumerContext for Quiet {}

/// Reads given partitions from given offsets. Blocking: keep it on an OS thread of its own.
pub struct Reader {
    inner: BaseConsumer<Quiet>,
    cluster: Cluster,
    from: Vec<(Partition, i64)>,
}

impl Cluster {
    /// Reads each partition from its offset on, committed records only.
    ///
    /// # Errors
    /// Fatal when a property is wrong; transient when the partitions can't be taken.
    pub fn reader(&self, from: &[(Partition, i64)]) -> Result<Reader, Fault> {
        self.reader_in(topics::GROUP_READER, from)
    }

    /// The same under the name of a group, which it doesn't join: the lag tools are told by [`Reader::commit`].
    ///
    /// # Errors
    /// As [`Self::reader`].
    pub fn reader_in(&self, group: &str, from: &[(Partition, i64)]) -> Result<Reader, Fault> {
        let mut config = self.consumer_config(true);
        statistics::ask(&mut config);
        config.set("group.id", self.full(group));
        let inner: BaseConsumer<Quiet> = config
            .create_with_context(Quiet::default())
            .map_err(|e| fault("can't make a Kafka reader", &e))?;
        let mut list = TopicPartitionList::with_capacity(from.len());
        for (partition, offset) in from {
            list.add_partition_offset(
                &self.full(&partition.topic),
                partition.number,
                Offset::Offset(*offset),
            )
            .map_err(|e| fault("can't name a position", &e))?;
        }
        inner
            .assign(&list)
            .map_err(|e| fault("can't take partitions", &e))?;
        Ok(Reader {
            inner,
            cluster: self.clone(),
            from: from.to_vec(),
        })
    }
}

impl Reader {
    /// The next record; none when there was none in time.
    ///
    /// # Errors
    /// Fatal when a position lies outside its topic; transient when the cluster has trouble.
    pub fn poll(&self, timeout: Duration) -> Result<Option<Record>, Fault> {
        match self.inner.poll(timeout) {
            None => Ok(None),
            Some(Ok(message)) => Ok(Some(Record::of(self.cluster.namespace(), &message))),
            Some(Err(error)) => match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::PartitionEOF) => Ok(None),
                Some(RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange) => Err(
                    Fault::fatal(format!("a position lies outside its topic ({error})")),
                ),
                _ => Err(fault("can't read from Kafka", &error)),
            },
        }
    }

    /// Reads no more of a partition, of which enough was seen.
    ///
    /// # Errors
    /// Transient.
    pub fn leave(&self, partition: &Partition) -> Result<(), Fault> {
        let mut list = TopicPartitionList::with_capacity(1);
        list.add_partition(&self.cluster.full(&partition.topic), partition.number);
        self.inner
            .pause(&list)
            .map_err(|e| fault("can't leave a partition", &e))
    }

    /// How far each partition has been read: the next offset, markers and gaps passed included.
    ///
    /// # Errors
    /// Transient.
    pub fn positions(&self) -> Result<Vec<(Partition, i64)>, Fault> {
        let list = self
            .inner
            .position()
            .map_err(|e| fault("can't tell the positions", &e))?;
        Ok(positions_in(self.cluster.namespace(), &list))
    }

    /// Tells the group of [`Cluster::reader_in`] how far what was read has come, without waiting.
    ///
    /// # Errors
    /// Transient; nothing depends on it but the lag that others see.
    pub fn commit(&self, next: &[(Partition, i64)]) -> Result<(), Fault> {
        let mut list = TopicPartitionList::with_capacity(next.len());
        for (partition, offset) in next {
            let topic = self.cluster.full(&partition.topic);
            list.add_partition_offset(&topic, partition.number, Offset::Offset(*offset))
                .map_err(|e| fault("can't name a position", &e))?;
        }
        self.inner
            .commit(&list, CommitMode::Async)
            .map_err(|e| fault("can't commit a position", &e))
    }

    /// Reads from the positions given at the start to the stable end as it is now, and calls `each`
    /// for every record in between.
    ///
    /// # Errors
    /// What `each` returns; transient when nothing comes for `patience`.
    pub fn read_to_end(
        &self,
        ends: &[(Partition, i64)],
        patience: Duration,
        mut each: impl FnMut(Record) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut quiet_since = std::time::Instant::now();
        loop {
            match self.poll(Duration::from_millis(50))? {
                Some(record) => {
                    quiet_since = std::time::Instant::now();
                    each(record)?;
                }
                // Only an empty poll asks for positions: they pass transaction markers, which no
                // record tells of.
                None if self.reached(ends)? => return Ok(()),
                None if quiet_since.elapsed() > patience => {
                    return Err(Fault::transient(format!(
                        "no record came for {patience:?} before the end was reached"
                    )));
                }
                None => {}
            }
        }
    }

    /// Whether every partition has been read to its end. One that nothing was read of yet stands where
    /// it began.
    ///
    /// # Errors
    /// Transient.
    pub fn reached(&self, ends: &[(Partition, i64)]) -> Result<bool, Fault> {
        let positions = self.positions()?;
        let told = |partition: &Partition, list: &[(Partition, i64)]| {
            list.iter().find(|(p, _)| p == partition).map(|&(_, next)| next)
        };
        Ok(ends.iter().all(|(partition, end)| {
            let next = told(partition, &positions).or_else(|| told(partition, &self.from));
            *end == 0 || next.is_some_and(|next| next >= *end)
        }))
    }
}

/// The positions of a list, those that nothing was read of yet left out.
pub(super) fn positions_in(namespace: &Namespace, list: &TopicPartitionList) -> Vec<(Partition, i64)> {
    let elements = list.elements();
    let position = |element: &TopicPartitionListElem<'_>| {
        let Offset::Offset(next) = element.offset() else {
            return None;
        };
        let topic = namespace.strip(element.topic()).unwrap_or(element.topic());
        Some((Partition::new(topic, element.partition()), next))
    };
    elements.iter().filter_map(position).collect()
}
