//! `identity_number`: every number that an application of a resident ever had.

use super::copy::Tuples;
use super::table::{OnConflict, Table, Written};
use crate::fault::DatabaseFault;
use schemas::change::{ApplicationState, ResidentChanged};
use schemas::codec::Event;
use schemas::event::Body;
use schemas::{Field, IntakeEvent};
use sqlx::PgConnection;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use uuid::Uuid;

const COLUMNS: [&str; 3] = ["application_id", "kind", "number"];
const KINDS: [(&str, Field); 2] = [("personal", Field::PersonalNumber), ("old", Field::OldNumber)];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let key = "application_id, kind, number";
    let casts = [("kind", "identity_number_kind")];
    Table::new("identity_number", key, &COLUMNS, &casts, &OnConflict::Keep)
});

/// The numbers of a batch's applications, and whether a resident's first state brings each.
#[derive(Default)]
pub(crate) struct Numbers(BTreeMap<(Uuid, &'static str, String), bool>);

impl Numbers {
    /// Takes the numbers of the applications that a state gains.
    pub(crate) fn take(&mut self, change: &ResidentChanged) {
        for state in &change.gained {
            for (kind, field) in KINDS {
                // A resident of one application has that application's values.
                let number = if change.members.len() == 1 {
                    change.golden.get(field).map(str::to_owned)
                } else {
                    number(state, field)
                };
                if let Some(number) = number {
                    let is_new = self
                        .0
                        .entry((state.application_id, kind, number))
                        .or_insert(change.is_new);
                    *is_new &= change.is_new;
                }
            }
        }
    }

    /// Writes them. Straight into the table where `trust_new` and a resident's first state brings them.
    pub(crate) async fn write(
        &self,
        conn: &mut PgConnection,
        trust_new: bool,
    ) -> Result<Written, DatabaseFault> {
        let mut written = TABLE
            .write(&mut *conn, self.tuples(|is_new| trust_new && is_new), true)
            .await?;
        written += TABLE
            .write(conn, self.tuples(|is_new| !(trust_new && is_new)), false)
            .await?;
        Ok(written)
    }

    fn tuples(&self, wanted: impl Fn(bool) -> bool) -> Tuples {
        let mut tuples = Tuples::new(COLUMNS.len() as i16, self.0.len() * 60);
        let rows = self.0.iter().filter(|(_, is_new)| wanted(**is_new));
        for ((application_id, kind, number), _) in rows {
            tuples
                .row()
                .uuid(Some(*application_id))
                .text(Some(kind))
                .text(Some(number));
        }
        tuples
    }
}

/// An application's number: as verified last, else normalised, else as written.
fn number(state: &ApplicationState, field: Field) -> Option<String> {
    let verified = state
        .verifications
        .iter()
        .filter(|found| found.field == field)
        .max_by_key(|found| found.stage)
        .and_then(|found| found.value.as_ref());
    let normalised = || {
        state
            .changes
            .iter()
            .find(|change| change.field == field)
            .map(|change| &change.value)
    };
    if let Some(value) = verified.or_else(normalised) {
        return Some(value.expose().clone());
    }
    match IntakeEvent::decode(&state.event).ok()?.body {
        Body::ApplicationSubmitted(form) => form.applicant.get(field).map(str::to_owned),
        _ => None,
    }
}
