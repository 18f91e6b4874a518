//! `intakectl register migrate`: applies the sink's migrations.

use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use sink::{DatabaseFault, MIGRATOR};
use sqlx::{Connection, PgConnection};
use std::collections::BTreeSet;

/// Options of `register migrate`.
#[derive(Debug, Args)]
pub struct Options {
    /// Apply them; without it, only list them
    #[arg(long)]
    execute: bool,
}

/// The migrations and which of them are applied.
#[derive(Debug, Serialize)]
pub struct Migrations {
    executed: bool,
    migrations: Vec<Migration>,
}

#[derive(Debug, Serialize)]
struct Migration {
    version: i64,
    description: String,
    result: &'static str,
}

/// Lists or applies what is pending.
///
/// # Errors
/// Transient when the database can't be reached; fatal when a migration fails or the schema is a
/// later version's.
pub async fn run(settings: &Settings, options: &Options) -> Result<Migrations, Fault> {
    let register = settings.register()?;
    let mut conn = register.open().await?;
    let before = applied(&mut conn).await?;
    conn.close().await.map_err(DatabaseFault::from)?;
    if options.execute {
        register.migrate().await?;
    }
    let migrations = MIGRATOR.iter().map(|migration| Migration {
        version: migration.version,
        description: migration.description.to_string(),
        result: match (before.contains(&migration.version), options.execute) {
            (true, _) => "unchanged",
            (false, true) => "applied",
            (false, false) => "pending",
        },
    });
    Ok(Migrations {
        executed: options.execute,
        migrations: migrations.collect(),
    })
}

const IS_THERE: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
const APPLIED: &str = "SELECT version FROM _sqlx_migrations WHERE success";

async fn applied(conn: &mut PgConnection) -> Result<BTreeSet<i64>, DatabaseFault> {
    let is_there: bool = sqlx::query_scalar(IS_THERE).fetch_one(&mut *conn).await?;
    if !is_there {
        return Ok(BTreeSet::new());
    }
    let versions: Vec<i64> = sqlx::query_scalar(APPLIED).fetch_all(conn).await?;
    Ok(versions.into_iter().collect())
}

impl Report for Migrations {
    fn table(&self) -> String {
        let mut table = Table::new(&["VERSION", "MIGRATION", "RESULT"]);
        for migration in &self.migrations {
            let tone = if migration.result == "unchanged" {
                Tone::Plain
            } else {
                Tone::Good
            };
            table.row([
                Cell::number(migration.version),
                Cell::text(&migration.description),
                Cell::text(migration.result).toned(tone),
            ]);
        }
        let pending = self.migrations.iter().filter(|m| m.result == "pending").count();
        let hint = match (self.executed, pending) {
            (true, _) => "the register's schema is this version's".to_owned(),
            (false, 0) => "nothing is pending".to_owned(),
            (false, _) => format!("dry run: {pending} pending; apply them with --execute"),
        };
        format!("{}\n{hint}", table.render())
    }
}
