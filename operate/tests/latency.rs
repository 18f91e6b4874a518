//! The time between stages, over rows whose times are known, in a database of its own.

use operate::latency::{self, Percentiles, Reach, Selection};
use operate::{Options, Output, Settings};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

#[derive(Deserialize)]
struct LocalStack {
    database: Database,
}

#[derive(Deserialize)]
struct Database {
    url: SecretString,
}

/// 100 events of one province, the n-th of which takes n seconds at each stage; one of another, from a
/// node whose clock is beyond reason; and an entry of operate's own.
const EVENTS: &str = "
    INSERT INTO intake_event (sequence, province, spooled_at, appended_at, logged_at, matched_at, loaded_at, kind, outcome)
    SELECT n, 'son-la', at, at + n * interval '1 s', at + n * interval '2 s', at + n * interval '3 s',
           at + n * interval '4 s', 'application'::event_kind, 'loaded'::outcome_kind
      FROM generate_series(1, 100) AS n, (SELECT timestamptz '2026-11-24 08:00:00Z' AS at) AS start
    UNION ALL
    SELECT 101, 'ha-noi', 'infinity', at, at, at, at, 'application', 'rejected'
      FROM (SELECT timestamptz '2026-11-24 08:00:00Z' AS at) AS start
    UNION ALL
    SELECT 102, NULL, NULL, NULL, at, at, at, 'node_added', 'recorded'
      FROM (SELECT timestamptz '2026-11-24 08:00:00Z' AS at) AS start";

const LEDGER: &str = "
    INSERT INTO node_ledger
        (node_id, epoch, sequence, province, received, loaded, rejected, held, copies, conflicts, broken_links)
    VALUES ('son-la-01', gen_random_uuid(), 100, 'son-la', '{[1,101)}', 90, 6, 4, 3, 2, 0)";

#[tokio::test]
async fn stages_are_measured_from_one_to_the_next() {
    let stack: LocalStack =
        runtime::settings::load(None).expect("the local stack runs: deploy/local/stack start");
    let (server, _) = stack
        .database
        .url
        .expose_secret()
        .rsplit_once('/')
        .expect("a URL with a database");
    let name = format!("test_{}", Uuid::new_v4().simple());
    let mut admin = PgConnection::connect(&format!("{server}/postgres"))
        .await
        .expect("the server");
    let create = format!("CREATE DATABASE {name}");
    sqlx::query(&create)
        .execute(&mut admin)
        .await
        .expect("a database");
    let local = tokio::task::LocalSet::new();
    let measuring = local.spawn_local(measure(format!("{server}/{name}")));
    let tested = local.run_until(measuring).await;
    let drop = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::query(&drop).execute(&mut admin).await.expect("dropped");
    tested.expect("measured");
}

async fn measure(url: String) {
    let mut conn = PgConnection::connect(&url).await.expect("the database");
    let settings = Settings::load(&Options {
        context: None,
        contexts: None,
        property: Vec::new(),
        output: Output::Json,
        config: None,
        brokers: None,
        namespace: None,
        database_url: Some(url.into()),
        provinces: None,
    })
    .expect("settings");
    settings
        .register()
        .expect("a register")
        .migrate()
        .await
        .expect("migrated");
    assert_eq!(latency::reach(&settings).await.expect("empty"), Reach::default());
    for statement in [EVENTS, LEDGER] {
        sqlx::query(statement).execute(&mut conn).await.expect("rows");
    }
    assert_eq!(
        latency::reach(&settings).await.expect("reach"),
        Reach {
            step: 102,
            events: 100
        }
    );

    let passages = latency::measure(&settings, &Selection::default())
        .await
        .expect("passages");
    let counted: Vec<(Option<&str>, i64)> = passages
        .iter()
        .map(|passage| (passage.province.as_deref(), passage.events))
        .collect();
    assert_eq!(counted, [(None, 101), (Some("ha-noi"), 1), (Some("son-la"), 100)]);
    let one_to_a_hundred = Some(Percentiles {
        p50: 50.5,
        p95: 95.05,
        p99: 99.01,
        max: 100.0,
    });
    let son_la = &passages[2];
    for stage in [son_la.publish, son_la.normalise, son_la.matching, son_la.load] {
        assert_eq!(stage.seconds.map(rounded), one_to_a_hundred);
    }
    assert_eq!(son_la.whole.seconds.map(|seconds| seconds.p50), Some(151.5));
    assert_eq!(son_la.normalise.busy_seconds, Some(198.0));
    assert_eq!(
        passages[1].publish.seconds, None,
        "a clock without reason measures nothing"
    );

    let after = Selection {
        after_step: 100,
        ..Selection::default()
    };
    let later = latency::measure(&settings, &after).await.expect("passages");
    assert_eq!(later.len(), 2, "only what came after step 100");
}

fn rounded(seconds: Percentiles) -> Percentiles {
    let round = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
    Percentiles {
        p50: round(seconds.p50),
        p95: round(seconds.p95),
        p99: round(seconds.p99),
        max: round(seconds.max),
    }
}
