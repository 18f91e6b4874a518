//! `intakectl reconcile`.

use super::day::{self, DayOfBooks};
use super::gather::{self, Snapshot};
use super::passed::Passed;
use super::report::Books;
use super::skipped::{self, Skipped};
use super::{proof, rows};
use crate::period::Day;
use crate::{Settings, control};
use clap::Args;
use runtime::kafka::Offsets;
use runtime::{Fault, clock};
use schemas::topics::applications;
use schemas::{NodeId, Timestamp};
use sink::DatabaseFault;
use sqlx::{Connection, PgConnection, PgTransaction};
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
    /// What the centre received on this day in Asia/Ho_Chi_Minh (UTC+7), and how it ended
    ///
    /// By the time when the broker appended it, as a node's clock may be wrong, and with its latest
    /// outcome. captured, pending, in_transit, missing, broken_links and written_off are null: what has
    /// not come has no day on which it came, and the node's word is of now, not of a day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Option<Day>,
    /// How long to wait for the sink to load what match has made: until then it counts as in transit
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
    /// Take the ledgers' word: don't count the rows of events and applications
    #[arg(long)]
    quick: bool,
}

impl Options {
    /// What is wrong with the command line beyond what each option tells by itself.
    pub fn wrong(&self, settings: &Settings) -> Option<String> {
        let province = self.province.as_deref()?;
        settings.province(province).err().map(|fault| fault.to_string())
    }
}

/// Which provinces, and of these which node.
struct Scope<'a> {
    slugs: Vec<&'a str>,
    /// All provinces, and what turns up elsewhere.
    all: bool,
    node: Option<&'a NodeId>,
}

impl<'a> Scope<'a> {
    fn of(settings: &'a Settings, options: &'a Options) -> Result<Self, Fault> {
        let slugs = match &options.province {
            Some(slug) => vec![settings.province(slug)?.slug.as_str()],
            None => settings
                .provinces
                .iter()
                .map(|province| province.slug.as_str())
                .collect(),
        };
        Ok(Self {
            slugs,
            all: options.province.is_none(),
            node: options.node.as_ref(),
        })
    }

    fn topics(&self) -> Vec<String> {
        self.slugs.iter().map(|slug| applications(slug)).collect()
    }

    /// Leaves what is in scope.
    fn narrow(&self, snapshot: &mut Snapshot) -> Result<(), Fault> {
        if let Some(node) = self.node {
            keep_only(snapshot, node)?;
        }
        if !self.all {
            let topics = self.topics();
            snapshot.dead_letters.retain(|row| topics.contains(&row.topic));
            snapshot.applications_without_resident = 0;
        }
        Ok(())
    }
}

/// Reconciles the books.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer; data when no such province is configured or no
/// such node is known.
pub async fn reconcile(settings: &Settings, options: &Options) -> Result<Books, Fault> {
    let scope = Scope::of(settings, options)?;
    let offsets = settings.cluster()?.offsets()?;
    let mut conn = settings.open_register().await?;
    let patience = Duration::from_secs(options.wait);
    let passed = Passed::look(&mut conn, &offsets, &settings.kafka, patience).await?;
    let mut books = match options.day {
        Some(day) => of_a_day(settings, &offsets, &mut conn, &scope, passed, day).await?,
        None => whole(settings, &offsets, &mut conn, &scope, passed, options.quick).await?,
    };
    if options.node.is_some() {
        books.provinces.retain(|province| !province.nodes.is_empty());
    }
    Ok(books)
}

async fn whole(
    settings: &Settings,
    offsets: &Offsets,
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    mut passed: Passed,
    quick: bool,
) -> Result<Books, Fault> {
    let mut reading = one_snapshot(conn).await?;
    let mut snapshot = read(&mut reading).await?;
    snapshot.dead_letters = rows::dead_letters(&mut reading).await?;
    if !quick {
        snapshot.proof = Some(proof::count(&mut reading, passed.step).await?);
        snapshot.applications_without_resident = proof::without_resident(&mut reading, passed.step).await?;
    }
    reading.rollback().await.map_err(DatabaseFault::from)?;
    scope.narrow(&mut snapshot)?;
    block_in_place(|| passed.compare(offsets, &settings.kafka, &scope.topics(), None))?;
    let books = gather::books(&snapshot, &passed, &scope.slugs, scope.all)?;
    if books.totals.missing == Some(0) {
        return Ok(books);
    }
    let skips = block_in_place(|| control::list::skips(settings))?;
    for province in &books.provinces {
        let topic = applications(&province.province);
        let found = skipped::find(conn, &topic, &province.missing_ranges, &skips).await?;
        snapshot.skipped.extend(found);
    }
    gather::books(&snapshot, &passed, &scope.slugs, scope.all)
}

async fn of_a_day(
    settings: &Settings,
    offsets: &Offsets,
    conn: &mut PgConnection,
    scope: &Scope<'_>,
    mut passed: Passed,
    day: Day,
) -> Result<Books, Fault> {
    let day = DayOfBooks::new(day, clock::now());
    let mut reading = one_snapshot(conn).await?;
    let mut snapshot = read(&mut reading).await?;
    let mut events = day::rows(&mut reading, &day).await?;
    snapshot.dead_letters = day::undecodable(&mut reading, &day).await?;
    reading.rollback().await.map_err(DatabaseFault::from)?;
    snapshot.day = Some(day);
    scope.narrow(&mut snapshot)?;
    events.retain(|row| scope.node.is_none_or(|node| row.is_of(node)));
    let until = Some(Timestamp::from(day.period.to));
    block_in_place(|| passed.compare(offsets, &settings.kafka, &scope.topics(), until))?;
    day::books(&snapshot, &day, &events, &passed, &scope.slugs, scope.all)
}

/// All that the books are made of is read in one snapshot of the database.
async fn one_snapshot(conn: &mut PgConnection) -> Result<PgTransaction<'_>, DatabaseFault> {
    const ONE_SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    Ok(conn.begin_with(ONE_SNAPSHOT).await?)
}

/// What is small however many events there are.
async fn read(conn: &mut PgConnection) -> Result<Snapshot, Fault> {
    let (dead_events, other_dead_changes) = rows::dead_events(conn).await?;
    Ok(Snapshot {
        nodes: rows::nodes(conn).await?,
        manifests: rows::manifests(conn).await?,
        ledgers: rows::ledgers(conn).await?,
        dead_events,
        other_dead_changes,
        dead_letters: Vec::new(),
        proof: None,
        applications_without_resident: 0,
        step: rows::highest_step(conn).await?,
        skipped: Skipped::new(),
        day: None,
    })
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
