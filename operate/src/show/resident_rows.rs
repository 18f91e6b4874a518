//! What the register holds of one resident: each query beside its row.

use chrono::{DateTime, Utc};
use schemas::{Applicant, Field};
use serde::{Deserialize, Serialize};
use sink::DatabaseFault;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// A resident's current state.
#[derive(FromRow)]
pub(crate) struct ResidentRow {
    pub(super) resident_id: Uuid,
    pub(super) status: String,
    pub(super) redirect_to: Option<Uuid>,
    pub(super) stage: i16,
    pub(crate) members: Vec<Uuid>,
    pub(super) provenance: Json<Vec<Source>>,
    pub(super) last_event: Uuid,
    #[sqlx(try_from = "Json<serde_json::Map<String, serde_json::Value>>")]
    pub(super) golden: Golden,
}

/// Which application golden values come from; in the first one no fields, meaning all others.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Source {
    pub(super) application_id: Uuid,
    pub(super) revision: i32,
    pub(super) fields: Vec<Field>,
    /// Where it says something else than the golden record.
    #[serde(default)]
    pub(super) differs: Vec<Field>,
}

/// The golden record.
pub(crate) struct Golden(pub(super) Applicant);

impl From<Json<serde_json::Map<String, serde_json::Value>>> for Golden {
    fn from(Json(columns): Json<serde_json::Map<String, serde_json::Value>>) -> Self {
        let mut person = Applicant::default();
        for &field in Field::ALL {
            person.set(
                field,
                columns
                    .get(field.name())
                    .and_then(|value| value.as_str())
                    .map(str::to_owned),
            );
        }
        Self(person)
    }
}

const RESIDENT: &str = "
    SELECT resident_id, status::text AS status, redirect_to, stage, members, provenance, last_event,
           row_to_json(resident) AS golden
      FROM resident
     WHERE resident_id = $1";

pub(super) async fn resident(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<ResidentRow>, DatabaseFault> {
    Ok(sqlx::query_as(RESIDENT).bind(id).fetch_optional(conn).await?)
}

const BY_NUMBER: &str = "
    SELECT resident_id FROM resident
     WHERE personal_number = $1 AND status <> 'superseded'
     UNION
    SELECT resident_id FROM resident_number WHERE number = $1
     ORDER BY resident_id
     LIMIT 100";

pub(super) async fn by_number(conn: &mut PgConnection, number: &str) -> Result<Vec<Uuid>, DatabaseFault> {
    Ok(sqlx::query_scalar(BY_NUMBER).bind(number).fetch_all(conn).await?)
}

const BY_APPLICATION: &str = "SELECT resident_id FROM application WHERE application_id = $1";

/// The application's resident; the outer none when there is no such application.
pub(super) async fn by_application(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Option<Option<Uuid>>, DatabaseFault> {
    Ok(sqlx::query_scalar(BY_APPLICATION)
        .bind(id)
        .fetch_optional(conn)
        .await?)
}

/// One application of a resident.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct MemberRow {
    pub(super) application_id: Uuid,
    pub(super) revision: i32,
    pub(super) status: String,
    pub(super) stage: i16,
    pub(super) node_id: String,
    pub(super) channel: String,
    pub(super) service: String,
    pub(super) captured_at: Option<DateTime<Utc>>,
}

const MEMBERS: &str = "
    SELECT application_id, revision, status::text AS status, stage, node_id, channel, service,
           CASE WHEN isfinite(captured_at) THEN captured_at END AS captured_at
      FROM application
     WHERE application_id = ANY($1)
     ORDER BY array_position($1, application_id)
     LIMIT 1000";

pub(super) async fn members(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<MemberRow>, DatabaseFault> {
    Ok(sqlx::query_as(MEMBERS).bind(ids).fetch_all(conn).await?)
}

/// A number that a resident has or had.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct NumberRow {
    /// `personal` or `old`.
    pub(super) kind: String,
    pub(super) number: String,
    /// The application that says so.
    pub(super) application_id: Uuid,
    /// The golden record has it.
    pub(super) in_force: bool,
}

const NUMBERS: &str = "
    SELECT kind::text AS kind, number, application_id, COALESCE(in_force, false) AS in_force
      FROM resident_number
     WHERE application_id = ANY($1)
     ORDER BY kind, number, array_position($1, application_id)
     LIMIT 1000";

pub(super) async fn numbers(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<NumberRow>, DatabaseFault> {
    Ok(sqlx::query_as(NUMBERS).bind(ids).fetch_all(conn).await?)
}

/// One earlier state of a resident.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct HistoryRow {
    pub(super) sequence: i64,
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) status: String,
    pub(super) stage: i16,
    pub(super) members: i32,
    pub(super) last_event: Uuid,
}

const HISTORY: &str = "
    SELECT h.sequence, e.matched_at AS at, h.status::text AS status, h.stage, cardinality(h.members) AS members,
           h.last_event
      FROM resident_history AS h
      LEFT JOIN intake_event AS e ON e.sequence = h.sequence
     WHERE h.resident_id = $1
     ORDER BY h.sequence DESC
     LIMIT 1000";

/// The resident's states after its first, the latest first.
pub(super) async fn history(conn: &mut PgConnection, id: Uuid) -> Result<Vec<HistoryRow>, DatabaseFault> {
    Ok(sqlx::query_as(HISTORY).bind(id).fetch_all(conn).await?)
}

/// What comparing two applications came to.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct EdgeRow {
    pub(super) left_id: Uuid,
    pub(super) right_id: Uuid,
    /// Version of the weights that compared them.
    pub(super) rule: String,
    /// log2 of the odds that they are one person, in thousandths of a bit.
    pub(super) weight_millibits: i64,
    /// Not taken back by a correction or a withdrawal.
    pub(super) accepted: bool,
}

const EDGES: &str = "
    SELECT left_id, right_id, rule, weight_millibits, accepted
      FROM match_edge
     WHERE left_id = ANY($1) AND right_id = ANY($1)
     ORDER BY sequence
     LIMIT 1000";

/// The pairs within a resident.
pub(super) async fn edges(conn: &mut PgConnection, members: &[Uuid]) -> Result<Vec<EdgeRow>, DatabaseFault> {
    Ok(sqlx::query_as(EDGES).bind(members).fetch_all(conn).await?)
}

/// A pair that somebody looks at, or has decided.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct ReviewRow {
    pub(super) left_id: Uuid,
    pub(super) right_id: Uuid,
    pub(super) status: String,
    /// As they were compared, in thousandths of a bit.
    pub(super) weight_millibits: i64,
    pub(super) decided_by: Option<String>,
    pub(super) reason: Option<String>,
}

const REVIEWS: &str = "
    SELECT left_id, right_id, status::text AS status, weight_millibits, decided_by, reason
      FROM review
     WHERE left_id = ANY($1) AND status <> 'closed'
     UNION
    SELECT left_id, right_id, status::text, weight_millibits, decided_by, reason
      FROM review
     WHERE right_id = ANY($1) AND status <> 'closed'
     ORDER BY 3, 1, 2
     LIMIT 1000";

/// The pairs of these applications, among each other and with others, that wait for a person or were decided.
pub(super) async fn reviews(
    conn: &mut PgConnection,
    members: &[Uuid],
) -> Result<Vec<ReviewRow>, DatabaseFault> {
    Ok(sqlx::query_as(REVIEWS).bind(members).fetch_all(conn).await?)
}
