//! `resident` against its applications, its latest state in `resident_history`, and the step that made it.

use super::{Contradiction, Part, Rule, ask};
use sink::DatabaseFault;
use sqlx::PgConnection;

const RULES: &[Rule] = &[
    ("step", "resident", "no step of match made this state"),
    (
        "history",
        "resident",
        "it is not its latest state in resident_history",
    ),
    (
        "first",
        "resident",
        "it is neither the first state that its application made nor one in resident_history",
    ),
    (
        "members",
        "resident",
        "its members are not the applications that belong to it",
    ),
    (
        "redirect",
        "resident",
        "the resident that it leads to is not there",
    ),
    (
        "deleted",
        "resident",
        "its row is not there, or is older than its history",
    ),
];

/// Every state but a resident's first is in its history. The first one has the application that came, or those that
/// came apart from another resident, or none when that was withdrawn in the same step.
macro_rules! check {
    (from $chosen:literal where $bound:literal) => {
        concat!(
            "
    SELECT id::text, rule
      FROM (SELECT r.resident_id AS id,
                   CASE
                   WHEN r.last_event IS DISTINCT FROM (
                        SELECT s.event_id FROM intake_event AS s WHERE s.sequence = r.sequence)
                   THEN 'step'
                   WHEN h.resident_id IS NOT NULL AND (
                        (r.status, r.redirect_to, r.stage, r.members, r.provenance::jsonb, r.last_event)
                        IS DISTINCT FROM
                        (h.status, h.redirect_to, h.stage, h.members, h.provenance::jsonb, h.last_event)
                        OR jsonb_strip_nulls(to_jsonb(r) - '{resident_id,sequence,status,redirect_to,folded_name,stage,members,provenance,last_event}'::text[])
                           <> h.golden::jsonb)
                   THEN 'history'
                   WHEN h.resident_id IS NULL AND r.members = '{}' AND (
                        r.redirect_to IS NOT NULL OR r.full_name IS NOT NULL OR r.provenance::jsonb <> '[]')
                   THEN 'first'
                   WHEN h.resident_id IS NULL AND r.members <> '{}' AND (
                        r.redirect_to IS NOT NULL OR f.application_id IS NULL
                        OR (f.sequence <= $1 AND f.resident_id = r.resident_id AND r.sequence <> f.sequence)
                        OR (cardinality(r.members) = 1 AND f.sequence <= $1 AND (
                            r.stage <> f.stage
                            OR f.resident_id IS DISTINCT FROM r.resident_id
                            OR (r.last_event <> f.event_id AND (
                                SELECT m.resident_id FROM moved_application AS m
                                 WHERE m.application_id = f.application_id AND m.resident_id = r.resident_id) IS NULL)
                            OR r.provenance::jsonb <> jsonb_build_array(jsonb_build_object(
                               'application_id', f.application_id, 'revision', f.revision, 'fields', '[]'::jsonb)))))
                   THEN 'first'
                   WHEN r.status = 'erased' AND (
                        SELECT x.sequence FROM erased AS x WHERE x.id = r.resident_id) IS DISTINCT FROM r.sequence
                   THEN 'step'
                   WHEN (r.status = 'superseded') <> (r.members = '{}') THEN 'members'
                   WHEN (h.resident_id IS NOT NULL OR cardinality(r.members) > 1)
                        AND cardinality(r.members) <> (SELECT count(DISTINCT m) FROM unnest(r.members) AS m)
                   THEN 'members'
                   WHEN (h.resident_id IS NOT NULL OR cardinality(r.members) > 1) AND EXISTS (
                        SELECT FROM unnest(r.members) AS m
                          LEFT JOIN application AS a ON a.application_id = m
                         WHERE a.application_id IS NULL
                            OR (a.sequence <= $1 AND a.resident_id IS DISTINCT FROM r.resident_id))
                   THEN 'members'
                   WHEN r.redirect_to IS DISTINCT FROM (
                        SELECT other.resident_id FROM resident AS other WHERE other.resident_id = r.redirect_to)
                   THEN 'redirect'
                   END AS rule
              FROM ",
            $chosen,
            "
              LEFT JOIN resident_history AS h ON h.resident_id = r.resident_id AND h.sequence = r.sequence
              LEFT JOIN application AS f ON h.resident_id IS NULL AND f.application_id = r.members[1]
             WHERE r.sequence <= $1 AND ",
            $bound,
            ") AS checked
     WHERE rule IS NOT NULL
     LIMIT 1001"
        )
    };
}

const OF_EVERYTHING: &str =
    check!(from "resident AS r" where "($2::timestamptz, $3::timestamptz, $4::text[]) IS NULL");

const OF_SOME: &str = check!(
    from "(SELECT resident_id FROM event_outcome_current
                    WHERE resident_id IS NOT NULL
                      AND ($2::timestamptz IS NULL OR (appended_at >= $2 AND appended_at < $3::timestamptz))
                      AND ($4::text[] IS NULL OR node_id = ANY ($4))
                    GROUP BY resident_id ORDER BY min(sequence)) AS chosen
              JOIN resident AS r USING (resident_id)"
    where "true"
);

const DELETED: &str = "
    SELECT h.resident_id::text AS id, 'deleted' AS rule
      FROM resident_history AS h
      LEFT JOIN resident AS r ON r.resident_id = h.resident_id
     WHERE h.sequence <= $1 AND ($2::timestamptz, $3::timestamptz, $4::text[]) IS NULL
       AND (r.resident_id IS NULL OR r.sequence < h.sequence)
     LIMIT 1001";

pub(super) async fn look(
    conn: &mut PgConnection,
    step: i64,
    part: &Part,
) -> Result<Vec<Contradiction>, DatabaseFault> {
    if !part.is_everything() {
        return ask(conn, OF_SOME, step, part, RULES).await;
    }
    let mut found = ask(&mut *conn, OF_EVERYTHING, step, part, RULES).await?;
    found.extend(ask(conn, DELETED, step, part, RULES).await?);
    Ok(found)
}
