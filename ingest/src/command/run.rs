//! `run`: the node as a server.

use super::async_runtime;
use crate::folder::Folder;
use crate::node;
use runtime::{Fault, Stop, telemetry, trace};
use std::path::PathBuf;
use std::process::ExitCode;

/// Run the node: HTTP API, publisher, outcomes
///
/// Accepts while there is no network, and publishes by itself when there is one. SIGTERM or SIGINT
/// stops it in order: nothing new is accepted, what is queued is finished, and what the broker
/// acknowledges within publisher.grace_seconds (default 10) is recorded. It may be killed at any moment
/// without losing what it accepted.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The node's folder, made by `init`
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
}

/// Runs until a signal.
///
/// # Errors
/// What kept it from starting, or made it end.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    telemetry::init();
    let folder = Folder::at(&options.dir);
    let settings = folder.settings()?;
    let _traces = trace::start(&settings.trace, "intake-node")?;
    let metrics = telemetry::metrics()?;
    let runtime = async_runtime()?;
    let ended = runtime.block_on(async {
        let stop = Stop::on_signals()?;
        node::run(&folder, &settings, metrics, stop).await
    });
    // A thread that waits for an unreachable broker holds nothing that isn't on the disk.
    runtime.shutdown_background();
    ended.map(|()| ExitCode::SUCCESS)
}
