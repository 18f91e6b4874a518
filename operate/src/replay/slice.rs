//! Some records once more, on top of the register as it is: what other rules' reading of them changes, and nothing else.
//!
//! The register is looked at in one snapshot. The matcher begins with the state it makes, and what that said of everything a
//! slice touches is kept beside the shadow, as the control. So what is live may go on: it is in neither.

use super::log::{self, Log};
use super::plan::Selection;
use super::rebuild::{dead_letters, loader};
use super::run::{Ran, Run};
use super::selection::Selected;
use super::tables::Tables;
use crate::progress;
use enrich::control::Controls;
use enrich::replaying::{Rereader, Restoration, Shadow};
use futures_util::TryStreamExt;
use resolve::Settled;
use runtime::Fault;
use runtime::kafka::Record;
use schemas::codec::Event;
use schemas::finding::OutcomeKind;
use schemas::match_log::{Content, MatchLogEntry, SourceRecord};
use schemas::{Finding, Timestamp};
use sink::shadow::Changes;
use sink::{DatabaseFault, Register};
use sqlx::{Connection, PgConnection};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::mpsc::channel;
use tokio::task::{block_in_place, spawn_blocking};
use uuid::Uuid;

/// Chunks that wait to be loaded.
const WAITING: usize = 4;

const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ";

pub(super) async fn run(run: Run<'_>, selection: &Selection) -> Result<Ran, Fault> {
    let plan = &run.replay.plan;
    let cluster = run.settings.cluster()?;
    // A run that was ended is begun anew: the register it had looked at is no more.
    run.register.drop_shadow(&plan.control_schema()).await?;
    run.register.drop_shadow(&plan.schema()).await?;
    let shadow = run.register.make_shadow(&plan.schema()).await?;
    let mut loader = loader(&run, shadow.clone()).await?;
    let mut conn = run.register.open().await?;
    let mut snapshot = conn.begin_with(SNAPSHOT).await.map_err(DatabaseFault::from)?;
    let mut restoration = Restoration::new(&run.scratch)?;
    let positions = sink::restore::read_in(&mut snapshot, |row| {
        restoration.take(row);
        Ok(())
    })
    .await?;
    let resolver = restoration.finish(positions.sequence)?;
    let controls = block_in_place(|| Controls::read(&cluster))?;
    let chosen = chosen(&mut snapshot, selection, plan.sequence).await?;
    let mut slice = Slice {
        matcher: Shadow::new(resolver, controls, plan.match_rules())?,
        rereader: Rereader::new(plan.ruleset()?),
        chosen,
        replay_id: plan.replay_id,
        replayed: 0,
    };
    let (log, from) = (Log::of(&run)?, plan.log.from);
    let bar = progress::bar(
        (plan.log.to - from).max(0) as u64,
        "{wide_bar} {pos}/{len} entries, {per_sec}",
    );
    let loaded = Arc::new(AtomicI64::new(from));
    let (made_by, mut to_load) = channel::<(Changes, i64)>(WAITING);
    let reading = spawn_blocking({
        let loaded = Arc::clone(&loaded);
        move || {
            log.read(from, &loaded, |records, next| {
                let mut changes = Vec::new();
                for record in records {
                    changes.extend(slice.take(&record)?);
                }
                made_by
                    .blocking_send((Changes::of(changes), next))
                    .map_err(|_| Fault::transient("the shadow is loaded no more"))
            })?;
            Ok::<Slice, Fault>(slice)
        }
    });
    let mut failed = None;
    while let Some((changes, next)) = to_load.recv().await {
        if let Err(fault) = loader.load(changes, next).await {
            failed = Some(fault);
            break;
        }
        loaded.store(next, Ordering::Relaxed);
        bar.set_position((next - from).max(0) as u64);
    }
    drop(to_load);
    let ended = reading
        .await
        .map_err(|_| Fault::fatal("the replay panicked: please report it"))?;
    if let Some(fault) = failed {
        return Err(fault);
    }
    let slice = ended?;
    bar.finish_and_clear();
    keep_control(&mut snapshot, &shadow, &plan.control_schema()).await?;
    snapshot.commit().await.map_err(DatabaseFault::from)?;
    log::forget_group(&cluster, plan).await?;
    Ok(Ran {
        entries: plan.log.to - from,
        replayed: slice.replayed,
        not_found: slice.chosen.len() as i64,
        dead_letters: dead_letters(&shadow).await?,
        sequence: slice.matcher.sequence(),
        ..Ran::default()
    })
}

