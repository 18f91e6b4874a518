//! `intakectl review list`.

use crate::lag::age;
use crate::show::mask::Mask;
use crate::show::unmask::Unmask;
use crate::table::{Cell, Table, grouped};
use crate::{Report, Settings};
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::FromRow;
use uuid::Uuid;

/// Options of `review list`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only pairs with an application of this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
    #[command(flatten)]
    unmask: Unmask,
}

/// Reviews that wait.
#[derive(Debug, Serialize)]
pub struct Waiting {
    /// How many wait altogether.
    open: i64,
    masked: bool,
    reviews: Vec<Review>,
}

#[derive(Debug, Serialize)]
struct Review {
    priority: f64,
    /// log2 of the odds that the two are one person, when they were compared.
    weight: f64,
    /// The step that opened it.
    opened: i64,
    seconds_open: Option<f64>,
    /// Applications that both residents have together.
    applications: i32,
    left: Side,
    right: Side,
}

#[derive(Debug, Serialize)]
struct Side {
    application_id: Uuid,
    resident_id: Uuid,
    /// The step of match that made the resident's state.
    sequence: i64,
    province: Option<String>,
    full_name: Option<String>,
    date_of_birth: Option<String>,
}

#[derive(FromRow)]
struct ReviewRow {
    priority: f64,
    weight: f64,
    opened: i64,
    seconds_open: Option<f64>,
    applications: i32,
    left_id: Uuid,
    left_resident: Uuid,
    left_sequence: i64,
    left_province: Option<String>,
    left_name: Option<String>,
    left_born: Option<String>,
    right_id: Uuid,
    right_resident: Uuid,
    right_sequence: i64,
    right_province: Option<String>,
    right_name: Option<String>,
    right_born: Option<String>,
}

/// Pairs that are ranked at most, the likeliest of those that wait.
const RANKED: i64 = 20_000;

/// Who the two are is read of those alone that are listed.
const REVIEWS: &str = "
    WITH waiting AS (
        SELECT v.left_id, v.right_id, v.opened, v.weight_millibits / 1000.0::float8 AS weight,
               l.resident_id AS left_resident, l.node_id AS left_node, r.resident_id AS right_resident,
               r.node_id AS right_node
          FROM review v
          JOIN application l ON l.application_id = v.left_id
          JOIN application r ON r.application_id = v.right_id
         WHERE v.status = 'open'
           AND ($1::text IS NULL OR EXISTS (
               SELECT FROM node_ledger n WHERE n.node_id IN (l.node_id, r.node_id) AND n.province = $1))
         ORDER BY v.weight_millibits DESC, v.left_id, v.right_id
         LIMIT $3),
    aged AS (
        SELECT w.*, extract(epoch FROM now() - e.matched_at)::float8 AS seconds_open,
               cardinality(one.members) + CASE WHEN w.left_resident = w.right_resident THEN 0
                                               ELSE cardinality(other.members) END AS applications
          FROM waiting w
          JOIN resident one ON one.resident_id = w.left_resident
          JOIN resident other ON other.resident_id = w.right_resident
          LEFT JOIN intake_event e ON e.sequence = w.opened),
    first AS (
        SELECT aged.*,
               least(weight, 10) + ln(1 + greatest(COALESCE(seconds_open, 0), 0) / 86400) / ln(2.0::float8)
                 + ln(greatest(applications, 1)::float8) / ln(2.0::float8) AS priority
          FROM aged
         ORDER BY priority DESC, left_id, right_id
         LIMIT $2)
    SELECT first.*,
           one.sequence AS left_sequence, one.full_name AS left_name, one.date_of_birth AS left_born,
           (SELECT max(n.province) FROM node_ledger n WHERE n.node_id = left_node) AS left_province,
           other.sequence AS right_sequence, other.full_name AS right_name, other.date_of_birth AS right_born,
           (SELECT max(n.province) FROM node_ledger n WHERE n.node_id = right_node) AS right_province
      FROM first
      JOIN resident one ON one.resident_id = left_resident
      JOIN resident other ON other.resident_id = right_resident
     ORDER BY priority DESC, left_id, right_id";
