//! The commands of the archive.

use archive::{Archiver, Mode, Place, Report, Settings};
use clap::Args;
use runtime::health::{self, Health};
use runtime::kafka::Cluster;
use runtime::{Fault, Stop, telemetry};
use std::path::Path;

/// Archive the provinces' topics and the match log, each offset once, beyond their retention.
///
/// Avro object container files (zstd) by topic, partition and day, with a manifest of digests. Several may
/// run; one that is killed goes on where the manifest ends.
#[derive(Args, Clone)]
pub struct Options {
    /// A folder, or s3://BUCKET/PREFIX (with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and
    /// AWS_ENDPOINT for another store than Amazon's)
    #[arg(long, value_name = "PLACE", env = "INTAKE_ARCHIVE_TO")]
    to: String,
    /// End when everything that is there now is archived, instead of following
    #[arg(long)]
    once: bool,
    /// Go on where a topic no longer holds what should come next, and note in the manifest what is lost
    #[arg(long)]
    skip_lost: bool,
}

/// Read a whole archive and compare it with its manifest; exit 1 when it is not whole.
#[derive(Args, Clone)]
pub struct CheckOptions {
    /// The folder, or s3://BUCKET/PREFIX
    #[arg(value_name = "PLACE")]
    place: String,
}

/// Archives until a stop is asked for, or once.
pub async fn archive(config: Option<&Path>, options: Options) -> Result<(), Fault> {
    let settings = Settings::load(config)?;
    let stop = Stop::on_signals()?;
    let health = Health::default();
    health.not_ready("archive", "starting");
    let archiver = Archiver {
        cluster: Cluster::new(&settings.kafka)?,
        provinces: runtime::settings::provinces(settings.provinces.as_deref())?,
        place: Place::open(&options.to)?,
        files: settings.archive.clone(),
        skip_lost: options.skip_lost,
        handle: tokio::runtime::Handle::current(),
        health: health.clone(),
    };
    if options.once {
        return work(archiver, Mode::Once, stop).await;
    }
    let routes = health::router(health, telemetry::metrics()?);
    let (address, server) = health::serve(settings.archive.listen, routes, stop.clone()).await?;
    tracing::info!("health and metrics at http://{address}");
    let ended = work(archiver, Mode::Follow, stop.clone()).await;
    stop.request();
    server
        .await
        .map_err(|_| Fault::fatal("the health server panicked"))??;
    ended
}

async fn work(archiver: Archiver, mode: Mode, stop: Stop) -> Result<(), Fault> {
    let worked = tokio::task::spawn_blocking(move || archiver.run(mode, &stop));
    let records = worked
        .await
        .map_err(|_| Fault::fatal("the archiver panicked: see the log"))??;
    tracing::info!(records, "{records} records are archived");
    Ok(())
}

/// Checks an archive.
pub async fn check(options: &CheckOptions) -> Result<(), Fault> {
    let reports = archive::check(&Place::open(&options.place)?).await?;
    let (mut files, mut records, mut problems) = (0, 0, 0);
    for report in &reports {
        let Report {
            topic,
            partition,
            next_offset,
            lost,
            ..
        } = report;
        let lost = if *lost > 0 {
            format!(", {lost} offsets lost")
        } else {
            String::new()
        };
        println!(
            "{topic}[{partition}]: {} records in {} files, to offset {next_offset}{lost}",
            report.records, report.files
        );
        for problem in &report.problems {
            println!("  {problem}");
        }
        files += report.files;
        records += report.records;
        problems += report.problems.len();
    }
    println!("{records} records in {files} files");
    if problems > 0 {
        return Err(Fault::data(format!(
            "the archive is not whole: {problems} problems"
        )));
    }
    Ok(())
}
