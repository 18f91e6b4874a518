//! One look at a whole cluster: where every partition begins and ends, and where every group stands.

use super::offsets::{Boundaries, Offsets};
use super::{Partition, REQUEST_TIMEOUT, fault, group_positions};
use crate::{Fault, clock};
use rdkafka::consumer::Consumer as _;
use rdkafka::groups::{GroupInfo, GroupMemberInfo};
use schemas::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

/// How often the ends are asked for while topics come and go.
const TRIES: usize = 5;
const AGAIN_AFTER: Duration = Duration::from_millis(100);

/// What was seen of a cluster, within its namespace. Names are without it.
#[derive(Clone, Debug)]
pub struct Look {
    /// When: after the positions were asked and before the ends, so that no position seems to lie behind
    /// its end.
    pub at: Timestamp,
    /// Each partition that has a leader.
    pub ends: HashMap<Partition, Boundaries>,
    /// Each consumer group.
    pub groups: BTreeMap<String, Group>,
}

/// A consumer group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Group {
    /// As Kafka calls it: `Stable`, `Empty`, `PreparingRebalance`, `CompletingRebalance`, `Dead`.
    pub state: String,
    /// Who takes part.
    pub members: Vec<Member>,
    /// The next offset to read of each partition it ever committed one of.
    pub committed: HashMap<Partition, i64>,
    /// Why its positions are unknown, when they are.
    pub hidden: Option<String>,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The id that the coordinator gave it: another one after each start.
    pub id: String,
    /// What its client calls itself.
    pub client_id: String,
    /// Where it connects from, as the broker sees it.
    pub host: String,
    /// The partitions it has; none when they aren't told.
    pub assigned: Vec<Partition>,
}

impl Offsets {
    /// Looks at everything in the namespace (the whole cluster when that is empty): one request for
    /// metadata, one for groups to each broker, one for each group's positions, three for the ends of
    /// partitions to each broker. Kafka's internal topics are left out.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn look(&self) -> Result<Look, Fault> {
        // A fresh client connects for metadata at once; for a list of groups only when its timer of a second says so.
        let mut partitions = self.all_partitions()?;
        let groups = self.groups()?;
        let at = clock::now();
        // A topic that is deleted just now fails the request for all: the others are asked again without it.
        let mut tries = 1;
        let known = loop {
            match self.known_boundaries(&partitions) {
                Err(_) if tries < TRIES => tries += 1,
                answer => break answer?,
            }
            std::thread::sleep(AGAIN_AFTER);
            partitions = self.all_partitions()?;
        };
        let ends = partitions.into_iter().zip(known);
        Ok(Look {
            at,
            ends: ends
                .filter_map(|(partition, ends)| Some((partition, ends?)))
                .collect(),
            groups,
        })
    }

    /// Every consumer group of the namespace, with its members and positions.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub fn groups(&self) -> Result<BTreeMap<String, Group>, Fault> {
        let listed = self.uncommitted.fetch_group_list(None, REQUEST_TIMEOUT);
        let listed = listed.map_err(|e| fault("can't list groups", &e))?;
        let namespace = self.cluster.namespace();
        let mut groups: BTreeMap<String, Group> = listed
            .groups()
            .iter()
            .filter(|group| matches!(group.protocol_type(), "consumer" | ""))
            .filter_map(|group| Some((namespace.strip(group.name())?.to_owned(), self.group(group))))
            .collect();
        let names: Vec<String> = groups.keys().map(|name| self.cluster.full(name)).collect();
        let mut committed = group_positions::committed(&self.uncommitted, &names, REQUEST_TIMEOUT)?;
        for (name, group) in &mut groups {
            match committed.remove(&self.cluster.full(name)) {
                Some(Ok(positions)) => {
                    let named = positions.into_iter().filter_map(|(topic, number, next)| {
                        Some((Partition::new(namespace.strip(&topic)?, number), next))
                    });
                    group.committed = named.collect();
                }
                Some(Err(reason)) => group.hidden = Some(reason),
                None => group.hidden = Some("its coordinator did not answer in time".to_owned()),
            }
        }
        Ok(groups)
    }

    fn group(&self, group: &GroupInfo) -> Group {
        Group {
            state: group.state().to_owned(),
            members: group.members().iter().map(|member| self.member(member)).collect(),
            ..Group::default()
        }
    }

    fn member(&self, member: &GroupMemberInfo) -> Member {
        let assigned = member.assignment().and_then(assignment).unwrap_or_default();
        let namespace = self.cluster.namespace();
        Member {
            id: member.id().to_owned(),
            client_id: member.client_id().to_owned(),
            host: member.client_host().trim_start_matches('/').to_owned(),
            assigned: assigned
                .into_iter()
                .filter_map(|(topic, number)| Some(Partition::new(namespace.strip(&topic)?, number)))
                .collect(),
        }
    }
}

/// Reads a member's assignment (`ConsumerProtocolAssignment` of Kafka's protocol: version, then topics
/// with their partitions, then the assignor's own bytes).
fn assignment(bytes: &[u8]) -> Option<Vec<(String, i32)>> {
    let mut rest = bytes.get(2..)?;
    let mut take = |count: usize| -> Option<&[u8]> {
        let (taken, left) = rest.split_at_checked(count)?;
        rest = left;
        Some(taken)
    };
    let mut found = Vec::new();
    let topics = i32::from_be_bytes(take(4)?.try_into().ok()?);
    for _ in 0..topics {
        let length = u16::from_be_bytes(take(2)?.try_into().ok()?);
        let topic = String::from_utf8(take(usize::from(length))?.to_vec()).ok()?;
        let partitions = i32::from_be_bytes(take(4)?.try_into().ok()?);
        for _ in 0..partitions {
            found.push((topic.clone(), i32::from_be_bytes(take(4)?.try_into().ok()?)));
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::assignment;

    #[test]
    fn an_assignment_is_read_or_refused_whole() {
        let mut bytes = vec![0, 3, 0, 0, 0, 1, 0, 3];
        bytes.extend(b"abc");
        bytes.extend([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, 255, 255, 255, 255]);
        let expected = vec![("abc".to_owned(), 0), ("abc".to_owned(), 7)];
        assert_eq!(assignment(&bytes), Some(expected));
        for cut in 0..bytes.len() - 4 {
            assert_eq!(assignment(&bytes[..cut]), None, "{cut} bytes");
        }
    }
}
