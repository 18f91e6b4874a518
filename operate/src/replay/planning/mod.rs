//! `intakectl replay plan`.

mod records;
mod rules;

use super::archived;
use super::plan::{self, Plan, Scope, Selection, Stretch};
use super::selection::{Selected, Which};
use super::store;
use crate::entry;
use crate::report::Form;
use crate::table::grouped;
use crate::{Ended, Report, Settings};
use chrono::Utc;
use clap::Args;
use futures_util::TryStreamExt;
use records::{Chosen, average_bytes, count, everything, past_retention};
use rules::{ruleset, weights};
use runtime::kafka::{Boundaries, Cluster, Offsets, Partition};
use runtime::{Fault, clock};
use schemas::{Sha256, topics};
use serde::Serialize;
use sink::DatabaseFault;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tokio::task::block_in_place;

/// Options of `replay plan`.
#[derive(Debug, Args)]
pub struct Options {
    #[command(flatten)]
    which: Which,
    /// Read by the rules in this file; `new`, as without it, are those of this program
    #[arg(long, value_name = "FILE|new")]
    ruleset: Option<PathBuf>,
    /// Match by the weights in this file, as `intakectl match train` writes it, or by the `new` ones of this program; without it by
    /// those that were in force
    #[arg(long, value_name = "FILE|new")]
    weights: Option<PathBuf>,
    /// Where the archive is, for what the match log holds no more: a folder, or s3://bucket/prefix
    #[arg(long, value_name = "PLACE")]
    archive: Option<String>,
    /// Tell nodes what became of their applications, once it is promoted
    #[arg(long)]
    notify: bool,
    /// Why, without personal details: it stays in the register [default: what is replayed, in words]
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: Option<String>,
    /// File the plan is written to
    #[arg(long = "output", value_name = "PLAN.json")]
    file: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// A plan, or why there is none.
#[derive(Debug, Serialize)]
pub struct Planned {
    plan: Plan,
    hash: Sha256,
    /// What stands in the way; the plan is not kept then.
    refused: Option<String>,
    file: Option<PathBuf>,
}

/// About how many entries of the log a second are gone through where little comes of them, and where rows do.
const SKIMMED: i64 = 60_000;
const LOADED: i64 = 10_000;
/// About how many applications a second are read back for the state that a slice begins with.
const RESTORED: i64 = 100_000;

/// Makes a plan and keeps it in the register.
///
/// # Errors
/// Data when options contradict each other or a file can't be used; transient when Kafka or the database doesn't answer.
pub async fn run(settings: &Settings, options: &Options) -> Result<Planned, Fault> {
    let selection = options.which.selection(settings)?;
    let ruleset = ruleset(options)?;
    let mut conn = settings.open_register().await?;
    let weights = weights(options, &mut conn).await?;
    let cluster = settings.cluster()?;
    let offsets = cluster.offsets()?;
    let log = Partition::new(topics::MATCH_LOG, 0);
    let bounds = block_in_place(|| bounds(&offsets, &log))?;
    // What the register shows is planned on; what is on its way there is not.
    let sequence = entry::step(&mut conn).await?;
    let mut plan = Plan {
        replay_id: clock::new_event_id(),
        planned_at: Utc::now(),
        reason: options
            .reason
            .clone()
            .unwrap_or_else(|| in_words(selection.as_ref())),
        namespace: settings.kafka.namespace.clone(),
        cluster_id: block_in_place(|| offsets.cluster_id())?,
        scope: Scope::Rebuild,
        log: Stretch {
            from: 0,
            to: bounds.stable,
        },
        sources: Vec::new(),
        sequence,
        records: 0,
        bytes_about: 0,
        archive: None,
        ruleset,
        weights,
        notify: options.notify,
        estimated_seconds: 0,
    };
    let applications: i64 = count(&mut conn, "SELECT count(*) FROM application").await?;
    match selection {
        Some(selection) => {
            let mut chosen = Chosen::default();
            let mut query = selection.query(sequence);
            let mut rows = query.build_query_as::<Selected>().fetch(&mut conn);
            while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
                chosen.take(&row);
            }
            drop(rows);
            plan.log = block_in_place(|| chosen.in_log(&offsets, &log, bounds))?;
            plan.records = chosen.records;
            plan.sources = chosen.sources;
            plan.estimated_seconds = ((plan.log.to - plan.log.from) / SKIMMED
                + plan.records / LOADED
                + applications / RESTORED) as u64
                + 1;
            drop(query);
            plan.scope = Scope::Slice(selection);
        }
        None => {
            let (sources, records) = everything(&mut conn).await?;
            plan.sources = sources;
            plan.records = records;
            plan.estimated_seconds = ((plan.log.to - plan.log.from) / LOADED) as u64 + 1;
        }
    }
    block_in_place(|| past_retention(&offsets, &mut plan.sources))?;
    plan.bytes_about = plan.records * average_bytes(&mut conn).await?;
    let refused = retention(&mut plan, options, &cluster, bounds.earliest).await?;
    let hash = plan.text().1;
    let mut planned = Planned {
        plan,
        hash,
        refused,
        file: None,
    };
    if planned.refused.is_none() && planned.plan.records == 0 {
        planned.refused = Some("no record is chosen: nothing is to be replayed".to_owned());
    }
    if planned.refused.is_some() {
        return Ok(planned);
    }
    if let Some(path) = &options.file {
        plan::write(path, &planned.plan)?;
        planned.file = Some(path.clone());
    }
    store::keep(&mut conn, &planned.plan).await?;
    Ok(planned)
}