type Place = (String, i32, i64);

/// The chosen records by their places, as they were settled.
async fn chosen(
    conn: &mut PgConnection,
    selection: &Selection,
    sequence: i64,
) -> Result<HashMap<Place, Settled>, Fault> {
    let mut query = selection.query(sequence);
    let mut rows = query.build_query_as::<Selected>().fetch(conn);
    let mut chosen = HashMap::new();
    while let Some(row) = rows.try_next().await.map_err(DatabaseFault::from)? {
        let unlike =
            |what: &str| Fault::fatal(format!("{what} of step {} is of another version", row.sequence));
        let outcome: OutcomeKind =
            serde_json::from_value(row.outcome.as_str().into()).map_err(|_| unlike("the outcome"))?;
        let findings: Vec<Finding> = match &row.findings {
            Some(text) => serde_json::from_str(text).map_err(|_| unlike("a finding"))?,
            None => Vec::new(),
        };
        let settled = Settled {
            event_sequence: row.sequence,
            province: row.province,
            appended_at: Timestamp(row.appended_ms),
            outcome,
            findings,
        };
        chosen.insert((row.topic, row.partition, row.source_offset), settled);
    }
    Ok(chosen)
}

struct Slice {
    matcher: Shadow,
    rereader: Rereader,
    /// What has not come yet.
    chosen: HashMap<Place, Settled>,
    replay_id: Uuid,
    replayed: i64,
}

impl Slice {
    /// What reading this entry anew changes.
    fn take(&mut self, record: &Record) -> Result<Vec<Record>, Fault> {
        let entry = MatchLogEntry::decode(&record.value).ok();
        let Some(logged) = entry.and_then(MatchLogEntry::source_record) else {
            return Ok(Vec::new());
        };
        let at = &logged.source;
        let place = (at.topic.clone(), at.partition, at.offset);
        // A duplicate of a restarted worker comes behind the one that counted.
        let Some(settled) = self.chosen.remove(&place) else {
            return Ok(Vec::new());
        };
        let (SourceRecord { content, ruleset, .. }, _) = self.rereader.source_record(logged.clone());
        let (Content::Decoded(was), Content::Decoded(is)) = (&logged.content, &content) else {
            return Ok(Vec::new());
        };
        let changes = self.matcher.reread(
            &settled,
            (was, &logged.ruleset),
            (is, &ruleset),
            record.appended_at,
            self.replay_id,
        )?;
        self.replayed += i64::from(!changes.is_empty());
        Ok(changes)
    }
}

/// Keeps what the register said of all that the shadow has a row of.
async fn keep_control(snapshot: &mut PgConnection, shadow: &Register, control: &str) -> Result<(), Fault> {
    let mut conn = shadow.open().await?;
    let kept = async {
        sqlx::query(&format!("CREATE SCHEMA {control}"))
            .execute(&mut *snapshot)
            .await?;
        for table in Tables::CONTROLLED {
            let ids: Vec<Uuid> = sqlx::query_scalar(&table.ids()).fetch_all(&mut conn).await?;
            sqlx::query(&table.kept_in(control))
                .bind(ids)
                .execute(&mut *snapshot)
                .await?;
        }
        let events: Vec<i64> = sqlx::query_scalar("SELECT event_sequence FROM event_outcome")
            .fetch_all(&mut conn)
            .await?;
        sqlx::query(&Tables::outcomes_kept_in(control))
            .bind(events)
            .execute(&mut *snapshot)
            .await?;
        Ok::<(), sqlx::Error>(())
    };
    Ok(kept.await.map_err(DatabaseFault::from)?)
}
