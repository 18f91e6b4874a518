//! Which offset stands for a moment.

use super::offsets::{Offsets, named};
use super::{Partition, REQUEST_TIMEOUT, fault};
use crate::Fault;
use rdkafka::Offset;
use rdkafka::consumer::Consumer as _;
use schemas::Timestamp;

impl Offsets {
    /// For each partition, in the same order, the offset of its first record that is as late as `moment`; none where
    /// there is no such record.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer or a partition is unknown.
    pub fn since(&self, partitions: &[Partition], moment: Timestamp) -> Result<Vec<Option<i64>>, Fault> {
        // A moment before 1970 would be taken for one of Kafka's own marks (-1 the end, -2 the beginning).
        let asked = named(&self.cluster, partitions, Offset::Offset(moment.0.max(0)))?;
        let answered = self
            .uncommitted
            .offsets_for_times(asked, REQUEST_TIMEOUT)
            .map_err(|e| fault("can't ask for the offsets of a moment", &e))?;
        let offset = |partition: &Partition| {
            let topic = self.cluster.full(&partition.topic);
            let found = answered.find_partition(&topic, partition.number);
            let Some(found) = found else {
                return Err(Fault::transient(format!("no offset is known of {partition}")));
            };
            found
                .error()
                .map_err(|e| fault(&format!("can't ask for an offset of {partition}"), &e))?;
            Ok(match found.offset() {
                Offset::Offset(offset) => Some(offset),
                _ => None,
            })
        };
        partitions.iter().map(offset).collect()
    }
}
