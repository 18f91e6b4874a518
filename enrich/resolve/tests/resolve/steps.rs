//! What becomes of events, one story each.

use crate::log::*;
use resolve::{Applied, Outputs, Resolver};
use schemas::change::{ApplicationStatus, ResidentChanged, ResidentStatus};
use schemas::codec::Event;
use schemas::event::Body;
use schemas::finding::OutcomeKind::{self, Conflict, Copy, Held, Loaded, Rejected, Undecodable};
use schemas::match_log::Content;
use schemas::{Field, Timestamp};

const PANG: &str = "Lò Văn Pâng";
const NUMBER: &str = "011087001234";

/// One node sends these bodies; what becomes of each?
fn story(bodies: Vec<Body>) -> Vec<Outputs> {
    let (mut node, mut log) = (Node::new("dien-bien-01"), Log::default());
    for body in bodies {
        log.push(node.event(body));
    }
    apply(&mut Resolver::default(), &log, 0)
}

#[track_caller]
fn outcomes(outputs: &[Outputs], expected: &[(OutcomeKind, &str)]) {
    let found: Vec<_> = outputs
        .iter()
        .map(|o| {
            (
                o.settled.outcome,
                o.settled.findings.last().map_or("", |f| f.code.as_str()),
            )
        })
        .collect();
    assert_eq!(found, expected);
}

/// The state of the resident that the step's own application belongs to.
#[track_caller]
fn own_resident(outputs: &Outputs) -> &ResidentChanged {
    let own = |resident: &&ResidentChanged| Some(resident.resident_id) == outputs.settled.resident_id;
    outputs.residents.iter().find(own).expect("its resident is told")
}

#[test]
fn the_same_number_is_the_same_resident() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        application(2, 1, &person("Lò Văn Pang", "05/09/1987", NUMBER)),
    ]);
    outcomes(&outputs, &[(Loaded, ""), (Loaded, "")]);
    assert_eq!(outputs[0].settled.resident_id, outputs[1].settled.resident_id);
    let resident = &outputs[1].residents[0];
    assert_eq!(
        (resident.is_new, resident.members.as_slice()),
        (false, &[id(1), id(2)][..])
    );
    assert_eq!(
        resident.golden.get(Field::FullName),
        Some("Lò Văn Pang"),
        "the newest speaks"
    );
    assert_eq!(resident.edges[0].rule, "vn-1");
    assert!(resident.edges[0].weight_millibits > 10_000);
    assert_eq!(resident.gained.len(), 1, "only the application that joined");
}

#[test]
fn another_number_keeps_namesakes_apart() {
    let child =
        |person: Vec<(Field, &'static str)>, father| [person, vec![(Field::FatherName, father)]].concat();
    let outputs = story(vec![
        application(1, 1, &child(person(PANG, "05/09/1987", NUMBER), "Lò Văn Ín")),
        application(
            2,
            1,
            &child(person(PANG, "05/09/1987", "011087001284"), "Lò Văn Ín"),
        ),
        application(3, 1, &child(person("LO VAN PANG", "1987-09-05", ""), "LO VAN IN")),
    ]);
    assert_ne!(outputs[0].settled.resident_id, outputs[1].settled.resident_id);
    assert_eq!(
        outputs[2].settled.resident_id, outputs[0].settled.resident_id,
        "the oldest of equals"
    );
}

#[test]
fn a_correction_that_fits_another_resident_moves_and_leaves_a_redirect() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        application(2, 1, &person("Quàng Thị Hoa", "01/01/1990", "")),
        application(2, 2, &person(PANG, "05/09/1987", NUMBER)),
    ]);
    let moved = &outputs[2];
    assert_eq!(moved.settled.resident_id, outputs[0].settled.resident_id);
    let left = moved
        .residents
        .iter()
        .find(|r| Some(r.resident_id) == outputs[1].settled.resident_id);
    let left = left.expect("the old resident is told");
    assert_eq!(
        (left.status, left.redirect_to),
        (ResidentStatus::Superseded, outputs[0].settled.resident_id)
    );
    assert!(left.gained.is_empty() && left.members.is_empty());
}

#[test]
fn an_edge_that_changes_its_rule_with_its_resident_is_written_once() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "05/09/1987", "")),
        application(2, 1, &person(PANG, "05/09/1987", "")),
        application(3, 1, &person("Quàng Thị Hoa", "01/01/1990", NUMBER)),
        application(1, 2, &person("Giàng A Páo", "02/02/1980", NUMBER)),
        application(2, 2, &person("Giàng A Páo", "02/02/1980", NUMBER)),
    ]);
    for output in outputs {
        let edges = output.residents.iter().flat_map(|resident| &resident.edges);
        let mut ends: Vec<_> = edges.map(|edge| (edge.left, edge.right)).collect();
        let all = ends.len();
        ends.sort_unstable();
        ends.dedup();
        assert_eq!(ends.len(), all, "step {}", output.settled.sequence);
    }
}

