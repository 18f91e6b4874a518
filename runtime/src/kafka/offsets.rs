//! Where topics begin and end and where groups stand: in batched requests.

use super::context::Quiet;
use super::{Cluster, Partition, REQUEST_TIMEOUT, fault};
use crate::Fault;
use crate::retry::Backoff;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::metadata::MetadataPartition;
use rdkafka::{Offset, TopicPartitionList};
use schemas::topics;
use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

/// Where a partition begins and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundaries {
    /// First offset that is still there.
    pub earliest: i64,
    /// First offset behind every committed transaction (the last stable offset).
    pub stable: i64,
    /// First offset behind everything (the high watermark).
    pub end: i64,
}

/// Asks a cluster for offsets. Keep it: its connections are kept too.
pub struct Offsets {
    pub(super) uncommitted: BaseConsumer<Quiet>,
    committed: BaseConsumer<Quiet>,
    pub(super) cluster: Cluster,
}

impl Cluster {
    /// Asks for offsets, with rights to describe only.
    ///
    /// # Errors
    /// Fatal when a property is wrong.
    pub fn offsets(&self) -> Result<Offsets, Fault> {
        let client = |read_committed| {
            let mut config = self.consumer_config(read_committed);
            config.set("group.id", self.full(topics::GROUP_READER));
            config
                .create_with_context(Quiet::default())
                .map_err(|e| fault("can't make a Kafka client", &e))
        };
        Ok(Offsets {
            uncommitted: client(false)?,
            committed: client(true)?,
            cluster: self.clone(),
        })
    }
}

impl Offsets {
    /// The partitions of those of `topics` (without namespace) that exist.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn partitions(&self, topics: &[String]) -> Result<Vec<Partition>, Fault> {
        let metadata = self.uncommitted.fetch_metadata(None, REQUEST_TIMEOUT);
        let metadata = metadata.map_err(|e| told_by(&self.uncommitted, "can't list topics", &e))?;
        let counts: BTreeMap<&str, i32> = metadata
            .topics()
            .iter()
            .map(|topic| (topic.name(), topic.partitions().len() as i32))
            .collect();
        let of = |topic: &String| {
            let count = counts
                .get(self.cluster.full(topic).as_str())
                .copied()
                .unwrap_or(0);
            (0..count)
                .map(|number| Partition::new(topic.clone(), number))
                .collect::<Vec<_>>()
        };
        Ok(topics.iter().flat_map(of).collect())
    }

    /// Every partition of the namespace's topics that has a leader, Kafka's internal ones left out.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn all_partitions(&self) -> Result<Vec<Partition>, Fault> {
        let metadata = self.uncommitted.fetch_metadata(None, REQUEST_TIMEOUT);
        let metadata = metadata.map_err(|e| fault("can't list topics", &e))?;
        let namespace = self.cluster.namespace();
        let named = metadata
            .topics()
            .iter()
            .filter(|topic| !topic.name().starts_with("__"))
            .filter_map(|topic| Some((namespace.strip(topic.name())?, topic.partitions())));
        // Asked for one without a leader, librdkafka answers for none.
        let led = |(topic, partitions): (&str, &[MetadataPartition])| -> Vec<Partition> {
            let led = partitions.iter().filter(|partition| partition.leader() >= 0);
            led.map(|partition| Partition::new(topic, partition.id()))
                .collect()
        };
        Ok(named.flat_map(led).collect())
    }

    /// Begin and end of each partition, in the same order.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer or a partition is unknown.
    pub fn boundaries(&self, partitions: &[Partition]) -> Result<Vec<Boundaries>, Fault> {
        self.each_boundaries(partitions)?.into_iter().collect()
    }

    /// Begin and end of each partition, in the same order; none of one that has no leader, or that we may
    /// not describe.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn known_boundaries(&self, partitions: &[Partition]) -> Result<Vec<Option<Boundaries>>, Fault> {
        let each = self.each_boundaries(partitions)?;
        Ok(each.into_iter().map(Result::ok).collect())
    }

    fn each_boundaries(&self, partitions: &[Partition]) -> Result<Vec<Result<Boundaries, Fault>>, Fault> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        // Committed first: the end must never seem to lie before the stable end.
        let stable = self.list(&self.committed, partitions, Offset::End)?;
        let end = self.list(&self.uncommitted, partitions, Offset::End)?;
        let earliest = self.list(&self.uncommitted, partitions, Offset::Beginning)?;
        let all = earliest.into_iter().zip(stable).zip(end);
        Ok(all
            .map(|((earliest, stable), end)| {
                Ok(Boundaries {
                    earliest: earliest?,
                    stable: stable?,
                    end: end?,
                })
            })
            .collect())
    }

    /// The cluster's id, which tells it from another one under the same address.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn cluster_id(&self) -> Result<String, Fault> {
        let id = self.uncommitted.client().fetch_cluster_id(REQUEST_TIMEOUT);
        id.ok_or_else(|| Fault::transient("the Kafka cluster doesn't tell its id"))
    }

    /// How many members a group has now; none when it doesn't exist.
    ///
    /// # Errors
    /// Transient when the group's coordinator doesn't answer.
    pub fn members(&self, group: &str) -> Result<usize, Fault> {
        let groups = self
            .uncommitted
            .fetch_group_list(Some(&self.cluster.full(group)), REQUEST_TIMEOUT);
        let groups = groups.map_err(|e| told_by(&self.uncommitted, "can't describe a group", &e))?;
        Ok(groups.groups().iter().map(|group| group.members().len()).sum())
    }

    fn list(
        &self,
        client: &BaseConsumer<Quiet>,
        partitions: &[Partition],
        which: Offset,
    ) -> Result<Vec<Result<i64, Fault>>, Fault> {
        let asked = named(&self.cluster, partitions, which)?;
        let answered = through_election(|| client.offsets_for_times(asked.clone(), REQUEST_TIMEOUT))
            .map_err(|e| told_by(client, "can't list offsets", &e))?;
        let elements = answered.elements();
        let found: HashMap<(&str, i32), _> = elements
            .iter()
            .map(|element| ((element.topic(), element.partition()), element))
            .collect();
        let offset = |partition: &Partition| {
            let topic = self.cluster.full(&partition.topic);
            match found
                .get(&(topic.as_str(), partition.number))
                .map(|e| (e.error(), e.offset()))
            {
                Some((Ok(()), Offset::Offset(offset))) => Ok(offset),
                Some((Err(error), _)) => Err(fault(&format!("can't list offsets of {partition}"), &error)),
                _ => Err(Fault::transient(format!("no offset is known of {partition}"))),
            }
        };
        Ok(partitions.iter().map(offset).collect())
    }
}

