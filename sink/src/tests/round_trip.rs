//! Restore gives back what was loaded, each field at its extremes.

use super::counters::Counters;
use super::{count, load_anyway, records, register};
use crate::fixture::history::{History, Keyed};
use crate::register::Register;
use crate::restore::{self, Event, Positions, Restored};
use runtime::kafka::Record;
use schemas::change::{
    ApplicationStatus, EventKind, EventSettled, LedgerState, MatchEdge, MatchRules, NodeState,
    OutcomeChanged, RefusedBytes, ResidentChanged, ResidentStatus, ReviewState, ReviewStatus,
};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::NormalisedValue;
use schemas::{Field, Finding, Header, NodeId, Personal, Severity, Sha256, Timestamp, topics};
use uuid::Uuid;

const ODD: &str = "Đ\u{301} \"\\ \u{1F600} '{,}' \u{7f}\n\t";

/// The changes of two ordinary steps, with everything in them made extreme.
fn extreme() -> (EventSettled, ResidentChanged) {
    let changes = History::new(8, 1_000_000).steps(1);
    let (mut settled, mut resident) = (None, None);
    for Keyed { change, .. } in changes {
        match change {
            Change::Settled(change) => settled = Some(*change),
            Change::Resident(change) => resident = Some(*change),
        }
    }
    let (mut settled, mut resident) = (settled.expect("one"), resident.expect("one"));
    let node = NodeId::parse("a".repeat(63)).expect("a node id");
    let largest = LedgerState {
        loaded: i64::MAX,
        rejected: 0,
        held: 1,
        copies: 2,
        conflicts: 3,
        broken_links: 4,
    };

    for &field in Field::ALL {
        resident.golden.set(field, Some(format!("{ODD}{field}")));
    }
    resident.sequence = i64::MAX;
    resident.status = ResidentStatus::Superseded;
    resident.redirect_to = Some(Uuid::max());
    resident.members = (0..300).map(|n| Uuid::from_u128(n << 64)).collect();
    resident.is_new = false;
    resident.edges = vec![MatchEdge {
        left: Uuid::nil(),
        right: Uuid::max(),
        rule: ODD.to_owned(),
        weight_millibits: i64::MIN,
        accepted: false,
    }];
    resident.moved = vec![resident.gained[0].application_id];
    resident.reviews = vec![ReviewState {
        left: Uuid::nil(),
        right: Uuid::max(),
        status: ReviewStatus::Different,
        weight_millibits: i64::MAX,
        opened: i64::MIN,
        by: Some(ODD.to_owned()),
        reason: Some(ODD.to_owned()),
    }];
    let state = &mut resident.gained[0];
    state.revision = i32::MAX;
    state.status = ApplicationStatus::Withdrawn;
    state.stage = 3;
    state.appended_at = Timestamp(253_402_300_799_999);
    state.ruleset = ODD.to_owned();
    let change = |field: &Field| NormalisedValue {
        field: *field,
        value: Personal::new(ODD.to_owned()),
        rule: ODD.to_owned(),
    };
    state.changes = Field::ALL.iter().map(change).collect();
    state.findings = vec![
        Finding::on(Field::Sex, Severity::Hold, ODD),
        Finding::overall(Severity::Note, ""),
    ];
    state.verifications = vec![schemas::change::VerifiedField {
        field: Field::Phone,
        stage: 3,
        finding: schemas::event::VerificationFinding::New,
        value: Some(Personal::new(String::new())),
    }];

    settled.sequence = i64::MAX - 1;
    settled.node_id = Some(node.clone());
    settled.epoch = Some(Uuid::max());
    settled.node_sequence = Some(i64::MAX - 1);
    settled.open_link = Some(Sha256::ZERO);
    settled.revision = Some(i32::MIN);
    settled.captured_at = Some(Timestamp(i64::MIN));
    settled.spooled_at = Some(Timestamp(i64::MAX));
    settled.clock_offset_ms = Some(i64::MIN);
    settled.outcome = OutcomeKind::Held;
    settled.kind = EventKind::Verification;
    settled.held_event = Some(vec![0, 1, 255]);
    settled.ledger = Some(largest);
    settled.node = Some(NodeState {
        node_id: node.clone(),
        province: Some("dien-bien".to_owned()),
        public_key: Some(vec![0; 32]),
        retired: true,
        by: ODD.to_owned(),
        reason: Some(ODD.to_owned()),
    });
    settled.rules = Some(MatchRules {
        version: ODD.to_owned(),
        weights: ODD.repeat(1_000),
        link: 0.1 + 0.2,
        review: f64::MIN_POSITIVE,
        by: ODD.to_owned(),
        reason: String::new(),
    });
    settled.released = vec![OutcomeChanged {
        event_sequence: 1,
        event_id: Uuid::nil(),
        node_id: NodeId::parse("other").expect("a node id"),
        epoch: Uuid::nil(),
        outcome: OutcomeKind::Rejected,
        findings: vec![Finding::overall(Severity::Reject, ODD)],
        resident_id: None,
        ledger: LedgerState::default(),
        waiting: None,
    }];
    settled.refused = Some(RefusedBytes {
        key: None,
        value: vec![0, 255],
        reason: "envelope.malformed".to_owned(),
        headers: odd_headers(),
    });
    (settled, resident)
}