#[test]
fn a_correction_keeps_its_resident() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "05/09/1987", "")),
        application(1, 2, &person("Lò Văn Bâng", "06/09/1987", "")),
    ]);
    assert_eq!(outputs[0].settled.resident_id, outputs[1].settled.resident_id);
    assert_eq!(
        outputs[1].residents[0].golden.get(Field::DateOfBirth),
        Some("1987-09-06")
    );
}

#[test]
fn revisions_are_ordered_by_number() {
    let first = person(PANG, "05/09/1987", "");
    let outputs = story(vec![
        application(1, 2, &person(PANG, "06/09/1987", "")),
        application(1, 1, &first),
        application(1, 2, &person(PANG, "06/09/1987", "")),
        application(1, 2, &first),
    ]);
    outcomes(
        &outputs,
        &[
            (Loaded, ""),
            (Loaded, "application.superseded-revision"),
            (Loaded, "application.repeated"),
            (Rejected, "application.revision-taken"),
        ],
    );
    assert!(
        outputs[1..].iter().all(|o| o.residents.is_empty()),
        "nothing changes"
    );
}

#[test]
fn a_held_application_is_settled_by_its_correction() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "31/04/1950", "")),
        application(1, 2, &person(PANG, "30/04/1950", "")),
    ]);
    outcomes(&outputs, &[(Held, "date.impossible"), (Loaded, "")]);
    assert_eq!(
        outputs[0].settled.application.as_ref().map(|row| row.status),
        Some(ApplicationStatus::Held)
    );
    let released = &outputs[1].settled.released[0];
    assert_eq!((released.event_sequence, released.outcome), (1, Rejected));
    assert_eq!(released.findings[0].code, "application.corrected");
    let books = outputs[1].settled.ledger.expect("books");
    assert_eq!((books.loaded, books.held, books.rejected), (1, 0, 1));
    assert_eq!(outputs[1].notices.len(), 2, "both events' nodes are told");
}

#[test]
fn a_held_correction_leaves_the_earlier_revision_in_force() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "30/04/1950", "")),
        application(1, 2, &person(PANG, "31/04/1950", "")),
        verification(1, 1, Field::FullName, "Lò Văn Bâng"),
    ]);
    outcomes(&outputs, &[(Loaded, ""), (Held, "date.impossible"), (Loaded, "")]);
    assert!(outputs[1].settled.held_event.is_some(), "its content is kept");
    let resident = &outputs[2].residents[0];
    assert_eq!(
        resident.golden.get(Field::FullName),
        Some("Lò Văn Bâng"),
        "verified goes first"
    );
    assert_eq!((resident.stage, resident.gained[0].revision), (1, 1));
}

#[test]
fn a_verified_value_in_doubt_is_not_taken_over() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "30/04/1950", "")),
        verification(1, 1, Field::DateOfBirth, "31/04/1950"),
        verification(2, 2, Field::DateOfBirth, "31/04/1950"),
        application(2, 1, &person(PANG, "29/04/1950", "")),
    ]);
    assert_eq!(outputs[1].settled.outcome, Loaded);
    assert_eq!(
        outputs[1].settled.findings[0].code, "date.impossible",
        "the node is told"
    );
    assert_eq!(
        outputs[2].settled.findings[0].code, "date.impossible",
        "also while it waits"
    );
    for (output, born) in [(1, "1950-04-30"), (3, "1950-04-29")] {
        let resident = own_resident(&outputs[output]);
        assert_eq!(resident.golden.get(Field::DateOfBirth), Some(born));
    }
}

#[test]
fn follow_ups_wait_for_their_application() {
    let outputs = story(vec![
        verification(1, 2, Field::FullName, "Lò Văn Bâng"),
        withdrawal(2),
        application(1, 1, &person(PANG, "05/09/1987", "")),
        application(2, 1, &person(PANG, "05/09/1987", NUMBER)),
        application(2, 2, &person(PANG, "05/09/1987", NUMBER)),
    ]);
    let waits = (Held, "application.not-there-yet");
    outcomes(
        &outputs,
        &[
            waits,
            waits,
            (Loaded, ""),
            (Loaded, ""),
            (Rejected, "application.withdrawn"),
        ],
    );
    assert_eq!(outputs[2].settled.released[0].outcome, Loaded);
    assert_eq!(
        outputs[2].residents[0].golden.get(Field::FullName),
        Some("Lò Văn Bâng")
    );
    assert_eq!(
        outputs[3].settled.application.as_ref().map(|row| row.status),
        Some(ApplicationStatus::Withdrawn)
    );
}

#[test]
fn a_withdrawal_takes_the_application_out_of_its_resident() {
    let outputs = story(vec![
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        withdrawal(1),
    ]);
    let resident = &outputs[1].residents[0];
    assert_eq!(
        (resident.status, resident.redirect_to),
        (ResidentStatus::Superseded, None)
    );
    assert_eq!(outputs[1].settled.outcome, Loaded);
}

