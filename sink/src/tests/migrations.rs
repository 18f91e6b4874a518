//! Every migration on a database that is filled and written to.

use super::environment::until;
use super::{count, load_anyway, manifests, records, register, round_trip};
use crate::digest;
use crate::fixture::database::Database;
use crate::fixture::history::History;
use crate::register::{MIGRATOR, Register};
use futures_util::TryStreamExt;
use sqlx::migrate::{Migration, Migrator};
use sqlx::{Connection, PgConnection, Postgres, Transaction};

/// The last version that has every table, and the indexes and views of none of the later ones.
const TABLES: i64 = 3;

/// A database at an earlier version.
async fn at_version(version: i64) -> (Database, PgConnection) {
    let database = Database::create().await;
    let mut conn = database.connect().await;
    up_to(version).run(&mut conn).await.expect("migrated");
    (database, conn)
}

/// The migrations up to a version.
fn up_to(version: i64) -> Migrator {
    let migrations: Vec<Migration> = MIGRATOR
        .iter()
        .filter(|migration| migration.version <= version)
        .cloned()
        .collect();
    Migrator {
        migrations: migrations.into(),
        ..Migrator::DEFAULT
    }
}

/// A register with rows in every table.
async fn filled() -> (Database, PgConnection) {
    let (database, register) = register().await;
    let mut conn = register.open_for_loading().await.expect("a connection");
    load_anyway(&mut conn, &records(&History::new(13, 4).steps(120))).await;
    let odd = round_trip::extreme_records();
    load_anyway(&mut conn, &odd).await;
    load_anyway(&mut conn, &[manifests::heartbeat()]).await;
    // What operate writes, a bulk load, and what no change of the history makes.
    const OTHERS: &str = "
        INSERT INTO set_aside_index VALUES ('some_index', 'CREATE INDEX');
        INSERT INTO erased VALUES (gen_random_uuid(), 7) ON CONFLICT DO NOTHING;
        INSERT INTO erasure VALUES (7, gen_random_uuid(), gen_random_uuid(), '{}', '{}', 'a.admin', 'asked', now(), true)
            ON CONFLICT DO NOTHING;
        INSERT INTO match_rules VALUES (9, 'vn-1', '', 0.999, 0.05, 'a.admin', 'another year') ON CONFLICT DO NOTHING;
        INSERT INTO dead_letter_decision
        VALUES (9, gen_random_uuid(), 'register.changes', 0, 7, 'discarded', true, 'a.admin', 'of no use', now());
        INSERT INTO review_proposal
        SELECT id, 'same', ARRAY[id], ARRAY[id], ARRAY[id], '{1}', 'x', 'a' FROM gen_random_uuid() AS id;
        INSERT INTO review_proposal_approval SELECT proposal_id, 'a', 'b', now(), 1 FROM review_proposal;
        INSERT INTO replay (replay_id, plan, plan_hash, planned_by)
        SELECT gen_random_uuid(), '{}', decode(repeat('00', 32), 'hex'), 'a';
        INSERT INTO replay_step (replay_id, step, result) SELECT replay_id, 'started', 'null' FROM replay;
        INSERT INTO replay_approval (replay_id, planned_by, diff_hash, lines, reason, approved_by)
        SELECT replay_id, 'a', plan_hash, '', 'looked at', 'b' FROM replay;
        INSERT INTO audit (action, about, reason, result) VALUES ('resident.unmask', 'x', 'case 1', 'granted')";
    sqlx::raw_sql(OTHERS).execute(&mut conn).await.expect("written");
    (database, conn)
}

#[tokio::test]
async fn what_a_table_holds_outlives_every_later_migration() {
    let (_source, mut source) = filled().await;
    let versions: Vec<i64> = MIGRATOR.iter().map(|migration| migration.version).collect();
    for &version in &versions[..versions.len() - 1] {
        let (database, mut conn) = at_version(version).await;
        let tables = tables(&mut conn).await;
        for table in &tables {
            table.copy(&mut source, &mut conn).await;
        }
        let before = contents(&mut conn, &tables).await;
        assert!(before.iter().all(|(_, rows, _)| *rows > 0), "{before:?}");
        let register = Register::new(&database.url()).expect("a URL");
        register.migrate().await.expect("migrated");
        register.check().await.expect("this version's");
        assert_eq!(
            contents(&mut conn, &tables).await,
            before,
            "from version {version}"
        );
        if version >= TABLES {
            let digests = [digest::of(&mut conn).await, digest::of(&mut source).await];
            let [ours, theirs] = digests.map(|digest| {
                let mut digests = digest.expect("a digest").tables;
                digests.retain(|digest| tables.iter().any(|table| table.name == digest.table));
                digests
            });
            assert_eq!(ours, theirs, "from version {version}");
        }
    }
}

/// A table as some version has it.
struct Table {
    name: String,
    columns: String,
}

/// The register's tables, as they are at this version.
async fn tables(conn: &mut PgConnection) -> Vec<Table> {
    const TABLES: &str = "
        SELECT table_name::text, string_agg(column_name, ', ' ORDER BY ordinal_position)
          FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> '_sqlx_migrations'
         GROUP BY table_name
         ORDER BY table_name";
    let tables: Vec<(String, String)> = sqlx::query_as(TABLES).fetch_all(conn).await.expect("read");
    tables
        .into_iter()
        .map(|(name, columns)| Table { name, columns })
        .collect()
}

