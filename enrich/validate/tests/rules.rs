//! Each rule about a whole event by an example that it finds, and by one beside it that it doesn't.

use rules::Ruleset;
use schemas::event::{
    ApplicationSubmitted, Attachment, Body, Channel, FieldVerification, IntakeEvent, Service,
    VerificationFinding, VerificationRecorded,
};
use schemas::{Applicant, Field, NodeId, Personal, Sha256, Timestamp};
use validate::Arrival;

/// 2024-07-01T08:00+07:00.
const FIRST_OF_JULY: Timestamp = Timestamp(1_719_795_600_000);
const LAST_OF_JUNE: Timestamp = Timestamp(FIRST_OF_JULY.0 - 24 * 3_600_000);

fn event(body: Body, captured_at: Timestamp) -> IntakeEvent {
    IntakeEvent {
        event_id: Default::default(),
        node_id: NodeId::parse("dien-bien-01").expect("a node id"),
        epoch: Default::default(),
        sequence: 1,
        previous_hash: Sha256::ZERO,
        captured_at,
        spooled_at: captured_at,
        clock_offset_ms: None,
        body,
    }
}

fn application(fields: &[(Field, &str)]) -> ApplicationSubmitted {
    let mut applicant = Applicant::default();
    applicant.set(Field::FullName, Some("Lò Văn Pâng".to_owned()));
    for &(field, value) in fields {
        applicant.set(field, Some(value.to_owned()));
    }
    ApplicationSubmitted {
        application_id: Default::default(),
        revision: 1,
        reference: None,
        form_id: "CC01".to_owned(),
        form_version: "2016-02".to_owned(),
        channel: Channel::MobileTeam,
        service: Service::FirstIssue,
        commune: None,
        village: None,
        team: None,
        applicant,
        attachments: Vec::new(),
    }
}

fn codes(event: &IntakeEvent) -> Vec<(Option<Field>, String)> {
    let arrival = Arrival {
        key: Some(b"dien-bien-01"),
        appended_at: Timestamp(event.captured_at.0 + 1000),
    };
    let findings = validate::event(event, arrival, &Ruleset::default()).findings;
    findings
        .into_iter()
        .map(|finding| (finding.field, finding.code))
        .collect()
}

