use crate::fixture::Pipeline;
use schemas::applicant::Applicant;
use schemas::codec::Event;
use schemas::{Body, Field, IntakeEvent, NodeId, Sha256, Timestamp};
use serde_json::json;
use uuid::Uuid;

const APPLICATION: Uuid = Uuid::from_u128(0xa);
const RESIDENT: Uuid = Uuid::from_u128(0xb);
const EARLIER: Uuid = Uuid::from_u128(0xc);
const NAME: &str = "Lò Văn Pâng";
const NUMBER: &str = "011087001234";

fn event() -> IntakeEvent {
    let mut applicant = Applicant::default();
    applicant.set(Field::FullName, Some(NAME.to_owned()));
    applicant.set(Field::PersonalNumber, Some(NUMBER.to_owned()));
    IntakeEvent {
        event_id: Uuid::from_u128(1),
        node_id: NodeId::parse("dien-bien-01").expect("a node id"),
        epoch: Uuid::from_u128(2),
        sequence: 1,
        previous_hash: Sha256::ZERO,
        captured_at: Timestamp(1_700_000_000_000),
        spooled_at: Timestamp(1_700_000_000_500),
        clock_offset_ms: Some(1_000),
        body: Body::ApplicationSubmitted(loadgen::first_issue(APPLICATION, applicant)),
    }
}

/// A register with one application of one resident, which took another's place.
async fn pipeline() -> Pipeline {
    let pipeline = Pipeline::ready().await;
    sqlx::query(
        "INSERT INTO application (application_id, sequence, revision, status, stage, resident_id, event_id, node_id, form_id,
                                  form_version, channel, service, captured_at, appended_at, ruleset, changes, event)
         VALUES ($1, 5, 1, 'loaded', 0, $2, $3, 'dien-bien-01', 'CC01', '2024-07', 'mobile_team', 'first_issue', now(), now(),
                 '1', $4, $5)",
    )
    .bind(APPLICATION)
    .bind(RESIDENT)
    .bind(Uuid::from_u128(1))
    .bind(sqlx::types::Json(json!([{"field": "full_name", "value": NAME, "rule": "name.nfc"}])))
    .bind(event().encode().expect("encoded"))
    .execute(&mut pipeline.connect().await)
    .await
    .expect("inserted");
    pipeline
        .sql(format!(
            "INSERT INTO intake_event (sequence, partition, source_offset, appended_at, logged_at, matched_at, loaded_at, province,
                                       node_id, epoch, node_sequence, event_id, kind, application_id, revision, captured_at,
                                       spooled_at, clock_offset_ms, outcome, resident_id)
             SELECT 5, 0, 3, t + interval '4 s', t + interval '5 s', t + interval '6 s', t + interval '8 s', 'dien-bien',
                    'dien-bien-01', '{epoch}', 1, '{event}', 'application', '{APPLICATION}', 1, t, t + interval '0.5 s', 1000,
                    'loaded', '{RESIDENT}'
               FROM (SELECT timestamptz '2026-11-24T01:02:03Z' AS t) AS start;
             INSERT INTO resident (resident_id, sequence, status, full_name, personal_number, folded_name, stage, members,
                                   provenance, last_event)
             VALUES ('{RESIDENT}', 5, 'active', '{NAME}', '{NUMBER}', 'lo van pang', 0, ARRAY['{APPLICATION}']::uuid[],
                     '[{{\"application_id\": \"{APPLICATION}\", \"revision\": 1, \"fields\": []}}]', '{event}');
             INSERT INTO resident (resident_id, sequence, status, redirect_to, folded_name, stage, members, provenance, last_event)
             VALUES ('{EARLIER}', 6, 'superseded', '{RESIDENT}', '', 0, '{{}}', '[]', '{event}');
             INSERT INTO resident_history VALUES ('{RESIDENT}', 5, 'active', NULL, '{{}}', 0, ARRAY['{APPLICATION}']::uuid[], '[]', '{event}')",
            epoch = Uuid::from_u128(2),
            event = Uuid::from_u128(1),
        ))
        .await;
    pipeline
}

#[tokio::test]
async fn a_resident_is_shown_masked_whatever_leads_to_it() {
    let pipeline = pipeline().await;
    let (resident, earlier, application) =
        (RESIDENT.to_string(), EARLIER.to_string(), APPLICATION.to_string());
    for ask in [
        &[resident.as_str()][..],
        &[&earlier],
        &["--number", NUMBER],
        &["--application", &application],
    ] {
        let args = [&["resident", "show", "-o", "json"], ask].concat();
        let answer = pipeline.run(&args);
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        assert!(
            !answer.stdout.contains(NAME) && !answer.stdout.contains(NUMBER),
            "a value is not masked"
        );
        let shown = answer.json();
        assert_eq!(shown["resident_id"], resident.as_str());
        assert_eq!(shown["fields"][0]["value"], "L•••");
        assert_eq!(shown["fields"][0]["from"], application.as_str());
        assert_eq!(
            [&shown["members"][0]["node_id"], &shown["history"][0]["status"]],
            ["dien-bien-01", "active"]
        );
    }
    let redirected = pipeline.run(&["resident", "show", &earlier]).stdout;
    assert!(
        redirected.contains(&format!("redirected from {earlier}")),
        "{redirected}"
    );
    let unmasked = pipeline
        .run(&[
            "resident",
            "show",
            &resident,
            "--unmask",
            "--reason",
            "case 2026-17",
        ])
        .stdout;
    assert!(unmasked.contains(NAME) && unmasked.contains(NUMBER), "{unmasked}");
    let unknown = pipeline.run(&["resident", "show", "--number", "999"]);
    assert_eq!(
        (unknown.code, unknown.stderr.contains("999")),
        (1, false),
        "a number is no text for an error"
    );
    assert_eq!(pipeline.run(&["resident", "show"]).code, 2);
}

#[tokio::test]
async fn an_application_is_shown_with_its_way_through_the_stages() {
    let pipeline = pipeline().await;
    let answer = pipeline.run(&["application", "show", &APPLICATION.to_string(), "-o", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(
        !answer.stdout.contains(NAME) && !answer.stdout.contains(NUMBER),
        "a value is not masked"
    );
    let shown = answer.json();
    let event = &shown["events"][0];
    assert_eq!(
        [&event["topic"], &event["outcome"]],
        ["intake.applications.dien-bien", "loaded"]
    );
    let way: Vec<_> = event["way"]
        .as_array()
        .expect("stages")
        .iter()
        .map(|s| (s["stage"].clone(), s["seconds"].clone()))
        .collect();
    let expected = [
        ("captured", json!(null)),
        ("spooled", json!(0.5)),
        ("published", json!(2.5)),
        ("normalised", json!(1.0)),
        ("matched", json!(1.0)),
        ("loaded", json!(2.0)),
    ];
    assert_eq!(way, expected.map(|(stage, seconds)| (json!(stage), seconds)));
    assert_eq!(
        shown["in_force"]["written"][0],
        json!({"field": "full_name", "value": "L•••"})
    );
    let unmasked = pipeline
        .run(&[
            "application",
            "show",
            &APPLICATION.to_string(),
            "--unmask",
            "--reason",
            "case 2026-17",
        ])
        .stdout;
    assert!(unmasked.contains(NAME), "{unmasked}");
    assert_eq!(
        pipeline.run(&["application", "show", &RESIDENT.to_string()]).code,
        1
    );
}
