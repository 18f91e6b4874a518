//! What the register holds of a resident who is to be erased, and of earlier decisions: ids and counts, no values.

use chrono::{DateTime, Utc};
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// How a resident stands.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Standing {
    pub(super) status: String,
    pub(super) redirect_to: Option<Uuid>,
}

const STANDING: &str = "SELECT status::text AS status, redirect_to FROM resident WHERE resident_id = $1";

pub(super) async fn standing(conn: &mut PgConnection, id: Uuid) -> Result<Option<Standing>, DatabaseFault> {
    Ok(sqlx::query_as(STANDING).bind(id).fetch_optional(conn).await?)
}

/// An application that goes with its resident, in the revision that is in force.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct ApplicationRow {
    pub(super) application_id: Uuid,
    pub(super) revision: i32,
    /// It was taken back, and belonged to the resident until then.
    pub(super) withdrawn: bool,
}

/// All that belong to the resident, and those that were taken back from it, or from one that was merged into it.
/// What was taken back in the step that first named the person is known by that step alone.
const APPLICATIONS: &str = "
    WITH RECURSIVE own AS (
        SELECT unnest(members) AS application_id FROM resident WHERE resident_id = $1
         UNION
        SELECT unnest(members) FROM resident_history WHERE resident_id = $1),
    merged AS (
        SELECT r.resident_id, r.redirect_to
          FROM (SELECT e.resident_id FROM own JOIN intake_event e USING (application_id)
                 UNION
                SELECT m.resident_id FROM own JOIN moved_application m USING (application_id)) AS been
          JOIN resident r USING (resident_id)
         WHERE r.redirect_to IS NOT NULL),
    persons AS (
        SELECT $1 AS resident_id
         UNION
        SELECT merged.resident_id FROM persons JOIN merged ON merged.redirect_to = persons.resident_id),
    candidates AS (
        SELECT application_id FROM own
         UNION
        SELECT unnest(h.members) FROM persons JOIN resident_history h USING (resident_id)
         UNION
        SELECT e.application_id FROM persons JOIN resident_history h USING (resident_id)
          JOIN intake_event e ON e.sequence = h.sequence
         UNION
        SELECT e.application_id FROM persons JOIN resident r USING (resident_id)
          JOIN intake_event e ON e.sequence = r.sequence)
    SELECT a.application_id, a.revision, a.status = 'withdrawn' AS withdrawn
      FROM candidates
      JOIN application a USING (application_id)
     WHERE a.resident_id = $1
        OR a.status = 'withdrawn' AND EXISTS (
           SELECT FROM event_outcome_current w
            WHERE w.application_id = a.application_id AND w.kind = 'withdrawal' AND w.outcome = 'loaded'
              AND w.resident_id IN (SELECT resident_id FROM persons))
     ORDER BY withdrawn, a.application_id";

pub(super) async fn applications(
    conn: &mut PgConnection,
    id: Uuid,
) -> Result<Vec<ApplicationRow>, DatabaseFault> {
    Ok(sqlx::query_as(APPLICATIONS).bind(id).fetch_all(conn).await?)
}

/// What else is emptied, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow, Serialize)]
pub(super) struct Beside {
    /// Earlier states of the resident.
    pub(super) earlier_states: i64,
    /// Entries of events that were held or refused.
    pub(super) held_entries: i64,
    /// Events under a sequence that was taken.
    pub(super) dead_letters: i64,
}

const BESIDE: &str = "
    WITH events AS (SELECT sequence FROM intake_event WHERE application_id = ANY ($2))
    SELECT (SELECT count(*) FROM resident_history WHERE resident_id = $1) AS earlier_states,
           (SELECT count(*) FROM events JOIN held_event ON event_sequence = sequence) AS held_entries,
           (SELECT count(*) FROM events JOIN dead_letter USING (sequence) WHERE stage = 'match') AS dead_letters";

pub(super) async fn beside(
    conn: &mut PgConnection,
    id: Uuid,
    applications: &[ApplicationRow],
) -> Result<Beside, DatabaseFault> {
    let applications: Vec<Uuid> = applications.iter().map(|row| row.application_id).collect();
    let query = sqlx::query_as(BESIDE).bind(id).bind(applications);
    Ok(query.fetch_one(conn).await?)
}

/// A decision that was carried out.
#[derive(Clone, Debug, FromRow, Serialize)]
pub(super) struct Earlier {
    pub(super) sequence: i64,
    pub(super) decided_by: String,
    pub(super) decided_at: DateTime<Utc>,
    pub(super) reason: String,
}

const EARLIER: &str = "
    SELECT sequence, decided_by, decided_at, reason FROM erasure WHERE resident_id = $1 AND carried_out";

pub(super) async fn earlier(conn: &mut PgConnection, id: Uuid) -> Result<Option<Earlier>, DatabaseFault> {
    Ok(sqlx::query_as(EARLIER).bind(id).fetch_optional(conn).await?)
}

const STATUS: &str = "SELECT status::text FROM resident WHERE resident_id = $1";

/// Whether the resident is empty: its row comes in another partition than that of the decision.
pub(super) async fn is_erased(conn: &mut PgConnection, id: Uuid) -> Result<bool, DatabaseFault> {
    let status: Option<String> = sqlx::query_scalar(STATUS).bind(id).fetch_optional(conn).await?;
    Ok(status.as_deref() == Some("erased"))
}
