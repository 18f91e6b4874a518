//! What the books read from the register: each query beside its row.

use super::ledger::{DeadEvent, Ledger};
use super::numbers::Beside;
use super::sequences::Sequences;
use chrono::{DateTime, Utc};
use runtime::Fault;
use schemas::NodeId;
use schemas::change::EventSettled;
use schemas::codec::Change;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Dead letters read at once: far more than an honest register has.
const MOST_DEAD_EVENTS: i64 = 100_000;

/// A registered node.
#[derive(Clone, Debug, FromRow)]
pub(super) struct NodeRow {
    pub(super) node_id: String,
    pub(super) province: Option<String>,
    pub(super) public_key: Option<Vec<u8>>,
    pub(super) retired: bool,
    pub(super) reason: Option<String>,
    /// When its latest registration or retirement was logged.
    pub(super) decided_at: Option<DateTime<Utc>>,
}

const NODES: &str = "
    SELECT n.node_id, n.province, n.public_key, n.retired, n.reason, e.logged_at AS decided_at
      FROM node AS n
      LEFT JOIN intake_event AS e ON e.sequence = n.sequence AND e.node_id = n.node_id
     ORDER BY n.node_id";

pub(super) async fn nodes(conn: &mut PgConnection) -> Result<Vec<NodeRow>, DatabaseFault> {
    Ok(sqlx::query_as(NODES).fetch_all(conn).await?)
}

/// A node's latest manifest.
#[derive(Clone, Debug, FromRow)]
pub(super) struct ManifestRow {
    pub(super) province: String,
    pub(super) node_id: String,
    pub(super) appended_at: DateTime<Utc>,
    pub(super) claim: Vec<u8>,
    pub(super) signature: Option<Vec<u8>>,
}

const MANIFESTS: &str = "
    SELECT province, node_id, appended_at, claim, signature FROM node_manifest ORDER BY province, node_id";

pub(super) async fn manifests(conn: &mut PgConnection) -> Result<Vec<ManifestRow>, DatabaseFault> {
    Ok(sqlx::query_as(MANIFESTS).fetch_all(conn).await?)
}

#[derive(FromRow)]
struct LedgerRow {
    node_id: String,
    epoch: Uuid,
    sequence: i64,
    province: Option<String>,
    firsts: Vec<i64>,
    lasts: Vec<i64>,
    loaded: i64,
    rejected: i64,
    held: i64,
    copies: i64,
    conflicts: i64,
    broken_links: i64,
}

const LEDGERS: &str = "
    SELECT node_id, epoch, sequence, province,
           ARRAY(SELECT lower(r) FROM unnest(received) AS r) AS firsts,
           ARRAY(SELECT upper(r) - 1 FROM unnest(received) AS r) AS lasts,
           loaded, rejected, held, copies, conflicts, broken_links
      FROM node_ledger
     ORDER BY node_id, epoch";

/// The ledgers with the slug of their province, empty when none is known.
pub(super) async fn ledgers(conn: &mut PgConnection) -> Result<Vec<(String, Ledger)>, Fault> {
    let rows: Vec<LedgerRow> = sqlx::query_as(LEDGERS)
        .fetch_all(conn)
        .await
        .map_err(DatabaseFault::from)?;
    rows.into_iter()
        .map(|row| {
            let ledger = Ledger {
                sequence: row.sequence,
                received: row.firsts.into_iter().zip(row.lasts).collect::<Sequences>(),
                loaded: row.loaded,
                rejected: row.rejected,
                held: row.held,
                beside: Beside {
                    copies: row.copies,
                    conflicts: row.conflicts,
                    broken_links: Some(row.broken_links),
                    ..Beside::default()
                },
                ..Ledger::empty(node_id(&row.node_id)?, row.epoch)
            };
            Ok((row.province.unwrap_or_default(), ledger))
        })
        .collect()
}

/// A node id from the register.
pub(super) fn node_id(text: &str) -> Result<NodeId, Fault> {
    NodeId::parse(text)
        .map_err(|_| Fault::data("the register holds a node id that breaks the rule for node ids"))
}

