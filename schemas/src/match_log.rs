//! The match log (`enrich.normalised`): a total order of everything match acts on.

use crate::change::ApplicationState;
use crate::finding::OutcomeKind;
use crate::topics::MAX_RECORD_BYTES;
use crate::{Epoch, Field, Finding, Header, NodeId, Personal, Sha256, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One entry of the match log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchLogEntry {
    /// What the entry is.
    pub body: LogBody,
}

impl MatchLogEntry {
    /// The source record that the entry brings, whether for the first time or anew.
    pub fn source_record(self) -> Option<SourceRecord> {
        match self.body {
            LogBody::SourceRecord(record) => Some(record),
            LogBody::DeadLetterDecided(DeadLetterDecided {
                remedy: Remedy::Reread(Reread { record }),
                ..
            }) => Some(record),
            _ => None,
        }
    }
}

/// What an entry of the match log is. The order is that of the Avro union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LogBody {
    /// What normalise made of one source record.
    SourceRecord(SourceRecord),
    /// operate registers a node.
    NodeAdded(NodeAdded),
    /// operate writes off a lost device.
    NodeRetired(NodeRetired),
    /// operate erases a resident's personal data.
    ResidentErased(ResidentErased),
    /// A person says whether applications are one person's.
    ReviewDecided(ReviewDecided),
    /// Other weights or thresholds of matching from here on.
    RulesActivated(RulesActivated),
    /// What is to become of a dead letter.
    DeadLetterDecided(DeadLetterDecided),
    /// An application is to become what other rules make of it.
    ApplicationReprocessed(Box<ApplicationReprocessed>),
}

/// Where a record stood in its source topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourcePosition {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// Offset.
    pub offset: i64,
}

/// What normalise made of one source record: exactly one entry for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceRecord {
    /// Where the record stood.
    pub source: SourcePosition,
    /// One after the record before it, as the worker saw them.
    pub expected_offset: i64,
    /// Append time of the source record, by its broker.
    pub appended_at: Timestamp,
    /// Version of the rules that were applied.
    pub ruleset: String,
    /// The record.
    pub content: Content,
    /// The record's headers in their order, [`Self::kept`] of them.
    pub headers: Vec<Header>,
}

impl SourceRecord {
    /// The headers that are kept of a record whose value has `bytes`: all, unless the record is larger with them than its
    /// topic takes. Only a compressed one can be, and its entry might be more than the match log takes.
    pub fn kept(headers: Vec<Header>, bytes: usize) -> Vec<Header> {
        let whole = headers.iter().map(Header::bytes).sum::<usize>() + bytes;
        if whole > MAX_RECORD_BYTES {
            Vec::new()
        } else {
            headers
        }
    }
}

/// A source record, read or not. The order is that of the Avro union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Content {
    /// A readable event.
    Decoded(Decoded),
    /// Bytes that are no event.
    Undecodable(Undecodable),
}

/// A readable event with what the rules made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// The event exactly as published, framing included.
    #[serde(with = "serde_bytes")]
    pub event: Vec<u8>,
    /// Normalised values that differ from the written ones.
    pub changes: Vec<NormalisedValue>,
    /// What the rules found.
    pub findings: Vec<Finding>,
}

/// A normalised value beside the one written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NormalisedValue {
    /// The field.
    pub field: Field,
    /// The normalised value.
    pub value: Personal<String>,
    /// The rule that made it.
    pub rule: String,
}

/// Bytes that are no event, whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecodable {
    /// The record's key.
    #[serde(with = "serde_bytes")]
    pub key: Option<Vec<u8>>,
    /// The record's value.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
    /// Stable reason code.
    pub reason: String,
}

/// operate registers a node and its public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeAdded {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided: the database's session user.
    pub by: String,
    /// The node.
    pub node_id: NodeId,
    /// Its province's slug.
    pub province: String,
    /// Its Ed25519 public key, 32 bytes.
    #[serde(with = "serde_bytes")]
    pub public_key: Option<Vec<u8>>,
}

/// operate writes off a lost device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeRetired {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// The node.
    pub node_id: NodeId,
    /// Why, without personal details.
    pub reason: String,
}

