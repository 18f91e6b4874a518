//! The head of an application's event: what stands before the person's fields, read without them.
//!
//! An Avro record is its fields one after the other (Apache Avro 1.12 specification, "Complex Types"), so
//! a schema that ends earlier reads the front of it.

use crate::codec::{Codec, Event, Unreadable};
use crate::event::{Channel, IntakeEvent, Service};
use crate::{NodeId, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::sync::LazyLock;

/// An application's event up to the person's fields, as far as anyone needs it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "IntakeEvent")]
pub struct EventHead {
    /// As in [`IntakeEvent`].
    pub node_id: NodeId,
    /// As in [`IntakeEvent`].
    pub captured_at: Timestamp,
    /// As in [`IntakeEvent`].
    pub clock_offset_ms: Option<i64>,
    /// What happened.
    pub body: BodyHead,
}

/// The head of a body.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub enum BodyHead {
    /// An application, or a later revision of one.
    ApplicationSubmitted(ApplicationHead),
}

/// An application without the person's fields and the documents, as in
/// [`ApplicationSubmitted`](crate::event::ApplicationSubmitted).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename = "ApplicationSubmitted")]
pub struct ApplicationHead {
    /// The office's own dossier code.
    pub reference: Option<String>,
    /// Form by its official id.
    pub form_id: String,
    /// Version of the form.
    pub form_version: String,
    /// Where it was taken.
    pub channel: Channel,
    /// What is applied for.
    pub service: Service,
    /// Code of the commune where it was taken.
    pub commune: Option<String>,
    /// Village.
    pub village: Option<String>,
    /// Team.
    pub team: Option<String>,
}

/// The first field that is not read.
const END: &str = "applicant";

impl EventHead {
    /// Reads the head of an event's bytes, framing included.
    ///
    /// # Errors
    /// [`Unreadable`] when they are no application's event.
    pub fn of(event: &[u8]) -> Result<Self, Unreadable> {
        static HEAD: LazyLock<Codec> = LazyLock::new(|| {
            let schema: Value =
                serde_json::from_str(IntakeEvent::AVSC).expect("a compiled-in schema is JSON");
            Codec::of_front(
                "IntakeEvent",
                &cut(schema).to_string(),
                *IntakeEvent::codec().header(),
            )
        });
        HEAD.decode_front(event)
    }
}

/// The event's schema with applications that end before [`END`].
fn cut(mut schema: Value) -> Value {
    let body = schema["fields"]
        .as_array_mut()
        .and_then(|fields| fields.iter_mut().find(|field| field["name"] == "body"))
        .expect("an event has a body");
    let fields = body["type"][0]["fields"]
        .as_array_mut()
        .expect("an application has fields");
    let end = fields.iter().position(|field| field["name"] == END);
    fields.truncate(end.expect("an application has a person"));
    schema
}
