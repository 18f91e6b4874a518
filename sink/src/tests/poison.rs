//! What the database refuses becomes a dead letter in the same transaction; the rest is loaded.

use super::{count, load_anyway, records, register};
use crate::fixture::history::{History, Keyed};
use schemas::Personal;
use schemas::codec::Change;

fn poisoned(changes: &mut [Keyed], poison: impl Fn(&mut schemas::change::ResidentChanged)) -> usize {
    let resident = changes
        .iter_mut()
        .enumerate()
        .filter_map(|(at, keyed)| match &mut keyed.change {
            Change::Resident(change) => Some((at, change)),
            Change::Settled(_) => None,
        });
    let (at, change) = resident.last().expect("a resident");
    poison(change);
    at
}

#[tokio::test]
async fn poison_is_found_and_everything_else_is_loaded() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let mut changes = History::new(3, 1_000_000).steps(400);
    let total = changes
        .iter()
        .filter(|keyed| matches!(keyed.change, Change::Resident(_)))
        .count();
    let (first, second) = changes.split_at_mut(300);
    poisoned(first, |change| {
        change.golden.home_town = Some(Personal::new("\0".to_owned()))
    });
    poisoned(second, |change| change.stage = 4);
    let mut records = records(&changes);
    records[10].value = b"no Avro at all".to_vec();
    load_anyway(&mut conn, &records).await;

    const LETTERS: &str = "
        SELECT stage::text, reason, sqlstate, constraint_name FROM dead_letter ORDER BY sqlstate NULLS FIRST";
    let letters: Vec<(String, String, Option<String>, Option<String>)> = sqlx::query_as(LETTERS)
        .fetch_all(&mut conn)
        .await
        .expect("dead letters");
    let text = |text: &str| Some(text.to_owned());
    let sink = || "sink".to_owned();
    let refused = || "database.refused".to_owned();
    assert_eq!(
        letters,
        [
            (sink(), "envelope.not-single-object".to_owned(), None, None),
            (sink(), refused(), text("22021"), None),
            (sink(), refused(), text("23514"), text("resident_stage_check")),
        ]
    );
    let residents = count(&mut conn, "SELECT count(*) FROM resident").await;
    let applications = count(
        &mut conn,
        "SELECT count(*) FROM application WHERE status = 'loaded'",
    )
    .await;
    let undecoded = i64::from(matches!(changes[10].change, Change::Resident(_)));
    assert_eq!(residents, total as i64 - 2 - undecoded);
    assert_eq!(
        applications, residents,
        "a refused change leaves none of its rows"
    );
}
