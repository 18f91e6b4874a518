//! What the register holds of one application: each query beside its row.

use super::way::Times;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sink::DatabaseFault;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// The revision in force.
#[derive(FromRow)]
pub(super) struct ApplicationRow {
    pub(super) revision: i32,
    pub(super) status: String,
    pub(super) stage: i16,
    pub(super) resident_id: Option<Uuid>,
    pub(super) node_id: String,
    pub(super) form_id: String,
    pub(super) form_version: String,
    pub(super) channel: String,
    pub(super) service: String,
    pub(super) commune: Option<String>,
    pub(super) reference: Option<String>,
    pub(super) ruleset: String,
    pub(super) changes: Option<Json<Value>>,
    pub(super) findings: Option<Json<Value>>,
    pub(super) verifications: Option<Json<Value>>,
    pub(super) event: Vec<u8>,
}

const APPLICATION: &str = "
    SELECT revision, status::text AS status, stage, resident_id, node_id, form_id, form_version, channel, service,
           commune, reference, ruleset, changes, findings, verifications, event
      FROM application
     WHERE application_id = $1";

pub(super) async fn application(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<ApplicationRow>, DatabaseFault> {
    Ok(sqlx::query_as(APPLICATION).bind(id).fetch_optional(conn).await?)
}

/// One event about an application, with its latest outcome.
#[derive(FromRow)]
pub(super) struct EventRow {
    pub(super) sequence: i64,
    pub(super) kind: String,
    pub(super) revision: Option<i32>,
    pub(super) outcome: String,
    pub(super) first_outcome: String,
    pub(super) changed_by: Option<i64>,
    pub(super) findings: Option<Json<Value>>,
    pub(super) resident_id: Option<Uuid>,
    pub(super) event_id: Option<Uuid>,
    pub(super) node_id: Option<String>,
    pub(super) epoch: Option<Uuid>,
    pub(super) node_sequence: Option<i64>,
    pub(super) topic: Option<String>,
    pub(super) partition: Option<i32>,
    pub(super) source_offset: Option<i64>,
    captured_at: Option<DateTime<Utc>>,
    spooled_at: Option<DateTime<Utc>>,
    clock_offset_ms: Option<i64>,
    appended_at: Option<DateTime<Utc>>,
    logged_at: DateTime<Utc>,
    matched_at: DateTime<Utc>,
    loaded_at: DateTime<Utc>,
}

impl EventRow {
    pub(super) fn times(&self) -> Times {
        Times {
            captured: self.captured_at,
            spooled: self.spooled_at,
            clock_offset_ms: self.clock_offset_ms,
            appended: self.appended_at,
            normalised: Some(self.logged_at),
            matched: Some(self.matched_at),
            loaded: Some(self.loaded_at),
        }
    }
}

const EVENTS: &str = "
    SELECT c.sequence, c.kind::text AS kind, c.revision, c.outcome::text AS outcome, e.outcome::text AS first_outcome,
           c.changed_by, c.findings, c.resident_id, c.event_id, c.node_id, c.epoch, c.node_sequence, c.topic,
           c.partition, c.source_offset,
           CASE WHEN isfinite(c.captured_at) THEN c.captured_at END AS captured_at,
           CASE WHEN isfinite(c.spooled_at) THEN c.spooled_at END AS spooled_at,
           e.clock_offset_ms, c.appended_at, c.logged_at, c.matched_at, c.loaded_at
      FROM event_outcome_current AS c
      JOIN intake_event AS e ON e.sequence = c.sequence
     WHERE c.application_id = $1 AND e.application_id = $1
     ORDER BY c.sequence
     LIMIT 1000";

/// The events about an application, in the order match settled them.
pub(super) async fn events(conn: &mut PgConnection, id: Uuid) -> Result<Vec<EventRow>, DatabaseFault> {
    Ok(sqlx::query_as(EVENTS).bind(id).fetch_all(conn).await?)
}

/// Another application that was compared with one.
#[derive(Debug, FromRow, Serialize)]
pub(super) struct ComparedRow {
    pub(super) application_id: Uuid,
    pub(super) resident_id: Option<Uuid>,
    /// Version of the weights that compared them.
    pub(super) rule: String,
    /// log2 of the odds that they are one person, in thousandths of a bit.
    pub(super) weight_millibits: i64,
    /// Not taken back by a correction or a withdrawal.
    pub(super) accepted: bool,
}

const COMPARED: &str = "
    SELECT other.application_id, other.resident_id, e.rule, e.weight_millibits, e.accepted
      FROM (SELECT right_id AS id, * FROM match_edge WHERE left_id = $1
             UNION ALL
            SELECT left_id, * FROM match_edge WHERE right_id = $1) AS e
      JOIN application other ON other.application_id = e.id
     ORDER BY e.weight_millibits DESC, other.application_id
     LIMIT 1000";

/// What comparing an application with others came to, the likeliest first.
pub(super) async fn compared(conn: &mut PgConnection, id: Uuid) -> Result<Vec<ComparedRow>, DatabaseFault> {
    Ok(sqlx::query_as(COMPARED).bind(id).fetch_all(conn).await?)
}
