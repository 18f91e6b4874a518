//! Whose number is whose.

use super::{load_anyway, records, register};
use crate::fixture::history::{History, Keyed};
use schemas::change::{ApplicationState, VerifiedField};
use schemas::codec::Change;
use schemas::event::VerificationFinding::{self, Corrected, Missing};
use schemas::match_log::NormalisedValue;
use schemas::{Field, Personal};
use uuid::Uuid;

const WRITTEN: &str = "011087001234";
const RIGHT: &str = "011087004321";

fn verified(finding: VerificationFinding, value: Option<&str>) -> VerifiedField {
    VerifiedField {
        field: Field::PersonalNumber,
        stage: 1,
        finding,
        value: value.map(|value| Personal::new(value.to_owned())),
    }
}

/// A resident of several applications doesn't tell whose number is whose: each application is asked.
#[tokio::test]
async fn a_number_that_an_officer_found_missing_or_that_says_there_is_none_is_nobodys() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let changes = History::new(8, 1_000_000).steps(1).into_iter();
    let resident = changes.map(|keyed| keyed.change).find_map(|change| match change {
        Change::Resident(resident) => Some(resident),
        Change::Settled(_) => None,
    });
    let mut resident = resident.expect("one");
    let form = resident.gained.remove(0);
    let says = [
        (WRITTEN, vec![verified(Missing, None)]),
        (WRITTEN, vec![verified(Corrected, Some(RIGHT))]),
        ("", vec![]), // the form says `chưa có`
    ];
    let rows = says
        .into_iter()
        .zip(1..)
        .map(|((normal, verifications), n)| ApplicationState {
            application_id: Uuid::from_u128(n),
            changes: vec![NormalisedValue {
                field: Field::PersonalNumber,
                value: Personal::new(normal.to_owned()),
                rule: "number.plain".to_owned(),
            }],
            verifications,
            ..form.clone()
        });
    resident.gained = rows.collect();
    resident.members = (1..=3).map(Uuid::from_u128).collect();
    let change = Keyed {
        key: resident.resident_id.as_bytes().to_vec(),
        change: Change::Resident(resident),
    };
    load_anyway(&mut conn, &records(&[change])).await;
    let numbers: Vec<(Uuid, String)> = sqlx::query_as(
        "SELECT application_id, number FROM identity_number WHERE kind = 'personal' ORDER BY 1",
    )
    .fetch_all(&mut conn)
    .await
    .expect("read");
    assert_eq!(numbers, [(Uuid::from_u128(2), RIGHT.to_owned())]);
}
