//! Whoever is erased is gone from every table, in whatever order changes are loaded, and stays gone.

use super::environment::until;
use super::order::empty;
use super::{arrivals, count, dump, load_anyway, records, register};
use crate::digest;
use crate::erasing;
use crate::fixture::history::{History, Keyed};
use crate::rows::Rows;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use runtime::kafka::Record;
use schemas::change::{
    ApplicationState, ApplicationStatus, Erasure, EventKind, EventSettled, RefusedBytes, ResidentChanged,
    ResidentStatus,
};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::{Applicant, Field, Timestamp};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What nobody else in these histories is called, lives at or phones.
const MARK: &str = "Vi Thanh Tâm";
const STEPS: i64 = 60;

/// A history in which one resident of several applications is erased at the end, with everything that may
/// hold values of that person beside its own rows.
struct Story {
    /// The changes before the erasure, and those of the erasure.
    changes: Vec<Keyed>,
    erasure: Vec<Keyed>,
    resident: Uuid,
}

fn keyed(change: Change) -> Keyed {
    let key = match &change {
        Change::Resident(change) => change.resident_id.as_bytes().to_vec(),
        Change::Settled(change) => change
            .node_id
            .as_ref()
            .map_or_else(|| b"entry".to_vec(), |node| node.as_str().as_bytes().to_vec()),
    };
    Keyed { key, change }
}

fn resident_of(keyed: &Keyed) -> Option<&ResidentChanged> {
    match &keyed.change {
        Change::Resident(change) => Some(change),
        Change::Settled(_) => None,
    }
}

impl Story {
    fn new() -> Self {
        let mut changes = History::new(21, 2).steps(STEPS as usize);
        let mut states: BTreeMap<Uuid, usize> = BTreeMap::new();
        for change in changes.iter().filter_map(resident_of) {
            *states.entry(change.resident_id).or_default() += 1;
        }
        let (&resident, _) = states.iter().max_by_key(|(_, count)| **count).expect("some");
        let another = *states.keys().find(|id| **id != resident).expect("some");
        for keyed in &mut changes {
            if let Change::Resident(change) = &mut keyed.change
                && change.resident_id == resident
            {
                mark(change);
            }
        }
        let mut of_residents = changes.iter().filter_map(resident_of);
        let last = of_residents.rfind(|change| change.resident_id == resident);
        let last = last.expect("its last state").clone();
        let settled = |application: Uuid| {
            let mut settled = changes.iter().filter_map(|keyed| match &keyed.change {
                Change::Settled(change) => Some(change),
                Change::Resident(_) => None,
            });
            let found = settled.find(|change| change.application_id == Some(application));
            (**found.expect("its event")).clone()
        };
        let one = last.members[0];
        let mut gained = changes
            .iter()
            .filter_map(resident_of)
            .flat_map(|change| &change.gained);
        let row = gained
            .find(|row| row.application_id == one)
            .expect("its row")
            .clone();
        let mut more = beside(&settled(one), &last, another);
        more.extend(passing_through(row, &last));
        changes.append(&mut more);
        let erasure = erasure(&changes, &last);
        Self {
            changes,
            erasure,
            resident,
        }
    }

    fn records(&self) -> Vec<Record> {
        records(&[&self.changes[..], &self.erasure].concat())
    }
}

/// Has a change hold the mark wherever a value of a person may stand.
fn mark(change: &mut ResidentChanged) {
    change.golden.set(Field::FullName, Some(MARK.to_owned()));
    change.golden.set(Field::PersonalNumber, Some(MARK.to_owned()));
    change.folded_name = MARK.to_owned();
    for row in &mut change.gained {
        let mut event = schemas::codec::Event::decode(&row.event).expect("an event");
        let schemas::IntakeEvent {
            body: schemas::Body::ApplicationSubmitted(form),
            ..
        } = &mut event
        else {
            unreachable!("an application's")
        };
        form.applicant.set(Field::FullName, Some(MARK.to_owned()));
        form.village = Some(MARK.to_owned());
        row.event = schemas::codec::Event::encode(&event).expect("fits");
        row.changes[0].value = schemas::Personal::new(MARK.to_owned());
        for verified in &mut row.verifications {
            verified.value = Some(schemas::Personal::new(MARK.to_owned()));
        }
    }
}