#[test]
fn copies_conflicts_and_undecodable_records_end_somewhere() {
    let mut log = Log::default();
    let mut node = Node::new("dien-bien-01");
    let mut clone = Node::new("dien-bien-01");
    let event = node.event(application(1, 1, &person(PANG, "05/09/1987", "")));
    log.push(event.clone());
    log.push(event);
    log.push(clone.event(application(2, 1, &person("Quàng Thị Hoa", "01/01/1990", ""))));
    let undecodable = schemas::match_log::Undecodable {
        key: None,
        value: vec![1, 2],
        reason: "envelope.malformed".to_owned(),
    };
    log.push_content(Content::Undecodable(undecodable));
    let outputs = apply(&mut Resolver::default(), &log, 0);
    outcomes(
        &outputs,
        &[
            (Loaded, ""),
            (Copy, ""),
            (Conflict, "envelope.sequence-taken"),
            (Undecodable, ""),
        ],
    );
    for (at, outputs) in (2..).zip(&outputs[2..]) {
        let refused = outputs.settled.refused.as_ref().expect("the bytes are kept");
        assert_eq!(refused.headers, [header(at)]);
    }
    let books = outputs[2].settled.ledger.expect("books");
    assert_eq!((books.loaded, books.copies, books.conflicts), (1, 1, 1));
}

#[test]
fn only_the_exact_successor_is_accepted() {
    let (mut node, mut log) = (Node::new("dien-bien-01"), Log::default());
    for n in 1..=3 {
        log.push(node.event(application(n, 1, &person(PANG, "05/09/1987", ""))));
    }
    let mut resolver = Resolver::default();
    let mut apply = |n: usize| resolver.apply(n as i64, Timestamp(0), &log.entries[n]);
    assert!(matches!(apply(0), Applied::Settled(_)));
    assert!(matches!(apply(0), Applied::Passed));
    let Applied::Ahead(position) = apply(2) else {
        panic!("offset 1 never came")
    };
    assert_eq!((position.next, position.claimed), (1, 2));
    assert!(matches!(apply(1), Applied::Settled(_)));
    assert!(matches!(apply(2), Applied::Settled(_)));
}

#[test]
fn a_sequence_at_the_end_of_numbers_stops_nothing() {
    let mut log = Log::default();
    let mut event = schemas::IntakeEvent::decode(&Node::new("dien-bien-01").event(application(
        1,
        1,
        &person(PANG, "05/09/1987", ""),
    )))
    .expect("an event");
    event.sequence = i64::MAX;
    log.push(event.encode().expect("fits"));
    outcomes(&apply(&mut Resolver::default(), &log, 0), &[(Undecodable, "")]);
}

#[test]
fn bytes_in_the_match_log_that_are_no_entry_stop_nothing() {
    let mut resolver = Resolver::default();
    let Applied::Settled(outputs) = resolver.apply(9, Timestamp(0), b"rubbish") else {
        panic!("not settled")
    };
    assert_eq!(outputs.settled.outcome, Undecodable);
    assert_eq!(
        outputs.settled.source.as_ref().map(|source| source.offset),
        Some(9)
    );
}

#[test]
fn a_form_keyed_in_again_under_another_id_is_no_new_person() {
    let form = |number| application(number, 1, &person(PANG, "05/09/1987", NUMBER));
    let (mut desk, mut laptop, mut log) = (
        Node::new("dien-bien-01"),
        Node::new("dien-bien-02"),
        Log::default(),
    );
    log.push(desk.event(form(1)));
    log.push(laptop.event(form(2)));
    log.push(laptop.event(form(3)));
    let outputs = apply(&mut Resolver::default(), &log, 0);
    // The third was taken at another moment.
    outcomes(
        &outputs,
        &[(Loaded, ""), (Loaded, "application.re-keyed"), (Loaded, "")],
    );
    assert_eq!(outputs[0].settled.resident_id, outputs[2].settled.resident_id);
}

#[test]
fn a_golden_record_says_who_says_otherwise() {
    let mut moved = person(PANG, "05/09/1987", NUMBER);
    moved.push((Field::Phone, "+84912345678"));
    let mut before = person(PANG, "05/09/1987", NUMBER);
    before.push((Field::Phone, "+84987654321"));
    let outputs = story(vec![application(1, 1, &before), application(2, 1, &moved)]);
    let resident = own_resident(&outputs[1]);
    assert_eq!(
        resident.golden.get(Field::Phone),
        Some("+84912345678"),
        "the newest speaks"
    );
    let differs: Vec<_> = resident
        .sources
        .iter()
        .map(|source| (source.application_id, source.differs.clone()))
        .collect();
    assert_eq!(differs, [(id(2), vec![]), (id(1), vec![Field::Phone])]);
}
