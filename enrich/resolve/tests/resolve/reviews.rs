//! Doubtful pairs: opened, decided, refused when stale, and what merging and splitting do to residents.

use crate::log::*;
use crate::seen::Seen;
use resolve::{Outputs, Resolver};
use schemas::Field;
use schemas::change::{ResidentChanged, ResidentStatus, ReviewStatus};
use schemas::finding::OutcomeKind::{Loaded, Recorded, Rejected};
use schemas::match_log::LogBody;
use uuid::Uuid;

type Form<'a> = Vec<(Field, &'a str)>;

const NUMBER: &str = "011087001234";
const MISTYPED: &str = "011087001284";

/// A log that is applied as it grows.
struct Story {
    log: Log,
    node: Node,
    resolver: Resolver,
    seen: Seen,
}

impl Story {
    fn new() -> Self {
        Self {
            log: Log::default(),
            node: Node::new("dien-bien-01"),
            resolver: Resolver::default(),
            seen: Seen::default(),
        }
    }

    fn comes(&mut self, number: u128, form: &Form<'_>) -> Outputs {
        self.log.push(self.node.event(application(number, 1, form)));
        self.goes_on()
    }

    fn decided(&mut self, application: u128, same: bool) -> Outputs {
        let entry = 9_000 + self.log.entries.len() as u128;
        let decided = self.seen.decide(id(application), same, entry).expect("a review");
        self.log.decide(LogBody::ReviewDecided(decided));
        self.goes_on()
    }

    fn goes_on(&mut self) -> Outputs {
        let from = self.log.entries.len() - 1;
        let outputs = apply(&mut self.resolver, &self.log, from).pop().expect("a step");
        self.seen.note(&outputs);
        outputs
    }
}

/// A person with parents and a number.
fn whole<'a>(name: &'a str, number: &'a str) -> Form<'a> {
    let mut person = person(name, "05/09/1987", number);
    person.push((Field::FatherName, "Lò Văn Ín"));
    person.push((Field::MotherName, "Quàng Thị Hặc"));
    person.push((Field::Phone, "0912345678"));
    person
}

#[track_caller]
fn review(outputs: &Outputs) -> ReviewStatus {
    let mut reviews = outputs.residents.iter().flat_map(|resident| &resident.reviews);
    reviews.next().expect("a review").status
}

fn statuses(outputs: &Outputs) -> Vec<(ResidentStatus, usize)> {
    let of = |resident: &ResidentChanged| (resident.status, resident.members.len());
    outputs.residents.iter().map(of).collect()
}

#[test]
fn a_mistyped_number_is_looked_at_and_joined_by_a_decision() {
    let mut story = Story::new();
    story.comes(1, &whole("Lò Văn Pâng", NUMBER));
    let doubtful = story.comes(2, &whole("Lò Văn Pâng", MISTYPED));
    assert_eq!(
        (doubtful.settled.outcome, review(&doubtful)),
        (Loaded, ReviewStatus::Open)
    );
    let provisional = (ResidentStatus::Provisional, 1);
    assert_eq!(statuses(&doubtful), [provisional, provisional]);

    let decided = story.decided(1, true);
    assert_eq!(
        (decided.settled.outcome, review(&decided)),
        (Recorded, ReviewStatus::Same)
    );
    assert_eq!(
        statuses(&decided),
        [(ResidentStatus::Active, 2), (ResidentStatus::Superseded, 0)]
    );
    assert_eq!(
        decided.residents[1].redirect_to,
        Some(decided.residents[0].resident_id)
    );
    assert_eq!(decided.residents[0].moved, [id(2)], "where it came is remembered");
    let third = story.comes(3, &whole("Lò Văn Pâng", MISTYPED));
    assert_eq!(
        third.settled.resident_id,
        Some(decided.residents[0].resident_id),
        "the mistyped number was looked at"
    );
}

/// Who is told what, beside the node that the step is about: province, application, resident, the last code.
fn told(outputs: &Outputs) -> Vec<(&str, Uuid, Uuid, &str)> {
    let others = outputs
        .notices
        .iter()
        .filter(|(_, notice)| Some(notice.event_id) != outputs.settled.event_id);
    others
        .map(|(province, notice)| {
            assert_eq!(
                (notice.sequence, notice.outcome, notice.revision),
                (outputs.settled.sequence, Loaded, Some(1))
            );
            (
                province.as_str(),
                notice.application_id.expect("an application"),
                notice.resident_id.expect("a resident"),
                notice.findings.last().expect("a reason").code.as_str(),
            )
        })
        .collect()
}

