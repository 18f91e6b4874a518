//! Topics as the cluster has them: where their partitions are, and what is set.

use super::{Cluster, REQUEST_TIMEOUT, fault};
use crate::Fault;
use rdkafka::admin::{AdminOptions, ConfigEntry, ConfigSource, ResourceSpecifier};
use rdkafka::metadata::MetadataTopic;

/// A topic of the namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedTopic {
    /// Its name without the namespace.
    pub name: String,
    /// Its partitions, in order.
    pub partitions: Vec<DescribedPartition>,
    /// All that is set for it, whoever set it, in the order of names.
    pub settings: Vec<Setting>,
}

/// Where a partition is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedPartition {
    /// Its number.
    pub number: i32,
    /// The broker that leads it; none while it has no leader.
    pub leader: Option<i32>,
    /// The brokers that are to have it.
    pub replicas: Vec<i32>,
    /// Those of them that have all of it.
    pub in_sync: Vec<i32>,
}

/// A setting of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its value; empty when the cluster keeps it secret.
    pub value: String,
    /// Who set it: `topic`, `broker`, or `default` for Kafka's own.
    pub set_by: &'static str,
}

impl Setting {
    fn of(entry: &ConfigEntry) -> Self {
        let set_by = match entry.source {
            ConfigSource::DynamicTopic => "topic",
            ConfigSource::DynamicBroker | ConfigSource::DynamicDefaultBroker | ConfigSource::StaticBroker => {
                "broker"
            }
            ConfigSource::Default => "default",
            ConfigSource::Unknown => "unknown",
        };
        Self {
            name: entry.name.clone(),
            value: entry.value.clone().unwrap_or_default(),
            set_by,
        }
    }
}

impl DescribedTopic {
    fn of(name: &str, topic: &MetadataTopic) -> Self {
        let mut partitions: Vec<DescribedPartition> = topic
            .partitions()
            .iter()
            .map(|partition| DescribedPartition {
                number: partition.id(),
                leader: (partition.leader() >= 0).then(|| partition.leader()),
                replicas: partition.replicas().to_vec(),
                in_sync: partition.isr().to_vec(),
            })
            .collect();
        partitions.sort_by_key(|partition| partition.number);
        Self {
            name: name.to_owned(),
            partitions,
            settings: Vec::new(),
        }
    }

    /// The value of a setting.
    pub fn setting(&self, name: &str) -> Option<&str> {
        let found = self.settings.iter().find(|setting| setting.name == name)?;
        Some(&found.value)
    }
}

impl Cluster {
    /// Every topic of the namespace, in the order of names; Kafka's internal ones left out.
    ///
    /// # Errors
    /// Fatal when we may not describe one; transient when the cluster doesn't answer.
    pub async fn describe_topics(&self) -> Result<Vec<DescribedTopic>, Fault> {
        self.described(|_| true).await
    }

    /// The topic of this name; none when it isn't there.
    ///
    /// # Errors
    /// Fatal when we may not describe it; transient when the cluster doesn't answer.
    pub async fn describe_topic(&self, name: &str) -> Result<Option<DescribedTopic>, Fault> {
        Ok(self.described(|other| other == name).await?.pop())
    }

    async fn described(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<DescribedTopic>, Fault> {
        let admin = self.admin()?;
        let metadata = admin.inner().fetch_metadata(None, REQUEST_TIMEOUT);
        let metadata = metadata.map_err(|e| fault("can't list topics", &e))?;
        let mut topics: Vec<DescribedTopic> = metadata
            .topics()
            .iter()
            .filter(|topic| !topic.name().starts_with("__"))
            .filter_map(|topic| Some((self.namespace.strip(topic.name())?, topic)))
            .filter(|(name, _)| wanted(name))
            .map(|(name, topic)| DescribedTopic::of(name, topic))
            .collect();
        topics.sort_by(|a, b| a.name.cmp(&b.name));
        if topics.is_empty() {
            return Ok(topics);
        }
        let names: Vec<String> = topics.iter().map(|topic| self.full(&topic.name)).collect();
        let resources: Vec<ResourceSpecifier<'_>> =
            names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        let options = AdminOptions::new().request_timeout(Some(REQUEST_TIMEOUT));
        let configs = admin.describe_configs(&resources, &options).await;
        let configs = configs.map_err(|e| fault("can't describe topics", &e))?;
        for ((topic, name), config) in topics.iter_mut().zip(&names).zip(configs) {
            let config =
                config.map_err(|code| Fault::fatal(format!("can't describe topic {name}: {code}")))?;
            topic.settings = config.entries.iter().map(Setting::of).collect();
            topic.settings.sort_by(|a, b| a.name.cmp(&b.name));
        }
        Ok(topics)
    }
}