#[track_caller]
fn check(captured_at: Timestamp, fields: &[(Field, &str)], expected: &[(Field, &str)]) {
    let mut body = application(fields);
    if captured_at == FIRST_OF_JULY {
        body.form_version = "2024-07".to_owned();
    }
    let found = codes(&event(Body::ApplicationSubmitted(body), captured_at));
    let expected: Vec<_> = expected
        .iter()
        .map(|&(field, code)| (Some(field), code.to_owned()))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn values_are_read_with_what_the_form_says_beside_them() {
    use Field::{BirthProvince, DateOfBirth, FatherDateOfBirth, FatherNumber, PersonalNumber, Phone, Sex};
    let july = FIRST_OF_JULY;
    check(
        july,
        &[(DateOfBirth, "31/04/1950")],
        &[(DateOfBirth, "date.impossible")],
    );
    check(
        july,
        &[(DateOfBirth, "02/07/2024")],
        &[(DateOfBirth, "date.future")],
    );
    check(july, &[(DateOfBirth, "")], &[]);
    check(july, &[(Phone, "091234")], &[(Phone, "phone.length")]);
    check(
        july,
        &[(DateOfBirth, "không rõ")],
        &[(DateOfBirth, "date.unknown")],
    );
    check(
        july,
        &[(FatherDateOfBirth, "không rõ")],
        &[(FatherDateOfBirth, "date.not-given")],
    );
    check(
        july,
        &[(PersonalNumber, "chưa có")],
        &[(PersonalNumber, "number.not-given")],
    );
    check(july, &[(Phone, "không có")], &[(Phone, "phone.not-given")]);
    let number = [
        (PersonalNumber, "011 087 001 234"),
        (FatherNumber, "011060001234"),
    ];
    let with = |more: &[(Field, &'static str)]| [&number, more].concat();
    let agreeing = with(&[(Sex, "Nam"), (DateOfBirth, "5/9/1987"), (BirthProvince, "11")]);
    check(july, &agreeing, &[]);
    check(
        july,
        &with(&[(Sex, "Nữ")]),
        &[(PersonalNumber, "number.sex-disagrees")],
    );
    check(
        july,
        &with(&[(DateOfBirth, "5/9/1988")]),
        &[(PersonalNumber, "number.year-disagrees")],
    );
    check(
        july,
        &with(&[(BirthProvince, "12")]),
        &[(PersonalNumber, "number.province-disagrees")],
    );
}

#[test]
fn parents_are_older_and_of_their_sex() {
    use Field::{DateOfBirth, FatherDateOfBirth, FatherNumber, MotherDateOfBirth, MotherNumber};
    let check = |parent: Field, value: &str, expected: Option<&str>| {
        let born = (DateOfBirth, "05/09/1987");
        let expected: Vec<_> = expected.into_iter().map(|code| (parent, code)).collect();
        check(FIRST_OF_JULY, &[born, (parent, value)], &expected);
    };
    check(FatherDateOfBirth, "06/09/1987", Some("form.parent-born-later"));
    check(MotherDateOfBirth, "06/09/1987", Some("form.parent-born-later"));
    check(MotherDateOfBirth, "06/09/1975", Some("form.parent-too-young"));
    check(MotherDateOfBirth, "05/09/1975", None);
    check(FatherDateOfBirth, "06/09/1975", Some("form.parent-too-young"));
    check(MotherDateOfBirth, "05/09/1926", Some("form.parent-too-old"));
    check(MotherDateOfBirth, "06/09/1926", None);
    check(FatherDateOfBirth, "05/09/1896", Some("form.parent-too-old"));
    check(FatherDateOfBirth, "06/09/1896", None);
    check(FatherNumber, "011088001234", Some("form.parent-born-later"));
    check(FatherNumber, "011160001234", Some("form.parent-of-other-sex"));
    check(MotherNumber, "011060001234", Some("form.parent-of-other-sex"));
    check(MotherNumber, "011160001234", None);
}

#[test]
fn years_alone_say_only_what_is_certain() {
    use Field::{DateOfBirth, FatherDateOfBirth, MotherDateOfBirth};
    let notes = |parent: Field, code: Option<&'static str>| {
        let notes = [(DateOfBirth, "date.incomplete"), (parent, "date.incomplete")];
        notes
            .into_iter()
            .chain(code.map(|code| (parent, code)))
            .collect::<Vec<_>>()
    };
    for (parent, year, code) in [
        (FatherDateOfBirth, "1987", Some("form.parent-too-young")),
        (FatherDateOfBirth, "1988", Some("form.parent-born-later")),
        (MotherDateOfBirth, "1975", None),
        (MotherDateOfBirth, "1976", Some("form.parent-too-young")),
        (MotherDateOfBirth, "1977", Some("form.parent-too-young")),
    ] {
        check(
            FIRST_OF_JULY,
            &[(DateOfBirth, "1987"), (parent, year)],
            &notes(parent, code),
        );
    }
}

#[test]
fn a_household_has_a_head_and_relationships_have_a_sex() {
    use Field::{HouseholdHeadName, HouseholdNumber, RelationshipToHead, Sex, SpouseNumber};
    let check = |fields: &[(Field, &str)], expected: &[(Field, &str)]| check(FIRST_OF_JULY, fields, expected);
    check(
        &[(HouseholdNumber, "123")],
        &[(HouseholdHeadName, "form.head-missing")],
    );
    check(
        &[(RelationshipToHead, "Con")],
        &[(HouseholdHeadName, "form.head-missing")],
    );
    check(&[(RelationshipToHead, "Chủ hộ"), (HouseholdNumber, "123")], &[]);
    let head = (HouseholdHeadName, "Lò Thị Mai");
    check(
        &[(RelationshipToHead, "Vợ"), head, (Sex, "Nam")],
        &[(RelationshipToHead, "form.relation-of-other-sex")],
    );
    check(&[(RelationshipToHead, "VỢ"), head, (Sex, "Nữ")], &[]);
    check(
        &[(RelationshipToHead, "Con trai"), head, (Sex, "Nữ")],
        &[(RelationshipToHead, "form.relation-of-other-sex")],
    );
    check(&[(RelationshipToHead, "Con"), head, (Sex, "Nữ")], &[]);
    check(
        &[(Sex, "Nam"), (SpouseNumber, "011087001234")],
        &[(SpouseNumber, "form.spouse-of-same-sex")],
    );
    check(&[(Sex, "Nữ"), (SpouseNumber, "011087001234")], &[]);
}

#[test]
fn a_number_is_one_persons() {
    use Field::{
        FatherNumber, GuardianNumber, HouseholdHeadNumber, MotherNumber, PersonalNumber, RelationshipToHead,
        SpouseNumber,
    };
    let own = (PersonalNumber, "011087001234");
    let check = |fields: &[(Field, &str)], field: Option<Field>| {
        let expected: Vec<_> = field
            .into_iter()
            .map(|field| (field, "number.of-another-person"))
            .collect();
        check(FIRST_OF_JULY, fields, &expected);
    };
    check(&[own, (FatherNumber, "011 087 001 234")], Some(FatherNumber));
    check(&[own, (GuardianNumber, "011087001234")], Some(GuardianNumber));
    check(&[own, (GuardianNumber, "011087001235")], None);
    check(
        &[
            own,
            (HouseholdHeadNumber, "011087001234"),
            (RelationshipToHead, "Con"),
        ],
        Some(HouseholdHeadNumber),
    );
    check(
        &[
            own,
            (HouseholdHeadNumber, "011087001234"),
            (RelationshipToHead, "Chủ hộ"),
        ],
        None,
    );
    check(&[own, (HouseholdHeadNumber, "011087001234")], None);
    check(
        &[(MotherNumber, "011187001234"), (SpouseNumber, "011187001234")],
        Some(SpouseNumber),
    );
}

/// Law 59/2014/QH13, article 19, until 30 June 2024; Law 26/2023/QH15, articles 19 and 23, since.
#[test]
fn a_card_is_for_14_years_and_below_it_for_those_who_are_represented() {
    use Field::{DateOfBirth, FatherName, GuardianName};
    check(LAST_OF_JUNE, &[(DateOfBirth, "30/06/2010")], &[]);
    check(
        LAST_OF_JUNE,
        &[(DateOfBirth, "01/07/2010")],
        &[(DateOfBirth, "form.too-young-for-card")],
    );
    check(
        FIRST_OF_JULY,
        &[(DateOfBirth, "02/07/2010")],
        &[(GuardianName, "form.no-guardian")],
    );
    check(FIRST_OF_JULY, &[(DateOfBirth, "01/07/2010")], &[]);
    check(
        FIRST_OF_JULY,
        &[(DateOfBirth, "02/07/2010"), (FatherName, "Lò Văn A")],
        &[],
    );
    check(
        FIRST_OF_JULY,
        &[(DateOfBirth, "02/07/2010"), (GuardianName, "Lò Văn A")],
        &[],
    );
    check(
        FIRST_OF_JULY,
        &[(DateOfBirth, "2010")],
        &[(DateOfBirth, "date.incomplete")],
    );
}

#[test]
fn a_former_card_was_issued_to_a_person_of_14() {
    use Field::{DateOfBirth, OldNumberIssuedOn};
    for (issued, code) in [
        ("04/09/1987", &["form.issued-before-birth"][..]),
        ("04/09/2001", &["form.issued-too-young"]),
        ("05/09/2001", &[]),
    ] {
        let expected: Vec<_> = code.iter().map(|&code| (OldNumberIssuedOn, code)).collect();
        check(
            FIRST_OF_JULY,
            &[(DateOfBirth, "05/09/1987"), (OldNumberIssuedOn, issued)],
            &expected,
        );
    }
}

#[test]
fn an_application_keeps_to_its_contract() {
    let found = |change: fn(&mut ApplicationSubmitted)| {
        let mut body = application(&[]);
        change(&mut body);
        let found = codes(&event(Body::ApplicationSubmitted(body), LAST_OF_JUNE));
        found.into_iter().map(|(_, code)| code).collect::<Vec<_>>()
    };
    let attachment = |bytes| Attachment {
        kind: "photo".to_owned(),
        sha256: Sha256::ZERO,
        bytes,
    };
    assert_eq!(found(|_| {}), Vec::<String>::new());
    assert_eq!(
        found(|body| body.revision = 0),
        ["application.revision-out-of-range"]
    );
    assert_eq!(
        found(|body| body.form_version = "2024-07".to_owned()),
        ["form.not-in-force"]
    );
    assert_eq!(
        found(|body| body.village = Some("\0".to_owned())),
        ["text.nul-character"]
    );
    assert_eq!(
        found(|body| body.applicant = Applicant::default()),
        ["name.missing"]
    );
    let mut body = application(&[]);
    body.attachments = vec![attachment(-1); 33];
    let found = codes(&event(Body::ApplicationSubmitted(body), LAST_OF_JUNE));
    assert_eq!(found.len(), 2, "{found:?}");
}

/// An entry of a B-tree in PostgreSQL holds 2704 bytes.
#[test]
fn what_an_index_cannot_hold_is_refused() {
    let long = "Đ".repeat(126);
    for field in [Field::PermanentCommune, Field::HouseholdNumber, Field::GivenName] {
        let found = codes(&event(
            Body::ApplicationSubmitted(application(&[(field, &long)])),
            LAST_OF_JUNE,
        ));
        assert!(
            found.contains(&(Some(field), "text.too-long".to_owned())),
            "{found:?}"
        );
    }
    let found = codes(&event(
        Body::ApplicationSubmitted(application(&[(Field::HomeTown, &long)])),
        LAST_OF_JUNE,
    ));
    assert_eq!(found, []);
    let part = "Đ".repeat(60);
    let mut body = application(&[
        (Field::Surname, &part),
        (Field::MiddleName, &part),
        (Field::GivenName, &part),
    ]);
    body.applicant.set(Field::FullName, None);
    let found = codes(&event(Body::ApplicationSubmitted(body), LAST_OF_JUNE));
    assert!(
        found.contains(&(Some(Field::FullName), "text.too-long".to_owned())),
        "{found:?}"
    );
}

#[test]
fn an_envelope_is_its_nodes_and_begins_its_chain_once() {
    let mut event = event(Body::ApplicationSubmitted(application(&[])), LAST_OF_JUNE);
    let arrival = Arrival {
        key: Some(b"dien-bien-02"),
        appended_at: LAST_OF_JUNE,
    };
    let found = validate::event(&event, arrival, &Ruleset::default()).findings;
    assert_eq!(found[0].code, "envelope.key-is-not-the-node");
    event.sequence = 2;
    assert_eq!(codes(&event), [(None, "envelope.chain-start".to_owned())]);
    event.previous_hash = Sha256::of(b"1");
    assert_eq!(codes(&event), []);
    event.sequence = 1;
    assert_eq!(codes(&event), [(None, "envelope.chain-start".to_owned())]);
}

#[test]
fn a_verification_says_one_thing_of_a_field() {
    let of = |findings: &[(Field, VerificationFinding, Option<&str>)], stage| {
        let findings = findings.iter().map(|&(field, finding, value)| FieldVerification {
            field,
            finding,
            value: value.map(|value| Personal::new(value.to_owned())),
        });
        let body = VerificationRecorded {
            application_id: Default::default(),
            stage,
            officer: "011-234".to_owned(),
            findings: findings.collect(),
        };
        let found = codes(&event(Body::VerificationRecorded(body), LAST_OF_JUNE));
        found.into_iter().map(|(_, code)| code).collect::<Vec<_>>()
    };
    use VerificationFinding::{Confirmed, Corrected, Missing, New};
    assert_eq!(
        of(
            &[
                (Field::Sex, Confirmed, None),
                (Field::Phone, New, Some("0912345678"))
            ],
            1
        ),
        Vec::<String>::new()
    );
    assert_eq!(of(&[], 4), ["verification.stage-out-of-range"]);
    assert_eq!(
        of(&[(Field::Sex, Confirmed, None), (Field::Sex, Missing, None)], 1),
        ["verification.field-twice"]
    );
    assert_eq!(
        of(&[(Field::Sex, Corrected, None)], 1),
        ["verification.value-missing"]
    );
    assert_eq!(
        of(&[(Field::Sex, Confirmed, Some("Nam"))], 1),
        ["verification.value-unexpected"]
    );
}
