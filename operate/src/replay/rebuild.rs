//! A whole register anew: read, normalise and match, load, each on its own and at the same time.

use super::log::{self, Log};
use super::run::{Ran, Run};
use crate::progress;
use enrich::control::Controls;
use enrich::replaying::{Read, Rereader, Restoration, Shadow};
use runtime::Fault;
use runtime::kafka::Partition;
use schemas::topics::MATCH_LOG;
use sink::shadow::{Changes, Loader};
use sink::{DatabaseFault, Register};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, block_in_place, spawn_blocking};

/// Chunks that wait for the next stage.
const WAITING: usize = 4;

/// What the matcher hands to the loader.
struct Made {
    changes: Changes,
    next: i64,
    sequence: i64,
}

pub(super) async fn run(run: Run<'_>) -> Result<Ran, Fault> {
    let plan = &run.replay.plan;
    let cluster = run.settings.cluster()?;
    let shadow = run.register.make_shadow(&plan.schema()).await?;
    shadow.spare_the_log().await?;
    let mut loader = loader(&run, shadow.clone()).await?;
    loader.set_indexes_aside().await?;
    let from = loader.next().max(plan.log.from);
    let matcher = matcher(&run, &shadow).await?;
    let mut sequence = matcher.sequence();
    let loaded = Arc::new(AtomicI64::new(from));
    let bar = progress::bar(
        plan.log.to.max(0) as u64,
        "{wide_bar} {pos}/{len} entries, {per_sec}, {eta} left",
    );
    bar.set_position(from.max(0) as u64);
    let (log, rereader) = (Log::of(&run)?, Rereader::new(plan.ruleset()?));
    let (read_by, to_match) = channel(WAITING);
    let (made_by, mut to_load) = channel(WAITING);
    let reader = read(log, from, rereader, Arc::clone(&loaded), read_by);
    let matching = apply(matcher, to_match, made_by);
    let mut failed = None;
    while let Some(made) = to_load.recv().await {
        if let Err(fault) = loader.load(made.changes, made.next).await {
            failed = Some(fault);
            break;
        }
        sequence = made.sequence;
        loaded.store(made.next, Ordering::Relaxed);
        bar.set_position(made.next.max(0) as u64);
    }
    drop(to_load);
    let ended = (joined(reader).await, joined(matching).await);
    if let Some(fault) = failed {
        return Err(fault);
    }
    // Who fails first closes the channel of the one before it.
    ended.1.and(ended.0)?;
    bar.finish_and_clear();
    loader.put_indexes_back().await?;
    log::forget_group(&cluster, plan).await?;
    Ok(Ran {
        entries: plan.log.to - from,
        replayed: plan.log.to - from,
        dead_letters: dead_letters(&shadow).await?,
        sequence,
        ..Ran::default()
    })
}

pub(super) async fn loader(run: &Run<'_>, shadow: Register) -> Result<Loader, Fault> {
    let plan = &run.replay.plan;
    let full_topic = run.settings.cluster()?.namespace().full(MATCH_LOG);
    Loader::open(
        shadow,
        Partition::new(MATCH_LOG, 0),
        (&plan.cluster_id, full_topic),
    )
    .await
}

async fn matcher(run: &Run<'_>, shadow: &Register) -> Result<Shadow, Fault> {
    let cluster = run.settings.cluster()?;
    let controls = block_in_place(|| Controls::read(&cluster))?;
    let mut restoration = Restoration::new(&run.scratch)?;
    let positions = sink::restore::read(shadow, |row| {
        restoration.take(row);
        Ok(())
    })
    .await?;
    let resolver = restoration.finish(positions.sequence)?;
    Shadow::new(resolver, controls, run.replay.plan.match_rules())
}

type Chunk = (Vec<Read>, i64);

fn read(
    log: Log,
    from: i64,
    rereader: Rereader,
    loaded: Arc<AtomicI64>,
    read_by: Sender<Chunk>,
) -> JoinHandle<Result<(), Fault>> {
    spawn_blocking(move || {
        log.read(from, &loaded, |records, next| {
            let read: Result<Vec<Read>, Fault> =
                records.into_iter().map(|record| rereader.entry(record)).collect();
            read_by
                .blocking_send((read?, next))
                .map_err(|_| Fault::transient("the stage behind has ended"))
        })
    })
}

fn apply(
    mut matcher: Shadow,
    mut to_match: Receiver<Chunk>,
    made_by: Sender<Made>,
) -> JoinHandle<Result<(), Fault>> {
    spawn_blocking(move || {
        while let Some((read, next)) = to_match.blocking_recv() {
            let changes = Changes::of(matcher.apply(read)?);
            let made = Made {
                changes,
                next,
                sequence: matcher.sequence(),
            };
            if made_by.blocking_send(made).is_err() {
                break;
            }
        }
        Ok(())
    })
}

async fn joined(stage: JoinHandle<Result<(), Fault>>) -> Result<(), Fault> {
    stage
        .await
        .map_err(|_| Fault::fatal("a stage of the replay panicked: please report it"))?
}

pub(super) async fn dead_letters(shadow: &Register) -> Result<i64, DatabaseFault> {
    const COUNT: &str = "SELECT count(*) FROM dead_letter WHERE stage = 'sink'";
    let mut conn = shadow.open().await?;
    Ok(sqlx::query_scalar(COUNT).fetch_one(&mut conn).await?)
}
