use crate::fixture::Pipeline;
use crate::people::*;
use serde_json::json;

/// Looks at a resident's values for this reason.
fn look(pipeline: &Pipeline, login: &str, reason: &str) -> crate::fixture::Answer {
    let id = resident(1).to_string();
    pipeline.run_as(login, &["resident", "show", &id, "--unmask", "--reason", reason])
}

#[tokio::test]
async fn who_looks_at_values_says_why_and_is_remembered() {
    let pipeline = Pipeline::ready().await;
    pipeline.applies(1, 1, &person(NAME, NUMBER)).await;
    let prefix = pipeline.role_prefix();
    let made = pipeline.run(&["register", "roles", "--prefix", &prefix, "--execute"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let login = |role: &str| format!("{prefix}{role}_login");
    for role in ["auditor", "reader"] {
        let login = login(role);
        pipeline
            .sql(format!("CREATE ROLE {login} LOGIN IN ROLE {prefix}{role}"))
            .await;
    }
    let auditor = login("auditor");

    let id = resident(1).to_string();
    for wrong in [
        &["resident", "show", &id, "--unmask"][..],
        &["resident", "show", &id, "--reason", "case 1"],
        &["resident", "show", &id, "--unmask", "--reason", "  "],
    ] {
        assert_eq!(pipeline.run_as(&auditor, wrong).code, 2, "{wrong:?}");
    }
    let masked = pipeline.run_as(&auditor, &["resident", "show", &id]);
    assert!(
        masked.code == 0 && !masked.stdout.contains(NAME),
        "{}",
        masked.stderr
    );
    let refused = look(&pipeline, &login("reader"), "curious");
    assert!(refused.code != 0 && !refused.stdout.contains(NAME));
    for reason in ["case 2026-17", "case 2026-18", "đơn số 19"] {
        let shown = look(&pipeline, &auditor, reason);
        assert!(shown.code == 0 && shown.stdout.contains(NAME), "{}", shown.stderr);
    }

    let listed = pipeline.run_as(&auditor, &["audit", "list", "-o", "json"]).json();
    let rows = listed.as_array().expect("rows");
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row["number"].clone(),
                row["action"].clone(),
                row["about"].clone(),
                row["who"].clone(),
                row["reason"].clone(),
            )
        })
        .collect();
    let row = |number: i64, reason: &str| {
        (
            json!(number),
            json!("resident.unmask"),
            json!(id),
            json!(auditor),
            json!(reason),
        )
    };
    assert_eq!(
        told,
        [
            row(3, "đơn số 19"),
            row(2, "case 2026-18"),
            row(1, "case 2026-17")
        ]
    );
    let sound = pipeline.run_as(&auditor, &["audit", "check", "-o", "json"]);
    assert_eq!((sound.code, &sound.json()["rows"]), (0, &json!(3)));
    let head = sound.json()["head"].as_str().expect("a head").to_owned();
    let again = pipeline.run(&["audit", "check", "--head", &head]);
    assert_eq!(again.code, 0, "{}", again.stdout);
}

#[tokio::test]
async fn a_row_that_was_changed_taken_out_or_put_in_is_found() {
    let pipeline = Pipeline::ready().await;
    pipeline.applies(1, 1, &person(NAME, NUMBER)).await;
    let id = resident(1).to_string();
    for n in 0..4 {
        let reason = format!("case {n}");
        let shown = pipeline.run(&["resident", "show", &id, "--unmask", "--reason", &reason]);
        assert_eq!(shown.code, 0, "{}", shown.stderr);
    }
    let noted = pipeline.run(&["audit", "check", "-o", "json"]).json()["head"].clone();
    let noted = noted.as_str().expect("a head").to_owned();
    let check = |head: Option<&str>| {
        let head = head.map_or(Vec::new(), |head| vec!["--head", head]);
        let answer = pipeline.run(&[&["audit", "check", "-o", "json"][..], &head].concat());
        (answer.code, answer.json()["found"].clone())
    };
    // Whoever owns the table can do this; the chain tells.
    let tampered = |statement: &str| {
        format!(
            "CREATE TABLE kept AS TABLE audit;
             ALTER TABLE audit DISABLE TRIGGER USER; {statement}; ALTER TABLE audit ENABLE TRIGGER USER"
        )
    };
    let back = tampered("DELETE FROM audit; INSERT INTO audit TABLE kept")
        .replace("CREATE TABLE kept AS TABLE audit;", "")
        + "; DROP TABLE kept";
    for (statement, number, what) in [
        (
            "UPDATE audit SET reason = 'nothing' WHERE number = 2",
            2,
            "it was changed",
        ),
        (
            "UPDATE audit SET who = 'somebody' WHERE number = 4",
            4,
            "it was changed",
        ),
        ("DELETE FROM audit WHERE number = 3", 4, "rows before it are gone"),
        (
            "UPDATE audit SET number = number + 1 WHERE number = 4; \
             INSERT INTO audit SELECT 4, at, who, action, about, reason, result, previous, hash FROM audit WHERE number = 3",
            4,
            "it doesn't follow the row before it",
        ),
    ] {
        pipeline.sql(tampered(statement)).await;
        let (code, found) = check(None);
        assert_eq!(code, 5, "{statement}");
        let named = json!({"number": number, "what": what});
        assert!(
            found.as_array().expect("faults").contains(&named),
            "{statement}: {found}"
        );
        pipeline.sql(back.clone()).await;
        assert_eq!(check(Some(&noted)).0, 0, "{statement}: as it was");
    }
    pipeline.sql(tampered("DELETE FROM audit WHERE number = 4")).await;
    assert_eq!(check(None).0, 0, "the end alone can't be told");
    let gone = json!([{"number": 4, "what": "the row that was noted is gone"}]);
    assert_eq!(check(Some(&noted)), (5, gone));
}
