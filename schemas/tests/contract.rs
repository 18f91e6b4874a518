//! Every event's bytes under its released schema: they read back, and they never change by accident.

use schemas::change::*;
use schemas::codec::{Change, Event, HEADER_BYTES, Unreadable};
use schemas::control::*;
use schemas::event::*;
use schemas::finding::OutcomeKind;
use schemas::head::{ApplicationHead, BodyHead, EventHead};
use schemas::manifest::*;
use schemas::match_log::*;
use schemas::outcome::OutcomeNotice;
use schemas::*;
use std::fmt::{Debug, Write};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn node() -> NodeId {
    NodeId::parse("dien-bien-01").expect("a node id")
}

fn applicant() -> Applicant {
    let mut applicant = Applicant::default();
    for (n, &field) in Field::ALL.iter().enumerate().filter(|(n, _)| n % 3 != 1) {
        applicant.set(field, Some(format!("{field} {n} Điện Biên")));
    }
    applicant
}

fn finding() -> Finding {
    Finding::on(Field::DateOfBirth, Severity::Note, "date.year-only")
}

fn changed() -> NormalisedValue {
    NormalisedValue {
        field: Field::FullName,
        value: Personal::new("Lò Văn Pâng".to_owned()),
        rule: "text.nfc-spaces".to_owned(),
    }
}

fn event(body: Body) -> IntakeEvent {
    IntakeEvent {
        event_id: id(1),
        node_id: node(),
        epoch: id(2),
        sequence: 3,
        previous_hash: Sha256::of(b"before"),
        captured_at: Timestamp(1_700_000_000_000),
        spooled_at: Timestamp(1_700_000_000_500),
        clock_offset_ms: Some(-250),
        body,
    }
}

fn headers() -> Vec<Header> {
    [Some(b"00-1".to_vec()), Some(Vec::new()), None]
        .map(|value| Header {
            name: "traceparent".to_owned(),
            value,
        })
        .to_vec()
}

fn source_record(content: Content) -> SourceRecord {
    SourceRecord {
        source: SourcePosition {
            topic: topics::applications("dien-bien"),
            partition: 0,
            offset: 41,
        },
        expected_offset: 40,
        appended_at: Timestamp(1_700_000_001_000),
        ruleset: "thin-1".to_owned(),
        content,
        headers: headers(),
    }
}

fn submitted() -> Body {
    Body::ApplicationSubmitted(ApplicationSubmitted {
        application_id: id(4),
        revision: 1,
        reference: Some("HS-2024-001".to_owned()),
        form_id: "CC01".to_owned(),
        form_version: "2024-07".to_owned(),
        channel: Channel::MobileTeam,
        service: Service::FirstIssue,
        commune: Some("03127".to_owned()),
        village: Some("Bản Phủ".to_owned()),
        team: None,
        applicant: applicant(),
        attachments: vec![Attachment {
            kind: "photo".to_owned(),
            sha256: Sha256::of(b"photo"),
            bytes: 51_234,
        }],
    })
}

fn state() -> ApplicationState {
    ApplicationState {
        application_id: id(4),
        revision: 1,
        status: ApplicationStatus::Loaded,
        stage: 1,
        event_id: id(1),
        appended_at: Timestamp(1_700_000_001_000),
        first_appended_at: Timestamp(1_700_000_000_900),
        event: event(submitted()).encode().expect("fits"),
        ruleset: "thin-1".to_owned(),
        changes: vec![changed()],
        findings: vec![finding()],
        verifications: vec![VerifiedField {
            field: Field::Sex,
            stage: 1,
            finding: VerificationFinding::Corrected,
            value: Some(Personal::new("Nữ".to_owned())),
        }],
    }
}

fn ledger() -> LedgerState {
    LedgerState {
        loaded: 5,
        rejected: 1,
        held: 2,
        copies: 3,
        conflicts: 0,
        broken_links: 0,
    }
}

#[track_caller]
fn check<T: Event + PartialEq + Debug>(name: &str, value: &T) {
    let bytes = value.encode().expect("the value fits its schema");
    assert_eq!(&T::decode(&bytes).expect("the bytes read back"), value, "{name}");
    let hex = bytes.chunks(32).fold(String::new(), |mut text, line| {
        line.iter()
            .for_each(|byte| write!(text, "{byte:02x}").expect("a string takes it"));
        text + "\n"
    });
    insta::assert_snapshot!(name, hex);
}

