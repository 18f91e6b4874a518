//! What a standby has left to do when it takes the lead, and how that grows with the register: without servers, beside
//! a leader whose changes it follows.

use crate::matching::{BATCH, Entries, apply, changes};
use crate::report::{Delays, Report};
use anyhow::Result;
use enrich::matching::DiskRows;
use resolve::Resolver;
use resolve::restore::Restoring;
use std::time::{Duration, Instant};

/// The share of all batches that the first and the last ones are told of.
const TENTH: usize = 10;

/// Measures how long merging the changes of a batch takes, with few applications and with all of them, and how long until a
/// state is there when everything but one batch is merged.
///
/// # Errors
/// When an entry isn't applied, which is a bug, or the disk is full.
pub fn measure(applications: u64, seed: u64, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut entries = Entries::of(seed)?;
    let mut leader = Resolver::keeping(Box::new(DiskRows::open(folder.path())?));
    let mut standby = Restoring::keeping(Box::new(DiskRows::open(folder.path())?));
    let (mut offset, mut merged) = (0, Vec::new());
    while (offset as u64) < applications {
        let count = BATCH.min(applications - offset as u64);
        for _ in 0..count {
            let outputs = apply(&mut leader, offset, &entries.draw()?)?;
            changes(outputs).for_each(|change| standby.change(change));
            offset += 1;
        }
        leader.settle_rows()?;
        if (offset as u64) < applications {
            let started = Instant::now();
            standby.cut();
            standby.settle();
            merged.push(millis(started.elapsed()));
        }
    }
    let tenth = merged.len().div_ceil(TENTH);
    for (which, millis) in [
        ("the first", &merged[..tenth]),
        ("the last", &merged[merged.len() - tenth..]),
    ] {
        report.add_delays(Delays {
            what: format!("match: a standby merges {BATCH} steps, {which} tenth of {applications}"),
            millis: millis.to_vec(),
        });
    }
    let started = Instant::now();
    let mut taken = standby.finish();
    taken.settle_rows()?;
    report.add_delays(Delays {
        what: format!("match: a standby that has all but {BATCH} of {applications} steps is made a state"),
        millis: vec![millis(started.elapsed())],
    });
    anyhow::ensure!(
        taken.counts() == leader.counts(),
        "the standby holds something else"
    );
    Ok(())
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1_000.0
}
