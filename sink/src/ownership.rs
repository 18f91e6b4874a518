//! Which partitions are ours, since when, and from where: positions come from the database at each
//! assignment, never from the consumer group.

use crate::fault::DatabaseFault;
use crate::patience::{QUESTION, within};
use crate::register::Register;
use crate::register::position::{self, Stored};
use runtime::Fault;
use runtime::kafka::{Assignments, Boundaries, Cluster, Offsets, Partition};
use sqlx::Connection;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::runtime::Handle;

/// One time of owning a partition. A record fetched under an earlier one is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tenure {
    pub number: u64,
    /// Where it began: the position in the database.
    pub start: i64,
}

struct Held {
    tenure: Tenure,
    /// Loaded up to here, and not told to the group yet.
    untold: Option<i64>,
}

#[derive(Default)]
struct State {
    tenures: u64,
    held: HashMap<Partition, Held>,
}

/// What this process owns. Shared by the thread that polls and the lanes that load.
pub(crate) struct Ownership {
    register: Register,
    cluster: Cluster,
    offsets: Offsets,
    handle: Handle,
    state: Mutex<State>,
}

/// The group's view of an [`Ownership`].
pub(crate) struct Member(pub Arc<Ownership>);

impl Ownership {
    /// Owns nothing yet. `handle` is used by the polling thread to ask the database.
    pub(crate) fn new(register: Register, cluster: Cluster, handle: Handle) -> Result<Self, Fault> {
        let offsets = cluster.offsets()?;
        Ok(Self {
            register,
            cluster,
            offsets,
            handle,
            state: Mutex::default(),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked under the lock left the map whole: every change is one statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The current tenure of a partition; none when it isn't ours.
    pub(crate) fn tenure(&self, partition: &Partition) -> Option<Tenure> {
        self.state().held.get(partition).map(|held| held.tenure)
    }

    /// Notes that a partition is loaded up to `next`, for the group's offsets.
    pub(crate) fn loaded(&self, partition: &Partition, tenure: u64, next: i64) {
        if let Some(held) = self
            .state()
            .held
            .get_mut(partition)
            .filter(|held| held.tenure.number == tenure)
        {
            held.untold = Some(next);
        }
    }

    /// What the group has not been told yet.
    pub(crate) fn untold(&self) -> Vec<(Partition, i64)> {
        let mut state = self.state();
        state
            .held
            .iter_mut()
            .filter_map(|(partition, held)| Some((partition.clone(), held.untold.take()?)))
            .collect()
    }

    pub(crate) fn begin(&self, partitions: &[Partition], starts: &[i64]) {
        let mut state = self.state();
        for (partition, &start) in partitions.iter().zip(starts) {
            state.tenures += 1;
            let tenure = Tenure {
                number: state.tenures,
                start,
            };
            state.held.insert(
                partition.clone(),
                Held {
                    tenure,
                    untold: Some(start),
                },
            );
        }
    }

    /// The positions in the database, once they fit their topics.
    fn stored(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        let cluster_id = self.offsets.cluster_id()?;
        let full = |partition: &Partition| self.cluster.namespace().full(&partition.topic);
        let full_topics: Vec<String> = owned.iter().map(full).collect();
        let stored = self
            .handle
            .block_on(within(QUESTION, self.read(owned, &cluster_id, &full_topics)))?;
        let boundaries = self.offsets.boundaries(owned)?;
        owned
            .iter()
            .zip(full_topics.iter().zip(boundaries))
            .map(|(partition, (full_topic, boundaries))| {
                let position = stored.get(partition).ok_or_else(|| {
                    Fault::transient(format!("the position of {partition} is gone from the database"))
                })?;
                fits(partition, position, &cluster_id, full_topic, boundaries)?;
                Ok(position.next_offset)
            })
            .collect()
    }

    async fn read(
        &self,
        owned: &[Partition],
        cluster_id: &str,
        full_topics: &[String],
    ) -> Result<BTreeMap<Partition, Stored>, DatabaseFault> {
        let mut conn = self.register.open().await?;
        position::ensure(&mut conn, owned, cluster_id, full_topics).await?;
        let stored = position::read(&mut conn, owned).await?;
        conn.close().await?;
        Ok(stored)
    }
}

/// Refuses a position that doesn't belong to this topic as it is now.
fn fits(
    partition: &Partition,
    stored: &Stored,
    cluster_id: &str,
    full_topic: &str,
    boundaries: Boundaries,
) -> Result<(), Fault> {
    let Stored {
        next_offset: next,
        cluster_id: stored_cluster,
        full_topic: stored_topic,
    } = stored;
    if stored_cluster != cluster_id || stored_topic != full_topic {
        return Err(Fault::fatal(format!(
            "the register's position of {partition} belongs to topic {stored_topic} of cluster {stored_cluster}, not \
             to {full_topic} of {cluster_id}: point kafka.brokers and kafka.namespace, or database.url, at the right one"
        )));
    }
    let Boundaries { earliest, end, .. } = boundaries;
    if *next < earliest {
        return Err(Fault::fatal(format!(
            "{partition} begins at offset {earliest} and is loaded up to {next} only: what lay between was deleted \
             before it was loaded; restore a newer backup of the register, or rebuild it from the match log"
        )));
    }
    if *next > end {
        return Err(Fault::fatal(format!(
            "{partition} ends at offset {end} and is loaded up to {next}: the topic was made anew or lost records; \
             rebuild the register from the match log"
        )));
    }
    Ok(())
}

impl Assignments for Member {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        let starts = self.0.stored(owned)?;
        self.0.begin(owned, &starts);
        let names: Vec<String> = owned
            .iter()
            .zip(&starts)
            .map(|(at, start)| format!("{at} from {start}"))
            .collect();
        tracing::info!(partitions = owned.len(), "took partitions: {}", names.join(", "));
        Ok(starts)
    }

    fn lost(&self, lost: &[Partition]) {
        let mut state = self.0.state();
        state.held.retain(|partition, _| !lost.contains(partition));
        tracing::info!(partitions = lost.len(), "gave partitions back");
    }
}
