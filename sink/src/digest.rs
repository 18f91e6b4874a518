//! One figure for the register's current state, to compare two registers with.
//!
//! It covers what the register says of people and events now, without sequences, times of processing,
//! history and redirects: of operate's entries those that decide about nodes, people and letters, but not how often rules were
//! changed and applications read anew; edges in force, and reviews that wait or were decided, without their weights, which
//! are those of the moment when two applications were compared. A table's digest is the sum, modulo 2²⁵⁶, of the SHA-256 of its rows as
//! PostgreSQL's binary COPY writes them, so it doesn't depend on where the rows lie, and a row that
//! stands there twice counts twice. The whole is the SHA-256 over the tables' names, counts and sums.

use crate::fault::DatabaseFault;
use futures_util::TryStreamExt;
use runtime::Fault;
use schemas::{Field, Sha256};
use serde::Serialize;
use sqlx::{Connection, PgConnection};

/// The digest of a register.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// Each table.
    pub tables: Vec<TableDigest>,
    /// All of them.
    pub whole: Sha256,
}

/// The digest of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableDigest {
    /// Its name.
    pub table: &'static str,
    /// Its rows.
    pub rows: u64,
    /// The sum of their digests.
    pub digest: Sha256,
}

/// Reads the register in one snapshot.
///
/// # Errors
/// Transient when the connection breaks; fatal when the schema is another version's.
pub async fn of(conn: &mut PgConnection) -> Result<Digest, Fault> {
    const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut snapshot = conn.begin_with(SNAPSHOT).await.map_err(DatabaseFault::from)?;
    let mut tables = Vec::new();
    for (table, query) in queries() {
        tables.push(table_digest(&mut snapshot, table, &query).await?);
    }
    snapshot.commit().await.map_err(DatabaseFault::from)?;
    let lines: Vec<String> = tables
        .iter()
        .map(|t| format!("{} {} {}\n", t.table, t.rows, t.digest))
        .collect();
    Ok(Digest {
        whole: Sha256::of(lines.concat().as_bytes()),
        tables,
    })
}

fn queries() -> [(&'static str, String); 6] {
    let golden: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    // The order of members and their sources is that of their steps, which differs between runs.
    let sorted =
        "CASE WHEN cardinality(members) < 2 THEN members ELSE ARRAY(SELECT unnest(members) ORDER BY 1) END";
    [
        (
            "resident",
            format!(
                "SELECT resident_id, status, {}, folded_name, stage, {sorted}, provenance FROM resident",
                golden.join(", ")
            ),
        ),
        (
            "application",
            "SELECT application_id, revision, status, stage, resident_id, event_id, ruleset, changes, findings, \
                    verifications, event \
               FROM application"
                .to_owned(),
        ),
        (
            "intake_event",
            "SELECT province, node_id, epoch, node_sequence, event_id, hash, kind, application_id, revision, ruleset, \
                    outcome, findings, resident_id \
               FROM event_outcome_current WHERE kind NOT IN ('application_reprocessed', 'rules_activated')"
                .to_owned(),
        ),
        (
            "node_ledger",
            "SELECT node_id, epoch, received, loaded, rejected, held, copies, conflicts, broken_links FROM node_ledger"
                .to_owned(),
        ),
        ("match_edge", "SELECT left_id, right_id, rule FROM match_edge WHERE accepted".to_owned()),
        (
            "review",
            "SELECT left_id, right_id, status::text, decided_by, reason FROM review WHERE status <> 'closed'".to_owned(),
        ),
    ]
}

async fn table_digest(
    conn: &mut PgConnection,
    table: &'static str,
    query: &str,
) -> Result<TableDigest, Fault> {
    let statement = format!("COPY ({query}) TO STDOUT (FORMAT binary)");
    let mut messages = conn.copy_out_raw(&statement).await.map_err(DatabaseFault::from)?;
    let mut sum = Sum::default();
    let mut rows = 0;
    // PostgreSQL sends the header with the first row, then a message for each row, then the trailer.
    while let Some(message) = messages.try_next().await.map_err(DatabaseFault::from)? {
        let row = message.strip_prefix(HEADER).unwrap_or(&message);
        if !row.is_empty() && row != TRAILER {
            sum.add(Sha256::of(row));
            rows += 1;
        }
    }
    Ok(TableDigest {
        table,
        rows,
        digest: sum.digest(),
    })
}

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: &[u8] = &[0xff, 0xff];

/// A sum of 256-bit numbers, modulo 2²⁵⁶; the lowest digit first.
#[derive(Default)]
struct Sum([u64; 4]);

impl Sum {
    fn add(&mut self, digest: Sha256) {
        let mut carry = false;
        for (digit, bytes) in self.0.iter_mut().zip(digest.0.chunks_exact(8)) {
            let added = bytes
                .iter()
                .rev()
                .fold(0, |number, &byte| (number << 8) | u64::from(byte));
            let (sum, over) = digit.overflowing_add(added);
            let (sum, over_by_carry) = sum.overflowing_add(u64::from(carry));
            *digit = sum;
            carry = over || over_by_carry;
        }
    }

    fn digest(&self) -> Sha256 {
        let mut bytes = [0; 32];
        for (chunk, digit) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&digit.to_le_bytes());
        }
        Sha256(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_carries_and_wraps() {
        let (mut sum, ones) = (Sum::default(), Sha256([0xff; 32]));
        sum.add(ones);
        sum.add(ones);
        let mut expected = [0xff; 32];
        expected[0] = 0xfe;
        assert_eq!(sum.digest(), Sha256(expected));
    }
}
