//! `intakectl topics apply --delete`: topics of provinces that are declared no more.

use crate::show::unmask::reason;
use crate::{Settings, audit};
use clap::Args;
use runtime::Fault;
use runtime::kafka::{Boundaries, Cluster, DescribedTopic, Partition};
use schemas::topics::{self, TopicSpec};
use tokio::task::block_in_place;

/// What is to be deleted, and how often that was said.
#[derive(Debug, Args)]
pub(super) struct Delete {
    /// Delete the pipeline's topics that are declared no more; told twice: --execute deletes those that --confirm names
    #[arg(long, requires = "why")]
    pub(super) delete: bool,
    /// Delete this one, without the namespace
    #[arg(long, value_name = "TOPIC", requires = "delete")]
    confirm: Vec<String>,
    /// Also those that still hold records, which are gone for ever
    #[arg(long, requires = "delete")]
    with_records: bool,
    /// Why, without personal details: it is in the audit before
    #[arg(long = "reason", id = "why", value_name = "TEXT", requires = "delete", value_parser = reason)]
    why: Option<String>,
}

/// A topic that no declaration has, and why it stays, if it does.
#[derive(Debug)]
pub(super) struct Undeclared {
    pub(super) topic: String,
    pub(super) partitions: i32,
    pub(super) stays: Option<String>,
}

/// Topics with a name of the pipeline's that no declaration has.
///
/// # Errors
/// Fatal when we may not describe topics; transient when the cluster doesn't answer.
pub(super) async fn undeclared(cluster: &Cluster, specs: &[TopicSpec]) -> Result<Vec<DescribedTopic>, Fault> {
    let mut there = cluster.describe_topics().await?;
    there.retain(|topic| topics::is_own(&topic.name) && specs.iter().all(|spec| spec.name != topic.name));
    Ok(there)
}

/// Deletes what may go, or says what would.
///
/// # Errors
/// Data when something is confirmed that is declared or isn't there; fatal when this login may not add to the audit, or may
/// not delete topics; transient when the cluster or the database doesn't answer.
pub(super) async fn run(
    settings: &Settings,
    cluster: &Cluster,
    specs: &[TopicSpec],
    args: &Delete,
    execute: bool,
) -> Result<Vec<Undeclared>, Fault> {
    let there = undeclared(cluster, specs).await?;
    if let Some(wrong) = args
        .confirm
        .iter()
        .find(|name| there.iter().all(|topic| topic.name != **name))
    {
        return Err(Fault::data(format!(
            "{wrong:?} isn't there, or is a topic that is declared or somebody else's: `intakectl topics diff` names those \
             that are undeclared"
        )));
    }
    let offsets = cluster.offsets()?;
    let mut found = Vec::with_capacity(there.len());
    for topic in there {
        let numbers = topic.partitions.iter().map(|partition| partition.number);
        let partitions: Vec<_> = numbers
            .map(|number| Partition::new(topic.name.clone(), number))
            .collect();
        let ends = block_in_place(|| offsets.boundaries(&partitions))?;
        found.push(Undeclared {
            stays: args.bars(&topic.name, &ends, execute),
            partitions: partitions.len() as i32,
            topic: topic.name,
        });
    }
    let going: Vec<String> = (found.iter())
        .filter(|topic| topic.stays.is_none())
        .map(|topic| topic.topic.clone())
        .collect();
    if execute && !going.is_empty() {
        let why = args.why.as_deref().unwrap_or_default();
        let mut conn = settings.open_register().await?;
        audit::record(&mut conn, "topic.delete", &going, why, "deleted").await?;
        cluster.delete_topics(&going).await?;
    }
    Ok(found)
}

impl Delete {
    /// Why a topic stays.
    fn bars(&self, name: &str, ends: &[Boundaries], execute: bool) -> Option<String> {
        // Match knows how far it has come in each source topic. One that is made anew begins at 0, and what comes there up to
        // that offset would be passed as known already: each record a person.
        let ever = ends.iter().any(|ends| ends.end > 0);
        let holds: i64 = ends.iter().map(|ends| ends.end - ends.earliest).sum();
        if topics::is_applications(name) && ever {
            Some(
                "applications came in it: were it ever made anew, match would pass new ones as known"
                    .to_owned(),
            )
        } else if holds > 0 && !self.with_records {
            Some(format!(
                "it holds up to {holds} records: --with-records, or wait for retention"
            ))
        } else if execute && !self.confirm.iter().any(|confirmed| confirmed == name) {
            Some(format!("told once only: --confirm {name}"))
        } else {
            None
        }
    }
}
