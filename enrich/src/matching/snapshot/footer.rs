//! What a snapshot says of itself, and whether it fits where it is found.

use super::refusal::Refusal;
use runtime::Fault;
use runtime::kafka::{Boundaries, Cluster, Partition, Record};
use schemas::change::{EventSettled, ResidentChanged};
use schemas::codec::{Event, HEADER_BYTES};
use schemas::{Sha256, topics};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The headers of the schemas whose values rows hold: a snapshot of other ones is of another format.
type Schemas = [[u8; HEADER_BYTES]; 2];

/// Where a snapshot was made and up to where it reaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    pub schemas: Schemas,
    pub cluster_id: String,
    /// `register.changes` with its namespace.
    pub topic: String,
    /// Each partition.
    pub reached: Vec<Reached>,
    /// The last step in it.
    pub sequence: i64,
    pub rows: u64,
}

/// How far a partition is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub partition: i32,
    /// The first offset that isn't in it.
    pub next: i64,
    /// A record before that; none when none was read.
    pub witness: Option<Witness>,
}

/// A record by which a topic is known again: one of the same name that was made anew has another one there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    pub offset: i64,
    pub digest: Sha256,
}

impl Witness {
    /// Of a record.
    pub fn of(record: &Record) -> Self {
        Self {
            offset: record.offset,
            digest: Sha256::of(&record.value),
        }
    }
}

impl Footer {
    /// The schemas of this version.
    pub fn schemas() -> Schemas {
        [
            *EventSettled::codec().header(),
            *ResidentChanged::codec().header(),
        ]
    }

    /// The first offset of each partition that isn't in it.
    pub fn next(&self) -> Vec<(Partition, i64)> {
        let reached = self.reached.iter();
        reached
            .map(|reached| (Partition::new(topics::CHANGES, reached.partition), reached.next))
            .collect()
    }

    /// Whether it is of this cluster's topic, and all changes behind it are there.
    ///
    /// # Errors
    /// A fault when the cluster doesn't answer; inside, why it is refused.
    pub fn fits(&self, cluster: &Cluster) -> Result<Result<(), Refusal>, Fault> {
        let offsets = cluster.offsets()?;
        let (id, topic) = (offsets.cluster_id()?, cluster.namespace().full(topics::CHANGES));
        if self.cluster_id != id || self.topic != topic {
            let made = format!("{} of {}, not {topic} of {id}", self.topic, self.cluster_id);
            return Ok(Err(Refusal::Foreign(made)));
        }
        let partitions = offsets.partitions(&[topics::CHANGES.to_owned()])?;
        let numbers = self.reached.iter().map(|reached| reached.partition);
        if !partitions.iter().map(|partition| partition.number).eq(numbers) {
            return Ok(Err(Refusal::Foreign("the topic has other partitions".to_owned())));
        }
        let bounds = offsets.boundaries(&partitions)?;
        for ((partition, bounds), reached) in partitions.iter().zip(&bounds).zip(&self.reached) {
            if let Err(refusal) = reached.lies_in(partition, *bounds) {
                return Ok(Err(refusal));
            }
        }
        self.is_witnessed(cluster, &bounds)
    }

    fn is_witnessed(&self, cluster: &Cluster, bounds: &[Boundaries]) -> Result<Result<(), Refusal>, Fault> {
        const PATIENCE: Duration = Duration::from_secs(10);
        let mut left: Vec<(Partition, Witness)> = Vec::new();
        for (reached, bounds) in self.reached.iter().zip(bounds) {
            if let Some(witness) = reached
                .witness
                .filter(|witness| witness.offset >= bounds.earliest)
            {
                left.push((Partition::new(topics::CHANGES, reached.partition), witness));
            }
        }
        let starts: Vec<(Partition, i64)> = left
            .iter()
            .map(|(partition, witness)| (partition.clone(), witness.offset))
            .collect();
        if starts.is_empty() {
            return Ok(Ok(()));
        }
        let (reader, started) = (cluster.reader(&starts)?, Instant::now());
        while !left.is_empty() {
            if started.elapsed() > PATIENCE {
                return Err(Fault::transient(
                    "the records by which a snapshot's topic is known again didn't come",
                ));
            }
            let Some(record) = reader.poll(Duration::from_millis(50))? else {
                continue;
            };
            let place = left
                .iter()
                .position(|(partition, _)| partition.number == record.partition.number);
            if let Some((partition, witness)) = place.map(|at| left.swap_remove(at))
                && witness != Witness::of(&record)
            {
                let other = format!("{partition} holds another record at {}", witness.offset);
                return Ok(Err(Refusal::Foreign(other)));
            }
        }
        Ok(Ok(()))
    }
}

impl Reached {
    fn lies_in(&self, partition: &Partition, bounds: Boundaries) -> Result<(), Refusal> {
        let next = self.next;
        if next < bounds.earliest {
            let earliest = bounds.earliest;
            return Err(Refusal::TooOld(format!(
                "it stands at {next} of {partition}, which begins at {earliest}"
            )));
        }
        if next > bounds.end {
            let end = bounds.end;
            return Err(Refusal::Foreign(format!(
                "it stands at {next} of {partition}, which ends at {end}"
            )));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_that_its_topic_does_not_reach_is_refused() {
        let partition = Partition::new(topics::CHANGES, 3);
        let bounds = Boundaries {
            earliest: 10,
            stable: 18,
            end: 20,
        };
        let at = |next| {
            let reached = Reached {
                partition: 3,
                next,
                witness: None,
            };
            reached.lies_in(&partition, bounds)
        };
        assert!(at(10).is_ok() && at(20).is_ok());
        assert!(
            matches!(at(9), Err(Refusal::TooOld(_))),
            "retention took what is behind it"
        );
        assert!(
            matches!(at(21), Err(Refusal::Foreign(_))),
            "the topic was made anew"
        );
    }
}