fn odd_headers() -> Vec<Header> {
    let header = |name: &str, value| Header {
        name: name.to_owned(),
        value,
    };
    vec![
        header(ODD, Some(vec![0, 255])),
        header("", Some(Vec::new())),
        header(ODD, None),
    ]
}

/// The same as records, with one that can't be read.
pub(super) fn extreme_records() -> Vec<Record> {
    records_of(&extreme())
}

fn records_of((settled, resident): &(EventSettled, ResidentChanged)) -> Vec<Record> {
    let keyed = |change: Change| Keyed {
        key: b"k".to_vec(),
        change,
    };
    let changes = [
        keyed(Change::Settled(Box::new(settled.clone()))),
        keyed(Change::Resident(Box::new(resident.clone()))),
    ];
    let mut records = records(&changes);
    records.push(Record {
        offset: 2,
        value: b"nothing".to_vec(),
        ..records[0].clone()
    });
    records
}

async fn restored(register: &Register) -> (Vec<Restored>, Positions) {
    let mut rows = Vec::new();
    let positions = restore::read(register, |row| {
        rows.push(row);
        Ok(())
    });
    let positions = positions.await.expect("restored");
    (rows, positions)
}

#[tokio::test]
async fn extremes_come_back_as_they_were() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let changes = extreme();
    load_anyway(&mut conn, &records_of(&changes)).await;
    let (settled, resident) = changes;
    const HEADERS: &str = "SELECT headers::text FROM dead_letter ORDER BY stage";
    let headers: Vec<Option<String>> = sqlx::query_scalar(HEADERS)
        .fetch_all(&mut conn)
        .await
        .expect("read");
    let [Some(of_normalise), None] = &headers[..] else {
        panic!("{headers:?}");
    };
    let of_normalise: Vec<Header> = serde_json::from_str(of_normalise).expect("headers");
    assert_eq!(of_normalise, odd_headers());
    let (rows, positions) = restored(&register).await;
    assert_eq!(positions.changes.len(), 1);
    assert_eq!(positions.changes[0].0.topic, topics::CHANGES);

    let (mut expected, mut found) = (
        expected(&settled, &resident),
        rows.iter().map(show).collect::<Vec<_>>(),
    );
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let states = rows.into_iter().filter_map(|row| match row {
        Restored::Application { state, .. } => Some(state),
        _ => None,
    });
    assert_eq!(
        states.collect::<Vec<_>>(),
        resident.gained,
        "with the values that Debug hides"
    );
}

#[tokio::test]
async fn a_decision_comes_back_with_its_append_time() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let (mut settled, _) = extreme();
    settled.kind = EventKind::NodeRetired;
    settled.logged_at = Timestamp(1_790_000_000_123);
    let change = Keyed {
        key: b"k".to_vec(),
        change: Change::Settled(Box::new(settled)),
    };
    load_anyway(&mut conn, &records(&[change])).await;
    let (rows, _) = restored(&register).await;
    let times = rows.into_iter().filter_map(|row| match row {
        Restored::Event(event) => Some(event.logged_at),
        _ => None,
    });
    assert_eq!(times.collect::<Vec<_>>(), [Some(Timestamp(1_790_000_000_123))]);
}

