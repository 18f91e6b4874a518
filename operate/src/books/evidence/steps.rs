//! `intake_event` against match's count of its steps: 1, 2, 3 … without a hole.

use super::{Contradiction, MOST, Part};
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

#[derive(FromRow)]
struct Range {
    first: i64,
    last: i64,
}

/// A step whose change the register refused is a dead letter instead.
const GONE: &str = "
    WITH asked AS (
        SELECT min(sequence) AS first, max(sequence) AS last
          FROM (SELECT sequence FROM intake_event
                 WHERE appended_at >= $2 AND appended_at < $3 AND sequence <= $1
                OFFSET 0) AS of_day
        HAVING $2::timestamptz IS NOT NULL
        UNION ALL
        SELECT 1, $1 WHERE $2::timestamptz IS NULL),
    known AS (
        SELECT sequence FROM intake_event, asked WHERE sequence BETWEEN first AND last
        UNION ALL
        SELECT sequence FROM dead_letter, asked WHERE stage = 'sink' AND sequence BETWEEN first AND last
        UNION ALL
        SELECT last + 1 FROM asked
        UNION ALL
        SELECT first - 1 FROM asked)
    SELECT before + 1 AS first, sequence - 1 AS last
      FROM (SELECT sequence, lag(sequence) OVER (ORDER BY sequence) AS before FROM known) AS pairs
     WHERE sequence > before + 1
     LIMIT 1001";

/// Positions move in the transaction of the rows.
const UNLOADED: &str = "
    SELECT sequence AS first, sequence AS last
      FROM intake_event
     WHERE sequence > (SELECT COALESCE(max(sequence), 0) FROM sink_position WHERE topic = $1)
       AND ($2::timestamptz IS NULL OR (appended_at >= $2 AND appended_at < $3::timestamptz))
     ORDER BY sequence
     LIMIT 1001";

/// Of some nodes alone nothing can be told: steps are counted over all of them.
pub(super) async fn look(
    conn: &mut PgConnection,
    step: i64,
    part: &Part,
) -> Result<Vec<Contradiction>, DatabaseFault> {
    if part.nodes.is_some() {
        return Ok(Vec::new());
    }
    let gone: Vec<Range> = sqlx::query_as(GONE)
        .bind(step)
        .bind(part.period.map(|period| period.from))
        .bind(part.period.map(|period| period.to))
        .fetch_all(&mut *conn)
        .await?;
    let unloaded: Vec<Range> = sqlx::query_as(UNLOADED)
        .bind(schemas::topics::CHANGES)
        .bind(part.period.map(|period| period.from))
        .bind(part.period.map(|period| period.to))
        .fetch_all(conn)
        .await?;
    let found = [
        contradiction("steps of match whose rows are not there", &gone),
        contradiction("rows of steps that were never loaded", &unloaded),
    ];
    Ok(found.into_iter().flatten().collect())
}

fn contradiction(what: &'static str, ranges: &[Range]) -> Option<Contradiction> {
    let name = |range: &Range| match range {
        Range { first, last } if first == last => first.to_string(),
        Range { first, last } => format!("{first} to {last}"),
    };
    (!ranges.is_empty()).then(|| Contradiction {
        table: "intake_event",
        what,
        ids: ranges.iter().take(MOST).map(name).collect(),
        more: ranges.len() > MOST,
    })
}
