//! `intakectl register digest`.

use crate::table::{Cell, Table};
use crate::{Report, Settings};
use runtime::Fault;
use serde::Serialize;
use sink::digest::{self, Digest};

/// The register's digest, a line for each table.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Shown(Digest);

/// Reads the register and digests it.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when its schema is another version's.
pub async fn run(settings: &Settings) -> Result<Shown, Fault> {
    let mut conn = settings.open_register().await?;
    Ok(Shown(digest::of(&mut conn).await?))
}

impl Report for Shown {
    fn table(&self) -> String {
        let mut table = Table::new(&["TABLE", "ROWS", "DIGEST"]);
        let rows = |rows: u64| Cell::number(i64::try_from(rows).unwrap_or(i64::MAX));
        for part in &self.0.tables {
            table.row([
                Cell::text(part.table),
                rows(part.rows),
                Cell::text(part.digest.to_string()),
            ]);
        }
        let all = self.0.tables.iter().map(|part| part.rows).sum();
        table.row([
            Cell::text("total"),
            rows(all),
            Cell::text(self.0.whole.to_string()),
        ]);
        table.render()
    }
}