#[test]
fn nodes_hear_of_decisions_about_their_applications() {
    let mut story = Story::new();
    let first = story.comes(1, &whole("Lò Văn Pâng", NUMBER));
    let first = first.settled.resident_id.expect("a resident");
    story.node = Node::new("lai-chau-01");
    (story.log.province, story.log.offset, story.log.delay_ms) = (Some("lai-chau"), 0, 10);
    let doubtful = story.comes(2, &whole("Lò Văn Pâng", MISTYPED));
    let second = doubtful.settled.resident_id.expect("a resident");
    assert_eq!(
        told(&doubtful),
        [],
        "nothing has become of the first one that its node could tell"
    );
    let decided = story.decided(1, true);
    assert_eq!(
        told(&decided),
        [
            ("dien-bien", id(1), first, "resident.confirmed"),
            ("lai-chau", id(2), first, "resident.moved")
        ]
    );
    let taken_back = story.decided(1, false);
    assert_eq!(told(&taken_back), [("lai-chau", id(2), second, "resident.moved")]);
}

#[test]
fn a_decision_taken_back_gives_a_resident_its_old_id() {
    let mut story = Story::new();
    let first = story.comes(1, &whole("Lò Văn Pâng", NUMBER)).settled.resident_id;
    let second = story
        .comes(2, &whole("Lò Văn Pâng", MISTYPED))
        .settled
        .resident_id;
    story.decided(1, true);
    let split = story.decided(1, false);
    assert_eq!(review(&split), ReviewStatus::Different);
    assert_eq!(statuses(&split), [(ResidentStatus::Active, 1); 2]);
    let ids: Vec<_> = split
        .residents
        .iter()
        .map(|resident| Some(resident.resident_id))
        .collect();
    assert_eq!(ids, [first, second]);
    let again = story.comes(3, &whole("Lò Văn Pâng", NUMBER));
    assert_eq!(again.settled.resident_id, first);
}

#[test]
fn a_decision_on_what_has_changed_since_is_refused() {
    let mut story = Story::new();
    story.comes(1, &whole("Lò Văn Pâng", NUMBER));
    story.comes(2, &whole("Lò Văn Pâng", MISTYPED));
    let before = story.seen.decide(id(1), true, 9_999).expect("a review");
    story.comes(3, &whole("Lò Văn Pâng", NUMBER));
    story.log.decide(LogBody::ReviewDecided(before));
    let refused = story.goes_on();
    assert_eq!(refused.settled.outcome, Rejected);
    assert_eq!(refused.settled.findings[0].code, "review.stale");
    assert!(refused.residents.is_empty());
}

#[test]
fn twins_stay_apart_and_a_third_paper_joins_neither() {
    let mut story = Story::new();
    let hung = story.comes(1, &whole("Lò Văn Hùng", "")).settled.resident_id;
    let pair = story.comes(2, &whole("Lò Văn Hưng", ""));
    assert_ne!(pair.settled.resident_id, hung);
    let unmarked = story.comes(3, &whole("LO VAN HUNG", ""));
    assert_ne!(unmarked.settled.resident_id, hung);
    assert_ne!(unmarked.settled.resident_id, pair.settled.resident_id);
}

#[test]
fn a_person_is_not_their_own_parent() {
    let mut story = Story::new();
    let father = story
        .comes(1, &person("Lò Văn Pâng", "05/09/1957", NUMBER))
        .settled
        .resident_id;
    let mut son = person("Lò Văn Pâng", "05/09/1987", "");
    son.push((Field::FatherNumber, NUMBER));
    assert_ne!(story.comes(2, &son).settled.resident_id, father);
}

#[test]
fn a_borrowed_number_is_looked_at() {
    let mut story = Story::new();
    let owner = story
        .comes(1, &person("Lò Văn Pâng", "05/09/1987", NUMBER))
        .settled
        .resident_id;
    let borrower = story.comes(2, &person("Giàng Thị Mỷ", "11/02/1990", NUMBER));
    assert_ne!(borrower.settled.resident_id, owner);
    assert_eq!(review(&borrower), ReviewStatus::Open);
}

#[test]
fn the_order_of_arrival_does_not_matter_to_who_is_who() {
    let people = [
        whole("Lò Văn Pâng", NUMBER),
        whole("Lò Văn Pâng", MISTYPED),
        whole("LO VAN PANG", ""),
        whole("Lò Thị Pâng", ""),
    ];
    let mut partitions = Vec::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
        let mut story = Story::new();
        for n in order {
            story.comes(n as u128 + 1, &people[n]);
        }
        partitions.push(story.seen.partition());
    }
    assert!(
        partitions.iter().all(|partition| *partition == partitions[0]),
        "{partitions:?}"
    );
}
