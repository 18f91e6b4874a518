//! A register filled in bulk, by the real program.

use crate::fixture::database::Database;
use crate::fixture::history::History;
use crate::kafka::{Namespace, STEPS, empty_register, events, settings, wait_for};
use crate::process::Process;
use sink::digest;
use sqlx::PgConnection;

async fn indexes(conn: &mut PgConnection) -> Vec<String> {
    const ALL: &str = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
    sqlx::query_scalar(ALL).fetch_all(conn).await.expect("indexes")
}

fn bulk(database: &Database, namespace: &Namespace) -> Process {
    Process::start(database, &namespace.name(), &["bulk", "--config", &settings()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_load_that_was_killed_goes_on_and_ends_in_the_same_register() {
    let namespace = Namespace::create().await;
    namespace.publish(&History::new(21, 4).steps(STEPS));
    let (database, _register) = empty_register().await;
    let mut conn = database.connect().await;
    let before = indexes(&mut conn).await;

    let killed = bulk(&database, &namespace);
    wait_for(&mut conn, (STEPS / 3) as i64).await;
    drop(killed);
    assert!(events(&mut conn).await < STEPS as i64, "killed in the middle");
    assert!(
        indexes(&mut conn).await.len() < before.len(),
        "no secondary index is there meanwhile"
    );

    let (code, log) = bulk(&database, &namespace).ended();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(indexes(&mut conn).await, before);

    assert_eq!(
        digest::of(&mut conn).await.expect("a digest"),
        namespace.loaded_quietly().await
    );

    let (code, log) = bulk(&database, &namespace).ended();
    assert_eq!(code, Some(1), "a register with rows is no place for it: {log}");
    assert!(log.contains("`intake-sink run` loads into this one"), "{log}");
    assert_eq!(indexes(&mut conn).await, before, "nothing was dropped");
    namespace.delete().await;
}
