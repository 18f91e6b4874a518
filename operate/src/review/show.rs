//! `intakectl review show`.

use crate::pair::{self, Picture};
use crate::show::unmask::Unmask;
use crate::{Report, Settings};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

/// Options of `review show`.
#[derive(Debug, Args)]
pub struct Options {
    /// An application of the pair
    #[arg(value_name = "LEFT")]
    left: Uuid,
    /// The other one
    #[arg(value_name = "RIGHT")]
    right: Uuid,
    #[command(flatten)]
    unmask: Unmask,
}

/// A review with the picture of its pair.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// None: nobody was ever asked about this pair.
    review: Option<ReviewRow>,
    #[serde(flatten)]
    picture: Picture,
}

#[derive(Debug, FromRow, Serialize)]
struct ReviewRow {
    /// `open`, `closed` when there is nothing to decide any more, `same` or `different`.
    #[serde(rename = "review_status")]
    status: String,
    /// The step that opened it, and when.
    opened: i64,
    opened_at: Option<DateTime<Utc>>,
    /// What the two weighed then, in bits.
    weight: f64,
}

const REVIEW: &str = "
    SELECT v.status::text AS status, v.opened, e.matched_at AS opened_at, v.weight_millibits / 1000.0::float8 AS weight
      FROM review v
      LEFT JOIN intake_event e ON e.sequence = v.opened
     WHERE v.left_id = least($1, $2) AND v.right_id = greatest($1, $2)";

async fn review(
    conn: &mut PgConnection,
    left: Uuid,
    right: Uuid,
) -> Result<Option<ReviewRow>, DatabaseFault> {
    let query = sqlx::query_as(REVIEW).bind(left).bind(right);
    Ok(query.fetch_optional(conn).await?)
}

/// Shows a pair.
///
/// # Errors
/// Data when there is no such application; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Shown, Fault> {
    let mut conn = settings.open_register().await?;
    let picture = pair::explain(&mut conn, options.left, options.right, &options.unmask).await?;
    let (left, right) = (picture.left.application_id, picture.right.application_id);
    Ok(Shown {
        review: review(&mut conn, left, right).await?,
        picture,
    })
}

impl Report for Shown {
    fn table(&self) -> String {
        let review = match &self.review {
            None => "nobody is asked about this pair, but may decide it".to_owned(),
            Some(review) => {
                let at = review
                    .opened_at
                    .map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
                format!(
                    "review {}, opened at step {} ({}) with {:+.2} bits",
                    review.status,
                    review.opened,
                    at.unwrap_or_else(|| "when isn't known".to_owned()),
                    review.weight
                )
            }
        };
        format!("{review}\n{}\n\n{}", self.picture.table(), self.how_to_decide())
    }
}

impl Shown {
    /// The command that decides on exactly what was shown.
    fn how_to_decide(&self) -> String {
        let (left, right) = (&self.picture.left, &self.picture.right);
        let mut residents: Vec<_> = [left, right]
            .into_iter()
            .filter_map(|side| side.resident.as_ref())
            .map(|resident| format!(" --based-on {}@{}", resident.resident_id, resident.sequence))
            .collect();
        residents.dedup();
        format!(
            "decide on what you see: intakectl review decide {} {} same|different --reason '…'{} --execute",
            left.application_id,
            right.application_id,
            residents.concat()
        )
    }
}
