//! `intakectl reconcile`.

use super::gather::{self, Snapshot};
use super::passed::Passed;
use super::report::Books;
use super::skipped::{self, Skipped};
use super::{proof, rows};
use crate::{Settings, control};
use clap::Args;
use runtime::Fault;
use schemas::NodeId;
use schemas::topics::applications;
use sink::DatabaseFault;
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::task::block_in_place;

/// Options of `reconcile`.
#[derive(Debug, Args)]
pub struct Options {
    /// Only this province
    #[arg(long, value_name = "SLUG")]
    province: Option<String>,
    /// Only this node
    #[arg(long, value_name = "ID")]
    node: Option<NodeId>,
    /// How long to wait for the sink to load what match has made: until then it counts as in transit
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
    /// Take the ledgers' word: don't count the rows of events and applications
    #[arg(long)]
    quick: bool,
}

/// Reconciles the books.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer; data when no such province is configured or no
/// such node is known.
pub async fn reconcile(settings: &Settings, options: &Options) -> Result<Books, Fault> {
    let chosen = options
        .province
        .as_deref()
        .map(|slug| settings.province(slug))
        .transpose()?;
    let all = chosen.is_none();
    let slugs: Vec<&str> = match chosen {
        Some(province) => vec![&province.slug],
        None => settings
            .provinces
            .iter()
            .map(|province| province.slug.as_str())
            .collect(),
    };
    let offsets = settings.cluster()?.offsets()?;
    let mut conn = settings.open_register().await?;
    let patience = Duration::from_secs(options.wait);
    let mut passed = Passed::look(&mut conn, &offsets, &settings.kafka, patience).await?;
    let mut snapshot = read(&mut conn, passed.step, !options.quick).await?;
    if let Some(node) = &options.node {
        keep_only(&mut snapshot, node)?;
    }
    let topics: Vec<String> = slugs.iter().map(|slug| applications(slug)).collect();
    if !all {
        snapshot.dead_letters.retain(|row| topics.contains(&row.topic));
        snapshot.applications_without_resident = 0;
    }
    block_in_place(|| passed.compare(&offsets, &settings.kafka, &topics))?;
    let mut books = gather::books(&snapshot, &passed, &slugs, all)?;
    if books.totals.missing > 0 {
        let skips = block_in_place(|| control::list::skips(settings))?;
        for province in &books.provinces {
            let topic = applications(&province.province);
            let found = skipped::find(&mut conn, &topic, &province.missing_ranges, &skips).await?;
            snapshot.skipped.extend(found);
        }
        books = gather::books(&snapshot, &passed, &slugs, all)?;
    }
    if options.node.is_some() {
        books.provinces.retain(|province| !province.nodes.is_empty());
    }
    Ok(books)
}

/// Reads everything in one snapshot of the database.
async fn read(conn: &mut PgConnection, step: i64, proven: bool) -> Result<Snapshot, Fault> {
    const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    let mut reading = conn.begin_with(ONE_SNAPSHOT).await.map_err(DatabaseFault::from)?;
    let (dead_events, other_dead_changes) = rows::dead_events(&mut reading).await?;
    let mut snapshot = Snapshot {
        nodes: rows::nodes(&mut reading).await?,
        manifests: rows::manifests(&mut reading).await?,
        ledgers: rows::ledgers(&mut reading).await?,
        dead_events,
        other_dead_changes,
        dead_letters: rows::dead_letters(&mut reading).await?,
        proof: None,
        applications_without_resident: 0,
        step: rows::highest_step(&mut reading).await?,
        skipped: Skipped::new(),
    };
    if proven {
        snapshot.proof = Some(proof::count(&mut reading, step).await?);
        snapshot.applications_without_resident = proof::without_resident(&mut reading, step).await?;
    }
    reading.rollback().await.map_err(DatabaseFault::from)?;
    Ok(snapshot)
}

fn keep_only(snapshot: &mut Snapshot, node: &NodeId) -> Result<(), Fault> {
    snapshot.nodes.retain(|row| row.node_id == node.as_str());
    snapshot.manifests.retain(|row| row.node_id == node.as_str());
    snapshot.ledgers.retain(|(_, ledger)| ledger.node_id == *node);
    snapshot.dead_events.retain(|dead| dead.node_id == *node);
    snapshot.dead_letters.clear();
    snapshot.applications_without_resident = 0;
    if snapshot.nodes.is_empty() && snapshot.manifests.is_empty() && snapshot.ledgers.is_empty() {
        return Err(Fault::data(format!(
            "the register has never heard of node {node}: see `intakectl node list`"
        )));
    }
    Ok(())
}