const OPEN: &str = "SELECT count(*) FROM review WHERE status = 'open'";

/// Lists the pairs that wait.
///
/// # Errors
/// Data when no such province is configured; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Waiting, Fault> {
    if let Some(slug) = &options.province {
        settings.province(slug)?;
    }
    let mut conn = settings.open_register().await?;
    let rows: Vec<ReviewRow> = sqlx::query_as(REVIEWS)
        .bind(&options.province)
        .bind(options.limit)
        .bind(RANKED)
        .fetch_all(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    let open = sqlx::query_scalar(OPEN)
        .fetch_one(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    let about: Vec<String> = rows
        .iter()
        .flat_map(|row| [row.left_id.to_string(), row.right_id.to_string()])
        .collect();
    let mask = options.unmask.mask(&mut conn, "review.unmask", &about).await?;
    Ok(Waiting {
        open,
        masked: mask == Mask::Masked,
        reviews: rows.into_iter().map(|row| Review::of(row, mask)).collect(),
    })
}

impl Review {
    fn of(row: ReviewRow, mask: Mask) -> Self {
        let shown = |value: Option<String>| value.map(|value| mask.show(&value));
        Self {
            priority: row.priority,
            weight: row.weight,
            opened: row.opened,
            seconds_open: row.seconds_open,
            applications: row.applications,
            left: Side {
                application_id: row.left_id,
                resident_id: row.left_resident,
                sequence: row.left_sequence,
                province: row.left_province,
                full_name: shown(row.left_name),
                date_of_birth: shown(row.left_born),
            },
            right: Side {
                application_id: row.right_id,
                resident_id: row.right_resident,
                sequence: row.right_sequence,
                province: row.right_province,
                full_name: shown(row.right_name),
                date_of_birth: shown(row.right_born),
            },
        }
    }
}

impl Report for Waiting {
    fn table(&self) -> String {
        let mut table = Table::new(&[
            "PRIORITY",
            "WEIGHT",
            "OPEN FOR",
            "APPS",
            "APPLICATION",
            "PROVINCE",
            "NAME",
            "BORN",
            "RESIDENT AT STEP",
        ]);
        // A masked value tells less than a line that is whole; one that was asked for stays.
        table = table.dispensable(match self.masked {
            true => &["RESIDENT AT STEP", "BORN", "NAME", "WEIGHT"],
            false => &["RESIDENT AT STEP", "WEIGHT", "PROVINCE", "APPS"],
        });
        for review in &self.reviews {
            let first = [
                Cell::signed(review.priority),
                Cell::signed(review.weight),
                Cell::text(review.seconds_open.map_or_else(|| "-".to_owned(), age)),
                Cell::number(review.applications.into()),
            ];
            table.row(first.into_iter().chain(review.left.cells()));
            let second = std::iter::repeat_n(Cell::default(), 4);
            table.row(second.chain(review.right.cells()));
        }
        let Some(Review { left, right, .. }) = self.reviews.first() else {
            return match self.open {
                0 => "no pair waits for a decision".to_owned(),
                open => format!(
                    "none of the {} pairs that wait is of this province",
                    grouped(open)
                ),
            };
        };
        let mut text = format!(
            "{}\n{} of {} that wait, the most urgent first: by weight, age, applications\n",
            table.render(),
            self.reviews.len(),
            grouped(self.open)
        );
        if self.open > RANKED {
            text += &format!(
                "the {} likeliest are ranked; --province narrows them down\n",
                grouped(RANKED)
            );
        }
        text += &format!(
            "the first: intakectl review show {} {}",
            left.application_id, right.application_id
        );
        if self.masked {
            text += "\nvalues are masked; --unmask --reason '…' shows them";
        }
        text
    }
}

impl Side {
    fn cells(&self) -> [Cell; 5] {
        let word = |value: &Option<String>| Cell::text(value.as_deref().unwrap_or("-"));
        [
            Cell::text(self.application_id.to_string()),
            word(&self.province),
            word(&self.full_name),
            word(&self.date_of_birth),
            Cell::text(format!("{}@{}", self.resident_id, self.sequence)),
        ]
    }
}
