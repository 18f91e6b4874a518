//! `intakectl match curve`: where the recorded weights of pairs lie.

use crate::pair::in_force;
use crate::table::{Cell, Table, Tone, grouped};
use crate::{Report, Settings};
use linkage::{Thresholds, log_odds};
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

/// Probabilities that are looked at beside the thresholds in force.
const PROBABILITIES: [f64; 9] = [0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999];

/// How many pairs lie above each probability.
#[derive(Clone, Debug, Serialize)]
pub struct Curve {
    link: f64,
    review: f64,
    /// Reviews that wait now.
    open_reviews: i64,
    points: Vec<Point>,
}

#[derive(Clone, Debug, Serialize)]
struct Point {
    probability: f64,
    /// Pairs of applications that weigh at least as much.
    linked: i64,
    /// How many pairs of residents a person would look at if it were the threshold of linking.
    reviews: i64,
}

/// Reads the curve.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings) -> Result<Curve, Fault> {
    let mut conn = settings.open_register().await?;
    let thresholds = in_force(&mut conn).await?.thresholds;
    Ok(read(&mut conn, thresholds, thresholds.link).await?)
}

/// A pair's weight, its applications' residents, and whether somebody has decided about it. Pairs within a resident
/// hold its applications together; of those between two residents the heaviest is the one that is looked at. What is
/// kept apart although it is likely enough to be linked now is so by a rule, and looked at whatever the threshold.
///
/// Each is counted once, by how many of the thresholds it reaches: with a scan for each threshold instead, the curve of
/// half a million applications took ten seconds.
const COUNTS: &str = "
    WITH pair AS MATERIALIZED (
        SELECT e.left_id, e.right_id, e.weight_millibits / 1000.0::float8 AS bits, l.resident_id AS one,
               r.resident_id AS other, d.left_id IS NOT NULL AS decided
          FROM match_edge e
          JOIN application l ON l.application_id = e.left_id
          JOIN application r ON r.application_id = e.right_id
          LEFT JOIN review d ON (d.left_id, d.right_id) = (e.left_id, e.right_id) AND d.status IN ('same', 'different')
         WHERE e.accepted AND l.resident_id IS NOT NULL AND r.resident_id IS NOT NULL),
    between AS (
        SELECT max(bits) AS bits
          FROM pair
         WHERE one <> other
         GROUP BY least(one, other), greatest(one, other)
        HAVING NOT bool_or(decided) AND max(bits) >= $2),
    held AS MATERIALIZED (
        SELECT one AS resident_id, max(bits) AS bits, bool_or(decided) AS decided
          FROM pair CROSS JOIN LATERAL (VALUES (left_id), (right_id)) AS of (application_id)
         WHERE one = other
         GROUP BY one, application_id),
    counted AS (
        SELECT 'pair' AS what, bits FROM pair
         UNION ALL
        SELECT CASE WHEN bits < $3 THEN 'between' ELSE 'apart' END, bits FROM between
         UNION ALL
        SELECT 'loose', bits FROM held WHERE NOT decided
         UNION ALL
        SELECT 'whole', max(bits) FROM held GROUP BY resident_id HAVING NOT bool_or(decided))
    SELECT what, width_bucket(bits, $1) AS reached, count(*) AS count
      FROM counted
     GROUP BY what, reached";
const OPEN: &str = "SELECT count(*) FROM review WHERE status = 'open'";

/// How many of a kind reach the lowest so many thresholds.
#[derive(FromRow)]
struct Count {
    /// `pair`: of applications; `between`: of residents, looked at where it isn't linked; `apart`: of residents, kept apart
    /// by a rule; `loose`: an application that no decision holds in its resident, by its heaviest pair there; `whole`: a
    /// resident without a decision, by its heaviest pair.
    what: String,
    reached: i32,
    count: i64,
}

/// The curve around these thresholds, where pairs are linked from `linked_now` on today.
pub(super) async fn read(
    conn: &mut PgConnection,
    thresholds: Thresholds,
    linked_now: f64,
) -> Result<Curve, DatabaseFault> {
    let Thresholds { link, review } = thresholds;
    let mut probabilities: Vec<f64> = PROBABILITIES.iter().copied().chain([link]).collect();
    probabilities.sort_unstable_by(f64::total_cmp);
    probabilities.dedup();
    let bits: Vec<f64> = probabilities.iter().map(|&p| log_odds(p)).collect();
    let counts: Vec<Count> = sqlx::query_as(COUNTS)
        .bind(&bits)
        .bind(log_odds(review))
        .bind(log_odds(linked_now))
        .fetch_all(&mut *conn)
        .await?;
    let points = probabilities.into_iter().zip(0..);
    Ok(Curve {
        link,
        review,
        open_reviews: sqlx::query_scalar(OPEN).fetch_one(conn).await?,
        points: points
            .map(|(probability, at)| Point::of(&counts, probability, at))
            .collect(),
    })
}

impl Point {
    /// The point of the threshold with `at` lower ones.
    fn of(counts: &[Count], probability: f64, at: i32) -> Self {
        let sum = |what: &str, within: fn(i32, i32) -> bool| -> i64 {
            let counts = counts.iter();
            let of_kind = counts.filter(|count| count.what == what && within(count.reached, at));
            of_kind.map(|count| count.count).sum()
        };
        let below = |reached, at| reached <= at;
        Self {
            probability,
            linked: sum("pair", |reached, at| reached > at),
            // Who comes off a resident is looked at with it; where all come off, one of them is the resident.
            reviews: sum("apart", |_, _| true) + sum("between", below) + sum("loose", below)
                - sum("whole", below),
        }
    }
}

impl Report for Curve {
    fn table(&self) -> String {
        let mut table = Table::new(&["LINKED FROM", "BITS", "LINKED", "REVIEWS", ""]);
        for point in &self.points {
            let (mark, tone) = if point.probability == self.link {
                ("<", Tone::Good)
            } else {
                ("", Tone::Plain)
            };
            table.row([
                Cell::text(point.probability.to_string()),
                Cell::signed(log_odds(point.probability)),
                Cell::number(point.linked),
                Cell::number(point.reviews),
                Cell::text(mark).toned(tone),
            ]);
        }
        format!(
            "{}\nlooked at from {}; {} reviews wait now\nweights are those of the day when a pair was compared",
            table.render(),
            self.review,
            grouped(self.open_reviews)
        )
    }
}
