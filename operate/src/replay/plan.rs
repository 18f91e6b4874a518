//! A plan: what is replayed, by which rules, up to where. Written once and never changed: its hash is what everybody who acts
//! on it names.

use crate::Settings;
use chrono::{DateTime, Utc};
use rules::Ruleset;
use runtime::Fault;
use schemas::Sha256;
use schemas::change::MatchRules;
use serde::{Deserialize, Serialize};
use std::path::Path;
use uuid::Uuid;

/// What is replayed, by which rules, up to where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The replay.
    pub replay_id: Uuid,
    /// When it was planned.
    pub planned_at: DateTime<Utc>,
    /// Why, without personal details.
    pub reason: String,
    /// Prefix of the topics it reads.
    pub namespace: String,
    /// The Kafka cluster they are in.
    pub cluster_id: String,
    /// What is replayed.
    pub scope: Scope,
    /// What of the match log is read.
    pub log: Stretch,
    /// Source records that are replayed, by partition.
    pub sources: Vec<SourceStretch>,
    /// The last step of match that is part of it.
    pub sequence: i64,
    /// How many source records those are.
    pub records: i64,
    /// About how many bytes.
    pub bytes_about: i64,
    /// Where the archive is, for what the match log holds no more.
    pub archive: Option<Archived>,
    /// Rules of normalising.
    pub ruleset: RulesetText,
    /// Rules of matching; without them those that the log puts in force.
    pub weights: Option<Weights>,
    /// Whether nodes hear of what changes.
    pub notify: bool,
    /// About how long it takes, in seconds.
    pub estimated_seconds: u64,
}

/// What is replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The whole register anew, from the beginning of the match log.
    Rebuild,
    /// Some source records, on top of the register as it is.
    Slice(Selection),
}

/// Which source records, all conditions together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// Of this topic, without the namespace.
    pub topic: Option<String>,
    /// Of this partition of it.
    pub partition: Option<i32>,
    /// Of this province, by slug.
    pub province: Option<String>,
    /// Of this node.
    pub node: Option<String>,
    /// Appended to their topic at this moment or later.
    pub from: Option<DateTime<Utc>>,
    /// Appended to their topic before this moment.
    pub to: Option<DateTime<Utc>>,
    /// At this offset or a later one of their topic.
    pub from_offset: Option<i64>,
    /// Before this offset of their topic.
    pub to_offset: Option<i64>,
    /// Settled by this step of match or a later one.
    pub from_sequence: Option<i64>,
    /// Settled before this step of match.
    pub to_sequence: Option<i64>,
    /// With this reason code among what was found.
    pub reason_code: Option<String>,
    /// About this application.
    pub application: Option<Uuid>,
    /// That wait.
    pub held: bool,
}

/// Offsets of the match log: from the first to before the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The first.
    pub from: i64,
    /// The first behind it.
    pub to: i64,
}

/// Source records of one partition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceStretch {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// The lowest offset.
    pub from: i64,
    /// Behind the highest offset.
    pub to: i64,
    /// How many.
    pub records: i64,
    /// How many of them the source topic itself holds no more. The match log has them too.
    pub past_retention: i64,
}

/// What the archive holds of the match log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Archived {
    /// The folder or store.
    pub place: String,
    /// What is read from there.
    pub log: Stretch,
}

/// Rules of normalising.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RulesetText {
    /// Their name.
    pub name: String,
    /// Their file; none for those compiled in.
    pub file: Option<String>,
    /// The program they are compiled into.
    pub program: String,
}

/// Rules of matching.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weights {
    /// Their version.
    pub version: String,
    /// Their file.
    pub file: String,
    /// Applications are linked from this probability on.
    pub link: f64,
    /// A person looks from this probability on.
    pub review: f64,
}

/// The program that a plan was made by: rules compiled into another one may read otherwise.
pub const PROGRAM: &str = concat!("intakectl ", env!("CARGO_PKG_VERSION"));

impl Plan {
    /// Its text, and the text's digest.
    pub fn text(&self) -> (String, Sha256) {
        let text = serde_json::to_string(self).expect("a plan is JSON");
        let hash = Sha256::of(text.as_bytes());
        (text, hash)
    }

    /// The schema that its shadow is in.
    pub fn schema(&self) -> String {
        schema(self.replay_id)
    }

    /// The schema that holds what the register said of what a slice touches.
    pub fn control_schema(&self) -> String {
        format!("{}_control", self.schema())
    }

    /// The group that tells the lag tools how far it has read.
    pub fn group(&self) -> String {
        format!("replay-{}-shadow", short(self.replay_id))
    }

    /// The rules of normalising that it names.
    ///
    /// # Errors
    /// Data when they can't be understood by this program.
    pub fn ruleset(&self) -> Result<Ruleset, Fault> {
        match &self.ruleset.file {
            None => Ok(Ruleset::default()),
            Some(text) => Ruleset::parse(text)
                .map_err(|wrong| Fault::data(format!("the plan's ruleset can't be used: {wrong}"))),
        }
    }

    /// The rules of matching that it names.
    pub fn match_rules(&self) -> Option<MatchRules> {
        let weights = self.weights.as_ref()?;
        Some(MatchRules {
            version: weights.version.clone(),
            weights: weights.file.clone(),
            link: weights.link,
            review: weights.review,
            by: String::new(),
            reason: self.reason.clone(),
        })
    }

    /// Refuses a plan of another place than these settings lead to.
    ///
    /// # Errors
    /// Data when the namespace is another one.
    pub fn is_of(&self, settings: &Settings) -> Result<(), Fault> {
        let namespace = &settings.kafka.namespace;
        if self.namespace == *namespace {
            return Ok(());
        }
        Err(Fault::data(format!(
            "the plan is of namespace {:?} and these settings of {namespace:?}: choose the right --context or --namespace",
            self.namespace
        )))
    }
}

/// The first part of a replay's id, which its schema and group are named by.
pub fn short(replay_id: Uuid) -> String {
    let (.., tail) = replay_id.as_u64_pair();
    format!("{tail:016x}")
}

fn schema(replay_id: Uuid) -> String {
    format!("replay_{}", short(replay_id))
}

/// A plan's file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// SHA-256 of the plan.
    hash: Sha256,
    plan: Plan,
}

/// Writes a plan's file, aside and renamed. A file that is there already is left as it is.
///
/// # Errors
/// Data when there is a file of that name; transient when it can't be written.
pub fn write(path: &Path, plan: &Plan) -> Result<(), Fault> {
    if path.exists() {
        return Err(Fault::data(format!(
            "{} is there already: name another file",
            path.display()
        )));
    }
    let (_, hash) = plan.text();
    let file = File {
        hash,
        plan: plan.clone(),
    };
    let text = serde_json::to_string_pretty(&file).expect("a plan is JSON");
    let aside = path.with_extension("part");
    let unwritable = |e| Fault::transient(format!("can't write {}: {e}", path.display()));
    std::fs::write(&aside, text + "\n").map_err(unwritable)?;
    std::fs::rename(&aside, path).map_err(unwritable)
}

/// Reads a plan's file.
///
/// # Errors
/// Data when it is none, or was changed since it was written.
pub fn read(path: &Path) -> Result<Plan, Fault> {
    let named = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Fault::data(format!("can't read the plan {named}: {e}")))?;
    let file: File = serde_json::from_str(&text)
        .map_err(|e| Fault::data(format!("{named} is no plan of a replay: {e}")))?;
    if file.plan.text().1 != file.hash {
        return Err(Fault::data(format!(
            "{named} was changed since it was made: its hash doesn't fit; make another plan instead"
        )));
    }
    Ok(file.plan)
}
