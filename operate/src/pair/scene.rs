//! Two applications with their surroundings, put together as match holds them.

use super::in_force::{InForce, in_force};
use super::population::{self, Population};
use super::rows::{self, ApplicationRow, EdgeRow, ResidentRow, ReviewRow};
use super::verdict::{self, Told};
use super::{Picture, picture};
use crate::show::mask::Mask;
use crate::show::resident;
use crate::show::unmask::Unmask;
use linkage::{Decision, Edge, Linker, Weights, applicant};
use runtime::Fault;
use schemas::change::ReviewStatus;
use schemas::codec::Event;
use schemas::{Applicant, Body, IntakeEvent};
use sink::DatabaseFault;
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// Explains a pair, of residents the likeliest of theirs; each by the id of an application or of a resident. Unmasked, that
/// it was seen is in the audit before.
///
/// # Errors
/// Data when there is no such application or resident, or nothing of one to compare; transient when the database
/// doesn't answer.
pub(crate) async fn explain(
    conn: &mut PgConnection,
    left: Uuid,
    right: Uuid,
    unmask: &Unmask,
) -> Result<Picture, Fault> {
    const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let about = [left.to_string(), right.to_string()];
    let mask = unmask.mask(&mut *conn, "pair.unmask", &about).await?;
    let mut snapshot = conn.begin_with(ONE_SNAPSHOT).await.map_err(DatabaseFault::from)?;
    let left = applications_of(&mut snapshot, left).await?;
    let right = applications_of(&mut snapshot, right).await?;
    let scene = Scene::read(&mut snapshot, &[left.as_slice(), &right].concat(), mask).await?;
    snapshot.rollback().await.map_err(DatabaseFault::from)?;
    let (left, right) = scene.likeliest(&left, &right)?;
    let told = verdict::tell(&scene, left, right);
    scene
        .picture(left, right, told)
        .ok_or_else(|| Fault::data(format!("applications {left} and {right} can't be compared")))
}

/// What hangs together with two applications.
pub(super) struct Scene {
    pub(super) linker: Linker<Uuid>,
    pub(super) applications: HashMap<Uuid, (ApplicationRow, Applicant)>,
    pub(super) residents: HashMap<Uuid, ResidentRow>,
    pub(super) edges: Vec<EdgeRow>,
    pub(super) reviews: Vec<ReviewRow>,
    pub(super) mask: Mask,
    pub(super) records: i64,
    pub(super) match_rate: f64,
    pub(super) sampled: usize,
    /// More hangs together than was read.
    pub(super) is_cut: bool,
}

/// The application of this id, or those of the resident.
async fn applications_of(conn: &mut PgConnection, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    if !rows::applications(&mut *conn, &[id]).await?.is_empty() {
        return Ok(vec![id]);
    }
    if rows::residents(&mut *conn, &[id]).await?.is_empty() {
        return Err(Fault::data(format!(
            "neither an application nor a resident {id} is in the register: see `intakectl application show`"
        )));
    }
    let (stands, _) = resident::follow(conn, id).await?;
    if stands.members.is_empty() {
        return Err(Fault::data(format!("no application of resident {id} is left")));
    }
    Ok(stands.members)
}

