//! The time that events spent at each stage: one query, a row for all and one for each province.

use crate::Settings;
use crate::period::Period;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

/// The longest that something by a node's own clock is believed: 90 days, in seconds. A device that
/// starts with an empty clock is years away.
pub(super) const LONGEST_BY_A_NODES_CLOCK: f64 = 90.0 * 86_400.0;

/// Which events.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Those after this step of match.
    pub after_step: i64,
    /// Those that the broker appended to their province's topic then; none for any time.
    pub appended: Option<Period>,
    /// Those of the province with this slug; none for all.
    pub province: Option<String>,
}

/// Seconds that half, 95 %, 99 % and all of the events took at most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Percentiles {
    /// Half of them.
    pub p50: f64,
    /// 95 %.
    pub p95: f64,
    /// 99 %.
    pub p99: f64,
    /// All.
    pub max: f64,
}

/// One stage's work on some events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Stage {
    /// Events that the figures are of.
    pub events: i64,
    /// Events that were left out because the node's clock can't be right: the time is negative, or
    /// longer than 90 days. 0 at the stages of the centre, which have clocks of their own.
    pub left_out: i64,
    /// Seconds from the end of the stage before to the end of this one; none when there is no event.
    pub seconds: Option<Percentiles>,
    /// Seconds from the first event to the last that left the stage; none when there is no event, and
    /// at the node.
    pub busy_seconds: Option<f64>,
}

/// Some events' way from the clerk to the register.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Passage {
    /// Slug of the province; none for all together.
    pub province: Option<String>,
    /// How many events, copies included.
    pub events: i64,
    /// From the clerk to the node's disk, both by the node's clock.
    pub spool: Stage,
    /// From the node's disk, by the node's clock with its known offset, to the province's topic.
    pub publish: Stage,
    /// To the match log.
    pub normalise: Stage,
    /// To `register.changes`.
    #[serde(rename = "match")]
    pub matching: Stage,
    /// To the start of the transaction that loaded it.
    pub load: Stage,
    /// From the topic to the register: all stages of the centre.
    pub whole: Stage,
}

#[derive(FromRow)]
struct PassageRow {
    province: Option<String>,
    events: i64,
    spool: Option<Vec<f64>>,
    spool_events: i64,
    spool_left_out: i64,
    publish: Option<Vec<f64>>,
    publish_events: i64,
    publish_left_out: i64,
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

/// Times as seconds, so that no interval of an absurd clock can overflow.
const PASSAGES: &str = "
    WITH event AS (
        SELECT province,
               extract(epoch FROM captured_at)::float8 AS captured,
               extract(epoch FROM spooled_at)::float8 AS spooled,
               COALESCE(clock_offset_ms, 0)::float8 / 1000 AS clock_offset,
               extract(epoch FROM appended_at)::float8 AS appended,
               extract(epoch FROM logged_at)::float8 AS logged,
               extract(epoch FROM matched_at)::float8 AS matched,
               extract(epoch FROM loaded_at)::float8 AS loaded
          FROM intake_event
         WHERE sequence > $1 AND province IS NOT NULL
           AND ($2::text IS NULL OR province = $2)
           AND appended_at >= COALESCE($3::timestamptz, '-infinity')
           AND appended_at < COALESCE($4::timestamptz, 'infinity')),
    spent AS (
        SELECT *,
               CASE WHEN spooled - captured BETWEEN 0 AND $5 THEN spooled - captured END AS spool,
               CASE WHEN appended - spooled - clock_offset BETWEEN 0 AND $5
                    THEN appended - spooled - clock_offset END AS publish
          FROM event)
    SELECT province,
           count(*) AS events,
           percentile_cont('{0.5,0.95,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY spool) AS spool,
           count(spool) AS spool_events,
           count(spooled - captured) - count(spool) AS spool_left_out,
           percentile_cont('{0.5,0.95,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY publish) AS publish,
           count(publish) AS publish_events,
           count(spooled) - count(publish) AS publish_left_out,
           percentile_cont('{0.5,0.95,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY logged - appended) AS normalise,
           percentile_cont('{0.5,0.95,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY matched - logged) AS matching,
           percentile_cont('{0.5,0.95,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY loaded - matched) AS load,
           percentile_cont('{0.5,0.95,0.99,1}'::float8[]) WITHIN GROUP (ORDER BY loaded - appended) AS whole,
           max(appended) - min(appended) AS appending,
           max(logged) - min(logged) AS logging,
           max(matched) - min(matched) AS settling,
           max(loaded) - min(loaded) AS loading,
           max(loaded) - min(appended) AS passing
      FROM spent
     GROUP BY GROUPING SETS ((), (province))
     ORDER BY GROUPING(province) DESC, province";

/// Six sorts of the whole selection go on at once.
const ROOM_TO_SORT: &str = "SET work_mem = '64MB'";

/// The passages of some events: of all together first, then of each province that has any.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn measure(settings: &Settings, selection: &Selection) -> Result<Vec<Passage>, Fault> {
    let mut conn = settings.open_register().await?;
    let rows = read(&mut conn, selection).await?;
    Ok(rows.into_iter().map(Passage::from).collect())
}

async fn read(conn: &mut PgConnection, selection: &Selection) -> Result<Vec<PassageRow>, DatabaseFault> {
    sqlx::query(ROOM_TO_SORT).execute(&mut *conn).await?;
    let rows = sqlx::query_as(PASSAGES)
        .bind(selection.after_step)
        .bind(&selection.province)
        .bind(selection.appended.map(|Period { from, .. }| from))
        .bind(selection.appended.map(|Period { to, .. }| to))
        .bind(LONGEST_BY_A_NODES_CLOCK)
        .fetch_all(conn)
        .await?;
    Ok(rows)
}

impl From<PassageRow> for Passage {
    fn from(row: PassageRow) -> Self {
        let at_the_centre = |seconds, busy_seconds| Stage {
            events: row.events,
            left_out: 0,
            seconds: percentiles(seconds),
            busy_seconds,
        };
        Self {
            province: row.province,
            events: row.events,
            spool: Stage {
                events: row.spool_events,
                left_out: row.spool_left_out,
                seconds: percentiles(row.spool),
                busy_seconds: None,
            },
            publish: Stage {
                events: row.publish_events,
                left_out: row.publish_left_out,
                seconds: percentiles(row.publish),
                busy_seconds: row.appending,
            },
            normalise: at_the_centre(row.normalise, row.logging),
            matching: at_the_centre(row.matching, row.settling),
            load: at_the_centre(row.load, row.loading),
            whole: at_the_centre(row.whole, row.passing),
        }
    }
}

fn percentiles(seconds: Option<Vec<f64>>) -> Option<Percentiles> {
    match seconds.as_deref() {
        Some(&[p50, p95, p99, max]) => Some(Percentiles { p50, p95, p99, max }),
        _ => None,
    }
}
