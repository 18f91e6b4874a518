//! What erasing a resident does, and what comes for an erased application later; one story each.

use crate::log::*;
use crate::seen::Seen;
use resolve::{Applied, Outputs, Resolver};
use schemas::change::{ApplicationStatus, ResidentStatus};
use schemas::codec::Event;
use schemas::event::Body;
use schemas::finding::OutcomeKind::{self, Conflict, Copy, Held, Loaded, Recorded, Rejected};
use schemas::match_log::{LogBody, ResidentErased};
use schemas::{Applicant, Field, IntakeEvent, Timestamp};
use uuid::Uuid;

const PANG: &str = "Lò Văn Pâng";
const HOA: &str = "Quàng Thị Hoa";
const NUMBER: &str = "011087001234";
const ENTRY: u128 = 77;

/// A node's log, applied as it grows.
struct Story {
    node: Node,
    log: Log,
    resolver: Resolver,
    seen: Seen,
}

impl Story {
    fn of(bodies: Vec<Body>) -> Self {
        let mut story = Self {
            node: Node::new("dien-bien-01"),
            log: Log::default(),
            resolver: Resolver::default(),
            seen: Seen::default(),
        };
        for body in bodies {
            story.comes(body);
        }
        story
    }

    fn comes(&mut self, body: Body) -> Outputs {
        let event = self.node.event(body);
        self.publish(event)
    }

    fn publish(&mut self, event: Vec<u8>) -> Outputs {
        self.log.push(event);
        self.last()
    }

    fn decide(&mut self, decided: ResidentErased) -> Outputs {
        self.log.decide(LogBody::ResidentErased(decided));
        self.last()
    }

    fn last(&mut self) -> Outputs {
        let from = self.log.entries.len() - 1;
        let outputs = apply(&mut self.resolver, &self.log, from);
        let outputs = outputs.into_iter().next().expect("one step");
        self.seen.note(&outputs);
        outputs
    }

    /// The decision to erase the resident of an application, as it is seen now.
    fn decision(&self, application: u128) -> ResidentErased {
        self.seen.erase(id(application), ENTRY).expect("it has one")
    }

    fn erase(&mut self, application: u128) -> Outputs {
        let decided = self.decision(application);
        self.decide(decided)
    }
}

#[track_caller]
fn refused(outputs: &Outputs, code: &str) {
    let codes: Vec<_> = outputs.settled.findings.iter().map(|f| f.code.as_str()).collect();
    assert_eq!((outputs.settled.outcome, codes), (Rejected, vec![code]));
    assert!(outputs.residents.is_empty() && outputs.settled.application.is_none());
    assert!(outputs.settled.held_event.is_none() && outputs.settled.refused.is_none());
}

/// Two applications of one person, verified, the second one corrected once.
fn known_twice() -> Story {
    Story::of(vec![
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        application(2, 1, &person(HOA, "01/01/1990", "")),
        verification(1, 1, Field::FullName, "Lò Văn Bâng"),
        application(2, 2, &person(PANG, "05/09/1987", NUMBER)),
    ])
}

