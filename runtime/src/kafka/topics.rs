//! Making topics as the contract declares them.

use super::context::Quiet;
use super::{Cluster, Partition, REQUEST_TIMEOUT, fault};
use crate::Fault;
use crate::retry::Backoff;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::types::RDKafkaErrorCode;
use rdkafka::{Offset, TopicPartitionList};
use schemas::topics::TopicSpec;
use std::collections::BTreeMap;
use std::time::Instant;

/// What became of a declared topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TopicOutcome {
    /// It was not there: made now, or would be in a dry run.
    Created,
    /// There already, as declared.
    Unchanged,
    /// There already, but not as declared: each difference in words. It is left as it is.
    Differs(Vec<String>),
}

fn configuration(spec: &TopicSpec) -> Vec<(&'static str, String)> {
    let (policy, retention) = if spec.compacted {
        ("compact", None)
    } else {
        ("delete", Some(spec.retention_ms))
    };
    let mut settings = vec![
        // A node's clock may be wrong by years and must not drive retention.
        ("message.timestamp.type", "LogAppendTime".to_owned()),
        ("max.message.bytes", spec.max_message_bytes.to_string()),
        ("cleanup.policy", policy.to_owned()),
    ];
    settings.extend(retention.map(|ms| ("retention.ms", ms.to_string())));
    settings
}

/// The topics that a broker knows, with their numbers of partitions.
fn known_topics(admin: &AdminClient<Quiet>) -> Result<BTreeMap<String, i32>, Fault> {
    let metadata = admin.inner().fetch_metadata(None, REQUEST_TIMEOUT);
    let metadata = metadata.map_err(|e| fault("can't list topics", &e))?;
    let topics = metadata.topics().iter();
    Ok(topics
        .map(|topic| (topic.name().to_owned(), topic.partitions().len() as i32))
        .collect())
}

/// How many partitions each of these topics has, which are there: a broker may not have heard yet of one that the
/// controller has made.
async fn partition_counts(
    admin: &AdminClient<Quiet>,
    names: &[String],
) -> Result<BTreeMap<String, i32>, Fault> {
    let (mut backoff, until) = (Backoff::default(), Instant::now() + REQUEST_TIMEOUT);
    loop {
        let known = known_topics(admin)?;
        match names.iter().find(|name| !known.contains_key(*name)) {
            None => return Ok(known),
            Some(name) if Instant::now() >= until => {
                return Err(Fault::transient(format!(
                    "topic {name} is made, and a broker doesn't know it yet: look again"
                )));
            }
            Some(_) => tokio::time::sleep(backoff.next_delay()).await,
        }
    }
}

impl Cluster {
    /// A client that asks about the cluster and changes it.
    pub(super) fn admin(&self) -> Result<AdminClient<Quiet>, Fault> {
        self.base
            .create_with_context(Quiet::default())
            .map_err(|e| fault("can't make a Kafka admin client", &e))
    }

    /// Makes the declared topics that aren't there, and compares those that are. Changes and deletes
    /// nothing. With `dry_run` the cluster only checks what it would do.
    ///
    /// # Errors
    /// Fatal when we may not make topics; transient when the cluster doesn't answer.
    pub async fn create_topics(
        &self,
        specs: &[TopicSpec],
        replication: i32,
        dry_run: bool,
    ) -> Result<Vec<(String, TopicOutcome)>, Fault> {
        let admin = self.admin()?;
        let names: Vec<String> = specs.iter().map(|spec| self.full(&spec.name)).collect();
        let settings: Vec<Vec<(&str, String)>> = specs.iter().map(configuration).collect();
        let topics: Vec<NewTopic<'_>> = specs
            .iter()
            .zip(names.iter().zip(&settings))
            .map(|(spec, (name, settings))| {
                let topic = NewTopic::new(name, spec.partitions, TopicReplication::Fixed(replication));
                settings
                    .iter()
                    .fold(topic, |topic, (key, value)| topic.set(key, value))
            })
            .collect();
        let options = AdminOptions::new()
            .operation_timeout(Some(REQUEST_TIMEOUT))
            .request_timeout(Some(REQUEST_TIMEOUT))
            .validate_only(dry_run);
        let answers = admin
            .create_topics(&topics, &options)
            .await
            .map_err(|e| fault("can't make topics", &e))?;
        let mut outcomes = Vec::with_capacity(specs.len());
        let mut there = Vec::new();
        for (spec, answer) in specs.iter().zip(answers) {
            match answer {
                Ok(_) => outcomes.push((spec.name.clone(), TopicOutcome::Created)),
                Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {
                    there.push(spec);
                    outcomes.push((spec.name.clone(), TopicOutcome::Unchanged));
                }
                Err((name, code)) => return Err(Fault::fatal(format!("can't make topic {name}: {code}"))),
            }
        }
        let mut differences = self.differences(&admin, &there).await?;
        for (name, outcome) in &mut outcomes {
            if let Some(found) = differences.remove(name) {
                *outcome = TopicOutcome::Differs(found);
            }
        }
        Ok(outcomes)
    }

    /// Compares the declared topics with those that are there, with rights to describe only. One that isn't there is
    /// [`TopicOutcome::Created`], as it would be.
    ///
    /// # Errors
    /// Fatal when a topic can't be described; transient when the cluster doesn't answer.
    pub async fn compare_topics(&self, specs: &[TopicSpec]) -> Result<Vec<(String, TopicOutcome)>, Fault> {
        let admin = self.admin()?;
        let known = known_topics(&admin)?;
        let there: Vec<&TopicSpec> = specs
            .iter()
            .filter(|spec| known.contains_key(&self.full(&spec.name)))
            .collect();
        let mut differences = self.differences(&admin, &there).await?;
        let outcome = |spec: &TopicSpec| match differences.remove(&spec.name) {
            Some(found) => TopicOutcome::Differs(found),
            None if there.contains(&spec) => TopicOutcome::Unchanged,
            None => TopicOutcome::Created,
        };
        let outcomes: Vec<TopicOutcome> = specs.iter().map(outcome).collect();
        Ok(specs.iter().map(|spec| spec.name.clone()).zip(outcomes).collect())
    }

