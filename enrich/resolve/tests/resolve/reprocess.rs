//! What a replay found out about an application takes its place, or is taken back; who changed it meanwhile has the last word.

use crate::log::*;
use crate::seen::Seen;
use resolve::restore::Restoring;
use resolve::{Outputs, Resolver};
use schemas::change::ApplicationStatus;
use schemas::codec::Change;
use schemas::finding::OutcomeKind;
use schemas::match_log::{ApplicationReprocessed, LogBody};
use schemas::{Field, Finding, Severity};

const BORN: &str = "05/09/1987";
const NUMBER: &str = "011087001234";

struct Story {
    log: Log,
    node: Node,
    resolver: Resolver,
    seen: Seen,
    made: Vec<Outputs>,
}

impl Story {
    fn new() -> Self {
        Self {
            log: Log::default(),
            node: Node::new("dien-bien-01"),
            resolver: Resolver::default(),
            seen: Seen::default(),
            made: Vec::new(),
        }
    }

    fn body(&mut self, body: schemas::event::Body) -> &Outputs {
        let event = self.node.event(body);
        self.log.push(event);
        self.goes_on()
    }

    fn form(&mut self, application_id: u128, name: &str, born: &str) -> &Outputs {
        self.body(application(application_id, 1, &person(name, born, NUMBER)))
    }

    fn decide(&mut self, decided: ApplicationReprocessed) -> &Outputs {
        self.log
            .decide(LogBody::ApplicationReprocessed(Box::new(decided)));
        self.goes_on()
    }

    fn goes_on(&mut self) -> &Outputs {
        let outputs = apply(&mut self.resolver, &self.log, self.made.len());
        outputs.iter().for_each(|outputs| self.seen.note(outputs));
        self.made.extend(outputs);
        self.made.last().expect("a step")
    }

    /// Goes on with a matcher that was restored from what was handed on.
    fn restart(&mut self) {
        let mut restoring = Restoring::default();
        for outputs in &self.made {
            restoring.change(Change::Settled(Box::new(outputs.settled.clone())));
            for resident in &outputs.residents {
                restoring.change(Change::Resident(Box::new(resident.clone())));
            }
        }
        self.resolver = restoring.finish();
    }

    fn reprocess(&mut self, name: &str, findings: &[Finding], entry: u128) -> &Outputs {
        let decided = self.seen.reprocess(id(1), name, findings, entry).expect("a row");
        self.decide(decided)
    }
}

fn hold() -> [Finding; 1] {
    [Finding::on(Field::DateOfBirth, Severity::Hold, "date.impossible")]
}

fn refusal(outputs: &Outputs) -> Option<&str> {
    let first = outputs.settled.findings.first();
    first
        .filter(|_| outputs.settled.outcome == OutcomeKind::Rejected)
        .map(|finding| finding.code.as_str())
}

#[test]
fn another_reading_changes_the_golden_record_and_is_taken_back_to_the_letter() {
    let mut story = Story::new();
    let before = story.form(1, "Lò Văn Pâng", BORN).residents[0].clone();
    let was = story.seen.row(id(1)).expect("a row").clone();
    let changed = story.reprocess("Lò Văn Bằng", &[], 50);
    assert_eq!(
        changed.residents[0].golden.get(Field::FullName),
        Some("Lò Văn Bằng")
    );
    assert_eq!(changed.notices.len(), 1);
    assert!(
        changed.notices[0]
            .1
            .findings
            .iter()
            .any(|found| found.code == "application.reprocessed")
    );
    let undone = story.seen.undo(&was, 51).expect("a row");
    let back = story.decide(undone).residents[0].clone();
    assert_eq!(
        (back.golden, back.gained, back.members),
        (before.golden, before.gained, before.members)
    );
}

