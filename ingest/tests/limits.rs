//! What a submission's form may be: one row for each limit.

use ingest::acceptance::{Identity, check};
use ingest::spool::New;
use schemas::submission::BadSubmission;
use schemas::{Body, NodeId};

const APPLICATION: &str = r#"{"application_id":"H11-1","revision":1,"captured_at":"2026-11-24T08:30:00+07:00",
    "form":{"id":"CC01","version":"2024-07"},"channel":"mobile_team","service":"first_issue","village":"VILLAGE",
    "applicant":{"full_name":"NAME"},"attachments":[{"kind":"photo","sha256":"HASH","bytes":1}]}"#;
const VERIFICATION: &str = r#"{"type":"verification","application_id":"H11-1","stage":1,"officer":"OFFICER",
    "findings":[{"field":"sex","finding":"confirmed"},{"field":"phone","finding":"missing"}]}"#;
const WITHDRAWAL: &str = r#"{"type":"withdrawal","application_id":"H11-1","reason":"REASON"}"#;

fn checked(json: &str) -> Result<New, BadSubmission> {
    let json = json.replace("HASH", &"ab".repeat(32));
    check(
        json.as_bytes(),
        &Identity::of(&NodeId::parse("dien-bien-01").expect("an id")),
    )
}

#[test]
fn every_limit_is_named_where_it_is_broken() {
    let long = |characters: usize| "ệ".repeat(characters);
    for (template, from, to, refused_at) in [
        (APPLICATION, "", String::new(), None),
        (APPLICATION, "NAME", long(1000), None),
        (APPLICATION, "NAME", long(1001), Some("applicant.full_name")),
        (
            APPLICATION,
            "NAME",
            "a\\u0000b".into(),
            Some("applicant.full_name"),
        ),
        (APPLICATION, "VILLAGE", long(100), None),
        (APPLICATION, "VILLAGE", long(101), Some("village")),
        (APPLICATION, "H11-1", long(64), None),
        (APPLICATION, "H11-1", long(65), Some("application_id")),
        (APPLICATION, "H11-1", String::new(), Some("application_id")),
        (APPLICATION, "H11-1", " H11".into(), Some("application_id")),
        (APPLICATION, "\"revision\":1", "\"revision\":10000".into(), None),
        (
            APPLICATION,
            "\"revision\":1",
            "\"revision\":0".into(),
            Some("revision"),
        ),
        (
            APPLICATION,
            "\"revision\":1",
            "\"revision\":10001".into(),
            Some("revision"),
        ),
        (APPLICATION, "CC01", long(65), Some("form.id")),
        (APPLICATION, "2024-07", " ".into(), Some("form.version")),
        (APPLICATION, "+07:00", String::new(), Some("captured_at")),
        (
            APPLICATION,
            "2026-11-24",
            "0000-01-01".into(),
            Some("captured_at"),
        ),
        (APPLICATION, "+07:00", "Z".into(), None),
        (
            APPLICATION,
            "\"bytes\":1",
            "\"bytes\":-1".into(),
            Some("attachments[0].bytes"),
        ),
        (
            APPLICATION,
            "[{",
            format!("[{}{{", r#"{"kind":"p","sha256":"HASH","bytes":1},"#.repeat(32)),
            Some("attachments"),
        ),
        (VERIFICATION, "", String::new(), None),
        (VERIFICATION, "\"stage\":1", "\"stage\":4".into(), Some("stage")),
        (VERIFICATION, "OFFICER", String::new(), Some("officer")),
        (VERIFICATION, "OFFICER", long(65), Some("officer")),
        (VERIFICATION, "phone", "sex".into(), Some("findings[1].field")),
        (WITHDRAWAL, "REASON", long(200), None),
        (WITHDRAWAL, "REASON", long(201), Some("reason")),
        (
            WITHDRAWAL,
            "\"type\":\"withdrawal\",",
            String::new(),
            Some("reason"),
        ),
    ] {
        let json = template.replacen(from, &to, 1);
        let refused = checked(&json).err().map(|fault| fault.at);
        assert_eq!(
            refused.as_deref(),
            refused_at,
            "{from} -> {}",
            to.get(..40).unwrap_or("(long)")
        );
    }
}

#[test]
fn a_code_a_uuid_and_the_content_each_name_one_application() {
    let id = |json: &str| checked(json).expect("accepted").application_id;
    let reference = |json: &str| match checked(json).expect("accepted").body {
        Body::ApplicationSubmitted(body) => body.reference,
        _ => None,
    };
    assert_eq!(
        id(APPLICATION),
        id(VERIFICATION),
        "a code resolves to the same application"
    );
    assert_eq!(id(APPLICATION), id(WITHDRAWAL));
    assert_eq!(reference(APPLICATION).as_deref(), Some("H11-1"));
    let uuid = "5f0c4a52-9a62-5c0e-8c1e-6d0c5a1fb1a2";
    let with_uuid = APPLICATION.replace("H11-1", uuid);
    assert_eq!(
        (id(&with_uuid).to_string().as_str(), reference(&with_uuid)),
        (uuid, None)
    );
    let without = APPLICATION.replace("\"application_id\":\"H11-1\",", "");
    assert_eq!(id(&without), id(&without));
    assert_ne!(id(&without), id(&without.replace("NAME", "OTHER")));
}
