//! Logs and metrics.

use crate::Fault;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging to standard error: text on a terminal, JSON lines otherwise. `RUST_LOG` filters;
/// the default is `info`, and `warn` for the node's embedded store, which tells of every file. A panic is
/// told by its place alone: its message may quote a person's value, as that of a wrong slice does. Calling
/// it again changes nothing.
pub fn init() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!("panicked at {at}");
    }));
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,fjall=warn,lsm_tree=warn"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // An error here means that logging runs already, which is what was asked for.
    let _already = if std::io::stderr().is_terminal() {
        builder.try_init()
    } else {
        builder.json().flatten_event(true).try_init()
    };
}

/// Renders the process's metrics in Prometheus' text format.
pub type Metrics = PrometheusHandle;

/// Starts collecting metrics for the whole process.
///
/// # Errors
/// Fatal when another recorder is installed already.
pub fn metrics() -> Result<Metrics, Fault> {
    const SECONDS: &[f64] = &[
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0,
    ];
    const RECORDS: &[f64] = &[
        1.0, 10.0, 100.0, 500.0, 1_000.0, 2_000.0, 5_000.0, 10_000.0, 50_000.0,
    ];
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_records".to_owned()), RECORDS))
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(|fault| Fault::fatal(format!("can't collect metrics: {fault}")))
}
