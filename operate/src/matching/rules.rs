//! `intakectl match rules`.

use crate::table::{Cell, Table, Tone};
use crate::{Report, Settings};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use linkage::{Thresholds, Weights};
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use sqlx::FromRow;

/// Options of `match rules`.
#[derive(Debug, Args)]
pub struct Options {
    /// Print the weights in force as a file, and nothing else
    #[arg(long)]
    weights: bool,
}

/// The rules that are and were in force, the latest first.
#[derive(Debug, Serialize)]
pub struct InForce {
    in_force: Vec<Rules>,
    #[serde(skip)]
    print_weights: bool,
}

#[derive(Debug, FromRow, Serialize)]
struct Rules {
    /// The step of match from which they were in force; none for those that come with the program.
    sequence: Option<i64>,
    at: Option<DateTime<Utc>>,
    version: String,
    link: f64,
    review: f64,
    decided_by: Option<String>,
    reason: Option<String>,
    weights: String,
}

const RULES: &str = "
    SELECT r.sequence, e.matched_at AS at, r.version, r.link, r.review, r.decided_by, r.reason, r.weights
      FROM match_rules r
      LEFT JOIN intake_event e ON e.sequence = r.sequence
     ORDER BY r.sequence DESC
     LIMIT 1000";

/// Lists the rules.
///
/// # Errors
/// Transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<InForce, Fault> {
    let mut conn = settings.open_register().await?;
    let activated: Vec<Rules> = sqlx::query_as(RULES)
        .fetch_all(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    let thresholds = Thresholds::default();
    let shipped = Rules {
        sequence: None,
        at: None,
        version: Weights::shipped().version,
        link: thresholds.link,
        review: thresholds.review,
        decided_by: None,
        reason: None,
        weights: Weights::SHIPPED.to_owned(),
    };
    Ok(InForce {
        in_force: activated.into_iter().chain([shipped]).collect(),
        print_weights: options.weights,
    })
}

impl Report for InForce {
    fn table(&self) -> String {
        if self.print_weights {
            return self.in_force[0].weights.clone();
        }
        let mut table = Table::new(&[
            "FROM STEP",
            "AT",
            "WEIGHTS",
            "LINKED FROM",
            "LOOKED AT FROM",
            "BY",
            "WHY",
        ]);
        for (n, rules) in self.in_force.iter().enumerate() {
            let tone = if n == 0 { Tone::Good } else { Tone::Plain };
            let at = rules.at.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
            table.row([
                Cell::optional_number(rules.sequence).toned(tone),
                Cell::text(at.unwrap_or_else(|| "-".to_owned())),
                Cell::text(&rules.version),
                Cell::text(rules.link.to_string()),
                Cell::text(rules.review.to_string()),
                Cell::text(rules.decided_by.as_deref().unwrap_or("the program")),
                Cell::text(rules.reason.as_deref().unwrap_or("come with it")),
            ]);
        }
        format!("{}\nthe first are in force", table.render())
    }
}