impl Scene {
    async fn read(conn: &mut PgConnection, ids: &[Uuid], mask: Mask) -> Result<Self, Fault> {
        let near = rows::near(&mut *conn, ids).await?;
        let rows = rows::applications(&mut *conn, &near).await?;
        let of: Vec<Uuid> = rows.iter().filter_map(|row| row.resident_id).collect();
        let residents = rows::residents(&mut *conn, &of).await?;
        let edges = rows::edges(&mut *conn, &near).await?;
        let reviews = rows::reviews(&mut *conn, &near).await?;
        let InForce {
            weights, thresholds, ..
        } = in_force(&mut *conn).await?;
        let model = applicant::model();
        let Population {
            dictionary,
            frequencies,
            records,
            prior,
            sampled,
        } = population::count(conn, &model, &weights).await?;
        let live = Weights {
            match_rate: prior.match_rate,
            ..weights
        };
        let mut scene = Self {
            linker: Linker::new(model, live, thresholds).of_table(
                dictionary,
                frequencies,
                prior.records as usize,
            ),
            applications: HashMap::new(),
            residents: residents.into_iter().map(|row| (row.resident_id, row)).collect(),
            edges,
            reviews,
            mask,
            records,
            match_rate: prior.match_rate,
            sampled,
            is_cut: near.len() as i64 >= rows::MOST_NEAR,
        };
        for row in rows {
            scene.take_in(row)?;
        }
        scene.restore();
        Ok(scene)
    }

    fn take_in(&mut self, row: ApplicationRow) -> Result<(), Fault> {
        let id = row.application_id;
        if row.status == "erased" {
            return Err(Fault::data(format!(
                "application {id} was erased: nothing of it is left to compare"
            )));
        }
        let event = IntakeEvent::decode(&row.event)
            .map_err(|why| Fault::data(format!("the event of application {id}: {why}")))?;
        let person = match &event.body {
            Body::ApplicationSubmitted(form) => {
                let changes = row.changes.as_ref().map_or(&[][..], |changes| &changes.0);
                form.applicant.normalised(changes)
            }
            _ => Applicant::default(),
        };
        let record = self
            .linker
            .applicant(|field| person.get(field).filter(|value| !value.is_empty()));
        self.linker.insert_unlinked(id, &record);
        self.applications.insert(id, (row, person));
        Ok(())
    }

    /// Brings back what match has linked and what people have decided.
    fn restore(&mut self) {
        for resident in self.residents.values() {
            self.linker.restore_cluster(&resident.members);
        }
        for edge in self.edges.iter().filter(|edge| edge.accepted) {
            self.linker
                .restore_edge(&Edge::of(edge.left_id, edge.right_id, edge.weight_millibits));
        }
        for review in &self.reviews {
            let decision = match review.status.0 {
                ReviewStatus::Same => Decision::Same,
                ReviewStatus::Different => Decision::Different,
                ReviewStatus::Open | ReviewStatus::Closed => continue,
            };
            self.linker
                .restore_decision(review.left_id, review.right_id, decision);
        }
    }

    /// The likeliest pair of two sets of applications; of equals the first.
    fn likeliest(&self, left: &[Uuid], right: &[Uuid]) -> Result<(Uuid, Uuid), Fault> {
        let pairs = left.iter().flat_map(|&a| right.iter().map(move |&b| (a, b)));
        let mut best: Option<(f64, (Uuid, Uuid))> = None;
        for (a, b) in pairs.filter(|(a, b)| a != b) {
            let log_odds = self.linker.explain(a, b).map(|told| told.log_odds);
            if let Some(log_odds) = log_odds
                && best.is_none_or(|(known, _)| log_odds > known)
            {
                best = Some((log_odds, (a, b)));
            }
        }
        best.map(|(_, pair)| pair).ok_or_else(|| {
            Fault::data("that is one application twice, or one resident of a single application: name two")
        })
    }

    pub(super) fn picture(&self, left: Uuid, right: Uuid, told: Told) -> Option<Picture> {
        picture::of(self, left, right, told)
    }

    pub(super) fn review(&self, left: Uuid, right: Uuid) -> Option<&ReviewRow> {
        let pair = (left.min(right), left.max(right));
        let mut reviews = self.reviews.iter();
        reviews.find(|review| (review.left_id, review.right_id) == pair)
    }

    pub(super) fn edge(&self, left: Uuid, right: Uuid) -> Option<&EdgeRow> {
        let pair = (left.min(right), left.max(right));
        self.edges
            .iter()
            .find(|edge| (edge.left_id, edge.right_id) == pair)
    }
}
