use crate::fixture::Pipeline;
use runtime::kafka::Partition;
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Channel, Service};
use schemas::topics::{GROUP_NORMALISE, applications};
use schemas::{Applicant, Body, Field, IntakeEvent, NodeId, Sha256, Timestamp};
use uuid::Uuid;

/// What is written in every field of the person, and in every free text.
pub const PERSONAL: &str = "Lò Văn Pâng";

pub fn event() -> IntakeEvent {
    let mut applicant = Applicant::default();
    for &field in Field::ALL {
        applicant.set(field, Some(format!("{PERSONAL} {field}")));
    }
    IntakeEvent {
        event_id: Uuid::from_u128(7),
        node_id: NodeId::parse("dien-bien-01").expect("an id"),
        epoch: Uuid::from_u128(8),
        sequence: 1,
        previous_hash: Sha256::ZERO,
        captured_at: Timestamp(1_790_000_000_000),
        spooled_at: Timestamp(1_790_000_000_000),
        clock_offset_ms: None,
        body: Body::ApplicationSubmitted(ApplicationSubmitted {
            application_id: Uuid::from_u128(9),
            revision: 1,
            reference: Some(PERSONAL.to_owned()),
            form_id: "CC01".to_owned(),
            form_version: "2024-07".to_owned(),
            channel: Channel::MobileTeam,
            service: Service::FirstIssue,
            commune: Some(PERSONAL.to_owned()),
            village: Some(PERSONAL.to_owned()),
            team: Some(PERSONAL.to_owned()),
            applicant,
            attachments: Vec::new(),
        }),
    }
}

#[tokio::test]
async fn records_are_shown_decoded_without_the_person_and_nobodys_position_moves() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let encoded = event().encode().expect("encodes");
    let values = [encoded.as_slice(), b"L\xc3\xb2 no event"];
    pipeline.publish(&topic, "dien-bien-01", &values);

    let both = pipeline.run(&["peek", &topic, "--offset", "0", "-n", "5", "-o", "json"]);
    assert_eq!(both.code, 0, "{}", both.stderr);
    let report = both.json();
    let records = report["records"].as_array().expect("records");
    assert_eq!(records.len(), 2, "{report}");
    let body = &records[0]["event"]["body"]["ApplicationSubmitted"];
    assert_eq!(records[0]["kind"], "IntakeEvent");
    assert_eq!(body["application_id"], Uuid::from_u128(9).to_string());
    assert_eq!(body["applicant"]["full_name"], "L•••");
    assert_eq!(
        (&records[1]["kind"], &records[1]["reason"], &records[1]["bytes"]),
        (
            &"undecodable".into(),
            &"envelope.not-single-object".into(),
            &12.into()
        )
    );
    for output in ["json", "table"] {
        let answer = pipeline.run(&["peek", &topic, "-n", "9", "-o", output]);
        assert!(
            !answer.stdout.contains("Pâng") && !answer.stdout.contains("no event"),
            "{}",
            answer.stdout
        );
    }

    let offsets = pipeline.cluster.group_offsets(GROUP_NORMALISE).expect("a client");
    let partition = [Partition::new(&topic, 0)];
    assert_eq!(offsets.committed(&partition).expect("asked"), [None]);
    let never = pipeline.run(&["peek", &topic, "--at-committed"]);
    assert!(
        never.code == 1 && never.stderr.contains("never committed"),
        "{}",
        never.stderr
    );
    pipeline.commit(GROUP_NORMALISE, partition[0].clone(), 1);
    let next = pipeline
        .run(&["peek", &topic, "--at-committed", "-o", "json"])
        .json();
    assert_eq!(next["records"][0]["offset"], 1);
    assert_eq!(offsets.committed(&partition).expect("asked"), [Some(1)]);

    for (args, why) in [
        (&["peek", &topic, "-p", "4"][..], "partitions 0 to 0"),
        (&["peek", "intake.applications.nowhere"], "no topic"),
        (&["peek", &topic, "--offset", "99"], "offsets 0 to 2"),
        (
            &["peek", "register.changes", "--at-committed", "nobody"],
            "never committed",
        ),
    ] {
        let answer = pipeline.run(args);
        assert!(
            answer.code == 1 && answer.stderr.contains(why),
            "{args:?}: {}",
            answer.stderr
        );
    }
}

#[tokio::test]
async fn a_person_is_shown_to_who_may_read_forms_and_the_audit_says_which_record_and_why() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.publish(&topic, "dien-bien-01", &[event().encode().expect("encodes")]);
    let prefix = pipeline.role_prefix();
    let made = pipeline.run(&["register", "roles", "--prefix", &prefix, "--execute"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    for role in ["operator", "reviewer", "engineer", "auditor"] {
        pipeline
            .sql(format!(
                "CREATE ROLE {prefix}{role}_login LOGIN IN ROLE {prefix}{role}"
            ))
            .await;
    }
    let unmask = |role: &str, reason: &[&str]| {
        let args = [&["peek", &topic, "-o", "json", "--unmask"], reason].concat();
        pipeline.run_as(&format!("{prefix}{role}_login"), &args)
    };
    let why = ["--reason", "case 2026-17"];
    let audited = || {
        pipeline
            .run_as(
                &format!("{prefix}auditor_login"),
                &["audit", "list", "-o", "json"],
            )
            .json()
    };

    let file = pipeline.path("copied.ndjson");
    let copy = |role: &str| {
        let args = [&["topics", "copy", &topic, "--output", &file][..], &why].concat();
        pipeline.run_as(&format!("{prefix}{role}_login"), &args)
    };

    assert_eq!(unmask("reviewer", &[]).code, 2, "it wants a reason");
    for refused in [unmask("operator", &why), copy("operator")] {
        let who = "needs the role reviewer, engineer or auditor (`intakectl register roles`)";
        assert!(
            refused.code == 1 && refused.stderr.contains(who) && refused.stdout.is_empty(),
            "{} {}",
            refused.stdout,
            refused.stderr
        );
    }
    assert!(
        !std::path::Path::new(&file).exists(),
        "nor may it take them away in a file"
    );
    assert_eq!(audited(), serde_json::json!([]));

    let shown = unmask("reviewer", &why);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    let shown = shown.json();
    let applicant = &shown["records"][0]["event"]["body"]["ApplicationSubmitted"]["applicant"];
    assert_eq!(applicant["full_name"], format!("{PERSONAL} full_name"));
    assert_eq!(shown["masked"], false);
    let rows = audited();
    let [row] = rows.as_array().expect("rows").as_slice() else {
        panic!("one row: {rows}");
    };
    assert_eq!(
        (&row["action"], &row["about"], &row["reason"], &row["who"]),
        (
            &"topic.unmask".into(),
            &format!("{topic}[0]@0-1").into(),
            &"case 2026-17".into(),
            &format!("{prefix}reviewer_login").into()
        )
    );

    for done in [unmask("engineer", &why), copy("engineer")] {
        assert_eq!(done.code, 0, "{}", done.stderr);
    }

    // Who may read but not write down that it did, sees nothing.
    pipeline
        .sql(format!(
            "REVOKE INSERT (action, about, reason, result) ON audit FROM {prefix}reviewer"
        ))
        .await;
    let unseen = unmask("reviewer", &why);
    assert!(
        unseen.code == 1 && unseen.stdout.is_empty() && unseen.stderr.contains("may not add to the audit"),
        "{}",
        unseen.stderr
    );
}
