//! `intakectl export`: the lag engine as an exporter for Prometheus.

mod intake;
mod kafka;
mod letters;
mod text;

use crate::lag::{Watcher, evidence::Register};
use crate::{Ended, Settings};
use clap::Args;
use lag::{Evidence, causes};
use runtime::health::{self, Health};
use runtime::{Fault, Stop, clock, telemetry};
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use text::Text;
use tokio::task::block_in_place;

/// How long the window is: a rate over less jumps, over more hides a change.
const WINDOW: Duration = Duration::from_secs(300);

/// Options of `export`.
#[derive(Debug, Args)]
pub struct Options {
    /// Where to serve
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9308")]
    listen: SocketAddr,
    /// Seconds between looks
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=300))]
    every: u64,
    /// Label `cluster_name`
    #[arg(long, value_name = "NAME", default_value = "kafka")]
    cluster_name: String,
}

/// Looks and serves until a stop is asked for. While looks fail, nothing of the cluster is told: an old figure
/// would be taken for a new one.
///
/// # Errors
/// Fatal when the address can't be bound or a setting is wrong. A cluster or register that doesn't answer is
/// told at /readyz and in `intake_lag_up`.
pub async fn run(settings: &Settings, options: &Options) -> Result<Ended, Fault> {
    let stop = Stop::on_signals()?;
    let health = Health::default();
    health.not_ready("lag", "there was no look at the cluster yet");
    let told = Arc::new(RwLock::new(String::new()));
    let (served, own) = (told.clone(), telemetry::metrics()?);
    let metrics = move || {
        let looked = served.read().unwrap_or_else(PoisonError::into_inner);
        format!("{looked}{}", own.render())
    };
    let routes = health::router_with(health.clone(), metrics);
    let (address, server) = health::serve(options.listen, routes, stop.clone()).await?;
    tracing::info!("metrics at http://{address}/metrics");
    let mut watcher = Watcher::new(settings, WINDOW)?;
    let mut register = Register::of(settings);
    while !stop.requested() {
        let started = Instant::now();
        let looked = block_in_place(|| watcher.look());
        let text = match &looked {
            Ok(()) => figures(settings, options, &watcher, &mut register, started).await?,
            Err(_) => up(0.0, started),
        };
        *told.write().unwrap_or_else(PoisonError::into_inner) = text;
        match looked {
            Ok(()) => health.ready("lag"),
            Err(fault) => {
                tracing::warn!("no look at the cluster: {fault}");
                health.not_ready("lag", fault.to_string());
            }
        }
        let rest = Duration::from_secs(options.every).saturating_sub(started.elapsed());
        tokio::select! { () = stop.wait() => {}, () = tokio::time::sleep(rest) => {} }
    }
    server
        .await
        .map_err(|_| Fault::fatal("the metrics server panicked"))??;
    Ok(Ended::Fine)
}

async fn figures(
    settings: &Settings,
    options: &Options,
    watcher: &Watcher<'_>,
    register: &mut Register<'_>,
    started: Instant,
) -> Result<String, Fault> {
    let (database, nodes) = register.ask().await;
    let waiting = register.letters().await;
    let lags = watcher.lags();
    let evidence = Evidence {
        window: watcher.window(),
        lags: &lags,
        province: None,
        database: &database,
        nodes: &nodes,
    };
    let causes = causes(&evidence);
    let mut text = Text::default();
    let namespace = settings.kafka.namespace()?;
    kafka::write(
        &mut text,
        &options.cluster_name,
        &namespace,
        watcher.window(),
        &lags,
    );
    intake::provinces(&mut text, &watcher.by_province(&lags));
    intake::groups(&mut text, &lags);
    intake::causes(&mut text, &causes);
    intake::nodes(&mut text, &nodes, &causes);
    letters::write(&mut text, &waiting);
    Ok(text.finish() + &up(1.0, started))
}

/// Of the engine itself.
fn up(up: f64, started: Instant) -> String {
    let mut text = Text::default();
    text.family(
        "intake_lag_up",
        "1 when the last look at the cluster succeeded.",
        [],
        [([], up)],
    );
    text.family(
        "intake_lag_look_seconds",
        "How long the last look took, reading and judging included.",
        [],
        [([], started.elapsed().as_secs_f64())],
    );
    text.family(
        "intake_lag_looked_at_seconds",
        "When the last look ended, in seconds since 1970.",
        [],
        [([], clock::now().0 as f64 / 1000.0)],
    );
    text.finish()
}
