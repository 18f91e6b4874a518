//! `application` against the event that brought it, its resident, and the step that made it.

use super::{Contradiction, Part, Rule, ask};
use sink::DatabaseFault;
use sqlx::PgConnection;

const RULES: &[Rule] = &[
    (
        "unknown",
        "application",
        "no event that was received brought this row",
    ),
    (
        "bytes",
        "application",
        "its event is not the bytes that were received",
    ),
    (
        "columns",
        "application",
        "a column is not that of its event's row",
    ),
    ("status", "application", "its status is not its event's outcome"),
    (
        "resident",
        "application",
        "its resident is not there, or doesn't have it",
    ),
    ("step", "application", "no step of match made this state"),
    (
        "missing",
        "application",
        "events of it are settled, but its row is not there, or is of an earlier revision",
    ),
];

macro_rules! check {
    (from $chosen:literal where $bound:literal) => {
        concat!(
            "
    SELECT id::text, rule
      FROM (SELECT a.application_id AS id,
                   CASE
                   WHEN e.sequence IS NULL THEN 'unknown'
                   WHEN a.status <> 'erased' AND e.hash IS DISTINCT FROM d.digest THEN 'bytes'
                   WHEN (a.revision, a.node_id, a.captured_at, a.appended_at, a.ruleset)
                        IS DISTINCT FROM (e.revision, e.node_id, e.captured_at, e.appended_at, e.ruleset)
                   THEN 'columns'
                   WHEN a.status = 'withdrawn' AND (
                        SELECT w.sequence FROM event_outcome_current AS w
                         WHERE w.application_id = a.application_id AND w.kind = 'withdrawal' AND w.outcome = 'loaded'
                         LIMIT 1) IS NULL
                   THEN 'status'
                   WHEN a.status NOT IN ('withdrawn', 'erased') AND a.status::text <> e.outcome::text
                        AND COALESCE(e.changed_by, 0) <= $1
                   THEN 'status'
                   WHEN (a.status IN ('loaded', 'erased')) <> (a.resident_id IS NOT NULL) THEN 'resident'
                   WHEN a.resident_id IS NOT NULL AND r.resident_id IS NULL THEN 'resident'
                   WHEN r.sequence <= $1 AND NOT a.application_id = ANY (r.members) THEN 'resident'
                   WHEN a.status = 'erased' AND (
                        SELECT x.sequence FROM erased AS x WHERE x.id = a.application_id) IS DISTINCT FROM a.sequence
                   THEN 'step'
                   WHEN a.status <> 'erased' AND a.application_id IS DISTINCT FROM (
                        SELECT s.application_id FROM intake_event AS s WHERE s.sequence = a.sequence)
                        AND (a.resident_id IS NULL
                             OR (SELECT m.resident_id FROM moved_application AS m
                                  WHERE m.application_id = a.application_id AND m.resident_id = a.resident_id) IS NULL
                             OR a.sequence IS DISTINCT FROM (
                                SELECT t.sequence FROM resident AS t
                                 WHERE t.resident_id = a.resident_id AND t.sequence = a.sequence
                                 UNION ALL
                                SELECT t.sequence FROM resident_history AS t
                                 WHERE t.resident_id = a.resident_id AND t.sequence = a.sequence
                                 LIMIT 1))
                   THEN 'step'
                   END AS rule
              FROM ",
            $chosen,
            "
             CROSS JOIN LATERAL (SELECT sha256(a.event) AS digest OFFSET 0) AS d
              LEFT JOIN LATERAL (
                   SELECT * FROM event_outcome_current AS o
                    WHERE o.application_id = a.application_id AND o.event_id = a.event_id AND o.kind = 'application'
                      AND o.outcome IN ('loaded', 'rejected', 'held')
                    ORDER BY (o.hash = d.digest) DESC NULLS LAST
                    LIMIT 1) AS e ON true
              LEFT JOIN resident AS r ON r.resident_id = a.resident_id
             WHERE a.sequence <= $1 AND ",
            $bound,
            ") AS checked
     WHERE rule IS NOT NULL
     LIMIT 1001"
        )
    };
}

const OF_EVERYTHING: &str =
    check!(from "application AS a" where "($2::timestamptz, $3::timestamptz, $4::text[]) IS NULL");

const OF_SOME: &str = check!(
    from "(SELECT application_id FROM intake_event
                    WHERE application_id IS NOT NULL
                      AND ($2::timestamptz IS NULL OR (appended_at >= $2 AND appended_at < $3::timestamptz))
                      AND ($4::text[] IS NULL OR node_id = ANY ($4))
                    GROUP BY application_id ORDER BY min(sequence)) AS chosen
              JOIN application AS a USING (application_id)"
    where "true"
);

/// Of a refused or held form nothing can be stored when its text has a NUL.
const MISSING: &str = "
    SELECT e.application_id::text AS id, 'missing' AS rule
      FROM event_outcome_current AS e
      LEFT JOIN application AS a ON a.application_id = e.application_id
     WHERE e.kind = 'application' AND e.application_id IS NOT NULL AND e.sequence <= $1
       AND ($2::timestamptz IS NULL OR (e.appended_at >= $2 AND e.appended_at < $3::timestamptz))
       AND ($4::text[] IS NULL OR e.node_id = ANY ($4))
       AND CASE
           WHEN e.outcome = 'loaded' THEN a.application_id IS NULL OR a.revision < e.revision
           WHEN e.outcome IN ('rejected', 'held')
           THEN a.application_id IS NULL
                AND NOT COALESCE(e.findings @> '[{\"code\": \"text.nul-character\"}]', false)
           ELSE false
           END
     LIMIT 1001";

pub(super) async fn look(
    conn: &mut PgConnection,
    step: i64,
    part: &Part,
) -> Result<Vec<Contradiction>, DatabaseFault> {
    let check = if part.is_everything() {
        OF_EVERYTHING
    } else {
        OF_SOME
    };
    let mut found = ask(&mut *conn, check, step, part, RULES).await?;
    found.extend(ask(conn, MISSING, step, part, RULES).await?);
    Ok(found)
}
