//! How fast events go through: how far the register has come, and the time spent at each stage.

use crate::Settings;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::FromRow;

/// How far the register has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Reach {
    /// Highest step of match that is loaded; 0 for none. Steps before it may still be on their way.
    pub step: i64,
    /// Distinct events that ended here: loaded, rejected or held.
    pub events: i64,
}

const REACH: &str = "
    SELECT (SELECT COALESCE(max(sequence), 0) FROM intake_event) AS step,
           (SELECT COALESCE(sum(loaded + rejected + held), 0)::bigint FROM node_ledger) AS events";

/// How far the register has come. Cheap: it reads an index and the ledgers.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn reach(settings: &Settings) -> Result<Reach, Fault> {
    let mut conn = settings.open_register().await?;
    let reach = sqlx::query_as(REACH).fetch_one(&mut conn).await;
    Ok(reach.map_err(DatabaseFault::from)?)
}

/// Seconds that half, 95 % and 99 % of the events took at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Percentiles {
    /// Half of them.
    pub p50: f64,
    /// 95 %.
    pub p95: f64,
    /// 99 %.
    pub p99: f64,
}

/// One stage's work on some events.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Seconds from the end of the stage before to the end of this one; none when no event has both
    /// times.
    pub seconds: Option<Percentiles>,
    /// Seconds from the first event to the last that left the stage; none when there is no event.
    pub busy_seconds: Option<f64>,
}

/// Some events' way from the node's disk to the register.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Passage {
    /// Slug of the province; none for all together.
    pub province: Option<String>,
    /// How many events, copies included.
    pub events: i64,
    /// From the node's disk, by the node's clock, to the province's topic.
    pub publish: Stage,
    /// To the match log.
    pub normalise: Stage,
    /// To `register.changes`.
    #[serde(rename = "match")]
    pub matching: Stage,
    /// To the start of the transaction that loaded it.
    pub load: Stage,
    /// From the topic to the register: all stages but the first.
    pub whole: Stage,
}

#[derive(FromRow)]
struct PassageRow {
    province: Option<String>,
    events: i64,
    publish: Option<Vec<f64>>,
    normalise: Option<Vec<f64>>,
    matching: Option<Vec<f64>>,
    load: Option<Vec<f64>>,
    whole: Option<Vec<f64>>,
    appending: Option<f64>,
    logging: Option<f64>,
    settling: Option<f64>,
    loading: Option<f64>,
    passing: Option<f64>,
}

const PASSAGES: &str = "
    WITH event AS (
        SELECT province,
               CASE WHEN isfinite(spooled_at) THEN extract(epoch FROM spooled_at)::float8 END AS spooled,
               extract(epoch FROM appended_at)::float8 AS appended,
               extract(epoch FROM logged_at)::float8 AS logged,
               extract(epoch FROM matched_at)::float8 AS matched,
               extract(epoch FROM loaded_at)::float8 AS loaded
          FROM intake_event
         WHERE sequence > $1 AND province IS NOT NULL)
    SELECT province,
           count(*) AS events,
           percentile_cont('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY appended - spooled) AS publish,
           percentile_cont('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY logged - appended) AS normalise,
           percentile_cont('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY matched - logged) AS matching,
           percentile_cont('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY loaded - matched) AS load,
           percentile_cont('{0.5,0.95,0.99}'::float8[]) WITHIN GROUP (ORDER BY loaded - appended) AS whole,
           max(appended) - min(appended) AS appending,
           max(logged) - min(logged) AS logging,
           max(matched) - min(matched) AS settling,
           max(loaded) - min(loaded) AS loading,
           max(loaded) - min(appended) AS passing
      FROM event
     GROUP BY GROUPING SETS ((), (province))
     ORDER BY GROUPING(province) DESC, province";

/// The passages of the events after a step of match: of all together first, then of each province
/// that has any.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn measure(settings: &Settings, after_step: i64) -> Result<Vec<Passage>, Fault> {
    let mut conn = settings.open_register().await?;
    let rows: Vec<PassageRow> = sqlx::query_as(PASSAGES)
        .bind(after_step)
        .fetch_all(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    Ok(rows.into_iter().map(Passage::from).collect())
}

impl From<PassageRow> for Passage {
    fn from(row: PassageRow) -> Self {
        let stage = |seconds: Option<Vec<f64>>, busy_seconds| Stage {
            seconds: match seconds.as_deref() {
                Some(&[p50, p95, p99]) => Some(Percentiles { p50, p95, p99 }),
                _ => None,
            },
            busy_seconds,
        };
        Self {
            province: row.province,
            events: row.events,
            publish: stage(row.publish, row.appending),
            normalise: stage(row.normalise, row.logging),
            matching: stage(row.matching, row.settling),
            load: stage(row.load, row.loading),
            whole: stage(row.whole, row.passing),
        }
    }
}
