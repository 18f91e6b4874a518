//! `intakectl held show`: why something of an application waits, and for what.

use super::matcher::{self, NOT_THERE_YET};
use super::row::Held;
use super::which::Which;
use crate::{Report, Settings};
use ::rules::Told;
use clap::Args;
use runtime::Fault;
use serde::Serialize;
use sink::DatabaseFault;
use std::fmt::Write;
use uuid::Uuid;

/// Options of `held show`.
#[derive(Debug, Args)]
pub struct Options {
    /// The application
    #[arg(value_name = "APPLICATION")]
    application_id: Uuid,
}

/// What waits of an application.
#[derive(Debug, Serialize)]
pub struct Shown {
    application_id: Uuid,
    /// The state of the revision in force; none when no form of it came.
    status: Option<String>,
    held: Vec<Explained>,
}

#[derive(Debug, Serialize)]
struct Explained {
    #[serde(flatten)]
    held: Held,
    /// Each finding as a clerk is told it.
    told: Vec<Told>,
    releases: Vec<String>,
}

const STATUS: &str = "SELECT status::text, revision FROM application WHERE application_id = $1";

/// Shows it.
///
/// # Errors
/// Data when nothing of the application is held; transient when the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Shown, Fault> {
    let id = options.application_id;
    let mut conn = settings.open_register().await?;
    let held = Which::of(id).read(settings, &mut conn).await?;
    if held.is_empty() {
        return Err(Fault::data(format!(
            "nothing of application {id} is held: `intakectl application show {id}` tells what became of it"
        )));
    }
    let row: Option<(String, i32)> = sqlx::query_as(STATUS)
        .bind(id)
        .fetch_optional(&mut conn)
        .await
        .map_err(DatabaseFault::from)?;
    let explained = |held: Held| Explained {
        told: held.findings.iter().cloned().map(matcher::told).collect(),
        releases: releases(
            &held,
            row.as_ref()
                .map(|(status, revision)| (status.as_str(), *revision)),
        ),
        held,
    };
    Ok(Shown {
        application_id: id,
        held: held.into_iter().map(explained).collect(),
        status: row.map(|(status, _)| status),
    })
}

/// What would release it. A verification doesn't: it waits itself until its application is in force.
fn releases(held: &Held, row: Option<(&str, i32)>) -> Vec<String> {
    let mut ways = Vec::new();
    if held.kind == "application" {
        let fields: Vec<&str> = {
            let mut fields: Vec<_> = held.holding().filter_map(|finding| finding.field).collect();
            fields.sort_unstable();
            fields.dedup();
            fields.into_iter().map(schemas::Field::name).collect()
        };
        let what = match fields.is_empty() {
            true => "with what the findings name".to_owned(),
            false => format!("with {}", fields.join(", ")),
        };
        let next = held.revision.unwrap_or(0) + 1;
        let node = held.node_id.as_deref().unwrap_or("its node");
        ways.push(format!(
            "a correction: revision {next} from {node}, {what} put right"
        ));
        ways.push("a withdrawal".to_owned());
    } else {
        ways.push(match row {
            None => "its application: no form of it has come yet".to_owned(),
            Some((status, _)) => format!("its application, once it is in force: it is {status} now"),
        });
    }
    if let (Some(id), Some(revision), Some((status, in_force))) = (held.application_id, held.revision, row) {
        let which = match status {
            "held" if revision == in_force => Some(String::new()),
            "loaded" | "rejected" if revision > in_force => Some(format!(" --revision {revision}")),
            _ => None,
        };
        ways.extend(
            which.map(|which| format!("a decision: `intakectl held decide {id} load{which}` or `reject`")),
        );
    }
    let by_rules = held.codes().into_iter().filter(|code| code != NOT_THERE_YET);
    ways.extend(by_rules.map(|code| {
        format!(
            "other rules or thresholds, that do not hold by {code}: `intakectl replay plan --reason-code {code} --held`"
        )
    }));
    ways
}

impl Report for Shown {
    fn table(&self) -> String {
        let mut text = match &self.status {
            Some(status) => format!("application {} is {status}\n", self.application_id),
            None => format!(
                "no form of application {} is in the register\n",
                self.application_id
            ),
        };
        for Explained { held, told, releases } in &self.held {
            let revision = held
                .revision
                .map(|n| format!(" revision {n}"))
                .unwrap_or_default();
            // Writing to a String can't fail.
            let _ = writeln!(
                text,
                "\n{}{revision}, from {}, held since {} (step {}, rules {})",
                held.kind,
                held.node_id.as_deref().unwrap_or("no node"),
                held.since.to_rfc3339(),
                held.sequence,
                held.ruleset.as_deref().unwrap_or("unknown")
            );
            for one in told {
                let field = one
                    .field
                    .map(|field| format!(" {}", field.name()))
                    .unwrap_or_default();
                let _ = writeln!(
                    text,
                    "  {} {}{field}",
                    ::rules::severity_name(one.severity),
                    one.code
                );
                for sentence in [&one.vi, &one.en]
                    .into_iter()
                    .filter(|sentence| !sentence.is_empty())
                {
                    let _ = writeln!(text, "    {sentence}");
                }
            }
            text += "  released by\n";
            for way in releases {
                let _ = writeln!(text, "    {way}");
            }
        }
        text
    }
}
