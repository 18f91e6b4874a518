//! What a group gives a member, and where the member starts with it.

use super::context::{log, told};
use super::statistics::{self, Part};
use super::{Partition, fault};
use crate::Fault;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer as _, ConsumerContext};
use rdkafka::error::{KafkaError, KafkaResult};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{ClientContext, Offset, TopicPartitionList};
use schemas::topics::Namespace;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Decides where newly owned partitions start, and hears which are lost. Called on the polling
/// thread, inside [`Consumer::poll`].
pub trait Assignments: Send + Sync + 'static {
    /// The next offset to read for each of `owned`, in the same order.
    ///
    /// # Errors
    /// Nothing is read, [`Consumer::poll`] returns the fault, and each later one asks again until there
    /// is an answer or the partitions go to another member.
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault>;

    /// These partitions belong to someone else now: nothing of them may be settled any more.
    fn lost(&self, lost: &[Partition]);
}

/// The context of a consumer that answers its group.
pub(super) struct Member<A> {
    assignments: A,
    namespace: Namespace,
    unanswered: Mutex<Unanswered>,
}

/// What a rebalance left open, as its callback can't return anything.
#[derive(Default)]
struct Unanswered {
    /// Given to us by the group, and not begun.
    owed: Option<TopicPartitionList>,
    fault: Option<Fault>,
}

impl<A: Assignments> Member<A> {
    pub(super) fn new(assignments: A, namespace: Namespace) -> Self {
        Self {
            assignments,
            namespace,
            unanswered: Mutex::default(),
        }
    }

    pub(super) fn partitions(&self, list: &TopicPartitionList) -> Vec<Partition> {
        let elements = list.elements();
        let named = |topic| self.namespace.strip(topic).unwrap_or(topic).to_owned();
        elements
            .iter()
            .map(|e| Partition {
                topic: named(e.topic()),
                number: e.partition(),
            })
            .collect()
    }

    /// What went wrong in a callback since the last call.
    pub(super) fn take_fault(&self) -> Option<Fault> {
        self.unanswered().fault.take()
    }

    fn unanswered(&self) -> MutexGuard<'_, Unanswered> {
        self.unanswered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, consumer: &BaseConsumer<Self>, list: TopicPartitionList) -> Result<(), Fault> {
        let begun = self.assign(consumer, &list);
        if begun.is_err() {
            self.unanswered().owed = Some(list);
        }
        begun
    }

    fn assign(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) -> Result<(), Fault> {
        let starts = self.assignments.starts(&self.partitions(list))?;
        for (mut element, start) in list.elements().into_iter().zip(starts) {
            element
                .set_offset(Offset::Offset(start))
                .map_err(|e| fault("can't set a start position", &e))?;
        }
        consumer
            .assign(list)
            .map_err(|e| fault("can't take partitions", &e))?;
        // librdkafka remembers that we had paused one before it was lost, and would never read it again.
        consumer
            .resume(list)
            .map_err(|e| fault("can't read new partitions", &e))
    }

    /// Tries again what could not be begun, if there is any.
    pub(super) fn begin_owed(&self, consumer: &BaseConsumer<Self>) -> Result<(), Fault> {
        let owed = self.unanswered().owed.take();
        owed.map_or(Ok(()), |list| self.begin(consumer, list))
    }

    fn report(&self, fault: Fault) {
        self.unanswered().fault = Some(fault);
    }
}

impl<A: Assignments> ClientContext for Member<A> {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        told(&error, reason);
    }

    fn stats_raw(&self, json: &[u8]) {
        statistics::take(Part::Consumer, json);
    }
}

impl<A: Assignments> ConsumerContext for Member<A> {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, code: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let answer = if code == RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            let Err(fault) = self.begin(consumer, list.clone()) else {
                return;
            };
            self.report(fault);
            // Nothing for now; to unassign would leave the group.
            consumer.assign(&TopicPartitionList::new())
        } else {
            self.unanswered().owed = None;
            self.assignments.lost(&self.partitions(list));
            consumer.unassign()
        };
        if let Err(error) = answer {
            self.report(fault("can't answer the group", &error));
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            tracing::debug!("the group's offsets were not committed: {error}");
        }
    }
}
