//! `intakectl topics apply`: the declared topics, made and compared.

use super::delete::{self, Delete};
use crate::table::{Cell, Table, Tone};
use crate::{Ended, Report, Settings};
use clap::Args;
use runtime::Fault;
use runtime::kafka::TopicOutcome;
use serde::Serialize;

/// Options of `topics apply`.
#[derive(Debug, Args)]
pub struct Apply {
    /// Make them; without it, only say what would be made
    #[arg(long)]
    execute: bool,
    /// Copies of each partition [default: the broker's default.replication.factor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..=9))]
    replication: Option<i32>,
    #[command(flatten)]
    delete: Delete,
}

/// What `topics apply` did.
#[derive(Debug, Serialize)]
pub struct Applied {
    executed: bool,
    topics: Vec<AppliedTopic>,
}

#[derive(Debug, Serialize)]
struct AppliedTopic {
    topic: String,
    partitions: i32,
    result: &'static str,
    differences: Vec<String>,
}

/// Asks the broker for its own default.
const BROKER_DEFAULT: i32 = -1;

/// Makes the declared topics that aren't there, and deletes what was told twice.
///
/// # Errors
/// Fatal when we may not make topics; transient when the cluster doesn't answer; of deleting as [`delete::run`] has it.
pub async fn run(settings: &Settings, args: &Apply) -> Result<Applied, Fault> {
    let cluster = settings.cluster()?;
    let specs = schemas::topics::all(&settings.provinces);
    let replication = args.replication.unwrap_or(BROKER_DEFAULT);
    let outcomes = cluster.create_topics(&specs, replication, !args.execute).await?;
    let topics = specs.iter().zip(outcomes).map(|(spec, (topic, outcome))| {
        let (result, differences) = match outcome {
            TopicOutcome::Created if args.execute => ("created", Vec::new()),
            TopicOutcome::Created => ("missing", Vec::new()),
            TopicOutcome::Unchanged => ("unchanged", Vec::new()),
            TopicOutcome::Differs(differences) => ("differs", differences),
        };
        AppliedTopic {
            topic,
            partitions: spec.partitions,
            result,
            differences,
        }
    });
    let mut applied = Applied {
        executed: args.execute,
        topics: topics.collect(),
    };
    if args.delete.delete {
        let undeclared = delete::run(settings, &cluster, &specs, &args.delete, args.execute).await?;
        applied
            .topics
            .extend(undeclared.into_iter().map(|topic| AppliedTopic {
                topic: topic.topic,
                partitions: topic.partitions,
                result: match topic.stays {
                    Some(_) => "stays",
                    None if args.execute => "deleted",
                    None => "undeclared",
                },
                differences: topic.stays.into_iter().collect(),
            }));
    }
    Ok(applied)
}

impl Applied {
    fn count(&self, result: &str) -> usize {
        self.topics.iter().filter(|topic| topic.result == result).count()
    }
}

impl Applied {
    /// What is said of deleting, when there is anything.
    fn deletion(&self) -> String {
        let (stay, deleted) = (self.count("stays"), self.count("deleted"));
        let going = self.topics.iter().filter(|topic| topic.result == "undeclared");
        let confirm: String = going.map(|topic| format!(" --confirm {}", topic.topic)).collect();
        let mut said = String::new();
        if deleted + stay > 0 {
            said += &format!("; {deleted} deleted, {stay} stay");
        }
        if !confirm.is_empty() {
            said += &format!("\ndry run: delete the undeclared for ever with --execute{confirm}");
        }
        said
    }
}

impl Report for Applied {
    fn table(&self) -> String {
        let mut table = Table::new(&["TOPIC", "PARTITIONS", "RESULT", "DIFFERENCES"]);
        for topic in &self.topics {
            let tone = match topic.result {
                "unchanged" => Tone::Plain,
                "differs" | "stays" => Tone::Bad,
                "undeclared" => Tone::Notice,
                _ => Tone::Good,
            };
            table.row([
                Cell::text(&topic.topic),
                Cell::number(topic.partitions.into()),
                Cell::text(topic.result).toned(tone),
                Cell::text(topic.differences.join("; ")),
            ]);
        }
        let (missing, made) = (self.count("missing"), self.count("created"));
        let (same, differ) = (self.count("unchanged"), self.count("differs"));
        let summary = if self.executed {
            format!("{made} created, {same} unchanged, {differ} differ")
        } else if missing > 0 {
            format!(
                "dry run: {missing} would be created, {same} unchanged, {differ} differ; make them with --execute"
            )
        } else {
            format!("nothing to create: {same} unchanged, {differ} differ")
        };
        format!("{}\n{summary}{}", table.render(), self.deletion())
    }

    fn ended(&self) -> Ended {
        if self.count("differs") + self.count("stays") > 0 {
            Ended::Refused
        } else {
            Ended::Fine
        }
    }
}