/// Other places where values of an application's person lie: a correction that is refused, an event under a
/// sequence that was taken, a state of the resident that it belonged to before, a change that the
/// database refuses.
fn beside(first: &EventSettled, last: &ResidentChanged, another: Uuid) -> Vec<Keyed> {
    let refused = EventSettled {
        sequence: STEPS + 1,
        event_id: Some(Uuid::from_u128(0xe1)),
        node_sequence: Some(900),
        outcome: OutcomeKind::Rejected,
        resident_id: None,
        held_event: Some(MARK.into()),
        ..first.clone()
    };
    let conflict = EventSettled {
        sequence: STEPS + 2,
        outcome: OutcomeKind::Conflict,
        source: Some(schemas::match_log::SourcePosition {
            topic: "intake.applications.dien-bien".to_owned(),
            partition: 0,
            offset: 901,
        }),
        resident_id: None,
        refused: Some(RefusedBytes {
            key: None,
            value: MARK.into(),
            reason: "envelope.sequence-taken".to_owned(),
            headers: vec![schemas::Header {
                name: MARK.to_owned(),
                value: None,
            }],
        }),
        ..first.clone()
    };
    let joined = EventSettled {
        sequence: STEPS + 3,
        event_id: Some(Uuid::from_u128(0xe3)),
        node_sequence: Some(902),
        resident_id: Some(another),
        ..first.clone()
    };
    let shared = ResidentChanged {
        sequence: STEPS + 3,
        resident_id: another,
        members: vec![Uuid::from_u128(0xa3), last.members[0]],
        gained: Vec::new(),
        moved: Vec::new(),
        edges: Vec::new(),
        reviews: Vec::new(),
        last_event: Uuid::from_u128(0xe3),
        ..last.clone()
    };
    let mut who_stays = Applicant::default();
    who_stays.set(Field::FullName, Some("Who Stays".to_owned()));
    let left = ResidentChanged {
        sequence: STEPS + 4,
        golden: who_stays,
        folded_name: "who stays".to_owned(),
        members: vec![Uuid::from_u128(0xa3)],
        ..shared.clone()
    };
    let poison = ResidentChanged {
        sequence: STEPS + 5,
        stage: 4,
        ..last.clone()
    };
    let settled = [refused, conflict, joined].into_iter();
    let residents = [shared, left, poison].into_iter();
    let settled = settled.map(|change| keyed(Change::Settled(Box::new(change))));
    let residents = residents.map(|change| keyed(Change::Resident(Box::new(change))));
    settled.chain(residents).collect()
}

/// An application of somebody who is erased was in another resident for a while, and no event of its own says so: a
/// decision about others brought it there, and another one took it away.
fn passing_through(row: ApplicationState, last: &ResidentChanged) -> Vec<Keyed> {
    let other = Uuid::from_u128(0xa7);
    let came = ResidentChanged {
        sequence: STEPS + 3,
        resident_id: Uuid::from_u128(0xb7),
        members: vec![other, row.application_id],
        moved: vec![row.application_id],
        gained: vec![row],
        edges: Vec::new(),
        reviews: Vec::new(),
        last_event: Uuid::from_u128(0xe7),
        ..last.clone()
    };
    let went = ResidentChanged {
        sequence: STEPS + 4,
        golden: Applicant::default(),
        folded_name: String::new(),
        members: vec![other],
        moved: Vec::new(),
        gained: Vec::new(),
        ..came.clone()
    };
    let states = [came, went].into_iter();
    states
        .map(|change| keyed(Change::Resident(Box::new(change))))
        .collect()
}