/// Dead letters by where they came from.
#[derive(Clone, Debug, PartialEq, Eq, FromRow, Serialize)]
pub struct DeadLetters {
    /// Who refused them: `normalise`, `match` or `sink`.
    pub stage: String,
    /// Topic without the namespace.
    pub topic: String,
    /// Stable reason code.
    pub reason: String,
    /// How many.
    pub count: i64,
}

const DEAD_LETTERS: &str = "
    SELECT stage::text AS stage, topic, reason, count(*) AS count
      FROM dead_letter_state
     WHERE NOT settled
     GROUP BY stage, topic, reason
     ORDER BY stage, topic, reason";

pub(super) async fn dead_letters(conn: &mut PgConnection) -> Result<Vec<DeadLetters>, DatabaseFault> {
    Ok(sqlx::query_as(DEAD_LETTERS).fetch_all(conn).await?)
}

const DEAD_CHANGES: &str = "
    SELECT value
      FROM dead_letter
     WHERE stage = 'sink' AND topic = $1
       AND id NOT IN (SELECT id FROM dead_letter_state WHERE settled)
     ORDER BY id
     LIMIT $2";

/// The events whose rows the database refused, and how many other changes it refused.
pub(super) async fn dead_events(conn: &mut PgConnection) -> Result<(Vec<DeadEvent>, i64), DatabaseFault> {
    let values: Vec<Vec<u8>> = sqlx::query_scalar(DEAD_CHANGES)
        .bind(schemas::topics::CHANGES)
        .bind(MOST_DEAD_EVENTS)
        .fetch_all(conn)
        .await?;
    let (mut events, mut others) = (Vec::new(), 0);
    for value in values {
        match Change::decode(&value) {
            Ok(Change::Settled(change)) => match dead_event(&change) {
                Some(event) => events.push(event),
                None => others += 1,
            },
            Ok(Change::Resident(_)) | Err(_) => others += 1,
        }
    }
    Ok((events, others))
}

fn dead_event(change: &EventSettled) -> Option<DeadEvent> {
    Some(DeadEvent {
        node_id: change.node_id.clone()?,
        epoch: change.epoch?,
        node_sequence: change.node_sequence?,
        province: change.province.clone(),
        appended_at: change.appended_at?,
        sequence: change.sequence,
        outcome: change.outcome,
    })
}

const HIGHEST_STEP: &str = "SELECT COALESCE(max(sequence), 0) FROM sink_position WHERE topic = $1";

/// The highest step of match that is loaded.
pub(super) async fn highest_step(conn: &mut PgConnection) -> Result<i64, DatabaseFault> {
    let query = sqlx::query_scalar(HIGHEST_STEP).bind(schemas::topics::CHANGES);
    Ok(query.fetch_one(conn).await?)
}

/// How far a partition is settled or loaded: its first offset that isn't.
#[derive(Clone, Debug, FromRow)]
pub(super) struct PositionRow {
    pub(super) topic: String,
    pub(super) partition: i32,
    pub(super) next_offset: i64,
}

const SOURCE_POSITIONS: &str = "SELECT topic, partition, next_offset FROM source_position";

pub(super) async fn source_positions(conn: &mut PgConnection) -> Result<Vec<PositionRow>, DatabaseFault> {
    Ok(sqlx::query_as(SOURCE_POSITIONS).fetch_all(conn).await?)
}

const SINK_POSITIONS: &str = "SELECT topic, partition, next_offset FROM sink_position WHERE topic = $1";

/// How far `register.changes` is loaded.
pub(super) async fn sink_positions(conn: &mut PgConnection) -> Result<Vec<PositionRow>, DatabaseFault> {
    let query = sqlx::query_as(SINK_POSITIONS).bind(schemas::topics::CHANGES);
    Ok(query.fetch_all(conn).await?)
}

/// Now, by the database's clock.
pub(super) async fn now(conn: &mut PgConnection) -> Result<DateTime<Utc>, DatabaseFault> {
    Ok(sqlx::query_scalar("SELECT now()").fetch_one(conn).await?)
}
