//! `register.changes`: what each step of match changed.

use crate::event::VerificationFinding;
use crate::finding::OutcomeKind;
use crate::match_log::{NormalisedValue, SourcePosition};
use crate::{Applicant, Epoch, Field, Finding, Header, NodeId, Personal, Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What became of one entry of the match log; exactly one for each. Keyed by node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventSettled {
    /// The step of match: 1, 2, 3 …
    pub sequence: i64,
    /// Where the event stood; none for operate's entries.
    pub source: Option<SourcePosition>,
    /// Append time at the source topic.
    pub appended_at: Option<Timestamp>,
    /// Append time of the match log's entry: when the event was normalised.
    pub logged_at: Timestamp,
    /// Slug of the source topic's province; empty for operate's entries.
    pub province: String,
    /// The node.
    pub node_id: Option<NodeId>,
    /// The node's series.
    pub epoch: Option<Epoch>,
    /// The event's place in its series.
    pub node_sequence: Option<i64>,
    /// The event.
    pub event_id: Option<Uuid>,
    /// What the next event of the series must name as `previous_hash`: SHA-256 of the event's bytes,
    /// or the hash that an `EventWithheld` carries.
    pub hash: Option<Sha256>,
    /// `previous_hash` of an event that came before its predecessor.
    pub open_link: Option<Sha256>,
    /// What kind of event.
    pub kind: EventKind,
    /// The application it is about.
    pub application_id: Option<Uuid>,
    /// The application's revision.
    pub revision: Option<i32>,
    /// When it was captured, by the node's clock.
    pub captured_at: Option<Timestamp>,
    /// When it was spooled, by the node's clock.
    pub spooled_at: Option<Timestamp>,
    /// The node's own clock offset in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Rules that normalised it; empty for operate's entries.
    pub ruleset: String,
    /// What became of it.
    pub outcome: OutcomeKind,
    /// Why.
    pub findings: Vec<Finding>,
    /// The resident it was loaded to.
    pub resident_id: Option<Uuid>,
    /// The books of this event's `(node, epoch)` after this step.
    pub ledger: Option<LedgerState>,
    /// Earlier events whose outcome this step changed.
    pub released: Vec<OutcomeChanged>,
    /// The row of an application that has no resident.
    pub application: Option<ApplicationState>,
    /// The bytes of an undecodable record or of a conflicting event.
    pub refused: Option<RefusedBytes>,
    /// The match log's entry exactly as logged, when the event is held or refused and no application
    /// row holds it.
    #[serde(with = "serde_bytes")]
    pub held_event: Option<Vec<u8>>,
    /// A node's registration or retirement.
    pub node: Option<NodeState>,
    /// A decision to erase a resident.
    pub erasure: Option<Erasure>,
    /// The rules this step put in force.
    pub rules: Option<MatchRules>,
    /// The decision about a dead letter that this step carried out or refused.
    pub letter: Option<LetterDecision>,
}

/// What kind of event was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// `ApplicationSubmitted`.
    Application,
    /// `VerificationRecorded`.
    Verification,
    /// `ApplicationWithdrawn`.
    Withdrawal,
    /// `EventWithheld`.
    Withheld,
    /// No event could be read.
    Undecodable,
    /// `NodeAdded`.
    NodeAdded,
    /// `NodeRetired`.
    NodeRetired,
    /// `ResidentErased`.
    ResidentErased,
    /// `ReviewDecided`.
    ReviewDecided,
    /// `RulesActivated`.
    RulesActivated,
    /// `DeadLetterDecided`, but for one that made an event readable: that has the event's kind.
    DeadLetterDecided,
    /// `ApplicationReprocessed`.
    ApplicationReprocessed,
}

impl EventKind {
    /// Whether it is an entry of operate, which has an id of its own and takes effect once only.
    pub const fn is_decision(self) -> bool {
        matches!(
            self,
            Self::NodeAdded
                | Self::NodeRetired
                | Self::ResidentErased
                | Self::ReviewDecided
                | Self::RulesActivated
                | Self::DeadLetterDecided
                | Self::ApplicationReprocessed
        )
    }

    /// Its name in JSON, Avro and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Verification => "verification",
            Self::Withdrawal => "withdrawal",
            Self::Withheld => "withheld",
            Self::Undecodable => "undecodable",
            Self::NodeAdded => "node_added",
            Self::NodeRetired => "node_retired",
            Self::ResidentErased => "resident_erased",
            Self::ReviewDecided => "review_decided",
            Self::RulesActivated => "rules_activated",
            Self::DeadLetterDecided => "dead_letter_decided",
            Self::ApplicationReprocessed => "application_reprocessed",
        }
    }
}