/// What match hands on for a decision to erase.
fn erasure(changes: &[Keyed], last: &ResidentChanged) -> Vec<Keyed> {
    let (sequence, entry) = (STEPS + 6, Uuid::from_u128(0xee));
    let rows = changes
        .iter()
        .filter_map(resident_of)
        .flat_map(|change| &change.gained);
    let mut rows: Vec<_> = rows
        .filter(|row| last.members.contains(&row.application_id))
        .cloned()
        .collect();
    rows.dedup_by_key(|row| row.application_id);
    for row in &mut rows {
        row.erase().expect("an event");
        row.status = ApplicationStatus::Erased;
    }
    let resident = ResidentChanged {
        sequence,
        status: ResidentStatus::Erased,
        golden: Applicant::default(),
        folded_name: String::new(),
        sources: Vec::new(),
        last_event: entry,
        gained: rows,
        moved: Vec::new(),
        edges: Vec::new(),
        reviews: Vec::new(),
        ..last.clone()
    };
    let settled = changes.iter().find_map(|keyed| match &keyed.change {
        Change::Settled(change) => Some(change),
        Change::Resident(_) => None,
    });
    let settled = EventSettled {
        sequence,
        source: None,
        appended_at: None,
        province: String::new(),
        node_id: None,
        epoch: None,
        node_sequence: None,
        event_id: Some(entry),
        hash: None,
        kind: EventKind::ResidentErased,
        application_id: None,
        revision: None,
        outcome: OutcomeKind::Recorded,
        findings: Vec::new(),
        resident_id: Some(last.resident_id),
        ledger: None,
        application: None,
        erasure: Some(Erasure {
            resident_id: last.resident_id,
            applications: last.members.clone(),
            merged: Vec::new(),
            by: "a.admin".to_owned(),
            reason: "on request".to_owned(),
            at: Timestamp(1_790_000_400_000),
        }),
        ..(**settled.expect("some")).clone()
    };
    vec![
        keyed(Change::Settled(Box::new(settled))),
        keyed(Change::Resident(Box::new(resident))),
    ]
}

pub(super) fn records_of_one_who_is_erased() -> Vec<Record> {
    Story::new().records()
}

/// In which tables, and how often, the mark stands: as text, or in bytes.
async fn marked(conn: &mut PgConnection) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    for table in [
        "resident",
        "resident_history",
        "application",
        "held_event",
        "dead_letter",
        "intake_event",
        "event_outcome",
        "match_edge",
        "erasure",
        "identity_number",
    ] {
        let query = format!(
            "SELECT count(*) FROM {table} AS t
              WHERE strpos(t::text, $1) > 0 OR strpos(t::text, encode(convert_to($1, 'UTF8'), 'hex')) > 0"
        );
        let rows = sqlx::query_scalar(&query).bind(MARK).fetch_one(&mut *conn);
        match rows.await.expect("counted") {
            0 => {}
            rows => found.push((table.to_owned(), rows)),
        }
    }
    found
}

#[tokio::test]
async fn an_erased_person_is_in_no_table_and_the_audit_trail_is() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let story = Story::new();
    load_anyway(&mut conn, &records(&story.changes)).await;
    let before = marked(&mut conn).await;
    let tables: Vec<&str> = before.iter().map(|(table, _)| table.as_str()).collect();
    assert_eq!(
        tables,
        [
            "resident",
            "resident_history",
            "application",
            "held_event",
            "dead_letter",
            "identity_number"
        ],
        "the mark is wherever it may be: {before:?}"
    );
    let events = count(&mut conn, "SELECT count(*) FROM intake_event").await;
    load_anyway(&mut conn, &records(&story.erasure)).await;
    assert_eq!(marked(&mut conn).await, []);

    let audit: (String, String, Vec<Uuid>, bool) = sqlx::query_as(
        "SELECT decided_by, reason, applications, carried_out FROM erasure WHERE resident_id = $1",
    )
    .bind(story.resident)
    .fetch_one(&mut conn)
    .await
    .expect("one decision");
    assert_eq!(
        (audit.0.as_str(), audit.1.as_str(), audit.3),
        ("a.admin", "on request", true)
    );
    const EMPTIED: &str = "
        SELECT count(*) FROM application WHERE status = 'erased' AND changes IS NULL AND findings IS NULL
           AND verifications IS NULL AND village IS NULL AND node_id <> '' AND resident_id IS NOT NULL";
    assert_eq!(count(&mut conn, EMPTIED).await, audit.2.len() as i64);
    const MARKED: &str = "SELECT count(*) FROM erased JOIN erasure USING (sequence)";
    assert_eq!(count(&mut conn, MARKED).await, 1 + audit.2.len() as i64);
    const KEPT: &str = "SELECT count(*) FROM intake_event WHERE kind <> 'resident_erased'";
    assert_eq!(count(&mut conn, KEPT).await, events, "what came when stays");
    const GONE: &str = "SELECT count(*) FROM resident_current WHERE status = 'erased'";
    assert_eq!(count(&mut conn, GONE).await, 0);
    const SHOWN: &str = "SELECT count(*) FROM resident_masked WHERE status = 'erased'";
    assert_eq!(count(&mut conn, SHOWN).await, 0);
    const OTHERS: &str = "
        SELECT count(*) FROM resident_history WHERE golden ->> 'full_name' = 'Who Stays'";
    assert_eq!(count(&mut conn, OTHERS).await, 1, "nobody else loses anything");
}

