//! `publish`: for a device that is online for a short while.

use super::async_runtime;
use crate::folder::Folder;
use crate::node::Connection;
use crate::publisher::Link;
use crate::spool::Spool;
use runtime::{Fault, Stop, telemetry, trace};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Publish what is pending, fetch outcomes, report to the centre, and end
///
/// Exits 0 when everything is acknowledged, 1 when something is still pending after the timeout.
/// A running server publishes by itself and needs no such command.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The node's folder
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
    /// Seconds to try
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

/// Publishes once.
///
/// # Errors
/// When the folder is held by another process, or the spool is damaged.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    telemetry::init();
    let folder = Folder::at(&options.dir);
    let settings = folder.settings()?;
    let _traces = trace::start(&settings.trace, "intake-node")?;
    let held = folder.hold_alone()?;
    let spool = Arc::new(folder.open_spool(&held, &settings)?);
    let link = Link::default();
    let runtime = async_runtime()?;
    let ended = runtime.block_on(async {
        let stop = Stop::on_signals()?;
        let connection = Connection::start(&folder, &settings, &spool, &link)?;
        let until = Instant::now() + Duration::from_secs(options.timeout);
        let is_done = || link.is_online() && pending(&spool) == 0;
        let is_over = || Instant::now() >= until || stop.requested() || connection.has_ended();
        while !is_done() && !is_over() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        connection.end(settings.publishing.grace).await
    });
    runtime.shutdown_background();
    ended?;
    let left = pending(&spool);
    if link.is_online() && left == 0 {
        eprintln!("everything is published");
        return Ok(ExitCode::SUCCESS);
    }
    let (state, why) = link.describe();
    eprintln!(
        "{left} events are still pending; the broker is {state}: {}",
        why.unwrap_or_default()
    );
    Ok(ExitCode::FAILURE)
}

fn pending(spool: &Spool) -> i64 {
    let head = spool.head();
    head.captured - spool.published().sequence_in(head.generation())
}