/// The books of one `(node, epoch)` after a step. Distinct sequences, but for copies and conflicts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerState {
    /// Events that took effect.
    pub loaded: i64,
    /// Events refused.
    pub rejected: i64,
    /// Events that wait.
    pub held: i64,
    /// Repeated events, not counted above.
    pub copies: i64,
    /// Other events under a sequence already taken, not counted above.
    pub conflicts: i64,
    /// Events whose `previous_hash` is not the hash of the event before.
    pub broken_links: i64,
}

/// An earlier event whose outcome a step changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeChanged {
    /// The step that settled it first.
    pub event_sequence: i64,
    /// The event.
    pub event_id: Uuid,
    /// Its node.
    pub node_id: NodeId,
    /// Its series.
    pub epoch: Epoch,
    /// Its outcome from now on.
    pub outcome: OutcomeKind,
    /// Why.
    pub findings: Vec<Finding>,
    /// Its resident.
    pub resident_id: Option<Uuid>,
    /// The books of its `(node, epoch)` after this step.
    pub ledger: LedgerState,
    /// What is remembered of it when it waits again.
    pub waiting: Option<WaitingAgain>,
}

/// What is remembered of an event that waits again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingAgain {
    /// The application it waits for.
    pub application_id: Uuid,
    /// Its place in its series.
    pub node_sequence: i64,
    /// Slug of the province whose topic it came through.
    pub province: String,
    /// Revision, for an application.
    pub revision: Option<i32>,
    /// The match log's entry exactly as logged, for a verification or withdrawal.
    #[serde(with = "serde_bytes")]
    pub entry: Vec<u8>,
}

/// What could not be read, or must not be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedBytes {
    /// The record's key.
    #[serde(with = "serde_bytes")]
    pub key: Option<Vec<u8>>,
    /// The record's value.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
    /// Stable reason code.
    pub reason: String,
    /// The record's headers, in their order.
    pub headers: Vec<Header>,
}

/// A node's registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeState {
    /// The node.
    pub node_id: NodeId,
    /// Its province's slug.
    pub province: Option<String>,
    /// Its Ed25519 public key.
    #[serde(with = "serde_bytes")]
    pub public_key: Option<Vec<u8>>,
    /// Written off.
    pub retired: bool,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
}

/// A decision to erase a resident's personal data: carried out when the outcome is `recorded`, refused when it
/// is `rejected`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The resident.
    pub resident_id: Uuid,
    /// The applications that were to be erased with it.
    pub applications: Vec<Uuid>,
    /// Residents that had been merged into it; what their earlier states hold of the applications is erased
    /// as well.
    pub merged: Vec<Uuid>,
    /// Who decided.
    pub by: String,
    /// Why, without personal details.
    pub reason: String,
    /// When it was decided.
    pub at: Timestamp,
}

/// The row of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationState {
    /// The application.
    pub application_id: Uuid,
    /// The revision in force.
    pub revision: i32,
    /// What became of it.
    pub status: ApplicationStatus,
    /// Highest verification stage recorded, 0 to 3.
    pub stage: i32,
    /// The event that brought this revision.
    pub event_id: Uuid,
    /// Append time of that event at its province's topic.
    pub appended_at: Timestamp,
    /// Append time of the application's first event that a row was made of: how old the application is
    /// among others of its resident.
    pub first_appended_at: Timestamp,
    /// That event exactly as published; what was written is in it.
    #[serde(with = "serde_bytes")]
    pub event: Vec<u8>,
    /// Rules that normalised it.
    pub ruleset: String,
    /// Normalised values that differ from the written ones.
    pub changes: Vec<NormalisedValue>,
    /// What the rules found.
    pub findings: Vec<Finding>,
    /// Verified fields, the highest stage for each.
    pub verifications: Vec<VerifiedField>,
}

impl ApplicationState {
    /// SHA-256 of all that the row says, to tell whether it is still the same.
    pub fn digest(&self) -> Sha256 {
        Sha256::of(&serde_json::to_vec(self).expect("a row is JSON"))
    }
}

/// What became of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationStatus {
    /// Belongs to a resident.
    Loaded,
    /// Refused.
    Rejected,
    /// Waits.
    Held,
    /// Taken back.
    Withdrawn,
    /// Erased with its resident: its event holds no value any more.
    Erased,
}

impl ApplicationStatus {
    /// Its name in JSON, Avro and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Rejected => "rejected",
            Self::Held => "held",
            Self::Withdrawn => "withdrawn",
            Self::Erased => "erased",
        }
    }
}

