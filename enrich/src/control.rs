//! `intake.control`: positions that operate took out of the flow.

use runtime::kafka::{Cluster, Partition};
use runtime::{Fault, Remedy};
use schemas::codec::Event;
use schemas::control::{ControlBody, ControlEntry, PositionQuarantined, PositionSkipped};
use schemas::topics;
use std::collections::HashMap;
use std::time::Duration;

/// What stands in the control topic, by key: the last entry of each counts.
#[derive(Clone, Debug, Default)]
pub struct Controls(HashMap<Vec<u8>, ControlBody>);

impl Controls {
    /// Reads the control topic to its end. Blocking.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer, or the topic isn't there: a broker may not know yet of one that was only just
    /// made.
    pub fn read(cluster: &Cluster) -> Result<Self, Fault> {
        let offsets = cluster.offsets()?;
        let partitions = offsets.partitions(&[topics::CONTROL.to_owned()])?;
        if partitions.is_empty() {
            return Err(Fault::transient(format!(
                "topic {} isn't there: `intakectl topics apply --execute` makes it",
                cluster.namespace().full(topics::CONTROL)
            )));
        }
        let boundaries = offsets.boundaries(&partitions)?;
        let pair = |(partition, offset): (&Partition, i64)| (partition.clone(), offset);
        let starts: Vec<_> = partitions
            .iter()
            .zip(boundaries.iter().map(|b| b.earliest))
            .map(pair)
            .collect();
        let ends: Vec<_> = partitions
            .iter()
            .zip(boundaries.iter().map(|b| b.stable))
            .map(pair)
            .collect();
        let mut controls = Self::default();
        if boundaries.iter().any(|b| b.stable > b.earliest) {
            cluster
                .reader(&starts)?
                .read_to_end(&ends, Duration::from_secs(10), |record| {
                    controls.take(record.key.unwrap_or_default(), &record.value);
                    Ok(())
                })?;
        }
        Ok(controls)
    }

    fn take(&mut self, key: Vec<u8>, value: &[u8]) {
        if value.is_empty() {
            self.0.remove(&key);
            return;
        }
        match ControlEntry::decode(value) {
            Ok(entry) => {
                self.0.insert(key, entry.body);
            }
            Err(why) => {
                let remedy = Remedy::Data.name();
                tracing::error!(
                    remedy,
                    code = why.code(),
                    "an entry of the control topic can't be read: passed over"
                );
            }
        }
    }

    /// The first offset that is waited for again, when a skip covers `next`.
    pub fn skip_from(&self, topic: &str, partition: i32, next: i64) -> Option<i64> {
        self.0.values().find_map(|body| match body {
            ControlBody::PositionSkipped(PositionSkipped {
                topic: of,
                partition: number,
                from,
                to,
            }) if of == topic && *number == partition && (*from..*to).contains(&next) => Some(*to),
            _ => None,
        })
    }

    /// Whether a record is to be passed on unread.
    pub fn quarantined(&self, topic: &str, partition: i32, offset: i64) -> bool {
        self.0.values().any(|body| {
            matches!(body, ControlBody::PositionQuarantined(PositionQuarantined { topic: of, partition: number, offset: at })
                if of == topic && *number == partition && *at == offset)
        })
    }
}
