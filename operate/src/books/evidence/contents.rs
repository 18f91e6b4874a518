//! What only the event's bytes can tell: columns taken from them, and the golden record of a resident in
//! its first state. Every row in question is read here.

use super::{Contradiction, MOST, Part};
use futures_util::TryStreamExt;
use normalise::fold::fold;
use schemas::change::VerifiedField;
use schemas::codec::Event;
use schemas::event::Body;
use schemas::match_log::NormalisedValue;
use schemas::{Field, IntakeEvent};
use serde::Serialize;
use serde_json::{Map, Value};
use sink::DatabaseFault;
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// An application, the row of its event, and its resident when that has had one state only.
#[derive(FromRow)]
struct Row {
    application_id: Uuid,
    event: Vec<u8>,
    form_id: String,
    form_version: String,
    channel: String,
    service: String,
    commune: Option<String>,
    village: Option<String>,
    team: Option<String>,
    reference: Option<String>,
    changes: Option<Json<Vec<NormalisedValue>>>,
    verifications: Option<Json<Vec<VerifiedField>>>,
    step: i64,
    epoch: Option<Uuid>,
    node_sequence: Option<i64>,
    spooled_ms: Option<i64>,
    clock_offset_ms: Option<i64>,
    resident_id: Option<Uuid>,
    golden: Option<Json<Map<String, Value>>>,
}

macro_rules! rows {
    (from $chosen:literal where $bound:literal) => {
        concat!(
            "
    SELECT a.application_id, a.event, a.form_id, a.form_version, a.channel, a.service, a.commune, a.village, a.team,
           a.reference, a.changes, a.verifications, e.sequence AS step, e.epoch, e.node_sequence,
           CASE WHEN isfinite(e.spooled_at) THEN (extract(epoch FROM e.spooled_at) * 1000)::bigint END AS spooled_ms,
           e.clock_offset_ms, r.resident_id,
           CASE WHEN r.resident_id IS NOT NULL AND h.resident_id IS NULL THEN row_to_json(r) END AS golden
      FROM ",
            $chosen,
            "
      JOIN LATERAL (
           SELECT sequence, epoch, node_sequence, spooled_at, clock_offset_ms
             FROM intake_event AS o
            WHERE o.application_id = a.application_id AND o.event_id = a.event_id AND o.hash = sha256(a.event)
              AND o.outcome IN ('loaded', 'rejected', 'held')
            ORDER BY sequence
            LIMIT 1) AS e ON true
      LEFT JOIN resident AS r
        ON r.resident_id = a.resident_id AND r.members = ARRAY[a.application_id] AND r.sequence <= $1
      LEFT JOIN resident_history AS h ON h.resident_id = r.resident_id AND h.sequence = r.sequence
     WHERE a.sequence <= $1 AND ",
            $bound
        )
    };
}

const OF_EVERYTHING: &str =
    rows!(from "application AS a" where "($2::timestamptz, $3::timestamptz, $4::text[]) IS NULL");

const OF_SOME: &str = rows!(
    from "(SELECT application_id FROM intake_event
            WHERE application_id IS NOT NULL
              AND ($2::timestamptz IS NULL OR (appended_at >= $2 AND appended_at < $3::timestamptz))
              AND ($4::text[] IS NULL OR node_id = ANY ($4))
            GROUP BY application_id ORDER BY min(sequence)) AS chosen
      JOIN application AS a USING (application_id)"
    where "true"
);

/// What was found, by table.
#[derive(Default)]
struct Differing {
    applications: Vec<String>,
    events: Vec<String>,
    residents: Vec<String>,
}

pub(super) async fn look(
    conn: &mut PgConnection,
    step: i64,
    part: &Part,
) -> Result<Vec<Contradiction>, DatabaseFault> {
    let query = if part.is_everything() {
        OF_EVERYTHING
    } else {
        OF_SOME
    };
    let mut rows = part.bind(query, step).fetch(conn);
    let mut differing = Differing::default();
    while let Some(row) = rows.try_next().await? {
        differing.compare(&row);
    }
    Ok(differing.contradictions())
}

