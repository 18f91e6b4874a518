//! `intakectl match curve`: where the recorded weights of pairs lie.

use crate::pair::in_force;
use crate::table::{Cell, Table, Tone};
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

#[derive(Clone, Debug, FromRow, Serialize)]
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
const POINTS: &str = "
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
        HAVING NOT bool_or(decided)),
    held AS (
        SELECT one AS resident_id, application_id, max(bits) AS bits, bool_or(decided) AS decided
          FROM pair CROSS JOIN LATERAL (VALUES (left_id), (right_id)) AS of (application_id)
         WHERE one = other
         GROUP BY one, application_id),
    point AS (SELECT * FROM UNNEST($1::float8[], $2::float8[]) AS point (probability, bits))
    SELECT point.probability,
           (SELECT count(*) FROM pair WHERE pair.bits >= point.bits) AS linked,
           (SELECT count(*) FROM between
             WHERE between.bits >= $3 AND (between.bits < point.bits OR between.bits >= $4))
         + (SELECT COALESCE(sum(least(loose, members - 1)), 0)
              FROM (SELECT count(*) AS members, count(*) FILTER (WHERE NOT decided AND held.bits < point.bits) AS loose
                      FROM held GROUP BY resident_id) AS resident)::bigint AS reviews
      FROM point
     ORDER BY point.probability";
const OPEN: &str = "SELECT count(*) FROM review WHERE status = 'open'";

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
    let points = sqlx::query_as(POINTS)
        .bind(&probabilities)
        .bind(&bits)
        .bind(log_odds(review))
        .bind(log_odds(linked_now))
        .fetch_all(&mut *conn)
        .await?;
    Ok(Curve {
        link,
        review,
        open_reviews: sqlx::query_scalar(OPEN).fetch_one(conn).await?,
        points,
    })
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
            "{}\nlooked at from {}; {} reviews wait now. Weights are those of the day when a pair was compared",
            table.render(),
            self.review,
            self.open_reviews
        )
    }
}
