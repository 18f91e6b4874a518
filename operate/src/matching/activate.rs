//! `intakectl match activate`.

use super::curve::{self, Curve};
use crate::entry::{self, Execution, Progress};
use crate::pair::{InForce, in_force};
use crate::table::{Cell, Table};
use crate::{Ended, Report, Settings};
use clap::Args;
use linkage::{Model, Thresholds, Weights, applicant};
use runtime::{Fault, clock};
use schemas::match_log::{LogBody, RulesActivated};
use serde::Serialize;
use std::path::PathBuf;

/// Options of `match activate`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    what: What,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: String,
    #[command(flatten)]
    how: Execution,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct What {
    /// File of weights, as `intakectl match train` writes it; without it those in force stay
    #[arg(long, value_name = "FILE", conflicts_with = "shipped")]
    weights: Option<PathBuf>,
    /// The weights that come with the program
    #[arg(long)]
    shipped: bool,
    /// Applications are linked from this probability on; without it that in force stays
    #[arg(long, value_name = "P")]
    link: Option<f64>,
    /// A person looks from this probability on; without it that in force stays
    #[arg(long, value_name = "P")]
    review: Option<f64>,
}

/// What would be, or was, put in force.
#[derive(Debug, Serialize)]
pub struct Activating {
    #[serde(flatten)]
    progress: Progress,
    /// Why nothing was put in force, when a check or match says so.
    refused: Option<String>,
    by: String,
    reason: String,
    from: Rules,
    to: Rules,
    /// The levels that weigh otherwise, the largest change first.
    changes: Vec<Change>,
    /// Where the recorded weights lie around the new thresholds.
    curve: Option<Curve>,
}

#[derive(Debug, Serialize)]
struct Rules {
    version: String,
    link: f64,
    review: f64,
    match_rate: f64,
}

/// A level whose weight changes.
#[derive(Debug, Serialize)]
struct Change {
    column: String,
    level: &'static str,
    /// log2(m / u), before and after.
    before: f64,
    after: f64,
}

/// Puts rules in force, or says what that would change.
///
/// # Errors
/// Data when the file can't be read; transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Activating, Fault> {
    let mut conn = settings.open_register().await?;
    let model = applicant::model();
    let InForce {
        text,
        weights: old,
        thresholds,
    } = in_force(&mut conn).await?;
    let text = options.what.text(text)?;
    let new = Thresholds {
        link: options.what.link.unwrap_or(thresholds.link),
        review: options.what.review.unwrap_or(thresholds.review),
    };
    let weights = Weights::parse(&text, &model);
    let refused = refusal(weights.as_ref().err().map(ToString::to_string), new);
    let weights = weights.unwrap_or_else(|_| old.clone());
    let mut activating = Activating {
        progress: Progress::default(),
        by: entry::session_user(&mut conn).await?,
        reason: options.reason.clone(),
        from: rules(&old, thresholds),
        to: rules(&weights, new),
        changes: changes(&model, &old, &weights),
        curve: None,
        refused,
    };
    if activating.refused.is_some() {
        return Ok(activating);
    }
    if !options.how.execute {
        activating.curve = Some(curve::read(&mut conn, new, thresholds.link).await?);
        return Ok(activating);
    }
    let step = entry::step(&mut conn).await?;
    let entry_id = clock::new_event_id();
    let body = LogBody::RulesActivated(RulesActivated {
        entry_id,
        at: clock::now(),
        by: activating.by.clone(),
        reason: options.reason.clone(),
        version: weights.version,
        weights: text,
        link: new.link,
        review: new.review,
    });
    let ask = async || entry::settled(&mut conn, step, entry_id).await;
    let (progress, settled) = entry::decide(settings, &options.how, "match-rules", body, ask).await?;
    activating.progress = progress;
    activating.refused = settled.and_then(|(_, code)| code).map(|code| {
        format!("match can't use them ({code}): is it of another version? See `intakectl match rules`")
    });
    Ok(activating)
}

impl What {
    fn text(&self, before: String) -> Result<String, Fault> {
        match &self.weights {
            _ if self.shipped => Ok(Weights::SHIPPED.to_owned()),
            None => Ok(before),
            Some(path) => std::fs::read_to_string(path)
                .map_err(|e| Fault::data(format!("can't read {}: {e}", path.display()))),
        }
    }
}

fn refusal(wrong: Option<String>, thresholds: Thresholds) -> Option<String> {
    if let Some(wrong) = wrong {
        return Some(format!(
            "the weights are not for this version's columns: {wrong}; make new ones with `intakectl match train`"
        ));
    }
    let Thresholds { link, review } = thresholds;
    (!thresholds.are_usable()).then(|| {
        format!("the thresholds have no order: 0 < review ({review}) <= link ({link}) < 1 is needed")
    })
}

fn rules(weights: &Weights, thresholds: Thresholds) -> Rules {
    Rules {
        version: weights.version.clone(),
        link: thresholds.link,
        review: thresholds.review,
        match_rate: weights.match_rate,
    }
}

/// Weights closer than this are the same.
const SAME: f64 = 0.005;

fn changes(model: &Model, old: &Weights, new: &Weights) -> Vec<Change> {
    let (old, new) = (old.bits(model), new.bits(model));
    let mut changes = Vec::new();
    for (n, column) in model.columns().iter().enumerate() {
        for (at, level) in column.comparator.levels().iter().enumerate() {
            let (before, after) = (old.same[n][at], new.same[n][at]);
            if (before - after).abs() >= SAME {
                changes.push(Change {
                    column: column.name.clone(),
                    level: level.name,
                    before,
                    after,
                });
            }
        }
    }
    changes.sort_by(|x, y| (y.after - y.before).abs().total_cmp(&(x.after - x.before).abs()));
    changes
}

impl Report for Activating {
    fn table(&self) -> String {
        if let Some(why) = &self.refused {
            return format!("refused: {why}");
        }
        let Self {
            from, to, by, reason, ..
        } = self;
        let mut text = format!(
            "weights {} -> {}, match rate {:.4} -> {:.4}\nlinked from {} -> {}, looked at from {} -> {} (by {by}: {reason})\n",
            from.version,
            to.version,
            from.match_rate,
            to.match_rate,
            from.link,
            to.link,
            from.review,
            to.review
        );
        const SHOWN: usize = 20;
        if !self.changes.is_empty() {
            let mut table = Table::new(&["COLUMN", "LEVEL", "BITS NOW", "THEN"]);
            for change in self.changes.iter().take(SHOWN) {
                table.row([
                    Cell::text(&change.column),
                    Cell::text(change.level),
                    Cell::signed(change.before),
                    Cell::signed(change.after),
                ]);
            }
            let more = self.changes.len().saturating_sub(SHOWN);
            text += &format!("\n{}", table.render());
            if more > 0 {
                text += &format!("and {more} smaller changes: see -o json\n");
            }
        }
        if let Some(curve) = &self.curve {
            text += &format!("\n{}\n", curve.table());
        }
        text += &match self.progress.told() {
            None => "\ndry run: nothing was done; do it with --execute".to_owned(),
            Some(told) => format!("\n{told}; what is linked stays until something near it changes"),
        };
        text
    }

    fn ended(&self) -> Ended {
        if self.refused.is_some() {
            Ended::Refused
        } else {
            Ended::Fine
        }
    }
}