impl Differing {
    fn compare(&mut self, row: &Row) {
        let Ok(event) = IntakeEvent::decode(&row.event) else {
            return; // the bytes are as they were received: match had read them
        };
        note(
            &mut self.applications,
            row.application_id,
            &of_application(row, &event),
        );
        note(&mut self.events, row.step, &of_event(row, &event));
        if let (Some(id), Some(Json(golden))) = (row.resident_id, &row.golden) {
            note(&mut self.residents, id, &of_resident(row, golden, &event));
        }
    }

    fn contradictions(self) -> Vec<Contradiction> {
        let found = [
            (
                "application",
                "columns are not what its event says",
                self.applications,
            ),
            ("intake_event", "columns are not what the event says", self.events),
            (
                "resident",
                "values are not what its application says",
                self.residents,
            ),
        ];
        let contradictions = found.into_iter().filter(|(_, _, ids)| !ids.is_empty());
        contradictions
            .map(|(table, what, mut ids)| {
                let more = ids.len() > MOST;
                ids.truncate(MOST);
                ids.sort_unstable();
                Contradiction {
                    table,
                    what,
                    ids,
                    more,
                }
            })
            .collect()
    }
}

fn note(ids: &mut Vec<String>, id: impl std::fmt::Display, columns: &[&str]) {
    if !columns.is_empty() && ids.len() <= MOST {
        ids.push(format!("{id} ({})", columns.join(", ")));
    }
}

/// The columns of an application that its event has otherwise.
fn of_application(row: &Row, event: &IntakeEvent) -> Vec<&'static str> {
    let Body::ApplicationSubmitted(form) = &event.body else {
        return vec!["event"];
    };
    let same = [
        ("application_id", row.application_id == form.application_id),
        ("form_id", row.form_id == form.form_id),
        ("form_version", row.form_version == form.form_version),
        ("channel", is_named(&row.channel, form.channel)),
        ("service", is_named(&row.service, form.service)),
        ("commune", row.commune == form.commune),
        ("village", row.village == form.village),
        ("team", row.team == form.team),
        ("reference", row.reference == form.reference),
    ];
    others(&same)
}

/// The columns of an event's row that the event has otherwise.
fn of_event(row: &Row, event: &IntakeEvent) -> Vec<&'static str> {
    let spooled_ms = event.spooled_at.to_utc().map(|at| at.timestamp_millis());
    let same = [
        ("epoch", row.epoch == Some(event.epoch)),
        ("node_sequence", row.node_sequence == Some(event.sequence)),
        ("spooled_at", row.spooled_ms == spooled_ms),
        ("clock_offset_ms", row.clock_offset_ms == event.clock_offset_ms),
    ];
    others(&same)
}

/// The columns of a resident that its only application has otherwise.
fn of_resident(row: &Row, golden: &Map<String, Value>, event: &IntakeEvent) -> Vec<&'static str> {
    let Body::ApplicationSubmitted(form) = &event.body else {
        return Vec::new();
    };
    let changes = row.changes.as_ref().map_or(&[][..], |Json(changes)| changes);
    let verified = row.verifications.as_ref().map_or(&[][..], |Json(found)| found);
    let person = form.applicant.normalised(changes);
    let says = |field| person.verified(verified, field).map(|(value, _)| value);
    let stands = |column: &str| golden.get(column).and_then(Value::as_str);
    let differ = Field::ALL
        .iter()
        .filter(|field| stands(field.name()) != says(**field));
    let mut columns: Vec<&str> = differ.map(|field| field.name()).collect();
    let folded = says(Field::FullName).map(fold).unwrap_or_default();
    if stands("folded_name") != Some(folded.as_str()) {
        columns.push("folded_name");
    }
    columns
}

fn is_named(text: &str, value: impl Serialize) -> bool {
    serde_json::to_value(value).is_ok_and(|name| name == text)
}

fn others(same: &[(&'static str, bool)]) -> Vec<&'static str> {
    let others = same.iter().filter(|(_, same)| !same);
    others.map(|(column, _)| *column).collect()
}
