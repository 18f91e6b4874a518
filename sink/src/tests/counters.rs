//! Counters as a scrape would read them, of this test alone.

use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Counts what this thread counts, as long as it lives.
pub(super) struct Counters {
    handle: PrometheusHandle,
    _counting: LocalRecorderGuard<'static>,
}

impl Counters {
    pub(super) fn start() -> Self {
        // The guard borrows it, and a test is short.
        let recorder = Box::leak(Box::new(PrometheusBuilder::new().build_recorder()));
        Self {
            handle: recorder.handle(),
            _counting: metrics::set_default_local_recorder(recorder),
        }
    }

    /// The value of a series, such as `intake_sink_retries_total{remedy="transient"}`; 0 when nothing
    /// was counted yet.
    pub(super) fn of(&self, series: &str) -> u64 {
        let text = self.handle.render();
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map_or(0, |value| value.parse().expect("a count"))
    }
}
