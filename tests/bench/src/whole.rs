//! The whole path: from the append to the province's topic to the visible rows; then the same beside it, by a replay.

use crate::cost::{Servers, with_children};
use crate::limits;
use crate::load::Load;
use crate::replay;
use crate::report::{Report, Row};
use crate::stages::{PATIENCE, worker};
use crate::visible::Visible;
use anyhow::Result;
use schemas::provinces::DEFAULT_21;
use std::time::{Duration, Instant};
use tests::{Ground, Process, until};

const STAGES: [&str; 3] = ["normalise", "match", "sink"];

/// Publishes everything while all workers run, and waits until the last row is visible.
pub fn measure(load: &Load, report: &mut Report) -> Result<()> {
    let ground = Ground::of(DEFAULT_21);
    let workers = workers(&ground);
    let servers = Servers::find()?;
    let before = servers.taken();
    let at_start: Vec<Duration> = workers.iter().map(|worker| with_children(worker.pid())).collect();
    let started = Instant::now();
    let published = load.publish(&ground.site.cluster)?;
    report.say(&format!("published in {:.1} s", published.as_secs_f64()));
    let mut visible = Visible::connect(&ground.site.database)?;
    until("every row is visible", PATIENCE, || {
        visible
            .has(load.count() as i64)
            .expect("the register answers")
            .then_some(())
    });
    let took = started.elapsed();
    let mut cost: Vec<(String, Duration)> = workers
        .iter()
        .zip(at_start)
        .map(|(worker, start)| {
            (
                worker.name.clone(),
                with_children(worker.pid()).saturating_sub(start),
            )
        })
        .collect();
    cost.extend(limits::spent(&before, &servers));
    let row = Row {
        what: "whole path".to_owned(),
        records: load.count(),
        took,
        cost,
        limit: Some(limits::COPY),
    };
    report.add(row);
    stop(workers);
    replay::measure(&ground, load.count(), took, report)
}

/// One of each stage, ready.
pub fn workers(ground: &Ground) -> Vec<Process> {
    let mut workers: Vec<Process> = STAGES.iter().map(|stage| worker(ground, stage)).collect();
    workers.iter_mut().for_each(Process::start);
    for worker in &workers {
        until(
            &format!("{} is ready", worker.name),
            Duration::from_secs(60),
            || worker.is_ready().then_some(()),
        );
    }
    workers
}

pub fn stop(workers: Vec<Process>) {
    for mut worker in workers {
        worker.terminate(Duration::from_secs(30));
    }
}
