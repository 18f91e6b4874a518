//! What Kafka Connect says of a dead letter in its headers (`DeadLetterQueueReporter`, Apache Kafka 4.3; KIP-298), and
//! other tools read.

use super::letter::Letter;
use runtime::kafka::Header;
use schemas::topics::Namespace;

/// What is added to a record's own headers: texts, names and codes only.
pub(super) fn headers(letter: &Letter, namespace: &Namespace) -> impl Iterator<Item = Header> {
    let header = |(name, value): (&str, String)| Header {
        name: name.to_owned(),
        value: Some(value.into_bytes()),
    };
    [
        ("__connect.errors.topic", namespace.full(&letter.topic)),
        ("__connect.errors.partition", letter.partition.to_string()),
        ("__connect.errors.offset", letter.record_offset.to_string()),
        ("__connect.errors.connector.name", namespace.full(&letter.stage)),
        // A number in Connect. Ours have none.
        ("__connect.errors.task.id", "0".to_owned()),
        ("__connect.errors.stage", stage(&letter.stage).to_owned()),
        (
            "__connect.errors.class.name",
            format!("vn.intake.{}", letter.stage),
        ),
        ("__connect.errors.exception.class.name", letter.reason.clone()),
        ("__connect.errors.exception.message", message(letter)),
        // Whoever gets a letter twice knows by this.
        ("intake.dead-letter.id", letter.id.to_string()),
    ]
    .into_iter()
    .map(header)
}

/// The stage of Connect's that ours is.
fn stage(ours: &str) -> &'static str {
    match ours {
        "normalise" => "VALUE_CONVERTER",
        "match" => "TRANSFORMATION",
        _ => "TASK_PUT",
    }
}

/// Never the database's own words, which quote the row.
fn message(letter: &Letter) -> String {
    match (&letter.sqlstate, &letter.constraint_name) {
        (Some(state), Some(constraint)) => {
            format!("{} (SQLSTATE {state}, constraint {constraint})", letter.reason)
        }
        (Some(state), None) => format!("{} (SQLSTATE {state})", letter.reason),
        (None, _) => letter.reason.clone(),
    }
}
