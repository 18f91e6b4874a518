//! A publisher that isn't our node.

use runtime::clock;
use runtime::kafka::{Cluster, Producer};
use runtime::settings::KafkaSettings;
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Channel};
use schemas::{Applicant, Body, Epoch, Field, Header, IntakeEvent, NodeId, Sha256, topics};
use std::collections::BTreeMap;
use std::time::Duration;
use tests::{Ground, Stack};
use uuid::Uuid;

/// Where it publishes.
pub const PROVINCE: &str = "dien-bien";
/// What it calls itself.
pub const NODE: &str = "abroad-01";

/// A publisher that isn't our node, and can be made to err.
pub struct Foreign {
    producer: Producer,
    /// Its series.
    pub epoch: Epoch,
}

impl Foreign {
    pub fn on(ground: &Ground) -> Self {
        // What is too large for our own programs only compression brings into a topic.
        let kafka = KafkaSettings {
            namespace: ground.site.namespace.clone(),
            properties: BTreeMap::from([("message.max.bytes".to_owned(), (16 << 20).to_string())]),
            ..Stack::find().kafka
        };
        let cluster = Cluster::new(&kafka).expect("the stack's settings");
        Self {
            producer: cluster.producer().expect("a producer"),
            epoch: clock::new_epoch(),
        }
    }

    /// An application's event that follows the bytes of `previous`.
    pub fn event(&self, sequence: i64, previous: &[u8], name: &str) -> Vec<u8> {
        let fields = [(Field::FullName, name), (Field::DateOfBirth, "05/09/1987")];
        let body = application(clock::new_event_id(), 1, &fields);
        self.event_of(sequence, previous, body)
    }

    /// An event that follows the bytes of `previous`.
    pub fn event_of(&self, sequence: i64, previous: &[u8], body: Body) -> Vec<u8> {
        let now = clock::now();
        let event = IntakeEvent {
            event_id: clock::new_event_id(),
            node_id: NodeId::parse(NODE).expect("a node id"),
            epoch: self.epoch,
            sequence,
            previous_hash: if previous.is_empty() {
                Sha256::ZERO
            } else {
                Sha256::of(previous)
            },
            captured_at: now,
            spooled_at: now,
            clock_offset_ms: None,
            body,
        };
        event.encode().expect("an event fits its schema")
    }

    pub fn publish(&self, key: &str, value: &[u8]) {
        self.publish_with(key, value, &[]);
    }

    pub fn publish_with(&self, key: &str, value: &[u8], headers: &[Header]) {
        let topic = topics::applications(PROVINCE);
        self.producer
            .send_with(&topic, Some(key.as_bytes()), value, headers, 0)
            .expect("the record is taken");
        self.producer
            .flush(Duration::from_secs(10))
            .expect("the record is acknowledged");
        for delivery in self.producer.poll(Duration::ZERO) {
            delivery.result.expect("the record is delivered");
        }
    }
}

/// A form with these fields of a person.
pub fn application(application_id: Uuid, revision: i32, fields: &[(Field, &str)]) -> Body {
    let mut applicant = Applicant::default();
    for (field, value) in fields {
        applicant.set(*field, Some((*value).to_owned()));
    }
    Body::ApplicationSubmitted(ApplicationSubmitted {
        revision,
        channel: Channel::CommuneOffice,
        ..loadgen::first_issue(application_id, applicant)
    })
}
