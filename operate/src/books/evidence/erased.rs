//! Rows of people who are erased: no value may be left in any of them.

use super::{Contradiction, Found, MOST, Part, Rule, ask, by_rule};
use futures_util::TryStreamExt;
use schemas::codec::Event;
use schemas::event::{Body, IntakeEvent};
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

const RULES: &[Rule] = &[
    ("resident", "resident", "it is erased, and its row has values"),
    (
        "application",
        "application",
        "it is erased, and its row has values",
    ),
    (
        "history",
        "resident_history",
        "states of an erased resident or application have values",
    ),
    (
        "held",
        "held_event",
        "the entry of an erased application's event is there",
    ),
    (
        "dead letter",
        "dead_letter",
        "the bytes of an erased application's event are there",
    ),
];

const VALUES: &str = "
    WITH gone AS (
        SELECT id FROM erased WHERE sequence <= $1 AND ($2::timestamptz, $3::timestamptz, $4::text[]) IS NULL),
    events AS (
        SELECT gone.id, e.sequence, e.resident_id FROM gone JOIN intake_event AS e ON e.application_id = gone.id),
    named AS (
        SELECT id, id AS resident_id FROM gone
         UNION
        SELECT id, resident_id FROM events
         UNION
        SELECT gone.id, m.resident_id FROM gone JOIN moved_application AS m ON m.application_id = gone.id)
    SELECT r.resident_id::text AS id, 'resident' AS rule
      FROM gone JOIN resident AS r ON r.resident_id = gone.id
     WHERE r.sequence <= $1 AND (r.status <> 'erased' OR r.folded_name <> '' OR r.provenance::text <> '[]'
           OR jsonb_strip_nulls(to_jsonb(r) - '{resident_id,sequence,status,redirect_to,folded_name,stage,members,provenance,last_event}'::text[])
              <> '{}')
     UNION
    SELECT a.application_id::text, 'application'
      FROM gone JOIN application AS a ON a.application_id = gone.id
     WHERE a.sequence <= $1 AND (a.status <> 'erased'
           OR num_nonnulls(a.commune, a.village, a.team, a.reference, a.changes, a.findings, a.verifications) > 0)
     UNION
    SELECT h.resident_id || ' at step ' || h.sequence, 'history'
      FROM named
      JOIN resident_history AS h USING (resident_id)
     WHERE (h.resident_id = named.id OR named.id = ANY (h.members)) AND h.golden::text <> '{}'
     UNION
    SELECT events.sequence::text, 'held'
      FROM events JOIN held_event AS h ON h.event_sequence = events.sequence
     WHERE h.entry <> ''
     UNION
    SELECT events.sequence::text, 'dead letter'
      FROM events JOIN dead_letter AS d ON d.sequence = events.sequence AND d.stage = 'match'
     WHERE d.value <> '' OR d.headers IS NOT NULL
     LIMIT 1001";

pub(super) async fn look(
    conn: &mut PgConnection,
    step: i64,
    part: &Part,
) -> Result<Vec<Contradiction>, DatabaseFault> {
    let mut found = ask(&mut *conn, VALUES, step, part, RULES).await?;
    if part.is_everything() {
        found.extend(by_rule(&written(conn, step).await?, RULES));
    }
    Ok(found)
}

#[derive(FromRow)]
struct Row {
    application_id: Uuid,
    event: Vec<u8>,
}

const EVENTS: &str = "
    SELECT application_id, event FROM erased JOIN application AS a ON a.application_id = id
     WHERE a.sequence <= $1 AND a.status = 'erased'";

/// The erased applications whose event still says something of the person.
async fn written(conn: &mut PgConnection, step: i64) -> Result<Vec<Found>, DatabaseFault> {
    let mut found = Vec::new();
    let mut rows = sqlx::query_as(EVENTS).bind(step).fetch(conn);
    while let Some(Row {
        application_id,
        event,
    }) = rows.try_next().await?
    {
        if !is_empty(&event) && found.len() <= MOST {
            found.push(Found {
                id: application_id.to_string(),
                rule: "application".to_owned(),
            });
        }
    }
    Ok(found)
}

fn is_empty(event: &[u8]) -> bool {
    let Ok(IntakeEvent {
        body: Body::ApplicationSubmitted(form),
        ..
    }) = IntakeEvent::decode(event)
    else {
        return false;
    };
    let mut left = form.clone();
    left.erase();
    left == form
}