impl Table {
    async fn copy(&self, from: &mut PgConnection, to: &mut PgConnection) {
        let Self { name, columns } = self;
        let read = format!("COPY {name} ({columns}) TO STDOUT");
        let mut rows = from.copy_out_raw(&read).await.expect("read");
        let write = format!("COPY {name} ({columns}) FROM STDIN");
        let mut copy = to.copy_in_raw(&write).await.expect("written");
        while let Some(row) = rows.try_next().await.expect("a row") {
            copy.send(row).await.expect("sent");
        }
        copy.finish().await.expect("copied");
    }
}

/// Each table's rows, counted and hashed.
async fn contents(conn: &mut PgConnection, tables: &[Table]) -> Vec<(String, i64, String)> {
    let mut contents = Vec::new();
    for Table { name, columns } in tables {
        let query = format!(
            "SELECT count(*), md5(COALESCE(string_agg(ROW({columns})::text, ' ' ORDER BY ROW({columns})::text), ''))
               FROM {name}"
        );
        let (rows, hash) = sqlx::query_as(&query).fetch_one(&mut *conn).await.expect("read");
        contents.push((name.clone(), rows, hash));
    }
    contents
}

/// Somebody has written to every table and not committed yet.
#[tokio::test]
async fn a_migration_of_filled_tables_holds_no_writer_up() {
    let all: Vec<_> = MIGRATOR.iter().collect();
    let later = all.windows(2).filter(|pair| pair[1].version > TABLES);
    for (before, migration) in later.map(|pair| (pair[0].version, pair[1])) {
        let (database, mut conn) = at_version(before).await;
        let tables = tables(&mut conn).await;
        let mut writer = database.connect().await;
        let open = write_to(&mut writer, &tables).await;
        sqlx::query("SET lock_timeout = '1s'")
            .execute(&mut conn)
            .await
            .expect("set");
        if migration.no_tx {
            let register = Register::new(&database.url()).expect("a URL");
            let (migrated, ()) = tokio::join!(register.migrate(), async {
                index_waits(&mut conn).await;
                let other = write_to(&mut conn, &tables).await;
                other.commit().await.expect("nobody stood in its way");
                open.commit().await.expect("committed");
            });
            migrated.expect("migrated");
        } else if migration.sql.contains("SET LOCAL lock_timeout") {
            let ran = up_to(migration.version).run(&mut conn).await;
            ran.expect_err("gives way to a writer");
            conn.close().await.expect("closed");
            open.commit().await.expect("committed");
            let register = Register::new(&database.url()).expect("a URL");
            register.migrate().await.expect("comes through in a gap");
        } else {
            let ran = up_to(migration.version).run(&mut conn).await;
            ran.expect("needs no lock that a writer holds");
        }
    }
}

async fn write_to<'c>(conn: &'c mut PgConnection, tables: &[Table]) -> Transaction<'c, Postgres> {
    let mut open = conn.begin().await.expect("begun");
    for Table { name, .. } in tables {
        let write = format!("LOCK TABLE {name} IN ROW EXCLUSIVE MODE");
        sqlx::query(&write)
            .execute(&mut *open)
            .await
            .expect("as a writer does");
    }
    open
}

/// Returns once a concurrent index waits for older transactions; its process.
async fn index_waits(conn: &mut PgConnection) -> i32 {
    const WAITS: &str = "
        SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INDEX CONCURRENTLY%'";
    let mut found = None;
    until("an index waits", async || {
        found = sqlx::query_scalar(WAITS)
            .fetch_optional(&mut *conn)
            .await
            .expect("asked");
        found.is_some()
    })
    .await;
    found.expect("found above")
}

#[tokio::test]
async fn an_index_that_was_cut_short_is_built_anew_and_one_migrates_at_a_time() {
    let (database, mut conn) = at_version(TABLES).await;
    let tables = tables(&mut conn).await;
    let register = Register::new(&database.url()).expect("a URL");
    let mut writer = database.connect().await;
    let open = write_to(&mut writer, &tables).await;
    let (cut_short, ()) = tokio::join!(register.migrate(), async {
        const CANCEL: &str = "SELECT pg_cancel_backend($1)";
        let process = index_waits(&mut conn).await;
        sqlx::query(CANCEL)
            .bind(process)
            .execute(&mut conn)
            .await
            .expect("cancelled");
    });
    let fault = cut_short.expect_err("cut short");
    assert!(fault.to_string().contains("SQLSTATE 57014"), "{fault}");
    const INVALID: &str = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
    assert_eq!(count(&mut conn, INVALID).await, 1);

    let (first, second, ()) = tokio::join!(register.migrate(), register.migrate(), async {
        index_waits(&mut conn).await;
        open.commit().await.expect("committed");
    });
    first.expect("migrated");
    second.expect("migrated, or there was nothing left to do");
    assert_eq!(count(&mut conn, INVALID).await, 0);
    register.check().await.expect("this version's");
}
