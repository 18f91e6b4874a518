//! How long nobody matches: until a standby leads after its leader was killed, until one that is started again has read
//! its state from a snapshot, or from the register. And what a standby holds in memory meanwhile.

use crate::load::Load;
use crate::matching::resident_bytes_of;
use crate::report::{Delays, Report};
use crate::stages::{PATIENCE, worker};
use crate::visible::Visible;
use anyhow::{Context, Result};
use schemas::provinces::DEFAULT_21;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tests::{Ground, Process, until};

/// Seconds between two snapshots here.
const EVERY_S: &str = "5";

/// Fills a register, then takes the matcher away in each of these ways. How long a silent leader is waited for is
/// in the first figure: `match.session_timeout_ms`, as it is by default; the second is without it.
pub fn measure(load: &Load, report: &mut Report) -> Result<()> {
    let ground = Ground::of(DEFAULT_21);
    let mut others = ["normalise", "sink"].map(|stage| worker(&ground, stage));
    others.iter_mut().for_each(Process::start);
    let mut leader = matcher(&ground, "match-1");
    leader.start();
    until_ready(&leader);
    let mut standby = matcher(&ground, "match-2");
    standby.start();
    load.publish(&ground.site.cluster)?;
    let mut visible = Visible::connect(&ground.site.database)?;
    until("every row is visible", PATIENCE, || {
        let all = visible.has(load.count() as i64);
        all.expect("the register answers").then_some(())
    });
    until("the standby has read all of it", PATIENCE, || {
        let said = standby.readiness()?;
        (said.contains("standby") && said.contains(" 0 records")).then_some(())
    });
    for (who, process) in [("the leader", &leader), ("the standby", &standby)] {
        let each = resident_bytes_of(&process.pid().to_string())? / load.count();
        report.say(&format!(
            "{who} holds {each} bytes of memory for each application"
        ));
    }

    let killed = Instant::now();
    leader.kill();
    until_ready(&standby);
    report.add_delays(taken("a standby leads after kill -9", killed.elapsed()));
    report.add_delays(taken("of them since it has the log", own_part(&standby)?));
    let step = ground.site.last_step();
    until("a snapshot has the last step", PATIENCE, || {
        (newest(&ground)? >= step).then_some(())
    });
    standby.terminate(Duration::from_secs(30));
    report.add_delays(taken("started again, from a snapshot", started(&mut leader)));
    leader.terminate(Duration::from_secs(30));
    std::fs::remove_dir_all(ground.snapshots())?;
    report.add_delays(taken("started again, from the register", started(&mut standby)));
    let most = most_bytes_of(&standby)? / load.count();
    report.say(&format!(
        "meanwhile it held up to {most} bytes of memory for each application"
    ));
    standby.terminate(Duration::from_secs(30));
    for mut process in others {
        process.terminate(Duration::from_secs(30));
    }
    Ok(())
}

fn matcher(ground: &Ground, name: &str) -> Process {
    let mut process = worker(ground, "match")
        .env("INTAKE_MATCH__SNAPSHOT_DIR", ground.snapshots())
        .env("INTAKE_MATCH__SNAPSHOT_EVERY_S", EVERY_S);
    process.name = name.to_owned();
    process
}

fn started(process: &mut Process) -> Duration {
    let begun = Instant::now();
    process.start();
    until_ready(process);
    begun.elapsed()
}

fn until_ready(process: &Process) {
    until(&format!("{} leads", process.name), PATIENCE, || {
        process.is_ready().then_some(())
    });
}

/// How long a matcher took from being given the log to leading: fencing, reading the rest, merging it.
fn own_part(matcher: &Process) -> Result<Duration> {
    let took = matcher.logged("leading: the state is restored", "duration_ms");
    Ok(Duration::from_millis(took.context("it never led")?.try_into()?))
}

/// The most memory that a process has had in use.
fn most_bytes_of(process: &Process) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.pid()))?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = most.and_then(|most| most.trim().strip_suffix(" kB"));
    Ok(kibibytes
        .context("the system tells no peak")?
        .trim()
        .parse::<u64>()?
        << 10)
}

fn taken(what: &str, took: Duration) -> Delays {
    Delays {
        what: format!("match: {what}"),
        millis: vec![took.as_secs_f64() * 1_000.0],
    }
}

/// The last step that a snapshot holds.
fn newest(ground: &Ground) -> Option<i64> {
    let entries = std::fs::read_dir(ground.snapshots()).ok()?;
    let files = entries.flatten().map(|entry| entry.path());
    let snapshots = files.filter(|path| path.extension().is_some_and(|ending| ending == "snapshot"));
    let step = |path: PathBuf| path.file_stem()?.to_str()?.rsplit('.').next()?.parse().ok();
    snapshots.filter_map(step).max()
}
