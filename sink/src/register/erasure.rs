//! `erasure`: decisions to erase a resident, `erased`: whose values are gone, and what is emptied in the tables
//! that keep more than a row's last state.

use super::moment;
use super::table::Written;
use crate::fault::DatabaseFault;
use schemas::change::Erasure;
use schemas::topics;
use sqlx::PgConnection;
use std::collections::HashSet;
use uuid::Uuid;

/// A decision, and the step that carried it out or refused it.
pub(crate) struct ErasureRow<'a> {
    pub sequence: i64,
    pub entry_id: Uuid,
    pub carried_out: bool,
    pub erasure: &'a Erasure,
}

impl ErasureRow<'_> {
    /// Whose values are gone by it.
    fn erased(&self) -> impl Iterator<Item = Uuid> {
        let ids = [self.erasure.resident_id].into_iter();
        ids.chain(self.erasure.applications.iter().copied())
            .filter(|_| self.carried_out)
    }
}

const INSERT: &str = "
    INSERT INTO erasure (sequence, entry_id, resident_id, applications, merged, decided_by, reason, decided_at, carried_out)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9)
    ON CONFLICT (sequence) DO NOTHING";
const MARK: &str = "
    INSERT INTO erased (id, sequence) SELECT id, $2 FROM UNNEST($1::uuid[]) AS new (id)
    ON CONFLICT (id) DO NOTHING";

/// Writes decisions, sorted by step: there is hardly ever one.
pub(crate) async fn write(
    conn: &mut PgConnection,
    rows: &[ErasureRow<'_>],
) -> Result<Written, DatabaseFault> {
    let mut written = Written::default();
    for row in rows {
        let Erasure {
            resident_id,
            applications,
            merged,
            by,
            reason,
            at,
        } = row.erasure;
        let changed = sqlx::query(INSERT)
            .bind(row.sequence)
            .bind(row.entry_id)
            .bind(resident_id)
            .bind(applications)
            .bind(merged)
            .bind(by)
            .bind(reason)
            .bind(moment(*at))
            .bind(row.carried_out)
            .execute(&mut *conn)
            .await?
            .rows_affected();
        sqlx::query(MARK)
            .bind(row.erased().collect::<Vec<_>>())
            .bind(row.sequence)
            .execute(&mut *conn)
            .await?;
        written += Written {
            changed,
            stale: 1 - changed,
        };
    }
    Ok(written)
}

/// Waits for every transaction that loads, and has later ones wait, until this one is over.
pub(crate) async fn load_alone(conn: &mut PgConnection) -> Result<(), DatabaseFault> {
    const ALONE: &str = "SELECT pg_advisory_xact_lock(hashtextextended('intake register erasure', 0))";
    sqlx::query(ALONE).execute(conn).await?;
    Ok(())
}

/// Waits for a transaction that loads alone.
pub(crate) async fn load_beside_others(conn: &mut PgConnection) -> Result<(), DatabaseFault> {
    const BESIDE: &str =
        "SELECT pg_advisory_xact_lock_shared(hashtextextended('intake register erasure', 0))";
    sqlx::query(BESIDE).execute(conn).await?;
    Ok(())
}

/// Whether anybody was ever erased.
pub(crate) async fn is_anybody(conn: &mut PgConnection) -> Result<bool, DatabaseFault> {
    const ANYBODY: &str = "SELECT EXISTS (SELECT FROM erased)";
    Ok(sqlx::query_scalar(ANYBODY).fetch_one(conn).await?)
}

/// Which of these residents and applications are erased.
pub(crate) async fn among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, DatabaseFault> {
    const AMONG: &str = "SELECT id FROM erased WHERE id = ANY ($1)";
    Ok(sqlx::query_scalar(AMONG).bind(ids).fetch_all(conn).await?)
}

/// All states of an erased resident; of others those with an erased application, wherever one was: where its own
/// events brought it, where others moved it, and in residents that were merged into the erased one.
const HISTORY: &str = "
    UPDATE resident_history AS h SET golden = '{}'
     WHERE h.resident_id = ANY (ARRAY(
           SELECT e.resident_id FROM intake_event e WHERE e.application_id = ANY ($1)
            UNION
           SELECT o.resident_id FROM intake_event e JOIN event_outcome o ON o.event_sequence = e.sequence
            WHERE e.application_id = ANY ($1)
            UNION
           SELECT resident_id FROM moved_application WHERE application_id = ANY ($1)
            UNION
           SELECT unnest(x.merged) FROM erased JOIN erasure x USING (sequence) WHERE erased.id = ANY ($1)
            UNION
           SELECT unnest($1)))
       AND (h.resident_id = ANY ($1) OR h.members && $1) AND h.golden::text <> '{}'";
const NUMBERS: &str = "DELETE FROM identity_number WHERE application_id = ANY ($1)";
const HELD: &str = "
    UPDATE held_event SET entry = ''
     WHERE event_sequence = ANY (ARRAY(SELECT sequence FROM intake_event WHERE application_id = ANY ($1)))";
const REFUSED: &str = "
    UPDATE dead_letter SET value = '', headers = NULL
     WHERE stage = 'match'
       AND sequence = ANY (ARRAY(SELECT sequence FROM intake_event WHERE application_id = ANY ($1)))";

/// Empties what these tables hold of the erased.
pub(crate) async fn empty(conn: &mut PgConnection, erased: &[Uuid]) -> Result<(), DatabaseFault> {
    for table in [HISTORY, NUMBERS, HELD, REFUSED] {
        sqlx::query(table).bind(erased).execute(&mut *conn).await?;
    }
    Ok(())
}

/// A change that the database refused, as it lies among the dead letters.
#[derive(sqlx::FromRow)]
pub(crate) struct DeadChange {
    pub id: i64,
    pub value: Vec<u8>,
}

/// Ids stand in a change as their 16 bytes.
const NAMING: &str = "
    SELECT id, value FROM dead_letter
     WHERE stage = 'sink' AND topic = $2
       AND EXISTS (SELECT FROM unnest($1) AS erased WHERE position(uuid_send(erased) IN value) > 0)";
const REPLACE: &str = "UPDATE dead_letter SET value = $2 WHERE id = $1";

/// The refused changes that name one of the erased.
pub(crate) async fn dead_changes(
    conn: &mut PgConnection,
    erased: &HashSet<Uuid>,
) -> Result<Vec<DeadChange>, DatabaseFault> {
    let ids: Vec<Uuid> = erased.iter().copied().collect();
    let query = sqlx::query_as(NAMING).bind(ids).bind(topics::CHANGES);
    Ok(query.fetch_all(conn).await?)
}

/// Puts what is left of a refused change in its place.
pub(crate) async fn replace(conn: &mut PgConnection, change: &DeadChange) -> Result<(), DatabaseFault> {
    let query = sqlx::query(REPLACE).bind(change.id).bind(&change.value);
    query.execute(conn).await?;
    Ok(())
}
