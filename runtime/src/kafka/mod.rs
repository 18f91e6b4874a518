//! Kafka, through librdkafka. Every call blocks: use it from an OS thread of its own.

mod assignment;
mod consumer;
mod context;
mod described;
mod group_positions;
mod headers;
mod look;
mod offsets;
mod producer;
mod reader;
mod record;
mod since;
mod statistics;
mod topics;
mod transaction;

pub use assignment::Assignments;
pub use consumer::{Consumer, ConsumerSpec};
pub use described::{DescribedPartition, DescribedTopic, Setting};
pub use look::{Group, Look, Member};
pub use offsets::{Boundaries, GroupOffsets, Offsets};
pub use producer::{Delivery, DeliveryFault, Producer};
pub use reader::Reader;
pub use record::Record;
pub use schemas::Header;
pub use topics::TopicOutcome;
pub use transaction::{Aborted, TransactionalProducer};

use crate::Fault;
use crate::settings::KafkaSettings;
use rdkafka::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use schemas::topics::Namespace;
use secrecy::ExposeSecret;
use std::fmt;
use std::time::Duration;

/// How long a request for metadata, offsets or administration may take.
pub(crate) const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// A partition of a topic, which is named without its namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition number.
    pub number: i32,
}

impl Partition {
    /// A partition by topic and number.
    pub fn new(topic: impl Into<String>, number: i32) -> Self {
        Self {
            topic: topic.into(),
            number,
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.topic, self.number)
    }
}

/// One Kafka cluster under one namespace. Cheap to clone; holds no connection.
#[derive(Clone, Debug)]
pub struct Cluster {
    base: ClientConfig,
    namespace: Namespace,
}

impl Cluster {
    /// A cluster by its settings.
    ///
    /// # Errors
    /// Fatal when the namespace breaks its rule, or a user's password is missing or in the wrong place.
    pub fn new(settings: &KafkaSettings) -> Result<Self, Fault> {
        let mut base = ClientConfig::new();
        base.set("bootstrap.servers", &settings.brokers);
        base.set("client.id", "intake");
        base.set("reconnect.backoff.ms", "100")
            .set("reconnect.backoff.max.ms", "5000");
        let sasl = settings.username.is_some();
        let protocol = match (sasl, &settings.ca_file) {
            (false, None) => "plaintext",
            (false, Some(_)) => "ssl",
            (true, None) => "sasl_plaintext",
            (true, Some(_)) => "sasl_ssl",
        };
        base.set("security.protocol", protocol);
        if let Some(path) = &settings.ca_file {
            base.set("ssl.ca.location", path.display().to_string());
        }
        if let (Some(user), Some(password)) = (&settings.username, settings.secret()?) {
            base.set("sasl.mechanism", settings.mechanism.name())
                .set("sasl.username", user)
                .set("sasl.password", password.expose_secret());
        }
        for (key, value) in &settings.properties {
            base.set(key, value);
        }
        Ok(Self {
            base,
            namespace: settings.namespace()?,
        })
    }

    /// The namespace of every name given to this cluster.
    pub const fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// A client's own properties, under those of the cluster's settings. Asked for one by one: a list of what a
    /// configuration holds has placeholders instead of passwords.
    fn config(&self, own: &[(&str, &str)]) -> ClientConfig {
        let mut config = self.base.clone();
        for (key, value) in own {
            if config.get(key).is_none() {
                config.set(*key, *value);
            }
        }
        config
    }

    fn full(&self, name: &str) -> String {
        self.namespace.full(name)
    }
}

/// What a librdkafka error means for us. Its text holds names and codes only, never a record.
pub(crate) fn fault(doing: &str, error: &KafkaError) -> Fault {
    let text = format!("{doing}: {error}");
    match error.rdkafka_error_code() {
        Some(
            RDKafkaErrorCode::Fatal
            | RDKafkaErrorCode::Fenced
            | RDKafkaErrorCode::ClusterAuthorizationFailed
            | RDKafkaErrorCode::TransactionalIdAuthorizationFailed
            | RDKafkaErrorCode::InvalidConfig
            | RDKafkaErrorCode::UnsupportedVersion,
        ) => Fault::fatal(text),
        None if matches!(
            error,
            KafkaError::ClientConfig(..) | KafkaError::ClientCreation(_)
        ) =>
        {
            Fault::fatal(text)
        }
        _ => Fault::transient(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_client_has_the_password_and_a_property_of_the_settings_wins() {
        let cluster = Cluster::new(&KafkaSettings {
            username: Some("match".to_owned()),
            password: Some("hunter2".into()),
            properties: BTreeMap::from([("linger.ms".to_owned(), "7".to_owned())]),
            ..KafkaSettings::default()
        })
        .expect("a cluster");
        let (consumer, producer) = (cluster.consumer_config(true), cluster.producer_config());
        for config in [&consumer, &producer, &cluster.base] {
            assert_eq!(config.get("sasl.password"), Some("hunter2"));
        }
        assert_eq!(producer.get("linger.ms"), Some("7"));
        assert_eq!(consumer.get("isolation.level"), Some("read_committed"));
        assert!(!format!("{cluster:?}").contains("hunter2"));
    }
}