#[test]
fn intake_events() {
    check("application_submitted", &event(submitted()));
    check(
        "verification_recorded",
        &event(Body::VerificationRecorded(VerificationRecorded {
            application_id: id(4),
            stage: 2,
            officer: "011-234".to_owned(),
            findings: vec![
                FieldVerification {
                    field: Field::GuardianNumber,
                    finding: VerificationFinding::New,
                    value: Some(Personal::new("011060001234".to_owned())),
                },
                FieldVerification {
                    field: Field::Sex,
                    finding: VerificationFinding::Confirmed,
                    value: None,
                },
            ],
        })),
    );
    check(
        "application_withdrawn",
        &event(Body::ApplicationWithdrawn(ApplicationWithdrawn {
            application_id: id(4),
            reason: None,
        })),
    );
    check(
        "event_withheld",
        &event(Body::EventWithheld(EventWithheld {
            withheld_hash: Sha256::of(b"large"),
            reason: "message-too-large".to_owned(),
        })),
    );
}

#[test]
fn the_head_of_an_application_is_what_the_whole_says() {
    let whole = event(submitted());
    let bytes = whole.encode().expect("fits");
    let head = EventHead::of(&bytes).expect("reads");
    let BodyHead::ApplicationSubmitted(form) = head.body;
    let Body::ApplicationSubmitted(submitted) = whole.body else {
        unreachable!("made above");
    };
    assert_eq!(
        (head.node_id, head.captured_at, head.clock_offset_ms),
        (whole.node_id, whole.captured_at, whole.clock_offset_ms)
    );
    let expected = ApplicationHead {
        reference: submitted.reference,
        form_id: submitted.form_id,
        form_version: submitted.form_version,
        channel: submitted.channel,
        service: submitted.service,
        commune: submitted.commune,
        village: submitted.village,
        team: submitted.team,
    };
    assert_eq!(form, expected);
    assert_eq!(EventHead::of(&bytes[..60]), Err(Unreadable::Malformed));
    let withdrawn = event(Body::ApplicationWithdrawn(ApplicationWithdrawn {
        application_id: id(4),
        reason: None,
    }));
    assert_eq!(
        EventHead::of(&withdrawn.encode().expect("fits")),
        Err(Unreadable::Malformed)
    );
}

#[test]
fn match_log_entries() {
    let source = |content| MatchLogEntry {
        body: LogBody::SourceRecord(source_record(content)),
    };
    let event = event(submitted()).encode().expect("fits");
    check(
        "decoded",
        &source(Content::Decoded(Decoded {
            event,
            changes: vec![changed()],
            findings: vec![finding()],
        })),
    );
    check(
        "undecodable",
        &source(Content::Undecodable(Undecodable {
            key: Some(b"dien-bien-01".to_vec()),
            value: vec![0, 1, 2],
            reason: Unreadable::NotSingleObject.code().to_owned(),
        })),
    );
    check(
        "node_added",
        &MatchLogEntry {
            body: LogBody::NodeAdded(NodeAdded {
                entry_id: id(9),
                at: Timestamp(1),
                by: "operator".to_owned(),
                node_id: node(),
                province: "dien-bien".to_owned(),
                public_key: Some(vec![7; 32]),
            }),
        },
    );
    check(
        "node_retired",
        &MatchLogEntry {
            body: LogBody::NodeRetired(NodeRetired {
                entry_id: id(10),
                at: Timestamp(1),
                by: "operator".to_owned(),
                node_id: node(),
                reason: "lost in a flood".to_owned(),
            }),
        },
    );
}

#[test]
fn what_reviewers_decide() {
    check(
        "review_decided",
        &MatchLogEntry {
            body: LogBody::ReviewDecided(ReviewDecided {
                entry_id: id(14),
                at: Timestamp(1),
                by: "n.reviewer".to_owned(),
                reason: "asked both".to_owned(),
                decision: Decision::Same,
                pairs: vec![ApplicationPair {
                    left: id(4),
                    right: id(9),
                }],
                based_on: vec![ResidentSeen {
                    resident_id: id(5),
                    sequence: 78,
                }],
            }),
        },
    );
}

