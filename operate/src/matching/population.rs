//! Applicants of the register to learn from: read, never written, and kept nowhere.

use crate::table::grouped;
use futures_util::TryStreamExt;
use linkage::{Dictionary, Frequencies, Model, Record, applicant, count_person};
use runtime::Fault;
use schemas::codec::Event;
use schemas::match_log::NormalisedValue;
use schemas::{Applicant, Body, Field, IntakeEvent};
use sink::DatabaseFault;
use sqlx::types::Json;
use sqlx::{Connection, FromRow, PgConnection};
use std::fmt;
use uuid::Uuid;

/// Records of applications, and what they say together.
pub(super) struct Sample {
    pub(super) model: Model,
    pub(super) records: Vec<Record>,
    pub(super) dictionary: Dictionary,
    pub(super) frequencies: Frequencies,
    /// How many records have a value in each column.
    pub(super) filled: Vec<usize>,
    pub(super) taken: Taken,
}

/// How much of the register was looked at.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(super) struct Taken {
    /// Applications that belong to residents, by the database's statistics.
    applications: i64,
    residents_read: usize,
    applications_read: usize,
}

impl fmt::Display for Taken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} applications of {} residents were read, of about {} in the register",
            grouped(self.applications_read as i64),
            grouped(self.residents_read as i64),
            grouped(self.applications)
        )
    }
}

#[derive(FromRow)]
struct ApplicationRow {
    resident_id: Uuid,
    event: Vec<u8>,
    changes: Option<Json<Vec<NormalisedValue>>>,
}

/// How many rows there are as the server's statistics have it; less than 0 before the first ANALYZE.
const APPLICATIONS: &str = "SELECT reltuples::float8 FROM pg_class WHERE oid = 'application'::regclass";

/// Residents are drawn with all their applications: an application drawn alone would leave its likes behind, and
/// there would be few pairs of one person to learn from. Blocks are chosen by the same seed each time.
const SAMPLE: &str = "
    SELECT r.resident_id, a.event, a.changes
      FROM (SELECT resident_id, members
              FROM resident TABLESAMPLE SYSTEM ($1) REPEATABLE (1)
             WHERE status IN ('active', 'provisional')) AS r
     CROSS JOIN LATERAL unnest(r.members) AS member (id)
      JOIN application a ON a.application_id = member.id AND a.status = 'loaded'
     ORDER BY r.resident_id, a.application_id
     LIMIT $2";

/// Draws applications, at most as many as asked for. Memory holds what is compared of them.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn draw(conn: &mut PgConnection, most: i64) -> Result<Sample, Fault> {
    const READ_ONLY: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut snapshot = conn.begin_with(READ_ONLY).await.map_err(DatabaseFault::from)?;
    let applications: f64 = sqlx::query_scalar(APPLICATIONS)
        .fetch_one(&mut *snapshot)
        .await
        .map_err(DatabaseFault::from)?;
    let percent = (100.0 * most as f64 / applications.max(1.0)).min(100.0) as f32;
    let mut sample = Sample::new();
    let mut last = None;
    {
        let mut rows = sqlx::query_as::<_, ApplicationRow>(SAMPLE)
            .bind(percent)
            .bind(most)
            .fetch(&mut *snapshot);
        while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
            let is_first = last.replace(row.resident_id) != Some(row.resident_id);
            sample.add(&row, is_first);
        }
    }
    snapshot.rollback().await.map_err(DatabaseFault::from)?;
    sample.taken.applications = (applications.max(0.0) as i64).max(sample.records.len() as i64);
    sample.taken.applications_read = sample.records.len();
    Ok(sample)
}

impl Sample {
    fn new() -> Self {
        let model = applicant::model();
        Self {
            filled: vec![0; model.columns().len()],
            model,
            records: Vec::new(),
            dictionary: Dictionary::default(),
            frequencies: Frequencies::default(),
            taken: Taken::default(),
        }
    }

    /// Values are counted once for each person, as match counts them.
    fn add(&mut self, row: &ApplicationRow, is_first_of_resident: bool) {
        let Some(person) = person(row) else { return };
        let mut record = Record::default();
        let get = |field: Field| person.get(field).filter(|value| !value.is_empty());
        applicant::fill(&self.model, &mut self.dictionary, get, &mut record);
        for (n, filled) in self.filled.iter_mut().enumerate() {
            *filled += usize::from(record.slots[self.model.slots(n)].iter().any(|&slot| slot != 0));
        }
        if is_first_of_resident {
            self.taken.residents_read += 1;
            count_person(&self.model, &mut self.frequencies, &record.slots, true);
        }
        self.records.push(record);
    }
}

/// The applicant as match compares them; none where the form can't be read, or was emptied.
fn person(row: &ApplicationRow) -> Option<Applicant> {
    let Body::ApplicationSubmitted(form) = IntakeEvent::decode(&row.event).ok()?.body else {
        return None;
    };
    let changes = row.changes.as_ref().map_or(&[][..], |changes| &changes.0);
    Some(form.applicant.normalised(changes))
}
