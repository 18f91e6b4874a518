//! A row of the audit, and the hash it must have.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use sqlx::FromRow;

/// A row as it stands in the table.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Row {
    pub(super) number: i64,
    pub(super) at: DateTime<Utc>,
    pub(super) who: String,
    pub(super) action: String,
    pub(super) about: String,
    pub(super) reason: String,
    pub(super) result: String,
    pub(super) previous: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl Row {
    /// The hash that a row with this content has; the table's comment says how it is made.
    pub(super) fn expected(&self) -> Vec<u8> {
        let fields = [
            &self.number.to_string(),
            &self.at.timestamp_micros().to_string(),
            &self.who,
            &self.action,
            &self.about,
            &self.reason,
            &self.result,
        ];
        let mut sum = Sha256::new();
        sum.update(&self.previous);
        for field in fields {
            sum.update(format!("{}:", field.len()));
            sum.update(field);
        }
        sum.finalize().to_vec()
    }
}

/// Bytes as lower-case digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