#[test]
fn rules_that_are_activated() {
    check(
        "rules_activated",
        &MatchLogEntry {
            body: LogBody::RulesActivated(RulesActivated {
                entry_id: id(15),
                at: Timestamp(1),
                by: "operator".to_owned(),
                reason: "another year".to_owned(),
                version: "vn-1".to_owned(),
                weights: "match_rate = 1.0".to_owned(),
                link: 0.999,
                review: 0.05,
            }),
        },
    );
}

#[test]
fn what_is_decided_about_dead_letters() {
    let decided = |remedy| MatchLogEntry {
        body: LogBody::DeadLetterDecided(DeadLetterDecided {
            entry_id: id(16),
            at: Timestamp(1),
            by: "operator".to_owned(),
            reason: "the new form is known now".to_owned(),
            letter: SourcePosition {
                topic: topics::applications("dien-bien"),
                partition: 0,
                offset: 41,
            },
            remedy,
        }),
    };
    check("letter_discarded", &decided(Remedy::Discarded(Discarded {})));
    let record = source_record(Content::Decoded(Decoded {
        event: event(submitted()).encode().expect("fits"),
        changes: vec![changed()],
        findings: vec![finding()],
    }));
    check("letter_reread", &decided(Remedy::Reread(Reread { record })));
    let change = Reapplied {
        key: Some(b"dien-bien-01".to_vec()),
        value: vec![0xC3, 0x01],
        headers: headers(),
    };
    check("letter_reapplied", &decided(Remedy::Reapplied(change)));
}

#[test]
fn what_operate_erases() {
    check(
        "resident_erased",
        &MatchLogEntry {
            body: LogBody::ResidentErased(ResidentErased {
                entry_id: id(12),
                at: Timestamp(1),
                by: "operator".to_owned(),
                resident_id: id(5),
                applications: vec![ApplicationAt {
                    application_id: id(4),
                    revision: 1,
                }],
                reason: "on request".to_owned(),
            }),
        },
    );
}

#[test]
fn what_a_replay_makes_of_an_application() {
    check(
        "application_reprocessed",
        &MatchLogEntry {
            body: LogBody::ApplicationReprocessed(Box::new(ApplicationReprocessed {
                entry_id: id(17),
                at: Timestamp(1),
                by: "engineer".to_owned(),
                reason: "the map was late".to_owned(),
                replay_id: Some(id(18)),
                based_on: state().digest(),
                state: state(),
                events: vec![EventReprocessed {
                    event_sequence: 70,
                    event_id: id(11),
                    node_id: node(),
                    epoch: id(2),
                    node_sequence: 2,
                    province: "dien-bien".to_owned(),
                    revision: Some(1),
                    before: OutcomeKind::Held,
                    outcome: OutcomeKind::Loaded,
                    findings: vec![finding()],
                    entry: vec![3],
                }],
                tell: true,
            })),
        },
    );
}

