//! The exporter, with its successes and failures counted: spans that a collector never got are missed by nobody
//! otherwise.

use metrics::counter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SpanData, SpanExporter};
use std::time::Duration;

/// Sends spans and counts them.
#[derive(Debug)]
pub(super) struct Counting(pub(super) opentelemetry_otlp::SpanExporter);

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        let sent = self.0.export(batch).await;
        let result = if sent.is_ok() { "sent" } else { "lost" };
        counter!("intake_trace_spans_total", "result" => result).increment(spans);
        if let Err(error) = &sent {
            tracing::debug!("{spans} spans were not sent: {error}");
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}
