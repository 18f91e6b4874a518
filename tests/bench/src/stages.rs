//! Each stage alone, over everything the stage before it left.

use crate::cost::{Servers, with_children};
use crate::limits;
use crate::load::Load;
use crate::report::{Report, Row};
use anyhow::Result;
use runtime::kafka::{GroupOffsets, Offsets, Partition};
use schemas::provinces::DEFAULT_21;
use schemas::topics;
use std::time::{Duration, Instant};
use tests::{Ground, Process, until};

/// Longer than any stage takes for a load that makes sense here.
pub const PATIENCE: Duration = Duration::from_secs(1800);

/// Publishes everything, then runs normalise, match and the sink one after the other.
pub fn measure(load: &Load, report: &mut Report) -> Result<()> {
    let ground = Ground::of(DEFAULT_21);
    let cluster = &ground.site.cluster;
    let servers = Servers::find()?;
    let before = servers.taken();
    let took = load.publish(cluster)?;
    let cost = limits::spent(&before, &servers);
    let records = load.count();
    report.add(Row {
        what: "publish alone".to_owned(),
        records,
        took,
        cost,
        limit: Some(limits::PRODUCE),
    });

    let offsets = cluster.offsets()?;
    let provinces: Vec<String> = ground
        .provinces
        .iter()
        .map(|p| topics::applications(&p.slug))
        .collect();
    for (stage, group, topics) in [
        ("normalise", topics::GROUP_NORMALISE, provinces),
        ("match", topics::GROUP_MATCH, vec![topics::MATCH_LOG.to_owned()]),
        ("sink", topics::GROUP_SINK, vec![topics::CHANGES.to_owned()]),
    ] {
        let behind = Behind::of(&offsets, cluster.group_offsets(group)?, &topics)?;
        // Nobody takes what a stage alone hands on: without admission control, or normalise would wait.
        let mut process = worker(&ground, stage).env("INTAKE_NORMALISE__WINDOW", "0");
        let limit = match stage {
            "sink" => limits::COPY,
            _ => limits::PRODUCE,
        };
        report.add(Row {
            what: format!("{stage} alone"),
            records,
            limit: Some(limit),
            ..drain(&mut process, &behind, &servers)
        });
    }
    let tables = ["intake_event", "application", "resident"];
    limits::copy(limits::COPY, &ground.site.database, &tables, 1, records, report)
}

/// Starts a process, lets it take everything it is behind, and stops it: how long that took, and what.
pub fn drain(process: &mut Process, behind: &Behind, servers: &Servers) -> Row {
    let before = servers.taken();
    process.start();
    let pid = process.pid();
    until("the first records are taken", PATIENCE, || {
        behind.some_taken().then_some(())
    });
    let started = Instant::now();
    let at_start = behind.left();
    until("everything is taken", PATIENCE, || {
        (behind.left() == 0).then_some(())
    });
    let took = started.elapsed();
    let mut cost = vec![(process.name.clone(), with_children(pid))];
    cost.extend(limits::spent(&before, servers));
    process.terminate(Duration::from_secs(30));
    // The start, until the first records were through, is left out of the rate by its share.
    let share = at_start as f64 / behind.total as f64;
    Row {
        took: took.div_f64(share.max(0.01)),
        cost,
        ..Row::default()
    }
}

/// One of the workers on this ground.
pub fn worker(ground: &Ground, stage: &str) -> Process {
    let program = if stage == "sink" {
        "intake-sink"
    } else {
        "intake-enrich"
    };
    let logs = ground.folder.join("logs");
    let process = Process::new(stage, program, &logs, tests::free_address());
    let listen = process.address.to_string();
    let process = match stage {
        "sink" => process.args(["run"]).env("INTAKE_HEALTH__LISTEN", listen),
        "match" => process.args(["match"]).env("INTAKE_MATCH__LISTEN", listen),
        _ => process
            .args(["normalise"])
            .env("INTAKE_NORMALISE__LISTEN", listen),
    };
    process.args([std::ffi::OsStr::new("--config"), ground.site.settings.as_os_str()])
}

/// How far a group is behind the end of its topics, as both stood when it was first asked for.
pub struct Behind {
    group: GroupOffsets,
    partitions: Vec<Partition>,
    starts: Vec<i64>,
    ends: Vec<i64>,
    total: i64,
}

impl Behind {
    /// How far `group` is behind now.
    pub fn of(offsets: &Offsets, group: GroupOffsets, topics: &[String]) -> Result<Self> {
        let partitions = offsets.partitions(topics)?;
        let bounds = offsets.boundaries(&partitions)?;
        let committed = group.committed(&partitions)?.into_iter();
        let starts: Vec<i64> = committed.map(|next| next.unwrap_or(0)).collect();
        let ends: Vec<i64> = bounds.iter().map(|bounds| bounds.stable).collect();
        let total = ends.iter().sum::<i64>() - starts.iter().sum::<i64>();
        Ok(Self {
            group,
            partitions,
            starts,
            ends,
            total,
        })
    }

    /// Offsets not taken yet. Markers at the end of a transactional topic are passed by nobody, so
    /// the last few don't count.
    pub fn left(&self) -> i64 {
        const MARKERS: i64 = 2;
        let Ok(committed) = self.group.committed(&self.partitions) else {
            return self.total;
        };
        let left = committed
            .iter()
            .zip(&self.ends)
            .map(|(next, end)| end - next.unwrap_or(0));
        left.map(|left| if left <= MARKERS { 0 } else { left }).sum()
    }

    fn some_taken(&self) -> bool {
        self.group.committed(&self.partitions).is_ok_and(|committed| {
            let mut moved = committed.iter().zip(&self.starts);
            moved.any(|(next, start)| next.unwrap_or(0) > *start)
        })
    }
}