fn settled() -> EventSettled {
    EventSettled {
        sequence: 77,
        source: Some(SourcePosition {
            topic: topics::applications("dien-bien"),
            partition: 0,
            offset: 41,
        }),
        appended_at: Some(Timestamp(1_700_000_001_000)),
        logged_at: Timestamp(1_700_000_001_200),
        province: "dien-bien".to_owned(),
        node_id: Some(node()),
        epoch: Some(id(2)),
        node_sequence: Some(3),
        event_id: Some(id(1)),
        hash: Some(Sha256::of(b"event")),
        open_link: Some(Sha256::of(b"before")),
        kind: EventKind::Application,
        application_id: Some(id(4)),
        revision: Some(1),
        captured_at: Some(Timestamp(1_700_000_000_000)),
        spooled_at: Some(Timestamp(1_700_000_000_500)),
        clock_offset_ms: Some(-250),
        ruleset: "thin-1".to_owned(),
        outcome: OutcomeKind::Held,
        findings: vec![finding()],
        resident_id: None,
        ledger: Some(ledger()),
        released: vec![OutcomeChanged {
            event_sequence: 70,
            event_id: id(11),
            node_id: node(),
            epoch: id(2),
            outcome: OutcomeKind::Loaded,
            findings: vec![],
            resident_id: Some(id(5)),
            ledger: ledger(),
            waiting: Some(WaitingAgain {
                application_id: id(4),
                node_sequence: 2,
                province: "dien-bien".to_owned(),
                revision: Some(1),
                entry: vec![3],
            }),
        }],
        application: Some(state()),
        refused: Some(RefusedBytes {
            key: None,
            value: vec![1],
            reason: "x".to_owned(),
            headers: headers(),
        }),
        held_event: Some(vec![2]),
        node: Some(NodeState {
            node_id: node(),
            province: Some("dien-bien".to_owned()),
            public_key: None,
            retired: false,
            by: "operator".to_owned(),
            reason: None,
        }),
        erasure: Some(Erasure {
            resident_id: id(5),
            applications: vec![id(4)],
            merged: vec![id(13)],
            by: "operator".to_owned(),
            reason: "on request".to_owned(),
            at: Timestamp(1),
        }),
        rules: Some(MatchRules {
            version: "vn-1".to_owned(),
            weights: "match_rate = 1.0".to_owned(),
            link: 0.999,
            review: 0.05,
            by: "operator".to_owned(),
            reason: "another year".to_owned(),
        }),
        letter: Some(LetterDecision {
            entry_id: id(16),
            position: SourcePosition {
                topic: topics::applications("dien-bien"),
                partition: 0,
                offset: 40,
            },
            remedy: LetterRemedy::Reread,
            by: "operator".to_owned(),
            reason: "the new form is known now".to_owned(),
            at: Timestamp(1),
        }),
    }
}

fn resident() -> ResidentChanged {
    ResidentChanged {
        sequence: 78,
        resident_id: id(5),
        is_new: true,
        status: ResidentStatus::Active,
        redirect_to: None,
        golden: applicant(),
        folded_name: "lo van pang".to_owned(),
        sources: vec![GoldenSource {
            application_id: id(4),
            revision: 1,
            fields: vec![],
            differs: vec![Field::Phone],
        }],
        members: vec![id(4)],
        stage: 1,
        last_event: id(1),
        gained: vec![state()],
        moved: vec![id(4)],
        edges: vec![MatchEdge {
            left: id(4),
            right: id(6),
            rule: "same-personal-number".to_owned(),
            weight_millibits: 19_932,
            accepted: true,
        }],
        reviews: vec![ReviewState {
            left: id(4),
            right: id(9),
            status: ReviewStatus::Different,
            weight_millibits: 3_250,
            opened: 11,
            by: Some("n.reviewer".to_owned()),
            reason: Some("asked both".to_owned()),
        }],
    }
}

#[test]
fn register_changes() {
    check("event_settled", &settled());
    check("resident_changed", &resident());
}

#[test]
fn what_is_erased_holds_no_value_and_can_still_be_read() {
    let mut about_application = settled();
    let mut about_resident = resident();
    let values = |change: &Change| {
        let bytes = match change {
            Change::Settled(change) => change.encode(),
            Change::Resident(change) => change.encode(),
        };
        let text = String::from_utf8_lossy(&bytes.expect("fits")).into_owned();
        let written = ["Điện Biên", "Pâng", "Nữ", "lo van pang", "Bản Phủ", "HS-2024"];
        written.into_iter().filter(|value| text.contains(value)).count()
    };
    about_application.held_event = Some("Điện Biên".into());
    about_application.application = Some(state());
    about_resident.members = vec![id(4), id(6)];
    for change in [
        Change::Settled(Box::new(about_application)),
        Change::Resident(Box::new(about_resident)),
    ] {
        assert!(values(&change) >= 4);
        let mut of_another = change.clone();
        of_another.erase(&[id(99)].into()).expect("reads");
        assert_eq!(of_another, change);
        let mut erased = change.clone();
        erased.erase(&[id(4)].into()).expect("reads");
        assert_eq!(values(&erased), 0);
        assert!(erased.about().eq(change.about()));
        let mut once_more = erased.clone();
        once_more.erase(&[id(4)].into()).expect("reads");
        assert_eq!(once_more, erased);
    }
    let mut row = state();
    row.erase().expect("reads");
    let (before, after) = (EventHead::of(&state().event), EventHead::of(&row.event));
    let (before, after) = (before.expect("reads"), after.expect("reads"));
    assert_eq!(
        (after.node_id, after.captured_at),
        (before.node_id, before.captured_at)
    );
}