/// A verified field and the stage that did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedField {
    /// The field.
    pub field: Field,
    /// 1 to 3.
    pub stage: i32,
    /// What was found.
    pub finding: VerificationFinding,
    /// The value found.
    pub value: Option<Personal<String>>,
}

/// A resident's whole state after a step. Keyed by resident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentChanged {
    /// The step of match.
    pub sequence: i64,
    /// The resident.
    pub resident_id: Uuid,
    /// The first state of this resident.
    pub is_new: bool,
    /// Its standing.
    pub status: ResidentStatus,
    /// The resident that took this one's place, for ever.
    pub redirect_to: Option<Uuid>,
    /// The golden record: normalised values.
    pub golden: Applicant,
    /// `full_name` without tones and marks, in lower case.
    pub folded_name: String,
    /// Provenance, the main source first.
    pub sources: Vec<GoldenSource>,
    /// The applications that make up this resident, the oldest first.
    pub members: Vec<Uuid>,
    /// Highest verification stage among them.
    pub stage: i32,
    /// The event that caused this change.
    pub last_event: Uuid,
    /// Rows of applications whose state this step changed and which belong to this resident.
    pub gained: Vec<ApplicationState>,
    /// Those of them that came over from another resident.
    pub moved: Vec<Uuid>,
    /// Edges this step made or changed.
    pub edges: Vec<MatchEdge>,
    /// Reviews this step opened, closed or decided.
    pub reviews: Vec<ReviewState>,
}

/// A resident's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResidentStatus {
    /// In force.
    Active,
    /// In force while a review is open.
    Provisional,
    /// Another resident took its place, or no application is left.
    Superseded,
    /// Nothing of the person is left, for ever.
    Erased,
}

impl ResidentStatus {
    /// Its name in JSON, Avro and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Provisional => "provisional",
            Self::Superseded => "superseded",
            Self::Erased => "erased",
        }
    }
}

/// Where values of a golden record come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenSource {
    /// The application.
    pub application_id: Uuid,
    /// Its revision.
    pub revision: i32,
    /// The fields taken from it; in the first source empty, meaning all that no other names.
    pub fields: Vec<Field>,
    /// The fields in which it says something else than the golden record.
    #[serde(default)]
    pub differs: Vec<Field>,
}

/// What comparing two applications came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchEdge {
    /// The application with the lower id.
    pub left: Uuid,
    /// The other.
    pub right: Uuid,
    /// Version of the weights that compared them.
    pub rule: String,
    /// log2 of the odds that the two are one person, in thousandths of a bit, when they were compared.
    pub weight_millibits: i64,
    /// In force: not taken back by a correction or a withdrawal.
    pub accepted: bool,
}

/// A pair of applications that a person looks at, or has looked at. The pair is its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewState {
    /// The application with the lower id.
    pub left: Uuid,
    /// The other.
    pub right: Uuid,
    /// Its standing.
    pub status: ReviewStatus,
    /// log2 of the odds that the two are one person, in thousandths of a bit, when they were compared.
    pub weight_millibits: i64,
    /// The step of match that opened it, or that decided it unasked.
    pub opened: i64,
    /// Who decided.
    pub by: Option<String>,
    /// Why, without personal details.
    pub reason: Option<String>,
}

/// A review's standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewStatus {
    /// Waits for a decision.
    Open,
    /// There is nothing to decide any more.
    Closed,
    /// Decided: one person.
    Same,
    /// Decided: two people.
    Different,
}

impl ReviewStatus {
    /// Its name in JSON, Avro and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Same => "same",
            Self::Different => "different",
        }
    }
}

/// What match links by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchRules {
    /// Version of the weights.
    pub version: String,
    /// The weights, as the file that `intakectl match train` writes.
    pub weights: String,
    /// Applications are linked from this probability on.
    pub link: f64,
    /// A person looks from this probability on.
    pub review: f64,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Eq for MatchRules {}

/// A decision about a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterDecision {
    /// operate's entry.
    pub entry_id: Uuid,
    /// Where the record stood that became a dead letter.
    pub position: SourcePosition,
    /// What was decided.
    pub remedy: LetterRemedy,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it was decided.
    pub at: Timestamp,
}

/// What was decided about a dead letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterRemedy {
    /// It is given up.
    Discarded,
    /// It was read anew.
    Reread,
    /// It is loaded again.
    Reapplied,
}

impl LetterRemedy {
    /// Its name in JSON, Avro and SQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discarded => "discarded",
            Self::Reread => "reread",
            Self::Reapplied => "reapplied",
        }
    }
}
