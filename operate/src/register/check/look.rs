//! One look at all references, or at some, in one snapshot.

use super::references::Reference;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::types::Json;
use sqlx::{Connection, PgConnection};

/// Examples given of each broken reference.
const MOST_EXAMPLES: usize = 20;

/// What breaks a reference's rule.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Broken {
    pub(super) count: i64,
    /// The first by id, at most twenty.
    pub(super) examples: Vec<Example>,
}

/// A row by its id, and the id that it names.
#[derive(Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub(super) struct Example {
    pub(super) id: String,
    pub(super) names: Option<String>,
}

const STEP: &str = "SELECT COALESCE(max(sequence), 0) FROM sink_position";

/// The highest step of match that is loaded. Steps before it may be on their way in other partitions.
pub(super) async fn step(conn: &mut PgConnection) -> Result<i64, DatabaseFault> {
    Ok(sqlx::query_scalar(STEP).fetch_one(conn).await?)
}

const DEAD_CHANGES: &str = "SELECT count(*) FROM dead_letter WHERE stage = 'sink' AND topic = $1";

/// Changes of match that the database refused: what they held is not in the register.
pub(super) async fn dead_changes(conn: &mut PgConnection) -> Result<i64, DatabaseFault> {
    let count = sqlx::query_scalar(DEAD_CHANGES).bind(schemas::topics::CHANGES);
    Ok(count.fetch_one(conn).await?)
}

/// Looks at these references, as far as `step`.
pub(super) async fn look(
    conn: &mut PgConnection,
    references: &[&Reference],
    step: i64,
) -> Result<Vec<Broken>, DatabaseFault> {
    const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut snapshot = conn.begin_with(ONE_SNAPSHOT).await?;
    let mut all = Vec::with_capacity(references.len());
    for reference in references {
        let query = format!(
            "WITH broken AS MATERIALIZED ({})
             SELECT (SELECT count(*) FROM broken),
                    (SELECT COALESCE(json_agg(first), '[]')
                       FROM (SELECT id, names FROM broken ORDER BY id, names LIMIT {MOST_EXAMPLES}) AS first)",
            reference.broken
        );
        let (count, Json(examples)) = sqlx::query_as(&query)
            .bind(step)
            .fetch_one(&mut *snapshot)
            .await?;
        all.push(Broken { count, examples });
    }
    snapshot.rollback().await?;
    Ok(all)
}
