//! The statements of a table that rows are copied into: straight where they are new, by way of a
//! temporary table and a guarded upsert where they may be there already.

use super::copy::Tuples;
use crate::fault::DatabaseFault;
use sqlx::{AssertSqlSafe, PgConnection};

/// A table's statements. All text in them comes from constants of this crate and of `schemas`.
pub(crate) struct Table {
    copy: String,
    create_staged: String,
    stage: String,
    merge: String,
    clear: String,
}

/// What happens to a row whose key is there already.
pub(crate) enum OnConflict {
    /// A higher `sequence` replaces a lower one.
    NewerReplaces,
    /// It stays as it is.
    Keep,
}

/// Rows that a statement changed, and rows it left because theirs was no newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Rows inserted or replaced.
    pub changed: u64,
    /// Rows that were there already, as new or newer.
    pub stale: u64,
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.changed += other.changed;
        self.stale += other.stale;
    }
}

impl Table {
    pub(crate) fn new(name: &str, key: &str, columns: &[&str], on_conflict: &OnConflict) -> Self {
        let list = columns.join(", ");
        let conflict = match on_conflict {
            OnConflict::Keep => format!("ON CONFLICT ({key}) DO NOTHING"),
            OnConflict::NewerReplaces => {
                let others = columns.iter().filter(|column| **column != key);
                let set: Vec<String> = others
                    .map(|column| format!("{column} = EXCLUDED.{column}"))
                    .collect();
                let set = set.join(", ");
                format!("ON CONFLICT ({key}) DO UPDATE SET {set} WHERE stored.sequence < EXCLUDED.sequence")
            }
        };
        Self {
            copy: format!("COPY {name} ({list}) FROM STDIN (FORMAT binary)"),
            create_staged: format!(
                "CREATE TEMP TABLE staged_{name} ON COMMIT DELETE ROWS AS SELECT {list} FROM {name} WITH NO DATA"
            ),
            stage: format!("COPY staged_{name} ({list}) FROM STDIN (FORMAT binary)"),
            // A table gives rows back as they fit its pages, not as they came: unsorted, two lanes
            // would lock the same rows in two orders.
            merge: format!(
                "INSERT INTO {name} AS stored ({list}) SELECT {list} FROM staged_{name} ORDER BY {key} {conflict}"
            ),
            clear: format!("DELETE FROM staged_{name}"),
        }
    }

    /// Makes the temporary table, once for a connection.
    pub(crate) async fn prepare(&self, conn: &mut PgConnection) -> Result<(), DatabaseFault> {
        sqlx::query(AssertSqlSafe(self.create_staged.as_str()))
            .execute(conn)
            .await?;
        Ok(())
    }

    /// Writes rows: straight into the table those that are `new`, where one that is there already is a
    /// unique violation; by a guarded upsert those that may be there.
    pub(crate) async fn write(
        &self,
        conn: &mut PgConnection,
        rows: Tuples,
        new: bool,
    ) -> Result<Written, DatabaseFault> {
        if rows.is_empty() {
            return Ok(Written::default());
        }
        if new {
            let changed = rows.copy(conn, &self.copy).await?;
            return Ok(Written { changed, stale: 0 });
        }
        let staged = rows.copy(conn, &self.stage).await?;
        let merged = sqlx::query(AssertSqlSafe(self.merge.as_str()))
            .execute(&mut *conn)
            .await?;
        let changed = merged.rows_affected();
        Ok(Written {
            changed,
            stale: staged - changed,
        })
    }

    /// Empties the temporary table, for another merge in the same transaction.
    pub(crate) async fn clear(&self, conn: &mut PgConnection) -> Result<(), DatabaseFault> {
        sqlx::query(AssertSqlSafe(self.clear.as_str()))
            .execute(conn)
            .await?;
        Ok(())
    }
}
