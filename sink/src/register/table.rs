//! The statements of a table that many rows go into: copied straight where they are new, by a guarded upsert
//! where they may be there already, from arrays when there are few and from a temporary table when many.

use super::arrays::Kind;
use super::copy::Tuples;
use crate::fault::DatabaseFault;
use sqlx::PgConnection;
use std::sync::OnceLock;

/// Rows that may be there already and are no more than this go as arrays in one statement. A temporary table
/// is cheaper by the row, but each transaction that uses one truncates files when it commits.
const FEW: usize = 1_000;

/// A table's statements. All text in them comes from constants of this crate and of `schemas`.
pub(crate) struct Table {
    columns: String,
    copy: String,
    create_staged: String,
    stage: String,
    clear: String,
    /// The guarded insert, before and behind what the rows come from.
    insert: [String; 2],
    merge: String,
    /// Made with the first rows, which tell what their columns are.
    upsert: OnceLock<String>,
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

impl Written {
    /// Of so many rows that a statement was given.
    pub(crate) const fn of(rows: usize, changed: u64) -> Self {
        Self {
            changed,
            stale: rows as u64 - changed,
        }
    }
}

impl std::ops::AddAssign for Written {
    fn add_assign(&mut self, other: Self) {
        self.changed += other.changed;
        self.stale += other.stale;
    }
}

impl Table {
    /// `casts` are the columns whose type isn't that of the values, with their type.
    pub(crate) fn new(
        name: &str,
        key: &str,
        columns: &[&str],
        casts: &[(&str, &str)],
        on_conflict: &OnConflict,
    ) -> Self {
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
        let selected = columns.iter().map(|&column| {
            let cast = casts.iter().find(|(name, _)| *name == column);
            cast.map_or_else(|| column.to_owned(), |(_, cast)| format!("{column}::{cast}"))
        });
        let selected = selected.collect::<Vec<_>>().join(", ");
        // A table gives rows back as they fit its pages, not as they came: unsorted, two lanes
        // would lock the same rows in two orders.
        let insert = [
            format!("INSERT INTO {name} AS stored ({list}) SELECT {selected} FROM"),
            format!("ORDER BY {key} {conflict}"),
        ];
        Self {
            copy: format!("COPY {name} ({list}) FROM STDIN (FORMAT binary)"),
            create_staged: format!(
                "CREATE TEMP TABLE staged_{name} ON COMMIT DELETE ROWS AS SELECT {list} FROM {name} WITH NO DATA"
            ),
            stage: format!("COPY staged_{name} ({list}) FROM STDIN (FORMAT binary)"),
            clear: format!("DELETE FROM staged_{name}"),
            merge: insert.join(&format!(" staged_{name} ")),
            insert,
            upsert: OnceLock::new(),
            columns: list,
        }
    }

    fn upsert(&self, kinds: &[Kind]) -> String {
        let parameter = |(n, kind): (usize, &Kind)| format!("${}::{}", n + 1, kind.array_type());
        let parameters: Vec<String> = kinds.iter().enumerate().map(parameter).collect();
        let rows = format!(" UNNEST({}) AS new ({}) ", parameters.join(", "), self.columns);
        self.insert.join(&rows)
    }

    /// Makes the temporary table, once for a connection.
    pub(crate) async fn prepare(&self, conn: &mut PgConnection) -> Result<(), DatabaseFault> {
        sqlx::query(self.create_staged.as_str()).execute(conn).await?;
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
        let all = rows.count() as u64;
        let changed = match rows.count() {
            0 => 0,
            _ if new => rows.copy(conn, &self.copy).await?,
            1..=FEW => {
                let statement = self.upsert.get_or_init(|| self.upsert(rows.kinds()));
                let arrays = rows.into_arrays().into_iter();
                let upsert = arrays.fold(sqlx::query(statement), sqlx::query::Query::bind);
                upsert.execute(conn).await?.rows_affected()
            }
            _ => {
                rows.copy(&mut *conn, &self.stage).await?;
                sqlx::query(&self.merge).execute(conn).await?.rows_affected()
            }
        };
        Ok(Written {
            changed,
            stale: all - changed,
        })
    }

    /// Empties the temporary table, for another merge in the same transaction.
    pub(crate) async fn clear(&self, conn: &mut PgConnection) -> Result<(), DatabaseFault> {
        sqlx::query(self.clear.as_str()).execute(conn).await?;
        Ok(())
    }
}
