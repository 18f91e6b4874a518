//! What the database refuses becomes a dead letter in the same transaction; the rest is loaded.

use super::counters::Counters;
use super::{count, load_anyway, records, register};
use crate::fixture::history::{History, Keyed};
use runtime::kafka::Record;
use schemas::codec::Change;
use schemas::{Personal, Sha256};

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
    let (first, rest) = changes.split_at_mut(300);
    let (second, third) = rest.split_at_mut(100);
    poisoned(first, |change| {
        change.golden.home_town = Some(Personal::new("\0".to_owned()))
    });
    poisoned(second, |change| change.stage = 4);
    // More than an index entry holds, and nothing to compress.
    let unlike = (0..200).map(|n: i32| Sha256::of(&n.to_be_bytes()).to_string());
    let long: String = unlike.collect();
    poisoned(third, |change| change.folded_name = long.clone());
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
            (sink(), refused(), text("54000"), None),
        ]
    );
    let residents = count(&mut conn, "SELECT count(*) FROM resident").await;
    let applications = count(
        &mut conn,
        "SELECT count(*) FROM application WHERE status = 'loaded'",
    )
    .await;
    let undecoded = i64::from(matches!(changes[10].change, Change::Resident(_)));
    assert_eq!(residents, total as i64 - 3 - undecoded);
    assert_eq!(
        applications, residents,
        "a refused change leaves none of its rows"
    );
}

#[tokio::test]
async fn one_in_very_many_is_found_in_few_tries() {
    const RECORDS: usize = 1 << 13;
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let mut changes = History::new(12, 4).steps(RECORDS);
    changes.truncate(RECORDS);
    let bad = poisoned(&mut changes[..RECORDS / 3], |change| change.stage = 4);
    let records = records(&changes);
    let counters = Counters::start();
    load_anyway(&mut conn, &records).await;

    // The whole, and at each of the 13 levels below it two halves.
    assert_eq!(counters.of("intake_sink_isolation_parts_total"), 1 + 2 * 13);
    const LETTERS: &str = "SELECT partition, record_offset, value FROM dead_letter";
    let letters: Vec<(i32, i64, Vec<u8>)> = sqlx::query_as(LETTERS).fetch_all(&mut conn).await.expect("read");
    let Record {
        partition,
        offset,
        value,
        ..
    } = records[bad].clone();
    assert_eq!(letters, [(partition.number, offset, value)]);
    let settled = |keyed: &&Keyed| matches!(keyed.change, Change::Settled(_));
    let (events, residents) = (
        count(&mut conn, "SELECT count(*) FROM intake_event").await,
        count(&mut conn, "SELECT count(*) FROM resident").await
            + count(&mut conn, "SELECT count(*) FROM resident_history").await,
    );
    let expected = changes.iter().filter(settled).count() as i64;
    assert_eq!(events, expected);
    assert_eq!(
        residents,
        RECORDS as i64 - expected - 1,
        "every other change of a resident is there"
    );
}
