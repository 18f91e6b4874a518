//! `identity_number`: every number that an application of a resident ever had.

use super::copy::Tuples;
use super::table::{OnConflict, Table, Written};
use crate::fault::DatabaseFault;
use schemas::Field;
use schemas::change::ResidentChanged;
use sqlx::PgConnection;
use std::collections::BTreeSet;
use std::sync::LazyLock;
use uuid::Uuid;

const COLUMNS: [&str; 3] = ["application_id", "kind", "number"];
const KINDS: [(&str, Field); 2] = [("personal", Field::PersonalNumber), ("old", Field::OldNumber)];

pub(crate) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let key = "application_id, kind, number";
    let casts = [("kind", "identity_number_kind")];
    Table::new("identity_number", key, &COLUMNS, &casts, &OnConflict::Keep)
});

/// The numbers of a batch's applications.
#[derive(Default)]
pub(crate) struct Numbers(BTreeSet<(Uuid, &'static str, String)>);

impl Numbers {
    /// Takes the numbers of the applications that a state gains.
    pub(crate) fn take(&mut self, change: &ResidentChanged) {
        for state in &change.gained {
            // A resident of one application has that application's values, and no event need be read.
            let person = (change.members.len() > 1).then(|| state.person());
            for (kind, field) in KINDS {
                let number = match &person {
                    Some(person) => person
                        .verified(&state.verifications, field)
                        .map(|(number, _)| number),
                    None => change.golden.get(field),
                };
                self.0
                    .extend(number.map(|number| (state.application_id, kind, number.to_owned())));
            }
        }
    }

    /// Writes them in one statement, whether they are there or not: an application that another resident takes over brings
    /// them once more, and its first state may be in another lane's batch, before or behind this one.
    pub(crate) async fn write(&self, conn: &mut PgConnection) -> Result<Written, DatabaseFault> {
        let mut tuples = Tuples::new(COLUMNS.len() as i16, self.0.len() * 60);
        for (application_id, kind, number) in &self.0 {
            tuples
                .row()
                .uuid(Some(*application_id))
                .text(Some(kind))
                .text(Some(number));
        }
        TABLE.write(conn, tuples, false).await
    }
}
