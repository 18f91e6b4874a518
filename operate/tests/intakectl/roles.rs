use crate::fixture::Pipeline;

async fn roles(pipeline: &Pipeline) -> Vec<String> {
    const ROLES: &str = "SELECT rolname::text FROM pg_roles WHERE starts_with(rolname, $1) ORDER BY 1";
    sqlx::query_scalar(ROLES)
        .bind(pipeline.role_prefix())
        .fetch_all(&mut pipeline.connect().await)
        .await
        .expect("read")
}

#[tokio::test]
async fn roles_are_made_only_with_execute_and_an_operator_works_with_its_own() {
    let pipeline = Pipeline::ready().await;
    let prefix = pipeline.role_prefix();
    let make = ["register", "roles", "--prefix", &prefix];
    let dry = pipeline.run(&make);
    assert_eq!(dry.code, 0, "{}", dry.stderr);
    assert_eq!(roles(&pipeline).await, Vec::<String>::new());
    // What is printed can be run as it is.
    pipeline.sql(dry.stdout).await;
    assert_eq!(
        roles(&pipeline).await,
        [
            "auditor", "engineer", "match", "operator", "reader", "reviewer", "sink"
        ]
        .map(|role| format!("{prefix}{role}"))
    );
    let again = pipeline.run(&[&make[..], &["--execute", "-o", "json"]].concat());
    assert_eq!(again.code, 0, "{}", again.stderr);
    let answer = again.json();
    assert_eq!(answer["executed"], true);
    assert_eq!(answer["roles"][2]["result"], "there");

    let login = format!("{prefix}login");
    pipeline
        .sql(format!("CREATE ROLE {login} LOGIN IN ROLE {prefix}operator"))
        .await;
    for args in [
        &["reconcile", "--wait", "0", "--quick"][..],
        &["node", "list"],
        &["lag"],
        &["control", "list"],
        &["register", "check"],
        &["held", "list"],
        &["held", "group"],
        &["dead-letters", "group"],
        &[
            "topics",
            "copy",
            "intake.control",
            "--output",
            &pipeline.path("control.avro"),
            "--reason",
            "case 17",
        ],
    ] {
        let done = pipeline.run_as(&login, args);
        assert_eq!(done.code, 0, "{args:?}: {}", done.stderr);
    }
    let nobody = uuid::Uuid::from_u128(404).to_string();
    let erase = ["register", "erase", &nobody, "--reason", "on request"];
    let refused = pipeline.run_as(&login, &erase);
    assert_eq!(
        refused.code, 4,
        "it may look, and nobody is there: {}",
        refused.stderr
    );
    let reviewer = format!("{prefix}reviewing");
    pipeline
        .sql(format!("CREATE ROLE {reviewer} LOGIN IN ROLE {prefix}reviewer"))
        .await;
    for args in [
        &["review", "list"][..],
        &["review", "proposals"],
        &["match", "rules"],
        &["match", "curve"],
    ] {
        let done = pipeline.run_as(&reviewer, args);
        assert_eq!(done.code, 0, "{args:?}: {}", done.stderr);
    }
    let auditor = format!("{prefix}auditing");
    pipeline
        .sql(format!("CREATE ROLE {auditor} LOGIN IN ROLE {prefix}auditor"))
        .await;
    let proved = pipeline.run_as(&auditor, &["reconcile", "--wait", "0"]);
    assert_eq!(proved.code, 0, "{}", proved.stderr);
    let id = uuid::Uuid::nil().to_string();
    for args in [
        &["reconcile", "--wait", "0"][..],
        &["resident", "show", &id],
        &["application", "show", &id],
        &["review", "show", &id, &nobody],
        &["match", "explain", &id, &nobody],
        &["register", "digest"],
        &[&make[..], &["--execute"]].concat(),
    ] {
        let refused = pipeline.run_as(&login, args);
        assert_eq!(refused.code, 1, "{args:?}: {}", refused.stdout);
        assert!(refused.stderr.contains("42501"), "{args:?}: {}", refused.stderr);
    }
}

#[tokio::test]
async fn a_prefix_that_is_no_name_is_refused() {
    let pipeline = Pipeline::ready().await;
    for prefix in ["", "pg_", "1a", "a b", "a;DROP TABLE node", "Đ", &"a".repeat(51)] {
        let refused = pipeline.run(&["register", "roles", "--prefix", prefix, "--execute"]);
        assert_eq!(refused.code, 2, "{prefix}");
        assert!(
            refused.stderr.contains("1 to 50 characters"),
            "{prefix}: {}",
            refused.stderr
        );
    }
}