#[test]
fn the_two_kinds_of_change_are_told_apart() {
    let read = |bytes: &[u8]| Change::decode(bytes).expect("reads");
    assert_eq!(
        read(&settled().encode().expect("fits")),
        Change::Settled(Box::new(settled()))
    );
    assert_eq!(
        read(&resident().encode().expect("fits")),
        Change::Resident(Box::new(resident()))
    );
}

#[test]
fn notices_manifests_and_control() {
    check(
        "outcome_notice",
        &OutcomeNotice {
            sequence: 77,
            event_id: id(1),
            node_id: node(),
            epoch: id(2),
            node_sequence: 3,
            application_id: Some(id(4)),
            revision: Some(1),
            outcome: OutcomeKind::Loaded,
            findings: vec![finding()],
            resident_id: Some(id(5)),
            settled_at: Timestamp(1_700_000_001_200),
        },
    );
    let claim = NodeClaim {
        node_id: node(),
        province: "dien-bien".to_owned(),
        counter: 12,
        at: Timestamp(1_700_000_002_000),
        clock_offset_ms: None,
        epoch: id(2),
        captured: 3,
        published: 2,
        head_hash: Sha256::of(b"head"),
        published_partition: Some(0),
        published_offset: Some(40),
        spool_bytes: 4096,
        software: "intake-node 0.1.0".to_owned(),
        closed_epochs: vec![ClosedEpoch {
            epoch: id(20),
            captured: 9,
        }],
    };
    check("node_claim", &claim);
    let bytes = claim.encode().expect("fits");
    check(
        "node_manifest",
        &NodeManifest {
            claim: bytes,
            signature: Some(vec![9; 64]),
        },
    );
    let control = |body| ControlEntry {
        at: Timestamp(1),
        by: "operator".to_owned(),
        reason: "disk lost".to_owned(),
        body,
    };
    let topic = topics::applications("dien-bien");
    let skipped = PositionSkipped {
        topic: topic.clone(),
        partition: 0,
        from: 10,
        to: 12,
    };
    check(
        "position_skipped",
        &control(ControlBody::PositionSkipped(skipped)),
    );
    let quarantined = PositionQuarantined {
        topic,
        partition: 0,
        offset: 13,
    };
    check(
        "position_quarantined",
        &control(ControlBody::PositionQuarantined(quarantined)),
    );
}

#[test]
fn unreadable_bytes_say_why() {
    let good = event(submitted()).encode().expect("fits");
    let mut foreign = good.clone();
    foreign[4] ^= 1;
    let longer = [good.as_slice(), &[0]].concat();
    for (bytes, why) in [
        (&b""[..], Unreadable::NotSingleObject),
        (b"{\"a\":1}.....", Unreadable::NotSingleObject),
        (&foreign, Unreadable::UnknownSchema),
        (&good[..HEADER_BYTES], Unreadable::Malformed),
        (&good[..good.len() - 1], Unreadable::Malformed),
        (&longer, Unreadable::TrailingBytes),
    ] {
        assert_eq!(IntakeEvent::decode(bytes), Err(why));
    }
}

#[test]
fn a_sequence_that_is_no_place_in_a_series_is_unreadable() {
    for (sequence, readable) in [
        (1, true),
        (1 << 53, true),
        (0, false),
        (-5, false),
        (i64::MAX, false),
    ] {
        let bytes = IntakeEvent {
            sequence,
            ..event(submitted())
        }
        .encode()
        .expect("fits");
        let read = IntakeEvent::from_record(&bytes).map(|event| event.sequence);
        assert_eq!(
            read,
            if readable {
                Ok(sequence)
            } else {
                Err(Unreadable::SequenceOutOfRange)
            }
        );
    }
}

#[test]
fn a_hostile_length_is_refused_without_taking_memory() {
    let mut bytes = IntakeEvent::codec().header().to_vec();
    bytes.extend_from_slice(&[0; 16]);
    bytes.extend_from_slice(&[0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]);
    assert_eq!(IntakeEvent::decode(&bytes), Err(Unreadable::Malformed));
}