fn in_words(selection: Option<&Selection>) -> String {
    selection.map_or_else(|| "everything".to_owned(), Selection::told)
}

fn bounds(offsets: &Offsets, log: &Partition) -> Result<Boundaries, Fault> {
    let bounds = offsets.boundaries(std::slice::from_ref(log))?;
    bounds
        .first()
        .copied()
        .ok_or_else(|| Fault::transient(format!("no offset is known of {log}")))
}

/// Has what the log holds no more read from the archive; why that can't be.
async fn retention(
    plan: &mut Plan,
    options: &Options,
    cluster: &Cluster,
    earliest: i64,
) -> Result<Option<String>, Fault> {
    if plan.log.from >= earliest || plan.log.to <= plan.log.from {
        return Ok(None);
    }
    let Some(place) = &options.archive else {
        return Ok(Some(format!(
            "the match log begins at offset {earliest}: what came before is gone; if it was archived, name the archive with --archive"
        )));
    };
    // What lies before the log's beginning may not all be wanted, but the archive knows no append times.
    let wanted = Stretch {
        from: plan.log.from,
        to: earliest.min(plan.log.to),
    };
    let gap = archived::gap(place, cluster, wanted).await?;
    plan.archive = Some(plan::Archived {
        place: place.clone(),
        log: wanted,
    });
    Ok(gap.map(|at| {
        format!("the archive {place} doesn't hold the match log's offset {at}, and the topic no more")
    }))
}

impl Report for Planned {
    fn table(&self) -> String {
        let plan = &self.plan;
        let mut lines = Vec::new();
        match &plan.scope {
            Scope::Rebuild => {
                lines.push("the whole register, from the beginning of the match log".to_owned())
            }
            Scope::Slice(selection) => lines.push(format!("a slice: {}", selection.told())),
        }
        lines.push(format!(
            "records    {}, about {:.1} MB",
            grouped(plan.records),
            plan.bytes_about as f64 / 1e6
        ));
        let past: i64 = plan.sources.iter().map(|source| source.past_retention).sum();
        if past > 0 {
            lines.push(format!(
                "           {past} of them are no longer in their topics; the match log is what is read"
            ));
        }
        lines.push(format!("match log  offsets {} to {}", plan.log.from, plan.log.to));
        if let Some(archive) = &plan.archive {
            let Stretch { from, to } = archive.log;
            lines.push(format!(
                "           {from} to {to} of them from the archive {}",
                archive.place
            ));
        }
        lines.push(format!("ruleset    {}", plan.ruleset.name));
        if let Some(weights) = &plan.weights {
            lines.push(format!("weights    {}", weights.version));
        }
        lines.push(format!("takes      about {} s", plan.estimated_seconds));
        lines.push(format!(
            "nodes      {}",
            if plan.notify {
                "will be told"
            } else {
                "will not be told"
            }
        ));
        if let Some(why) = &self.refused {
            lines.push(format!("refused: {why}"));
            return lines.join("\n");
        }
        let by_topic: BTreeMap<&str, i64> = plan.sources.iter().fold(BTreeMap::new(), |mut by, source| {
            *by.entry(source.topic.as_str()).or_default() += source.records;
            by
        });
        lines.extend(
            by_topic
                .iter()
                .map(|(topic, records)| format!("  {records:>10}  {topic}")),
        );
        lines.push(format!("replay     {}\nhash       {}", plan.replay_id, self.hash));
        let name = match &self.file {
            Some(path) => path.display().to_string(),
            None => plan.replay_id.to_string(),
        };
        lines.push(format!("next: intakectl replay run {name}"));
        lines.join("\n")
    }

    fn ended(&self) -> Ended {
        match self.refused {
            Some(_) => Ended::Refused,
            None => Ended::Fine,
        }
    }
}
