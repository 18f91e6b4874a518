//! `intake-enrich normalise` and `intake-enrich match`.

use clap::{Parser, Subcommand};
use enrich::settings::Settings;
use enrich::{matching, normalising};
use runtime::{Fault, Stop, health, settings, telemetry, trace};
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Takes applications from their provinces' topics to what changes in the register.
#[derive(Debug, Parser)]
#[command(
    name = "intake-enrich",
    version,
    after_help = "Settings come from --config and from variables such as INTAKE_KAFKA__BROKERS; without any, the local stack is found by itself. enrich/README.md lists them all."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Settings file (TOML).
    #[arg(long, global = true, value_name = "FILE", env = "INTAKE_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Command {
    /// Decode, normalise and validate every province's records into the match log. Any number may run.
    Normalise,
    /// Resolve each application to a resident. One is active; others stand by.
    Match,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    telemetry::init();
    let ended =
        settings::load(arguments.config.as_deref()).and_then(|settings| run(arguments.command, settings));
    match ended {
        Ok(()) => {
            tracing::info!("stopped in order");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            tracing::error!(remedy = fault.remedy().name(), "stopped: {fault}");
            fault.exit_code()
        }
    }
}

fn run(command: Command, settings: Settings) -> Result<(), Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.map_err(|e| Fault::fatal(format!("can't start: {e}")))?;
    runtime.block_on(async {
        let stop = Stop::on_signals()?;
        let health = health::Health::default();
        let listen = match command {
            Command::Normalise => settings.normalise.listen,
            Command::Match => settings.matching.listen,
        };
        let service = match command {
            Command::Normalise => "intake-normalise",
            Command::Match => "intake-match",
        };
        let _traces = trace::start(&settings.trace, service)?;
        let router = health::router(health.clone(), telemetry::metrics()?);
        let (bound, serving) = health::serve(listen, router, stop.clone()).await?;
        tracing::info!("health and metrics on http://{bound}");
        let ended = match command {
            Command::Normalise => normalising::run(settings, stop.clone(), health).await,
            Command::Match => matching::run(settings, stop.clone(), health).await,
        };
        stop.request();
        let served = serving
            .await
            .map_err(|_| Fault::fatal("the health server panicked: see the log"))?;
        ended.and(served)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
