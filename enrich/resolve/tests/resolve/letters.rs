//! Decisions about dead letters: what could not be read or loaded comes back, once.

use crate::log::*;
use crate::operator::*;
use resolve::{Applied, Outputs, Resolver};
use schemas::change::{EventKind, LetterRemedy};
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::{Discarded, LogBody, Remedy};
use schemas::{Timestamp, topics};

struct Story {
    log: Log,
    node: Node,
    resolver: Resolver,
    applied: usize,
}

impl Story {
    fn new() -> Self {
        Self {
            log: Log::default(),
            node: Node::new("dien-bien-01"),
            resolver: Resolver::default(),
            applied: 0,
        }
    }

    fn last(&mut self) -> Outputs {
        let mut outputs = apply(&mut self.resolver, &self.log, self.applied);
        self.applied = self.log.entries.len();
        outputs.pop().expect("a step")
    }

    fn decide(&mut self, decided: schemas::match_log::DeadLetterDecided) -> Outputs {
        self.log.decide(LogBody::DeadLetterDecided(decided));
        self.last()
    }

    fn form(&mut self, application_id: u128) -> Vec<u8> {
        let fields = person("Lò Văn Pâng", "05/09/1987", "011087001234");
        self.node.event(application(application_id, 1, &fields))
    }
}

fn refusal(outputs: &Outputs) -> (OutcomeKind, Option<&str>) {
    let code = outputs
        .settled
        .findings
        .first()
        .map(|finding| finding.code.as_str());
    (outputs.settled.outcome, code)
}

#[test]
fn what_could_not_be_read_takes_its_place_once_it_can() {
    let mut story = Story::new();
    let event = story.form(1);
    story.log.push_unread(event);
    assert_eq!(story.last().settled.outcome, OutcomeKind::Undecodable);
    let decided = story.log.reread(50).expect("an unread one");
    let again = decided.clone();
    let outputs = story.decide(decided);
    assert_eq!(outputs.settled.outcome, OutcomeKind::Loaded);
    assert_eq!(outputs.settled.kind, EventKind::Application);
    assert_eq!(
        outputs.settled.letter.as_ref().map(|letter| letter.remedy),
        Some(LetterRemedy::Reread)
    );
    assert_eq!(outputs.residents.len(), 1);
    // The same entry twice, by a restarted producer.
    let entry = story.log.entries.last().expect("an entry").clone();
    assert!(matches!(
        story.resolver.apply(9, Timestamp(LOGGED_AT), &entry),
        Applied::Passed
    ));
    // Another operator's decision about the same letter.
    let outputs = story.decide(schemas::match_log::DeadLetterDecided {
        entry_id: id(51),
        ..again
    });
    assert_eq!(outputs.settled.outcome, OutcomeKind::Copy);
    assert!(outputs.residents.is_empty());
}

#[test]
fn a_record_that_is_still_to_come_by_itself_is_not_read_before() {
    let mut story = Story::new();
    let event = story.form(1);
    story.log.push_unread(event);
    let decided = story.log.reread(50).expect("an unread one");
    let entry = schemas::match_log::MatchLogEntry {
        body: LogBody::DeadLetterDecided(decided),
    };
    let bytes = schemas::codec::Event::encode(&entry).expect("fits");
    let Applied::Settled(outputs) = story.resolver.apply(0, Timestamp(LOGGED_AT), &bytes) else {
        panic!("a step");
    };
    assert_eq!(
        refusal(&outputs),
        (OutcomeKind::Rejected, Some("letter.not-passed"))
    );
}

#[test]
fn a_refused_change_is_handed_on_again_byte_by_byte_unless_somebody_in_it_was_erased() {
    let mut story = Story::new();
    let event = story.form(1);
    story.log.push(event);
    let made = story.last();
    let change = Change::Resident(Box::new(made.residents[0].clone()));
    let outputs = story.decide(reapplied(50, &change));
    let handed_on = outputs.reapplied.expect("a change");
    assert_eq!(handed_on.value, change.encode().expect("fits"));
    assert_eq!(outputs.settled.outcome, OutcomeKind::Recorded);

    let mut seen = crate::seen::Seen::default();
    seen.note(&made);
    let erased = seen.erase(id(1), 60).expect("a resident");
    story.log.decide(LogBody::ResidentErased(erased));
    assert_eq!(story.last().settled.outcome, OutcomeKind::Recorded);
    for change in [change, Change::Settled(Box::new(made.settled))] {
        let outputs = story.decide(reapplied(
            70 + u128::from(matches!(change, Change::Settled(_))),
            &change,
        ));
        assert_eq!(refusal(&outputs), (OutcomeKind::Rejected, Some("letter.erased")));
        assert!(outputs.reapplied.is_none());
    }
}

#[test]
fn bytes_that_are_no_change_of_a_step_that_was_made_are_refused() {
    let mut story = Story::new();
    let event = story.form(1);
    story.log.push(event);
    let mut settled = story.last().settled;
    settled.sequence = 100;
    let mut decided = reapplied(50, &Change::Settled(Box::new(settled)));
    let unmade = story.decide(decided.clone());
    decided.entry_id = id(51);
    if let Remedy::Reapplied(change) = &mut decided.remedy {
        change.value.truncate(20);
    }
    for outputs in [unmade, story.decide(decided)] {
        assert_eq!(
            refusal(&outputs),
            (OutcomeKind::Rejected, Some("letter.unreadable"))
        );
    }
}

#[test]
fn a_discarded_letter_changes_nothing_but_the_books_of_letters() {
    let mut story = Story::new();
    let letter = schemas::match_log::SourcePosition {
        topic: topics::nodes("dien-bien"),
        partition: 0,
        offset: 3,
    };
    let outputs = story.decide(letter_decided(
        50,
        letter.clone(),
        Remedy::Discarded(Discarded {}),
    ));
    let decision = outputs.settled.letter.expect("a decision");
    assert_eq!(
        (decision.position, decision.remedy),
        (letter, LetterRemedy::Discarded)
    );
    assert!(outputs.residents.is_empty() && outputs.notices.is_empty());
}
