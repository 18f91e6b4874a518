//! intake-sink: loads the register, and archives what topics hold.

mod archiving;

use clap::{Parser, Subcommand};
use runtime::health::{self, Health};
use runtime::kafka::Cluster;
use runtime::{Fault, Stop, telemetry, trace};
use sink::Register;
use sink::pipeline::Pipeline;
use sink::settings::Settings;
use std::path::PathBuf;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc; // half the time of a batch is texts being made

/// Loads register.changes and the nodes' manifests into the central PostgreSQL; archives what topics hold.
#[derive(Parser)]
#[command(version, about)]
struct Args {
    /// Settings file (TOML); variables such as INTAKE_DATABASE__URL go before it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Subcommand)]
enum Command {
    /// Load until told to stop (the default).
    Run,
    /// Bring the database's schema to this version, and end.
    Migrate,
    /// Fill an empty register with all that is in the topics, then build its secondary indexes, and end.
    ///
    /// For a rebuild: quicker than `run`, which looks nobody up meanwhile. As the tables' owner. Stopped or
    /// killed, it goes on when it is started again.
    Bulk,
    Archive(archiving::Options),
    ArchiveCheck(archiving::CheckOptions),
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    telemetry::init();
    let ended = end(args).await;
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tracing::error!(remedy = fault.remedy().name(), "intake-sink ended: {fault}");
            fault.exit_code()
        }
    }
}

async fn end(args: Args) -> Result<(), Fault> {
    let config = args.config.as_deref();
    match args.command.unwrap_or(Command::Run) {
        Command::Run => run(Settings::load(config)?).await,
        Command::Bulk => bulk(Settings::load(config)?).await,
        Command::Migrate => migrate(&Settings::load(config)?).await,
        Command::Archive(options) => archiving::archive(config, options).await,
        Command::ArchiveCheck(options) => archiving::check(&options).await,
    }
}

async fn migrate(settings: &Settings) -> Result<(), Fault> {
    Register::new(&settings.database)?.migrate().await?;
    tracing::info!("the register's schema is this version's");
    Ok(())
}

async fn run(settings: Settings) -> Result<(), Fault> {
    served(settings, async |pipeline, stop| {
        sink::bulk::warn_if_begun(&pipeline.register).await?;
        pipeline.run(&stop).await
    })
    .await
}

async fn bulk(settings: Settings) -> Result<(), Fault> {
    served(settings, async |pipeline, stop| {
        let filled = sink::bulk::fill(pipeline, &stop).await?;
        tracing::info!(filled, "the bulk load ended");
        Ok(())
    })
    .await
}

/// Does the work with a register that answers, and serves health and metrics meanwhile.
async fn served(
    settings: Settings,
    work: impl AsyncFnOnce(Pipeline, Stop) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let stop = Stop::on_signals()?;
    let health = Health::default();
    health.not_ready("kafka", "the group was not joined yet");
    let _traces = trace::start(&settings.trace, "intake-sink")?;
    let routes = health::router(health.clone(), telemetry::metrics()?);
    let (address, server) = health::serve(settings.listen, routes, stop.clone()).await?;
    tracing::info!("health and metrics at http://{address}");
    let Some(register) = sink::start::register(&settings.database, &health, &stop).await? else {
        return Ok(());
    };
    let pipeline = Pipeline {
        cluster: Cluster::new(&settings.kafka)?,
        provinces: runtime::settings::provinces(settings.provinces.as_deref())?,
        register,
        limits: settings.limits,
        session_timeout: settings.session_timeout,
        grace: settings.grace,
        health,
    };
    let ended = work(pipeline, stop.clone()).await;
    stop.request();
    server
        .await
        .map_err(|_| Fault::fatal("the health server panicked"))??;
    tracing::info!("intake-sink stopped");
    ended
}
