//! The schema explains itself, and is checked before anything is loaded.

use super::register;
use crate::fixture::database::Database;
use crate::register::Register;

#[tokio::test]
async fn every_table_view_column_and_function_has_a_comment() {
    const BARE: &str = "
        SELECT c.relname || COALESCE('.' || a.attname, '')
          FROM pg_class c
          LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
           AND c.relname <> '_sqlx_migrations'
           AND (obj_description(c.oid, 'pg_class') IS NULL OR col_description(c.oid, a.attnum) IS NULL)
         UNION ALL
        SELECT p.oid::regprocedure::text
          FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace AND obj_description(p.oid, 'pg_proc') IS NULL";
    let (database, _register) = register().await;
    let mut conn = database.connect().await;
    let bare: Vec<String> = sqlx::query_scalar(BARE).fetch_all(&mut conn).await.expect("read");
    assert_eq!(bare, Vec::<String>::new());
}

#[tokio::test]
async fn an_unmigrated_database_is_refused_with_what_to_do() {
    let database = Database::create().await;
    let register = Register::new(&database.url()).expect("a URL");
    let fault = register.check().await.expect_err("refused").to_string();
    assert!(fault.contains("run `intake-sink migrate`"), "{fault}");
    register.migrate().await.expect("migrated");
    register.migrate().await.expect("again: nothing to do");
    register.check().await.expect("accepted");
}

/// Counting and comparing over all applications must not read their rows, which are wide.
#[tokio::test]
async fn which_applications_belong_to_whom_is_answered_from_an_index_alone() {
    const PLAN: &str = "
        EXPLAIN (COSTS OFF) SELECT resident_id, application_id FROM application WHERE resident_id IS NOT NULL";
    let (database, _register) = register().await;
    let mut conn = database.connect().await;
    for setting in ["SET enable_seqscan = off", "SET enable_bitmapscan = off"] {
        sqlx::query(setting).execute(&mut conn).await.expect("set");
    }
    let plan: Vec<String> = sqlx::query_scalar(PLAN)
        .fetch_all(&mut conn)
        .await
        .expect("planned");
    assert_eq!(
        plan,
        ["Index Only Scan using application_of_resident on application"]
    );
}
