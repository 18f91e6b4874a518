//! The weights and thresholds that match links by now.

use linkage::{Thresholds, Weights, applicant};
use runtime::Fault;
use sink::DatabaseFault;
use sqlx::{FromRow, PgConnection};

/// What match links by.
pub(crate) struct InForce {
    /// The weights as a file.
    pub(crate) text: String,
    pub(crate) weights: Weights,
    pub(crate) thresholds: Thresholds,
}

#[derive(FromRow)]
struct RulesRow {
    version: String,
    weights: String,
    link: f64,
    review: f64,
}

const RULES: &str = "SELECT version, weights, link, review FROM match_rules ORDER BY sequence DESC LIMIT 1";

/// The rules that were activated last, or those that come with the program.
///
/// # Errors
/// Transient when the database doesn't answer; fatal when the weights are of another version.
pub(crate) async fn in_force(conn: &mut PgConnection) -> Result<InForce, Fault> {
    let row: Option<RulesRow> = sqlx::query_as(RULES)
        .fetch_optional(conn)
        .await
        .map_err(DatabaseFault::from)?;
    let Some(row) = row else {
        return Ok(InForce {
            text: Weights::SHIPPED.to_owned(),
            weights: Weights::shipped(),
            thresholds: Thresholds::default(),
        });
    };
    let weights = Weights::parse(&row.weights, &applicant::model()).map_err(|wrong| {
        Fault::fatal(format!(
            "the weights in force, {}, are of another version than this intakectl: {wrong}",
            row.version
        ))
    })?;
    let thresholds = Thresholds {
        link: row.link,
        review: row.review,
    };
    Ok(InForce {
        text: row.weights,
        weights,
        thresholds,
    })
}
