//! Rows of both sides, where they differ.

use super::difference::{Difference, Kind};
use super::outcomes::{self, Outcomes};
use super::{applications, residents};
use crate::replay::tables::Tables;
use futures_util::TryStreamExt;
use schemas::Sha256;
use serde_json::Value;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// A row as both sides have it.
#[derive(Debug)]
pub(super) struct Both {
    pub(super) id: Uuid,
    pub(super) control: Option<Value>,
    pub(super) shadow: Option<Value>,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    control: Option<String>,
    shadow: Option<String>,
}

/// All differences of a replay.
#[derive(Debug)]
pub struct Differences {
    /// By kind, then by what they are about.
    pub(crate) all: Vec<Difference>,
    /// The events among them, as they are.
    pub(in crate::replay) outcomes: Vec<Outcomes>,
    /// Rows that were changed since: they are left out.
    pub(crate) changed_since: i64,
    /// Steps that the register doesn't show yet: they are left out.
    pub(crate) not_loaded: i64,
}

impl Differences {
    /// Reads them, of steps up to `sequence`.
    ///
    /// # Errors
    /// Transient when the database doesn't answer.
    pub(crate) async fn read(
        conn: &mut PgConnection,
        tables: &Tables,
        sequence: i64,
    ) -> Result<Self, DatabaseFault> {
        let mut all = residents::differences(&differing(conn, &tables.residents(), sequence).await?);
        all.extend(applications::differences(
            &differing(conn, &tables.applications(), sequence).await?,
        ));
        let outcomes: Vec<Outcomes> = sqlx::query_as(&tables.outcomes())
            .bind(sequence)
            .fetch_all(&mut *conn)
            .await?;
        all.extend(outcomes.iter().map(outcomes::difference));
        name_readings(&mut all);
        name_provinces(conn, &mut all).await?;
        all.sort_by(|a, b| place(a).cmp(&place(b)));
        let not_loaded = match tables.not_loaded() {
            Some(query) => sqlx::query_scalar(&query).fetch_one(&mut *conn).await?,
            None => 0,
        };
        Ok(Self {
            changed_since: sqlx::query_scalar(&tables.changed_since())
                .bind(sequence)
                .fetch_one(conn)
                .await?,
            not_loaded,
            outcomes,
            all,
        })
    }

    /// SHA-256 of each of them as it is.
    pub(crate) fn lines(&self) -> impl Iterator<Item = Sha256> {
        let line = |one| Sha256::of(&serde_json::to_vec(one).expect("a difference is JSON"));
        self.all.iter().map(line)
    }

    /// The digests of all of them, one after the other.
    pub(crate) fn all_lines(&self) -> Vec<u8> {
        self.lines().flat_map(|line| line.0).collect()
    }

    /// SHA-256 of those.
    pub(crate) fn digest(&self) -> Sha256 {
        Sha256::of(&self.all_lines())
    }
}

type Place<'a> = (Kind, Option<Uuid>, Option<Uuid>, Option<i64>, Option<&'a str>);

fn place(one: &Difference) -> Place<'_> {
    (
        one.kind,
        one.resident_id,
        one.application_id,
        one.event_sequence,
        one.field.as_deref(),
    )
}

async fn differing(conn: &mut PgConnection, query: &str, sequence: i64) -> Result<Vec<Both>, DatabaseFault> {
    let mut rows = sqlx::query_as::<_, Row>(query).bind(sequence).fetch(conn);
    let mut found = Vec::new();
    let read = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
    while let Some(row) = rows.try_next().await? {
        found.push(Both {
            id: row.id,
            control: read(row.control),
            shadow: read(row.shadow),
        });
    }
    Ok(found)
}

const PROVINCES: &str = "
    SELECT DISTINCT ON (application_id) application_id, province FROM intake_event
     WHERE application_id = ANY ($1) AND province IS NOT NULL ORDER BY application_id, sequence";

/// The province that each one's application came from first.
async fn name_provinces(conn: &mut PgConnection, all: &mut [Difference]) -> Result<(), DatabaseFault> {
    const TOGETHER: usize = 10_000;
    let mut asked: Vec<Uuid> = all.iter().filter_map(|one| one.application_id).collect();
    asked.sort_unstable();
    asked.dedup();
    let mut provinces: HashMap<Uuid, String> = HashMap::new();
    for some in asked.chunks(TOGETHER) {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(PROVINCES).bind(some).fetch_all(&mut *conn).await?;
        provinces.extend(rows);
    }
    for one in all {
        one.province = one.application_id.and_then(|id| provinces.get(&id).cloned());
    }
    Ok(())
}

/// A golden record changes with what its applications are read as: such a change names the application whose reading changed,
/// and the rule that made it where it is the same field's.
fn name_readings(all: &mut [Difference]) {
    let mut by_field: HashMap<(Uuid, String), (Uuid, Option<String>)> = HashMap::new();
    let mut by_resident: HashMap<Uuid, Uuid> = HashMap::new();
    for one in all.iter().filter(|one| one.kind == Kind::ReadingChanged) {
        if let (Some(resident), Some(application), Some(field)) =
            (one.resident_id, one.application_id, &one.field)
        {
            by_field.insert((resident, field.clone()), (application, one.rule.clone()));
            by_resident.insert(resident, application);
        }
    }
    for one in all.iter_mut().filter(|one| one.kind == Kind::FieldChanged) {
        let (Some(resident), Some(field)) = (one.resident_id, one.field.clone()) else {
            continue;
        };
        if let Some((application, rule)) = by_field.get(&(resident, field)) {
            (one.application_id, one.rule) = (Some(*application), rule.clone());
        } else if let Some(application) = by_resident.get(&resident) {
            one.application_id = Some(*application);
        }
    }
}
