//! The idempotent producer: strictly ordered, every record answered by a delivery.

use super::context::{log, told};
use super::statistics::{self, Part};
use super::{Cluster, fault};
use crate::Fault;
use crate::trace::Place;
use rdkafka::ClientContext;
use rdkafka::config::{ClientConfig, RDKafkaLogLevel};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer as _, ProducerContext};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What became of a record that was handed to [`Producer::send`].
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The number given to `send`.
    pub token: u64,
    /// Partition and offset, or why not.
    pub result: Result<(i32, i64), DeliveryFault>,
}

/// Why a record was not delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryFault {
    /// librdkafka's name of the error.
    pub code: String,
    /// The broker refuses this record for its size: sending it again can't help.
    pub too_large: bool,
    /// The broker refuses us (no right to write, unknown topic): a person must help.
    pub refused: bool,
}

impl DeliveryFault {
    fn of(error: &KafkaError) -> Self {
        use RDKafkaErrorCode::{
            ClusterAuthorizationFailed, InvalidMessageSize, MessageSizeTooLarge, TopicAuthorizationFailed,
            UnknownPartition, UnknownTopic, UnknownTopicOrPartition,
        };
        let code = error.rdkafka_error_code();
        Self {
            code: code.map_or_else(|| error.to_string(), |code| format!("{code:?}")),
            too_large: matches!(code, Some(MessageSizeTooLarge | InvalidMessageSize)),
            refused: matches!(
                code,
                Some(
                    TopicAuthorizationFailed
                        | ClusterAuthorizationFailed
                        | UnknownTopic
                        | UnknownPartition
                        | UnknownTopicOrPartition
                )
            ),
        }
    }
}

#[derive(Default)]
pub(super) struct Deliveries(Mutex<Vec<Delivery>>);

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        told(&error, reason);
    }

    fn stats_raw(&self, json: &[u8]) {
        statistics::take(Part::Producer, json);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = Box<u64>;

    fn delivery(&self, result: &DeliveryResult<'_>, token: Box<u64>) {
        let result = match result {
            Ok(record) => Ok((record.partition(), record.offset())),
            Err((error, _)) => Err(DeliveryFault::of(error)),
        };
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(Delivery {
                token: *token,
                result,
            });
    }
}

/// An idempotent producer (acks=all). Blocking: keep it on an OS thread of its own.
pub struct Producer {
    pub(super) inner: Arc<BaseProducer<Deliveries>>,
    deliveries: Arc<Deliveries>,
    cluster: Cluster,
}

impl Cluster {
    pub(super) fn producer_config(&self) -> ClientConfig {
        let mut config = self.config(&[
            ("enable.idempotence", "true"),
            ("acks", "all"),
            ("compression.type", "lz4"),
            ("partitioner", "murmur2_random"),
            ("linger.ms", "5"),
            ("batch.num.messages", "10000"),
            ("batch.size", "1000000"),
            ("message.max.bytes", "4194304"),
            ("queue.buffering.max.messages", "200000"),
            ("queue.buffering.max.kbytes", "262144"),
        ]);
        statistics::ask(&mut config);
        config
    }

    /// An idempotent producer.
    ///
    /// # Errors
    /// Fatal when a property is wrong.
    pub fn producer(&self) -> Result<Producer, Fault> {
        Producer::new(self, &self.producer_config())
    }
}

impl Producer {
    pub(super) fn new(cluster: &Cluster, config: &ClientConfig) -> Result<Self, Fault> {
        let inner: BaseProducer<Deliveries> = config
            .create_with_context(Deliveries::default())
            .map_err(|e| fault("can't make a Kafka producer", &e))?;
        Ok(Self {
            deliveries: Arc::clone(inner.context()),
            inner: Arc::new(inner),
            cluster: cluster.clone(),
        })
    }

    /// Hands a record over; its delivery comes from [`Self::poll`] under `token`. While the local
    /// queue is full it polls and waits, at most a minute.
    ///
    /// # Errors
    /// Data when the record is larger than the client may send; transient when the queue stayed
    /// full; fatal when the producer is of no use any more.
    pub fn send(&self, topic: &str, key: &[u8], value: &[u8], token: u64) -> Result<(), Fault> {
        self.send_traced(topic, key, value, None, token)
    }

    /// The same for a record that is part of a trace, if it is.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_traced(
        &self,
        topic: &str,
        key: &[u8],
        value: &[u8],
        trace: Option<Place>,
        token: u64,
    ) -> Result<(), Fault> {
        let headers = trace.map(Place::header);
        self.send_with(topic, Some(key), value, headers.as_slice(), token)
    }

    /// The same with headers, and for a record that may have no key.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub fn send_with(
        &self,
        topic: &str,
        key: Option<&[u8]>,
        value: &[u8],
        headers: &[super::Header],
        token: u64,
    ) -> Result<(), Fault> {
        let topic = self.cluster.full(topic);
        let mut record = BaseRecord::<[u8], [u8], _>::with_opaque_to(&topic, Box::new(token)).payload(value);
        if let Some(key) = key {
            record = record.key(key);
        }
        if !headers.is_empty() {
            let owned = OwnedHeaders::new_with_capacity(headers.len());
            record = record.headers(headers.iter().fold(owned, |owned, header| {
                owned.insert(Header {
                    key: &header.name,
                    value: header.value.as_deref(),
                })
            }));
        }
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let Err((error, back)) = self.inner.send(record) else {
                return Ok(());
            };
            match error.rdkafka_error_code() {
                Some(RDKafkaErrorCode::QueueFull) if Instant::now() < deadline => {
                    self.inner.poll(Duration::from_millis(20));
                    record = back;
                }
                Some(RDKafkaErrorCode::MessageSizeTooLarge) => {
                    return Err(Fault::data(format!(
                        "a record of {} bytes is too large for {topic}",
                        value.len()
                    )));
                }
                _ => return Err(fault("can't send to Kafka", &error)),
            }
        }
    }

    /// Serves the client and returns the deliveries since the last call, in order per partition.
    pub fn poll(&self, timeout: Duration) -> Vec<Delivery> {
        self.inner.poll(timeout);
        std::mem::take(&mut *self.deliveries.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records handed over and not yet delivered or failed.
    pub fn in_flight(&self) -> i32 {
        self.inner.in_flight_count()
    }

    /// Waits until nothing is in flight.
    ///
    /// # Errors
    /// Transient when records are still in flight after `timeout`.
    pub fn flush(&self, timeout: Duration) -> Result<(), Fault> {
        let deadline = Instant::now() + timeout;
        while self.in_flight() > 0 {
            if Instant::now() >= deadline {
                let left = self.in_flight();
                return Err(Fault::transient(format!(
                    "{left} records were not acknowledged in {timeout:?}"
                )));
            }
            self.inner.poll(Duration::from_millis(5));
        }
        Ok(())
    }

    pub(super) const fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The error that made this producer useless for good, if one did.
    pub fn broken(&self) -> Option<Fault> {
        let (code, _) = self.inner.client().fatal_error()?;
        Some(Fault::fatal(format!("the Kafka producer can't go on: {code:?}")))
    }
}