#[test]
fn in_any_order_and_with_any_replay_the_same_is_left() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let (_database, register) = runtime.block_on(register());
    let mut conn = runtime
        .block_on(register.open_for_loading())
        .expect("a connection");
    let records = Story::new().records();
    let expected = runtime.block_on(async {
        load_anyway(&mut conn, &records).await;
        let digest = digest::of(&mut conn).await.expect("a digest");
        (dump(&mut conn).await, digest, marked(&mut conn).await)
    });
    assert_eq!(expected.2, []);
    let conn = std::cell::RefCell::new(conn);
    let orders = (
        Just(records.clone()).prop_shuffle(),
        1..40_usize,
        any::<prop::sample::Index>(),
    );
    TestRunner::new(Config::with_cases(16))
        .run(&orders, |(shuffled, chunk, again)| {
            let mut conn = conn.borrow_mut();
            let found = runtime.block_on(async {
                empty(&mut conn).await;
                for records in shuffled.chunks(chunk) {
                    load_anyway(&mut conn, records).await;
                }
                // Some of it comes once more, and the erasure is long past.
                load_anyway(&mut conn, &shuffled[again.index(shuffled.len())..]).await;
                let digest = digest::of(&mut conn).await.expect("a digest");
                (dump(&mut conn).await, digest, marked(&mut conn).await)
            });
            prop_assert_eq!(&found, &expected);
            Ok(())
        })
        .expect("every order ends in the same tables");
}

/// Of two transactions at once, each would miss what the other one is about to write.
#[tokio::test]
async fn an_erasure_and_what_it_erases_are_never_loaded_side_by_side() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let mut other = register.open_for_loading().await.expect("a connection");
    let mut watch = register.open().await.expect("a connection");
    let story = Story::new();
    let (changes, erasure) = (records(&story.changes), records(&story.erasure));
    for (first, second) in [(&changes, &erasure), (&erasure, &changes)] {
        empty(&mut conn).await;
        let arrivals = arrivals(first);
        let mut open = conn.begin().await.expect("begun");
        let erased = erasing::begin(&mut open, &arrivals).await.expect("its turn");
        let sound: Vec<_> = erased.out_of(&arrivals).into_owned();
        // A refused change would need the halves that a whole load makes.
        let sound: Vec<_> = sound.into_iter().filter(|arrival| !is_poison(arrival)).collect();
        let _tally = Rows::of(&sound).write(&mut open, false).await.expect("written");
        let load = load_anyway(&mut other, second);
        let ((), ()) = tokio::join!(load, async {
            const WAITS: &str = "
                SELECT count(*) FROM pg_stat_activity
                 WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory'";
            until("the other one waits for its turn", async || {
                count(&mut watch, WAITS).await == 1
            })
            .await;
            erased.out_of_register(&mut open).await.expect("emptied");
            open.commit().await.expect("committed");
        });
        assert_eq!(marked(&mut watch).await, []);
    }
}

fn is_poison(arrival: &crate::arrival::Arrival) -> bool {
    matches!(&arrival.content, crate::arrival::Content::Resident(change, _) if change.stage > 3)
}

#[tokio::test]
async fn a_decision_that_was_refused_empties_nothing() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let story = Story::new();
    load_anyway(&mut conn, &records(&story.changes)).await;
    let before = marked(&mut conn).await;
    let mut refused = story.erasure[0].clone();
    if let Change::Settled(change) = &mut refused.change {
        change.outcome = OutcomeKind::Rejected;
    }
    load_anyway(&mut conn, &records(&[refused])).await;
    assert_eq!(marked(&mut conn).await, before);
    const TRIED: &str = "SELECT count(*) FROM erasure WHERE NOT carried_out AND decided_by = 'a.admin'";
    assert_eq!(count(&mut conn, TRIED).await, 1);
    assert_eq!(count(&mut conn, "SELECT count(*) FROM erased").await, 0);
}
