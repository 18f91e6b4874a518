//! What the register holds of applications and their surroundings: each query beside its row.

use schemas::change::ReviewStatus;
use schemas::match_log::NormalisedValue;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// An application in its revision in force.
#[derive(Clone, FromRow)]
pub(crate) struct ApplicationRow {
    pub(crate) application_id: Uuid,
    pub(crate) revision: i32,
    pub(crate) status: String,
    pub(crate) resident_id: Option<Uuid>,
    pub(crate) node_id: String,
    pub(super) event: Vec<u8>,
    pub(super) changes: Option<Json<Vec<NormalisedValue>>>,
}

const APPLICATIONS: &str = "
    SELECT application_id, revision, status::text AS status, resident_id, node_id, event, changes
      FROM application
     WHERE application_id = ANY ($1)
     ORDER BY sequence, application_id";

/// Applications in the order of their last change.
pub(super) async fn applications(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<ApplicationRow>, DatabaseFault> {
    Ok(sqlx::query_as(APPLICATIONS).bind(ids).fetch_all(conn).await?)
}

/// A resident's state.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(crate) struct ResidentRow {
    pub(crate) resident_id: Uuid,
    /// The step of match that made the state.
    pub(crate) sequence: i64,
    pub(crate) status: String,
    pub(crate) redirect_to: Option<Uuid>,
    pub(crate) members: Vec<Uuid>,
}

const RESIDENTS: &str = "
    SELECT resident_id, sequence, status::text AS status, redirect_to, members
      FROM resident
     WHERE resident_id = ANY ($1)
     ORDER BY resident_id";

pub(crate) async fn residents(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<Vec<ResidentRow>, DatabaseFault> {
    Ok(sqlx::query_as(RESIDENTS).bind(ids).fetch_all(conn).await?)
}

/// What hangs together at most: two components, and the clusters at their edge.
pub(super) const MOST_NEAR: i64 = 400;

/// Whatever pairs more likely than not, decisions and residents connect with these applications, as match has it.
const NEAR: &str = "
    WITH RECURSIVE near (id) AS (
        SELECT unnest($1::uuid[])
         UNION
        SELECT next.id
          FROM near
         CROSS JOIN LATERAL (
               SELECT e.right_id AS id FROM match_edge e
                WHERE e.left_id = near.id AND e.accepted AND e.weight_millibits >= 0
                UNION ALL
               SELECT e.left_id FROM match_edge e
                WHERE e.right_id = near.id AND e.accepted AND e.weight_millibits >= 0
                UNION ALL
               SELECT d.right_id FROM review d WHERE d.left_id = near.id AND d.status = 'same'
                UNION ALL
               SELECT d.left_id FROM review d WHERE d.right_id = near.id AND d.status = 'same'
                UNION ALL
               SELECT unnest(r.members) FROM application a JOIN resident r USING (resident_id)
                WHERE a.application_id = near.id AND a.status = 'loaded') AS next)
    SELECT id FROM near LIMIT $2";

pub(super) async fn near(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DatabaseFault> {
    let query = sqlx::query_scalar(NEAR).bind(ids).bind(MOST_NEAR);
    Ok(query.fetch_all(conn).await?)
}

/// What comparing two applications came to.
#[derive(Clone, Debug, FromRow)]
pub(super) struct EdgeRow {
    pub(super) left_id: Uuid,
    pub(super) right_id: Uuid,
    pub(super) rule: String,
    pub(super) weight_millibits: i64,
    pub(super) accepted: bool,
}

const EDGES: &str = "
    SELECT left_id, right_id, rule, weight_millibits, accepted
      FROM match_edge
     WHERE left_id = ANY ($1) AND right_id = ANY ($1)
     ORDER BY left_id, right_id";

pub(super) async fn edges(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<EdgeRow>, DatabaseFault> {
    Ok(sqlx::query_as(EDGES).bind(ids).fetch_all(conn).await?)
}

/// A review among applications.
#[derive(Clone, Debug, FromRow)]
pub(super) struct ReviewRow {
    pub(super) left_id: Uuid,
    pub(super) right_id: Uuid,
    #[sqlx(try_from = "String")]
    pub(super) status: Status,
    pub(super) decided_by: Option<String>,
    pub(super) reason: Option<String>,
}

/// A review's standing by its name in SQL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Status(pub(super) ReviewStatus);

impl From<String> for Status {
    fn from(name: String) -> Self {
        use ReviewStatus::{Closed, Different, Open, Same};
        let named = [Open, Same, Different]
            .into_iter()
            .find(|status| status.name() == name);
        Self(named.unwrap_or(Closed))
    }
}

const REVIEWS: &str = "
    SELECT left_id, right_id, status::text AS status, decided_by, reason
      FROM review
     WHERE left_id = ANY ($1) AND right_id = ANY ($1)";

pub(super) async fn reviews(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<ReviewRow>, DatabaseFault> {
    Ok(sqlx::query_as(REVIEWS).bind(ids).fetch_all(conn).await?)
}