    /// A setting of the brokers, as the first of them has it; none when it doesn't tell.
    ///
    /// # Errors
    /// Fatal when we may not describe the cluster; transient when it doesn't answer.
    pub async fn broker_setting(&self, key: &str) -> Result<Option<String>, Fault> {
        let admin = self.admin()?;
        let metadata = admin.inner().fetch_metadata(None, REQUEST_TIMEOUT);
        let metadata = metadata.map_err(|e| fault("can't list brokers", &e))?;
        let Some(first) = metadata.brokers().first() else {
            return Ok(None);
        };
        let options = AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT));
        let described = admin
            .describe_configs(&[ResourceSpecifier::Broker(first.id())], &options)
            .await
            .map_err(|e| fault("can't describe a broker", &e))?;
        let config = described
            .into_iter()
            .next()
            .ok_or_else(|| Fault::transient("a broker tells nothing of itself"))?
            .map_err(|code| Fault::fatal(format!("can't describe broker {}: {code}", first.id())))?;
        Ok(config.get(key).and_then(|entry| entry.value.clone()))
    }

    async fn differences(
        &self,
        admin: &AdminClient<Quiet>,
        there: &[&TopicSpec],
    ) -> Result<BTreeMap<String, Vec<String>>, Fault> {
        if there.is_empty() {
            return Ok(BTreeMap::new());
        }
        let names: Vec<String> = there.iter().map(|spec| self.full(&spec.name)).collect();
        let partitions = partition_counts(admin, &names).await?;
        let resources: Vec<ResourceSpecifier<'_>> =
            names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        let options = AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT));
        let described = admin.describe_configs(&resources, &options).await;
        let described = described.map_err(|e| fault("can't describe topics", &e))?;
        let mut differences = BTreeMap::new();
        for ((spec, name), answer) in there.iter().zip(&names).zip(described) {
            let config =
                answer.map_err(|code| Fault::fatal(format!("can't describe topic {name}: {code}")))?;
            let mut found = Vec::new();
            let count = partitions.get(name).copied().unwrap_or(0);
            if count != spec.partitions {
                found.push(format!("partitions: {count}, declared {}", spec.partitions));
            }
            for (key, declared) in configuration(spec) {
                let value = config
                    .get(key)
                    .and_then(|entry| entry.value.clone())
                    .unwrap_or_default();
                if value != declared {
                    found.push(format!("{key}: {value}, declared {declared}"));
                }
            }
            if !found.is_empty() {
                differences.insert(spec.name.clone(), found);
            }
        }
        Ok(differences)
    }

    /// Deletes topics for ever.
    ///
    /// # Errors
    /// Fatal when one may not be deleted; transient when the cluster doesn't answer. A topic that isn't there is no fault.
    pub async fn delete_topics(&self, topics: &[String]) -> Result<(), Fault> {
        let admin = self.admin()?;
        let names: Vec<String> = topics.iter().map(|topic| self.full(topic)).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let options = AdminOptions::new().operation_timeout(Some(REQUEST_TIMEOUT));
        let deleted = admin.delete_topics(&names, &options).await;
        for one in deleted.map_err(|e| fault("can't delete topics", &e))? {
            match one {
                Ok(_) | Err((_, RDKafkaErrorCode::UnknownTopicOrPartition)) => {}
                Err((name, RDKafkaErrorCode::RequestTimedOut)) => {
                    return Err(Fault::transient(format!(
                        "topic {name} isn't deleted in time: look again"
                    )));
                }
                Err((name, code)) => return Err(Fault::fatal(format!("can't delete topic {name}: {code}"))),
            }
        }
        Ok(())
    }

    /// Deletes a group that nobody is in: a replay's, whose lag must not be looked at for ever.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer. A group that isn't there is no fault.
    pub async fn delete_group(&self, group: &str) -> Result<(), Fault> {
        let admin = self.admin()?;
        let name = self.full(group);
        let options = AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT));
        let deleted = admin.delete_groups(&[name.as_str()], &options).await;
        for one in deleted.map_err(|e| fault("can't delete a group", &e))? {
            match one {
                Ok(_) | Err((_, RDKafkaErrorCode::GroupIdNotFound)) => {}
                Err((name, code)) => {
                    return Err(Fault::transient(format!("can't delete group {name}: {code}")));
                }
            }
        }
        Ok(())
    }

    /// Deletes the records before an offset of each partition, as retention does: for tests and for data
    /// that must go, never to save space.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer.
    pub async fn delete_records(&self, before: &[(Partition, i64)]) -> Result<(), Fault> {
        let admin = self.admin()?;
        let mut list = TopicPartitionList::with_capacity(before.len());
        for (partition, offset) in before {
            let topic = self.full(&partition.topic);
            list.add_partition_offset(&topic, partition.number, Offset::Offset(*offset))
                .map_err(|e| fault("can't name a position", &e))?;
        }
        let options = AdminOptions::new().operation_timeout(Some(REQUEST_TIMEOUT));
        admin
            .delete_records(&list, &options)
            .await
            .map_err(|e| fault("can't delete records", &e))?;
        Ok(())
    }
}
