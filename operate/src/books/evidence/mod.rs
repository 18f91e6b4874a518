//! The proof of the register's rows: that each is what the events that were received and match's steps
//! made of it, and was not written, changed or deleted behind the pipeline's back.
//!
//! Whoever may write the tables can make rows agree with each other; the match log can't be reached from
//! there, so the last proof is a rebuild from it and `register digest`.

mod applications;
mod contents;
mod erased;
mod residents;
mod series;
mod steps;

pub(super) use series::look as of_series;

use crate::period::Period;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::QueryAs;
use sqlx::{FromRow, PgConnection, Postgres};
use std::fmt;

/// Ids named for one question; JSON has them all, the table a few.
const MOST: usize = 1000;

/// Rows that contradict the events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// Their table.
    pub table: &'static str,
    /// What is wrong with them.
    pub what: &'static str,
    /// Their ids, steps for `intake_event`, with the columns that differ where that is known.
    pub ids: Vec<String>,
    /// There may be more.
    pub more: bool,
}

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 5;
        let Self {
            table,
            what,
            ids,
            more,
        } = self;
        let (shown, rest) = ids.split_at(ids.len().min(SHOWN));
        write!(f, "{table}: {what}: {}", shown.join(", "))?;
        match (rest.len(), more) {
            (0, false) => Ok(()),
            (rest, false) => write!(f, " and {rest} more, see -o json"),
            (rest, true) => write!(f, " and {rest} or more, see -o json"),
        }
    }
}

/// Which events' rows are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    /// Those appended then; none for any time.
    pub(super) period: Option<Period>,
    /// Those of these nodes; none for all.
    pub(super) nodes: Option<Vec<String>>,
}

impl Part {
    /// Whether events of this node are looked at.
    pub(super) fn has(&self, node: &str) -> bool {
        let named = |nodes: &Vec<String>| nodes.iter().any(|of_part| of_part == node);
        self.nodes.as_ref().is_none_or(named)
    }

    const fn is_everything(&self) -> bool {
        self.period.is_none() && self.nodes.is_none()
    }

    /// A query of steps up to `$1`, appended from `$2` to before `$3`, of the nodes `$4`.
    fn bind<'q, Row>(&'q self, query: &'static str, step: i64) -> QueryAs<'q, Postgres, Row, PgArguments>
    where
        Row: for<'r> FromRow<'r, PgRow>,
    {
        sqlx::query_as(query)
            .bind(step)
            .bind(self.period.map(|period| period.from))
            .bind(self.period.map(|period| period.to))
            .bind(&self.nodes)
    }
}

/// A row that breaks a rule.
#[derive(Debug, FromRow)]
struct Found {
    id: String,
    rule: String,
}

/// A rule's name in SQL, the table, and what is wrong with a row that breaks it.
type Rule = (&'static str, &'static str, &'static str);

/// Looks at the rows of steps up to `step` of match, behind which everything is loaded.
///
/// # Errors
/// Transient when the database doesn't answer.
pub(super) async fn look(
    conn: &mut PgConnection,
    step: i64,
    part: &Part,
) -> Result<Vec<Contradiction>, Fault> {
    look_up_one_by_one(conn).await?;
    let mut found = steps::look(conn, step, part).await?;
    found.extend(applications::look(conn, step, part).await?);
    found.extend(residents::look(conn, step, part).await?);
    found.extend(contents::look(conn, step, part).await?);
    found.extend(erased::look(conn, step, part).await?);
    Ok(found)
}

/// Rows are wide and lie in about the order of their steps. To go through them in that order and look up by
/// key what belongs to each reads neighbouring pages; to sort or hash them would write them all again.
/// The questions keep to it: no DISTINCT that sorts before the look-ups, no EXISTS that may be hashed.
async fn look_up_one_by_one(conn: &mut PgConnection) -> Result<(), DatabaseFault> {
    for setting in [
        "SET LOCAL enable_hashjoin = off",
        "SET LOCAL enable_mergejoin = off",
        "SET LOCAL jit = off",
    ] {
        sqlx::query(setting).execute(&mut *conn).await?;
    }
    Ok(())
}

/// One query of a proof. It asks for one more than [`MOST`].
async fn ask(
    conn: &mut PgConnection,
    query: &'static str,
    step: i64,
    part: &Part,
    rules: &[Rule],
) -> Result<Vec<Contradiction>, DatabaseFault> {
    let found: Vec<Found> = part.bind(query, step).fetch_all(conn).await?;
    Ok(by_rule(&found, rules))
}

fn by_rule(found: &[Found], rules: &[Rule]) -> Vec<Contradiction> {
    let more = found.len() > MOST;
    let of_rule = |&(rule, table, what): &Rule| {
        let broken = found.iter().take(MOST).filter(|found| found.rule == rule);
        let mut ids: Vec<String> = broken.map(|found| found.id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        Contradiction {
            table,
            what,
            ids,
            more,
        }
    };
    let contradictions = rules.iter().map(of_rule);
    contradictions
        .filter(|contradiction| !contradiction.ids.is_empty())
        .collect()
}