#[test]
fn people_who_are_one_under_other_rules_are_two_again_when_it_is_undone() {
    let mut story = Story::new();
    story.form(1, "Lò Văn Pâng", BORN);
    story.form(2, "Giàng A Páo", BORN);
    let apart = story.seen.partition();
    let was = story.seen.row(id(1)).expect("a row").clone();
    story.reprocess("Giàng A Páo", &[], 50);
    assert_eq!(story.seen.partition().len(), 1, "the same name, date and number");
    let undone = story.seen.undo(&was, 51).expect("a row");
    story.decide(undone);
    assert_eq!(story.seen.partition(), apart);
}

#[test]
fn what_was_held_is_loaded_and_waits_again_after_a_restart() {
    let mut story = Story::new();
    let held = story.form(1, "Lò Văn Pâng", "31/04/1950").settled.clone();
    assert_eq!(held.outcome, OutcomeKind::Held);
    story.body(verification(1, 2, Field::FullName, "Lò Văn Bâng"));
    let was = story.seen.row(id(1)).expect("a row").clone();
    let loaded = story.reprocess("Lò Văn Pâng", &[], 50);
    assert_eq!(loaded.residents.len(), 1);
    let loaded = loaded.settled.clone();
    let outcomes: Vec<_> = loaded.released.iter().map(|one| one.outcome).collect();
    assert_eq!(
        outcomes,
        [OutcomeKind::Loaded; 2],
        "the form, and the verification that waited for it"
    );
    let ledger = loaded.released[0].ledger;
    assert_eq!((ledger.loaded, ledger.held), (2, 0));

    // Undone, its verification stays loaded; the form waits, also for a matcher that is started anew.
    let verified = story.seen.row(id(1)).expect("a row").clone();
    let mut undone = story.seen.undo(&was, 51).expect("a row");
    undone.based_on = verified.digest();
    let back = story.decide(undone).settled.clone();
    assert_eq!(back.released[0].outcome, OutcomeKind::Held);
    assert_eq!(
        back.application.as_ref().map(|row| row.status),
        Some(ApplicationStatus::Held)
    );
    story.restart();
    let corrected = story.body(application(1, 2, &person("Lò Văn Pâng", BORN, NUMBER)));
    let of_form = corrected
        .settled
        .released
        .iter()
        .find(|one| Some(one.event_id) == held.event_id);
    assert_eq!(
        of_form.map(|one| one.outcome),
        Some(OutcomeKind::Rejected),
        "it was corrected"
    );
}

#[test]
fn who_changed_it_meanwhile_has_the_last_word() {
    let mut story = Story::new();
    story.form(1, "Lò Văn Pâng", BORN);
    let late = story
        .seen
        .reprocess(id(1), "Lò Văn Bằng", &[], 50)
        .expect("a row");
    let unknown = ApplicationReprocessed {
        entry_id: id(51),
        state: schemas::change::ApplicationState {
            application_id: id(7),
            ..late.state.clone()
        },
        ..late.clone()
    };
    story.body(verification(1, 2, Field::FullName, "Lò Văn Bâng"));
    let outputs = story.decide(late.clone());
    assert_eq!(refusal(outputs), Some("reprocess.superseded"));
    assert!(outputs.residents.is_empty() && outputs.notices.is_empty());
    assert_eq!(refusal(story.decide(unknown)), Some("reprocess.not-open"));
    story.body(withdrawal(1));
    let after = ApplicationReprocessed {
        entry_id: id(52),
        ..late
    };
    assert_eq!(refusal(story.decide(after)), Some("reprocess.not-open"));
}

#[test]
fn an_application_that_is_held_now_leaves_its_resident() {
    let mut story = Story::new();
    story.form(1, "Lò Văn Pâng", BORN);
    let quiet = ApplicationReprocessed {
        tell: false,
        ..story
            .seen
            .reprocess(id(1), "Lò Văn Pâng", &hold(), 50)
            .expect("a row")
    };
    let outputs = story.decide(quiet);
    assert!(
        outputs.notices.is_empty(),
        "nobody is told unless the plan says so"
    );
    assert!(outputs.residents[0].members.is_empty());
    assert_eq!(outputs.settled.released[0].outcome, OutcomeKind::Held);
    assert_eq!(outputs.settled.released[0].ledger.held, 1);
}
