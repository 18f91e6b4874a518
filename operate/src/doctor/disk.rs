//! Room on the disks of this machine that hold data of the pipeline.

use super::Finding;
use crate::Settings;
use std::path::{Path, PathBuf};

const CHECK: &str = "room on this machine";
/// Below it a burst may fill the disk before anybody comes.
const LOW: f64 = 0.15;
/// Below it things stop soon.
const OUT: f64 = 0.05;

/// Only for servers on this machine: of others nothing is known here.
pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let local = ["127.0.0.1:", "localhost:", "[::1]:"];
    if !local.iter().any(|host| settings.kafka.brokers.starts_with(host)) {
        return Vec::new();
    }
    let Some(folder) = local_stack() else {
        return Vec::new();
    };
    ["kafka", "postgres", "nodes"]
        .iter()
        .map(|part| folder.join(part))
        .filter(|path| path.is_dir())
        .filter_map(|path| room(&path))
        .collect()
}

fn local_stack() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors()
        .map(|folder| folder.join(".local"))
        .find(|folder| folder.join("stack.env").is_file())
}

fn room(path: &Path) -> Option<Finding> {
    let disk = rustix::fs::statvfs(path).ok()?;
    let (free, all) = (
        disk.f_bavail.saturating_mul(disk.f_frsize),
        disk.f_blocks.saturating_mul(disk.f_frsize),
    );
    let share = free as f64 / all.max(1) as f64;
    let evidence = format!(
        "{}: {:.1} GiB free, {:.0} %",
        path.display(),
        free as f64 / f64::from(1 << 30),
        share * 100.0
    );
    let remedy =
        "make room, or move the data: a full disk stops Kafka and PostgreSQL, and nodes refuse submissions";
    Some(if share < OUT {
        Finding::bad(CHECK, evidence, remedy)
    } else if share < LOW {
        Finding::warning(CHECK, evidence, remedy)
    } else {
        Finding::ok(CHECK, evidence)
    })
}