#[test]
fn everything_of_the_resident_is_emptied_in_one_step() {
    let mut story = known_twice();
    let merged = story.seen.erase(id(2), ENTRY).map(|decided| decided.resident_id);
    let erased = story.erase(1);
    let settled = &erased.settled;
    assert_eq!((settled.outcome, settled.event_id), (Recorded, Some(id(ENTRY))));
    let erasure = settled.erasure.as_ref().expect("what was decided");
    assert_eq!(erasure.applications, [id(1), id(2)]);
    assert_eq!(
        (erasure.by.as_str(), erasure.reason.as_str()),
        ("a.admin", "on request")
    );
    assert_eq!(Some(erasure.resident_id), merged);
    assert_eq!(
        erasure.merged.len(),
        1,
        "the one that the second application left"
    );

    let [resident] = &erased.residents[..] else {
        panic!("one resident: {erased:?}")
    };
    assert_eq!(
        (
            resident.status,
            resident.is_new,
            resident.stage,
            resident.last_event
        ),
        (ResidentStatus::Erased, false, 0, id(ENTRY))
    );
    assert_eq!(
        (&resident.golden, resident.folded_name.as_str()),
        (&Applicant::default(), "")
    );
    assert!(resident.sources.is_empty());
    assert_eq!(resident.members, [id(1), id(2)], "which ids stays");
    assert!(resident.edges.len() == 1 && !resident.edges[0].accepted);
    for (row, revision) in resident.gained.iter().zip([1, 2]) {
        assert_eq!(
            (row.status, row.revision, row.stage),
            (ApplicationStatus::Erased, revision, 0)
        );
        assert!(row.changes.is_empty() && row.findings.is_empty() && row.verifications.is_empty());
        let event = IntakeEvent::decode(&row.event).expect("still an event");
        let Body::ApplicationSubmitted(form) = event.body else {
            panic!("still an application")
        };
        assert_eq!((form.applicant, form.reference), (Applicant::default(), None));
    }
    assert_eq!(resident.gained.len(), 2);
}

#[test]
fn nobody_is_found_to_be_an_erased_resident() {
    let mut story = known_twice();
    let erased = story.erase(1).settled.resident_id;
    let again = story.comes(application(3, 1, &person(PANG, "05/09/1987", NUMBER)));
    assert_eq!(again.settled.outcome, Loaded);
    assert_ne!(again.settled.resident_id, erased);
    assert!(again.residents[0].is_new && again.residents[0].edges.is_empty());
}

#[test]
fn later_events_about_an_erased_application_are_rejected_and_nothing_of_them_is_kept() {
    let mut story = Story::of(vec![application(1, 1, &person(PANG, "05/09/1987", NUMBER))]);
    let mut elsewhere = Node::new("dien-bien-02");
    story.erase(1);
    for later in [
        application(1, 2, &person(PANG, "06/09/1987", NUMBER)),
        application(1, 2, &person(PANG, "31/04/1950", NUMBER)),
        application(1, 2, &[(Field::DateOfBirth, "05/09/1987")]),
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        verification(1, 2, Field::FullName, HOA),
        verification(1, 2, Field::DateOfBirth, "31/04/1950"),
        withdrawal(1),
    ] {
        let outputs = story.comes(later.clone());
        refused(&outputs, "application.erased");
        assert_eq!(outputs.notices.len(), 1, "its node is told");
        let event = elsewhere.event(later);
        refused(&story.publish(event), "application.erased");
    }
}

#[test]
fn the_same_event_again_is_a_copy_and_another_in_its_place_a_conflict_without_its_bytes() {
    let mut story = Story::of(vec![]);
    let mut clone = Node::new("dien-bien-01");
    let body = application(1, 1, &person(PANG, "05/09/1987", NUMBER));
    let event = story.node.event(body);
    story.publish(event.clone());
    story.erase(1);
    let copy = story.publish(event);
    assert_eq!(copy.settled.outcome, Copy);
    assert!(copy.residents.is_empty() && copy.settled.application.is_none());
    let other = clone.event(application(1, 2, &person(HOA, "05/09/1987", NUMBER)));
    let conflict = story.publish(other);
    assert_eq!(conflict.settled.outcome, Conflict);
    let refused = conflict.settled.refused.expect("a fork is told");
    assert!(refused.value.is_empty() && conflict.settled.held_event.is_none());
}

#[test]
fn what_waited_is_rejected_with_its_application() {
    let mut story = Story::of(vec![
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        application(1, 2, &person(PANG, "31/04/1950", NUMBER)),
    ]);
    let erased = story.erase(1);
    let [released] = &erased.settled.released[..] else {
        panic!("the correction waited: {erased:?}")
    };
    assert_eq!((released.event_sequence, released.outcome), (2, Rejected));
    assert_eq!(released.findings[0].code, "application.erased");
    let books = released.ledger;
    assert_eq!((books.loaded, books.held, books.rejected), (1, 0, 1));
    assert_eq!(erased.notices.len(), 1, "its node is told");
}