/// The books can tell a first state from its application's own event, and no other one.
#[tokio::test]
async fn a_first_state_is_in_the_history_where_no_event_of_its_application_tells_it() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let (_, first) = extreme();
    let own = ResidentChanged {
        resident_id: Uuid::from_u128(1),
        is_new: true,
        redirect_to: None,
        moved: Vec::new(),
        last_event: first.gained[0].event_id,
        ..first
    };
    let moved = ResidentChanged {
        resident_id: Uuid::from_u128(2),
        moved: vec![own.gained[0].application_id],
        ..own.clone()
    };
    let left = ResidentChanged {
        resident_id: Uuid::from_u128(3),
        redirect_to: Some(moved.resident_id),
        members: Vec::new(),
        gained: Vec::new(),
        ..own.clone()
    };
    let decided = ResidentChanged {
        resident_id: Uuid::from_u128(4),
        last_event: Uuid::from_u128(5),
        ..own.clone()
    };
    let changes = [own, moved, left, decided].map(|change| Keyed {
        key: change.resident_id.as_bytes().to_vec(),
        change: Change::Resident(Box::new(change)),
    });
    load_anyway(&mut conn, &records(&changes)).await;
    let kept: Vec<Uuid> = sqlx::query_scalar("SELECT resident_id FROM resident_history ORDER BY 1")
        .fetch_all(&mut conn)
        .await
        .expect("read");
    assert_eq!(kept, [2, 3, 4].map(Uuid::from_u128));
}

/// Its numbers come twice, and by two lanes: taken for new, they would make a whole batch be loaded twice.
#[tokio::test]
async fn an_application_that_a_new_resident_takes_over_is_loaded_at_once() {
    let (_database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    let (_, mut first) = extreme();
    first
        .golden
        .set(Field::PersonalNumber, Some("011087001234".to_owned()));
    first.gained.truncate(1);
    let own = ResidentChanged {
        sequence: 1,
        resident_id: Uuid::from_u128(1),
        is_new: true,
        moved: Vec::new(),
        members: vec![first.gained[0].application_id],
        ..first
    };
    let taking_over = ResidentChanged {
        sequence: 2,
        resident_id: Uuid::from_u128(2),
        moved: own.members.clone(),
        ..own.clone()
    };
    let counters = Counters::start();
    // The lane of the second resident is ahead.
    for change in [taking_over, own] {
        let change = Keyed {
            key: change.resident_id.as_bytes().to_vec(),
            change: Change::Resident(Box::new(change)),
        };
        load_anyway(&mut conn, &records(&[change])).await;
    }
    assert_eq!(count(&mut conn, "SELECT count(*) FROM identity_number").await, 2);
    assert_eq!(counters.of("intake_sink_guarded_batches_total"), 0);
}

fn show(row: &Restored) -> String {
    format!("{row:?}")
}

fn expected(settled: &EventSettled, resident: &ResidentChanged) -> Vec<String> {
    let source = settled.source.clone().expect("a source");
    let released = &settled.released[0];
    let rows = [
        Restored::Application {
            sequence: resident.sequence,
            resident_id: Some(resident.resident_id),
            state: resident.gained[0].clone(),
        },
        Restored::Resident {
            sequence: resident.sequence,
            resident_id: resident.resident_id,
            status: resident.status,
            redirect_to: resident.redirect_to,
            members: resident.members.clone(),
        },
        Restored::Edge {
            sequence: resident.sequence,
            edge: resident.edges[0].clone(),
        },
        Restored::Review {
            sequence: resident.sequence,
            state: resident.reviews[0].clone(),
        },
        Restored::Rules {
            sequence: settled.sequence,
            rules: settled.rules.clone().expect("rules"),
        },
        Restored::Event(Event {
            sequence: settled.sequence,
            province: Some(settled.province.clone()),
            node_id: settled.node_id.clone(),
            epoch: settled.epoch,
            node_sequence: settled.node_sequence,
            event_id: settled.event_id,
            hash: settled.hash,
            open_link: settled.open_link,
            kind: settled.kind,
            application_id: settled.application_id,
            revision: settled.revision,
            outcome: settled.outcome,
            logged_at: None,
        }),
        Restored::HeldEntry {
            event_sequence: settled.sequence,
            entry: vec![0, 1, 255],
        },
        Restored::Released {
            event_sequence: 1,
            sequence: settled.sequence,
            outcome: released.outcome,
        },
        Restored::Ledger {
            sequence: settled.sequence,
            node_id: settled.node_id.clone().expect("a node"),
            epoch: settled.epoch.expect("an epoch"),
            state: settled.ledger.expect("books"),
        },
        Restored::Ledger {
            sequence: settled.sequence,
            node_id: released.node_id.clone(),
            epoch: released.epoch,
            state: released.ledger,
        },
        Restored::Node {
            sequence: settled.sequence,
            state: settled.node.clone().expect("a node"),
        },
        Restored::SourcePosition(schemas::match_log::SourcePosition {
            offset: source.offset + 1,
            ..source
        }),
        Restored::DeadLetter {
            change: b"nothing".to_vec(),
        },
    ];
    rows.iter().map(show).collect()
}
