//! A rebuild of the whole register beside the live one, under the same rules: how fast, and that nothing differs.

use crate::limits;
use crate::report::{Report, Row};
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::time::{Duration, Instant};
use tests::Ground;

/// Replays what the whole path has just taken, which it did in `live`.
pub fn measure(ground: &Ground, records: u64, live: Duration, report: &mut Report) -> Result<()> {
    let planned = run(ground, &["plan", "--all", "--reason", "measured"])?;
    let id = planned["plan"]["replay_id"].as_str().context("an id")?.to_owned();
    let started = Instant::now();
    run(ground, &["run", &id])?;
    let took = started.elapsed();
    report.add(Row {
        what: "replay: a rebuild".to_owned(),
        records,
        took,
        cost: Vec::new(),
        limit: Some(limits::COPY),
    });
    let started = Instant::now();
    let diff = run(ground, &["diff", &id])?;
    report.say(&format!(
        "a rebuild takes {:.2} of the live path's time; compared in {:.1} s: {} differences",
        took.as_secs_f64() / live.as_secs_f64(),
        started.elapsed().as_secs_f64(),
        diff["differences"]
    ));
    run(ground, &["discard", &id, "--execute"])?;
    Ok(())
}

fn run(ground: &Ground, args: &[&str]) -> Result<Value> {
    let output = ground.intakectl(&[&["replay"], args, &["-o", "json"]].concat());
    ensure!(
        matches!(output.status.code(), Some(0 | 5)),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
