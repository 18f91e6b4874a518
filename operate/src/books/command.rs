//! `intakectl reconcile`.

use super::day::{self, DayOfBooks};
use super::evidence;
use super::gather::{self, Snapshot};
use super::passed::Passed;
use super::report::Books;
use super::scope::Scope;
use super::skipped::{self, Skipped};
use super::{chain, proof, rows};
use crate::period::Day;
use crate::{Settings, control};
use chrono::TimeDelta;
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
    /// Name nodes whose last manifest is older than this: nodes send one a minute when they have a network
    ///
    /// Being silent does not unbalance the books: what a node holds that can't be reached is not known.
    #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=87_600))]
    silent_after: u32,
    /// How long to wait for the sink to load what match has made: until then it counts as in transit
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,
    /// Take the ledgers' word: don't prove it by the rows of events, applications and residents
    ///
    /// The proof reads what was written on forms: the role `operator` may not, the role `auditor` may.
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

/// Reconciles the books.
///
/// # Errors
/// Transient when Kafka or the database doesn't answer; data when no such province is configured or no
/// such node is known.
pub async fn reconcile(settings: &Settings, options: &Options) -> Result<Books, Fault> {
    let audit = Audit {
        settings,
        options,
        offsets: settings.cluster()?.offsets()?,
        scope: Scope::of(settings, options.province.as_deref(), options.node.as_ref())?,
    };
    let mut conn = settings.open_register().await?;
    let patience = Duration::from_secs(options.wait);
    let passed = Passed::look(&mut conn, &audit.offsets, &settings.kafka, patience).await?;
    let mut books = match options.day {
        Some(day) => audit.day(&mut conn, passed, day).await?,
        None => audit.whole(&mut conn, passed).await?,
    };
    if options.node.is_some() {
        books.provinces.retain(|province| !province.nodes.is_empty());
    }
    Ok(books)
}

/// What the books are read with.
struct Audit<'a> {
    settings: &'a Settings,
    options: &'a Options,
    offsets: Offsets,
    scope: Scope<'a>,
}

impl Audit<'_> {
    /// The books of all that ever was.
    async fn whole(&self, conn: &mut PgConnection, mut passed: Passed) -> Result<Books, Fault> {
        let Self { settings, scope, .. } = self;
        let mut reading = one_snapshot(conn).await?;
        let mut snapshot = read(&mut reading).await?;
        let silence = TimeDelta::hours(self.options.silent_after.into());
        snapshot.silent_before = Some(rows::now(&mut reading).await? - silence);
        snapshot.dead_letters = rows::dead_letters(&mut reading).await?;
        let part = scope.part(&snapshot, None);
        snapshot.forks = chain::forks(&mut reading, &part).await?;
        if !self.options.quick {
            snapshot.broken = chain::broken(&mut reading, &snapshot.ledgers, &part).await?;
            let counts = proof::count(&mut reading).await?;
            let unlike = proof::unlike(&counts, &snapshot.ledgers);
            snapshot.counts = Some(counts);
            snapshot.contradictions = evidence::of_series(&mut reading, &unlike, &part).await?;
            let of_rows = evidence::look(&mut reading, passed.step, &part).await?;
            snapshot.contradictions.extend(of_rows);
        }
        reading.rollback().await.map_err(DatabaseFault::from)?;
        scope.narrow(&mut snapshot)?;
        block_in_place(|| passed.compare(&self.offsets, &settings.kafka, &scope.topics(), None))?;
        let books = gather::books(&snapshot, &passed, scope)?;
        if books.totals.missing == Some(0) {
            return Ok(books);
        }
        let skips = block_in_place(|| control::list::skips(settings))?;
        for province in &books.provinces {
            let topic = applications(&province.province);
            let found = skipped::find(conn, &topic, &province.missing_ranges, &skips).await?;
            snapshot.skipped.extend(found);
        }
        gather::books(&snapshot, &passed, scope)
    }

    /// The books of one day.
    async fn day(&self, conn: &mut PgConnection, mut passed: Passed, day: Day) -> Result<Books, Fault> {
        let Self { settings, scope, .. } = self;
        let day = DayOfBooks::new(day, clock::now());
        let mut reading = one_snapshot(conn).await?;
        let mut snapshot = read(&mut reading).await?;
        snapshot.day = Some(day);
        snapshot.dead_letters = day::undecodable(&mut reading, &day).await?;
        let mut events = day::rows(&mut reading, &day).await?;
        let part = scope.part(&snapshot, Some(&day));
        snapshot.forks = chain::forks(&mut reading, &part).await?;
        if !self.options.quick {
            snapshot.contradictions = evidence::look(&mut reading, passed.step, &part).await?;
        }
        reading.rollback().await.map_err(DatabaseFault::from)?;
        scope.narrow(&mut snapshot)?;
        events.retain(|row| scope.node.is_none_or(|node| row.is_of(node)));
        let until = Some(Timestamp::from(day.period.to));
        block_in_place(|| passed.compare(&self.offsets, &settings.kafka, &scope.topics(), until))?;
        day::books(&snapshot, &day, &events, &passed, scope)
    }
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
        counts: None,
        contradictions: Vec::new(),
        forks: Vec::new(),
        broken: Vec::new(),
        silent_before: None,
        step: rows::highest_step(conn).await?,
        skipped: Skipped::new(),
        day: None,
    })
}