/// operate erases a resident's personal data, as Law 91/2025/QH15 on personal data protection, article 14, has it
/// done on request, and when the purpose or the time of keeping is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResidentErased {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// The resident.
    pub resident_id: Uuid,
    /// All that belong to it, and those taken back that did: match refuses the entry when they have changed.
    pub applications: Vec<ApplicationAt>,
    /// Why, without personal details.
    pub reason: String,
}

/// An application in the revision that a decision was based on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationAt {
    /// The application.
    pub application_id: Uuid,
    /// The revision in force.
    pub revision: i32,
}

/// A person says whether applications are one person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewDecided {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why, without personal details.
    pub reason: String,
    /// What was decided.
    pub decision: Decision,
    /// Of which pairs.
    pub pairs: Vec<ApplicationPair>,
    /// What it was based on: a resident that has changed since makes it stale, and it is refused.
    pub based_on: Vec<ResidentSeen>,
}

/// What was decided of pairs of applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// One person.
    Same,
    /// Two people.
    Different,
}

/// Two applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApplicationPair {
    /// An application.
    pub left: Uuid,
    /// Another.
    pub right: Uuid,
}

/// A resident as it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ResidentSeen {
    /// A resident of one of them.
    pub resident_id: Uuid,
    /// The step of match that made the state that was looked at.
    pub sequence: i64,
}

/// Other weights or thresholds of matching from here on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RulesActivated {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why.
    pub reason: String,
    /// Version of the weights.
    pub version: String,
    /// The weights, as the file that `intakectl match train` writes.
    pub weights: String,
    /// Applications are linked from this probability on.
    pub link: f64,
    /// A person looks from this probability on.
    pub review: f64,
}

impl Eq for RulesActivated {}

/// What is to become of a dead letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetterDecided {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why, without personal details.
    pub reason: String,
    /// Where the record stood that became a dead letter.
    pub letter: SourcePosition,
    /// What is to become of it.
    pub remedy: Remedy,
}

/// What is to become of a dead letter. The order is that of the Avro union.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remedy {
    /// It is given up.
    Discarded(Discarded),
    /// It could not be read; now it can, by newer rules.
    Reread(Reread),
    /// The database refused it; it is to be loaded again.
    Reapplied(Reapplied),
}

/// A dead letter is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discarded {}

/// A source record that could not be read, and now can.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reread {
    /// What normalise makes of it now.
    pub record: SourceRecord,
}

/// A change of match that the database refused, to be loaded again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reapplied {
    /// Its key.
    #[serde(with = "serde_bytes")]
    pub key: Option<Vec<u8>>,
    /// The change exactly as match wrote it.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
    /// The headers it had.
    pub headers: Vec<Header>,
}

/// An application is to become what other rules make of it, what it was before, or what a person decides. It holds no
/// rules: a replay has applied them in a shadow of the register, and this is what came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplicationReprocessed {
    /// Makes the entry once only.
    pub entry_id: Uuid,
    /// When it was decided.
    pub at: Timestamp,
    /// Who decided.
    pub by: String,
    /// Why, without personal details.
    pub reason: String,
    /// The replay that it is part of; none for a decision about one application that is held.
    pub replay_id: Option<Uuid>,
    /// [`ApplicationState::digest`] of the row that it was based on: match refuses the entry when the row is another one.
    pub based_on: Sha256,
    /// What the row is to become.
    pub state: ApplicationState,
    /// The events whose outcome changes with it.
    pub events: Vec<EventReprocessed>,
    /// Whether the nodes are to hear of it.
    pub tell: bool,
}

/// An event whose outcome changes with its application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventReprocessed {
    /// The step that settled it first.
    pub event_sequence: i64,
    /// The event.
    pub event_id: Uuid,
    /// Its node.
    pub node_id: NodeId,
    /// Its series.
    pub epoch: Epoch,
    /// Its place there.
    pub node_sequence: i64,
    /// Slug of the province whose topic it came through.
    pub province: String,
    /// Revision, for an application.
    pub revision: Option<i32>,
    /// Its outcome so far.
    pub before: OutcomeKind,
    /// Its outcome from now on.
    pub outcome: OutcomeKind,
    /// Why.
    pub findings: Vec<Finding>,
    /// The match log's entry exactly as logged, of a verification or withdrawal that is to wait again.
    #[serde(with = "serde_bytes")]
    pub entry: Vec<u8>,
}