/// One group's committed offsets, asked again and again over one connection.
pub struct GroupOffsets {
    client: BaseConsumer<Quiet>,
    cluster: Cluster,
}

impl Cluster {
    /// Asks for a group's committed offsets without joining it.
    ///
    /// # Errors
    /// Fatal when a property is wrong.
    pub fn group_offsets(&self, group: &str) -> Result<GroupOffsets, Fault> {
        let mut config = self.consumer_config(true);
        config.set("group.id", self.full(group));
        let client = config
            .create_with_context(Quiet::default())
            .map_err(|e| fault("can't make a Kafka client", &e))?;
        Ok(GroupOffsets {
            client,
            cluster: self.clone(),
        })
    }
}

impl GroupOffsets {
    /// The committed offset for each partition (the next to read), in the same order; none where
    /// nothing was ever committed.
    ///
    /// # Errors
    /// Transient when the group's coordinator doesn't answer.
    pub fn committed(&self, partitions: &[Partition]) -> Result<Vec<Option<i64>>, Fault> {
        let asked = named(&self.cluster, partitions, Offset::Invalid)?;
        let answered = self
            .client
            .committed_offsets(asked, REQUEST_TIMEOUT)
            .map_err(|e| told_by(&self.client, "can't ask for a group's offsets", &e))?;
        let offset = |partition: &Partition| {
            let found = answered.find_partition(&self.cluster.full(&partition.topic), partition.number)?;
            match found.offset() {
                Offset::Offset(next) => Some(next),
                _ => None,
            }
        };
        Ok(partitions.iter().map(offset).collect())
    }
}

pub(super) fn named(
    cluster: &Cluster,
    partitions: &[Partition],
    offset: Offset,
) -> Result<TopicPartitionList, Fault> {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for partition in partitions {
        list.add_partition_offset(&cluster.full(&partition.topic), partition.number, offset)
            .map_err(|e| fault("can't name a partition", &e))?;
    }
    Ok(list)
}

/// Asks again while the answer is that a partition's leader is another broker now, or none for the moment: librdkafka
/// learns of the new one by that answer. Gives up when a request might have taken as long.
fn through_election<T>(mut ask: impl FnMut() -> KafkaResult<T>) -> KafkaResult<T> {
    use RDKafkaErrorCode::{LeaderNotAvailable, NotLeaderForPartition};
    let (mut backoff, until) = (Backoff::default(), Instant::now() + REQUEST_TIMEOUT);
    loop {
        let answer = ask();
        let code = answer.as_ref().err().and_then(KafkaError::rdkafka_error_code);
        if !matches!(code, Some(NotLeaderForPartition | LeaderNotAvailable)) || Instant::now() >= until {
            return answer;
        }
        std::thread::sleep(backoff.next_delay());
    }
}

/// What a failed request of a client means, when it has heard why: it hears only while it is polled, one line of
/// its log or one error at a time.
fn told_by(client: &BaseConsumer<Quiet>, doing: &str, error: &KafkaError) -> Fault {
    const EVENTS: usize = 100;
    for _ in 0..EVENTS {
        if client.context().is_login_refused() {
            break;
        }
        // Nothing is assigned, so there is no record to lose.
        let _no_record = client.poll(Duration::ZERO);
    }
    client.context().fault(doing, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_election_is_waited_for_and_nothing_else() {
        fn refused<T>(code: RDKafkaErrorCode) -> KafkaResult<T> {
            Err(KafkaError::MetadataFetch(code))
        }
        let mut answers = vec![
            Ok(7),
            refused(RDKafkaErrorCode::LeaderNotAvailable),
            refused(RDKafkaErrorCode::NotLeaderForPartition),
        ];
        assert_eq!(through_election(|| answers.pop().expect("an answer")), Ok(7));
        let mut asked = 0;
        let denied = through_election(|| {
            asked += 1;
            refused::<()>(RDKafkaErrorCode::TopicAuthorizationFailed)
        });
        assert!(denied.is_err() && asked == 1);
    }
}
