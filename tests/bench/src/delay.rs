//! How long records take to be visible, by PostgreSQL's own commit times: measuring costs nothing while it
//! runs. A commit's time is taken just before its log is flushed, so the truth is a flush later.

use crate::load::Load;
use crate::report::{Delays, Report, Row};
use crate::stages::PATIENCE;
use crate::whole;
use anyhow::{Result, ensure};
use schemas::codec::Change;
use schemas::provinces::DEFAULT_21;
use schemas::topics;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use tests::{Ground, Site, until};

/// Records a second of the steady stream.
const STEADY: u32 = 1000;
/// Seconds of the stream that count, after as many to warm up.
const SECONDS: u32 = 30;
/// Records a second that twenty provinces publish while the other one's backlog drains; a national peak is 8.
const LIVE: u32 = 200;
/// The province that was offline.
const BEHIND: &str = "ha-noi";

/// A steady stream through all workers: from the append to `register.changes`, and from the append to the
/// province's topic, to the visible row.
pub fn steady(seed: u64, report: &mut Report) -> Result<()> {
    let count = STEADY * SECONDS * 2;
    let load = Load::generate(u64::from(count), seed)?;
    let ground = Ground::of(DEFAULT_21);
    let workers = whole::workers(&ground);
    load.publish_steadily(&ground.site.cluster, STEADY, || false)?;
    until("every row is visible", PATIENCE, || {
        (ground.site.last_step() >= i64::from(count)).then_some(())
    });
    whole::stop(workers);
    let visible = committed(&ground.site)?;
    let warm = i64::from(count / 2);
    let appended: HashMap<i64, i64> = ground
        .site
        .records(topics::CHANGES)
        .into_iter()
        .filter_map(|record| match Change::decode(&record.value) {
            Ok(Change::Settled(settled)) => Some((settled.sequence, record.appended_at.0)),
            _ => None,
        })
        .collect();
    let counted = || visible.iter().filter(|row| row.sequence > warm);
    let from_change = counted().map(|row| row.committed - appended[&row.sequence] as f64);
    report.add_delays(Delays {
        what: format!("append to {} to the visible row, {STEADY}/s", topics::CHANGES),
        millis: from_change.collect(),
    });
    report.add_delays(Delays {
        what: format!("append to the province's topic to the visible row, {STEADY}/s"),
        millis: counted().map(|row| row.committed - row.appended).collect(),
    });
    Ok(())
}

/// One province comes back with a backlog while the others go on: how fast it drains, and what the others
/// notice.
pub fn backlog(count: u64, seed: u64, report: &mut Report) -> Result<()> {
    let backlog = Load::generate_in(|slug| slug == BEHIND, count, seed)?;
    let live = Load::generate_in(|slug| slug != BEHIND, (count / 10).max(20_000), seed + 1)?;
    let ground = Ground::of(DEFAULT_21);
    backlog.publish(&ground.site.cluster)?;
    let workers = whole::workers(&ground);
    let (started, drained) = (Instant::now(), AtomicBool::new(false));
    let cluster = &ground.site.cluster;
    let over = || drained.load(Ordering::Relaxed);
    let (sent, took) = std::thread::scope(|scope| {
        let stream = scope.spawn(|| live.publish_steadily(cluster, LIVE, over));
        let query = format!("SELECT count(*) FROM intake_event WHERE province = '{BEHIND}'");
        until("the backlog is loaded", PATIENCE, || {
            // Counting is dear: not before there can be enough of them.
            let enough = ground.site.last_step() >= count as i64;
            (enough && ground.site.database.value::<i64>(&query) >= count as i64).then_some(())
        });
        let took = started.elapsed();
        drained.store(true, Ordering::Relaxed);
        stream.join().map(|sent| (sent, took))
    })
    .expect("the stream doesn't panic");
    let sent = sent?;
    until("every row is visible", PATIENCE, || {
        (ground.site.last_step() >= (count + sent) as i64).then_some(())
    });
    whole::stop(workers);
    ensure!(
        sent < live.count(),
        "the live stream ended before the backlog: more of it is needed"
    );
    report.add(Row {
        what: format!("backlog of {BEHIND}, drained beside {LIVE}/s of the other twenty"),
        records: count,
        took,
        ..Row::default()
    });
    let others = committed(&ground.site)?
        .into_iter()
        .filter(|row| row.province != BEHIND);
    report.add_delays(Delays {
        what: format!("the other twenty meanwhile, {LIVE}/s, append to the visible row"),
        millis: others.map(|row| row.committed - row.appended).collect(),
    });
    Ok(())
}

/// When an event was appended to its province's topic and when its row was committed, in milliseconds.
struct Committed {
    sequence: i64,
    province: String,
    appended: f64,
    committed: f64,
}

fn committed(site: &Site) -> Result<Vec<Committed>> {
    const MILLIS: &str = "SELECT sequence, province,
            (extract(epoch FROM appended_at) * 1000)::float8,
            (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8
       FROM intake_event WHERE province IS NOT NULL";
    let tracked: String = site.database.value("SHOW track_commit_timestamp");
    ensure!(
        tracked == "on",
        "PostgreSQL must run with track_commit_timestamp = on"
    );
    let rows: Vec<(i64, String, f64, f64)> = site.database.rows(MILLIS);
    let row = |(sequence, province, appended, committed)| Committed {
        sequence,
        province,
        appended,
        committed,
    };
    Ok(rows.into_iter().map(row).collect())
}