#[test]
fn an_application_that_was_taken_back_is_erased_with_its_former_resident() {
    let mut story = known_twice();
    story.comes(withdrawal(1));
    let decided = story.decision(1);
    assert_eq!(decided.applications.len(), 2);
    let erased = story.decide(decided);
    assert_eq!(
        (erased.settled.outcome, erased.residents[0].gained.len()),
        (Recorded, 2)
    );

    let mut alone = Story::of(vec![
        application(1, 1, &person(PANG, "05/09/1987", NUMBER)),
        withdrawal(1),
    ]);
    let erased = alone.erase(1);
    assert_eq!(erased.settled.outcome, Recorded);
    assert_eq!(erased.residents[0].status, ResidentStatus::Erased);
}

#[test]
fn a_decision_on_what_has_changed_is_refused_visibly() {
    let changes: [fn() -> Body; 3] = [
        || application(3, 1, &person(PANG, "05/09/1987", NUMBER)),
        || application(1, 2, &person(PANG, "05/09/1987", NUMBER)),
        || application(2, 3, &person("Giàng A Páo", "02/02/1980", "011090005678")),
    ];
    for change in changes {
        let mut story = known_twice();
        let decided = story.decision(1);
        story.comes(change());
        let outputs = story.decide(decided);
        refused(&outputs, "erasure.stale");
        assert!(outputs.settled.erasure.is_some(), "who tried, and why");
        let now = ResidentErased {
            entry_id: id(ENTRY + 1),
            ..story.decision(1)
        };
        assert_eq!(
            story.decide(now).settled.outcome,
            Recorded,
            "what is seen now can be"
        );
    }
    let mut story = known_twice();
    let known = story.decision(1);
    let of_another = |n: u128, resident_id: Uuid| ResidentErased {
        entry_id: id(ENTRY + n),
        resident_id,
        ..known.clone()
    };
    let unknown = story.decide(of_another(1, id(404)));
    refused(&unknown, "erasure.resident-unknown");
    assert_eq!(
        story.decide(of_another(2, known.resident_id)).settled.outcome,
        Recorded
    );
    let second = story.decide(of_another(3, known.resident_id));
    refused(&second, "erasure.stale");
}

#[test]
fn a_resident_that_was_merged_away_is_refused() {
    let mut story = Story::of(vec![application(2, 1, &person(HOA, "01/01/1990", ""))]);
    let earlier = story.decision(2);
    story.comes(application(1, 1, &person(PANG, "05/09/1987", NUMBER)));
    story.comes(application(2, 2, &person(PANG, "05/09/1987", NUMBER)));
    refused(&story.decide(earlier), "erasure.stale");
}

#[test]
fn the_same_entry_again_changes_nothing() {
    let mut story = known_twice();
    let decided = story.decision(1);
    story.decide(decided.clone());
    story.log.decide(LogBody::ResidentErased(decided));
    let (offset, entry) = (story.log.entries.len() - 1, story.log.entries.last().expect("it"));
    let applied = story.resolver.apply(offset as i64, Timestamp(0), entry);
    assert!(matches!(applied, Applied::Passed));
}

#[test]
fn a_verification_that_waits_for_another_application_still_waits() {
    let mut story = known_twice();
    let waiting = story.comes(verification(9, 1, Field::FullName, HOA));
    assert_eq!(waiting.settled.outcome, Held);
    story.erase(1);
    let outcome: OutcomeKind = story
        .comes(application(9, 1, &person(HOA, "01/01/1990", "")))
        .settled
        .released[0]
        .outcome;
    assert_eq!(outcome, Loaded);
}
