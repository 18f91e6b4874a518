//! `IntakeEvent`: one event of an intake node's own series.

use crate::codec::{Event, Unreadable};
use crate::{Applicant, Epoch, Field, NodeId, Personal, Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One event of an intake node's own series, as published to `intake.applications.<province>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeEvent {
    /// UUIDv7 made by the node when it accepted the event.
    pub event_id: Uuid,
    /// The intake node; also the record's key.
    pub node_id: NodeId,
    /// The node's series.
    pub epoch: Epoch,
    /// The event's place in its series: 1, 2, 3 … without holes.
    pub sequence: i64,
    /// SHA-256 of the encoded bytes of the event before; zeros at sequence 1; after an
    /// [`EventWithheld`], the hash that one carries.
    pub previous_hash: Sha256,
    /// When the clerk took it, by the node's clock.
    pub captured_at: Timestamp,
    /// When the node had it on disk, by the node's clock.
    pub spooled_at: Timestamp,
    /// What to add to the node's clock to get true time, in milliseconds, where known.
    pub clock_offset_ms: Option<i64>,
    /// What happened.
    pub body: Body,
}

impl IntakeEvent {
    /// The highest sequence of an epoch: 2^53, which every language's numbers hold exactly.
    pub const MAX_SEQUENCE: i64 = 1 << 53;

    /// Reads a record of a province's topic.
    ///
    /// # Errors
    /// [`Unreadable`] when the bytes are no event, or its sequence is no place in a series.
    pub fn from_record(bytes: &[u8]) -> Result<Self, Unreadable> {
        let event = Self::decode(bytes)?;
        let placed = (1..=Self::MAX_SEQUENCE).contains(&event.sequence);
        if placed {
            Ok(event)
        } else {
            Err(Unreadable::SequenceOutOfRange)
        }
    }
}

/// What happened at the node. The order is that of the Avro union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// An application, or a later revision of one.
    ApplicationSubmitted(ApplicationSubmitted),
    /// An officer's verification.
    VerificationRecorded(VerificationRecorded),
    /// The applicant took the application back.
    ApplicationWithdrawn(ApplicationWithdrawn),
    /// Stands in the place of an event that the broker refused.
    EventWithheld(EventWithheld),
}

impl Body {
    /// The application it is about.
    pub fn application_id(&self) -> Option<Uuid> {
        match self {
            Self::ApplicationSubmitted(body) => Some(body.application_id),
            Self::VerificationRecorded(body) => Some(body.application_id),
            Self::ApplicationWithdrawn(body) => Some(body.application_id),
            Self::EventWithheld(_) => None,
        }
    }
}

/// An application, or a later revision of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationSubmitted {
    /// The application; the same id with a higher revision corrects it.
    pub application_id: Uuid,
    /// 1 for the first, then 2, 3 …
    pub revision: i32,
    /// The office's own dossier code, where the id was derived from one.
    pub reference: Option<String>,
    /// Form by its official id, such as `CC01`.
    pub form_id: String,
    /// Version of the form, such as `2024-07`.
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
    /// The person's fields as written.
    pub applicant: Applicant,
    /// Documents by content hash.
    pub attachments: Vec<Attachment>,
}

/// Where an application was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A mobile team in a village.
    MobileTeam,
    /// The commune's office.
    CommuneOffice,
    /// At the applicant's home.
    HomeVisit,
    /// A desk in a town's ward.
    WardDesk,
}

/// What is applied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// First identity card.
    FirstIssue,
    /// Replacement of a lost or damaged card.
    Reissue,
    /// Change of details.
    Change,
    /// Residence service.
    Residence,
    /// Supplementary information.
    Supplement,
}

/// A document kept elsewhere, by its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// Such as `photo` or `birth_certificate`.
    pub kind: String,
    /// SHA-256 of the content.
    pub sha256: Sha256,
    /// Size of the content in bytes.
    pub bytes: i64,
}

/// An officer's verification of an application, field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationRecorded {
    /// The application verified.
    pub application_id: Uuid,
    /// 1 to 3.
    pub stage: i32,
    /// The officer's service number.
    pub officer: String,
    /// At most one for each field.
    pub findings: Vec<FieldVerification>,
}

/// What an officer found for one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldVerification {
    /// The field.
    pub field: Field,
    /// What was found.
    pub finding: VerificationFinding,
    /// The right value, for `corrected` and `new`.
    #[serde(default)]
    pub value: Option<Personal<String>>,
}

/// What a verification says of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerificationFinding {
    /// The written value is right.
    Confirmed,
    /// Another value is right.
    Corrected,
    /// The field should have a value and none is known.
    Missing,
    /// A value where the form had none.
    New,
}

/// The applicant took the application back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationWithdrawn {
    /// The application.
    pub application_id: Uuid,
    /// A code or short text without personal details.
    pub reason: Option<String>,
}

/// Stands in the place of an event that the broker refused, so that the series has no hole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventWithheld {
    /// SHA-256 of the encoded bytes of the event that was withheld.
    pub withheld_hash: Sha256,
    /// Why, such as `message-too-large`.
    pub reason: String,
}
