//! Traces from a node's acceptance of an event to its row: OpenTelemetry, sent as OTLP over HTTP.
//!
//! A node decides by an event's id whether it is traced; each stage after it sees that in the record's header
//! `traceparent`. Off unless settings name a collector, and then free but for one look at a record's headers.
//!
//! **Invariant:** a span holds a stage's name, topic, partition, offset and times; nothing about a person.

mod exporter;
mod ids;
mod place;

pub(crate) use place::HEADER;
pub use place::Place;

use crate::Fault;
use exporter::Counting;
use ids::Ids;
use opentelemetry::trace::{
    Span as _, SpanBuilder, SpanKind, TraceContextExt as _, Tracer as _, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracer, SdkTracerProvider, Span};
use serde::Deserialize;
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};
use uuid::Uuid;

/// Section `[trace]` of every process's settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceSettings {
    /// An OpenTelemetry collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`; none: spans are not
    /// made. Without TLS: run a collector beside the process.
    pub endpoint: Option<String>,
    /// Share of events that a node has traced, 0 to 1. Only a node decides; the other stages follow.
    pub sample_ratio: f64,
}

static ACTIVE: OnceLock<Active> = OnceLock::new();

#[derive(Debug)]
struct Active {
    sample_ratio: f64,
    tracer: Option<SdkTracer>,
}

/// Keeps the exporter at work; when dropped, what it still has is sent, for two seconds at most.
#[must_use]
#[derive(Debug)]
pub struct Traces(Option<SdkTracerProvider>);

impl Drop for Traces {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take()
            && let Err(error) = provider.shutdown_with_timeout(Duration::from_secs(2))
        {
            tracing::debug!("the last spans were not sent: {error}");
        }
    }
}

/// Starts tracing for the whole process, which the collector knows as `service`. Only the first call counts.
///
/// # Errors
/// Fatal when a setting is wrong.
pub fn start(settings: &TraceSettings, service: &'static str) -> Result<Traces, Fault> {
    if !(0.0..=1.0).contains(&settings.sample_ratio) {
        return Err(Fault::fatal(format!(
            "trace.sample_ratio: {} is outside 0 to 1",
            settings.sample_ratio
        )));
    }
    let provider = match settings.endpoint.as_deref() {
        None | Some("") => None,
        Some(endpoint) => Some(provider(endpoint, service)?),
    };
    let active = Active {
        sample_ratio: settings.sample_ratio,
        tracer: provider.as_ref().map(|provider| provider.tracer("intake")),
    };
    if ACTIVE.set(active).is_err() {
        tracing::debug!("tracing runs already");
    }
    Ok(Traces(provider))
}

fn provider(endpoint: &str, service: &'static str) -> Result<SdkTracerProvider, Fault> {
    use opentelemetry_otlp::WithExportConfig as _;
    if !endpoint.starts_with("http://") {
        return Err(Fault::fatal(
            "trace.endpoint: must begin with http://, such as http://127.0.0.1:4318: run an OpenTelemetry collector \
             beside the process, which can go on over TLS",
        ));
    }
    // The HTTP client wants one, though it never speaks TLS here. An error means that there is one already.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .with_timeout(Duration::from_secs(5))
        .build()
        .map_err(|e| Fault::fatal(format!("trace.endpoint: {e}")))?;
    Ok(SdkTracerProvider::builder()
        .with_batch_exporter(Counting(exporter))
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::AlwaysOn)))
        .with_id_generator(Ids)
        .with_resource(
            Resource::builder_empty()
                .with_attribute(KeyValue::new("service.name", service))
                .build(),
        )
        .build())
}

/// Whether this process has any event traced.
pub fn is_sampling() -> bool {
    ACTIVE.get().is_some_and(|active| active.sample_ratio > 0.0)
}

/// Where an event's trace begins, when this node has it traced.
pub fn sampled(event_id: Uuid) -> Option<Place> {
    let ratio = ACTIVE.get()?.sample_ratio;
    // Random bits of the id decide, so that a restarted node decides the same.
    let [.., a, b, c, d] = event_id.into_bytes();
    let draw = f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0);
    (draw < ratio).then(|| Place::of_event(event_id))
}

/// Where a traced piece of work is done.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Topic, without the namespace.
    pub topic: &'a str,
    /// Partition.
    pub partition: i32,
    /// Offset of the record that is worked on.
    pub offset: i64,
}

/// A piece of work that has begun. Dropped, it has ended.
#[derive(Debug)]
pub struct Work {
    span: Span,
    place: Place,
}

impl Work {
    /// Its own place: the parent of what it leads to.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// It is done.
    pub fn end(mut self) {
        self.span.end();
    }
}

/// Begins a piece of work on a traced record; none when no collector is set.
pub fn begin(name: &'static str, parent: Place, at: Option<At<'_>>) -> Option<Work> {
    begin_at(name, parent, at, SystemTime::now())
}

fn begin_at(name: &'static str, parent: Place, at: Option<At<'_>>, started: SystemTime) -> Option<Work> {
    let tracer = ACTIVE.get()?.tracer.as_ref()?;
    let attributes = at.map_or_else(Vec::new, |at| {
        vec![
            KeyValue::new("messaging.system", "kafka"),
            KeyValue::new("messaging.destination.name", at.topic.to_owned()),
            KeyValue::new("messaging.destination.partition.id", at.partition.to_string()),
            KeyValue::new("messaging.kafka.offset", at.offset),
        ]
    });
    let context = Context::new().with_remote_span_context(parent.context());
    let span = SpanBuilder::from_name(name)
        .with_kind(SpanKind::Consumer)
        .with_start_time(started)
        .with_attributes(attributes);
    let span = tracer.build_with_context(span, &context);
    let own = span.span_context();
    let place = Place {
        trace: own.trace_id(),
        span: own.span_id(),
    };
    Some(Work { span, place })
}

/// A piece of work that took `took` and is done now.
pub fn done(name: &'static str, parent: Place, at: Option<At<'_>>, took: Duration) {
    let now = SystemTime::now();
    if let Some(work) = begin_at(name, parent, at, now.checked_sub(took).unwrap_or(now)) {
        work.end();
    }
}

/// The acceptance of an event, with which its trace begins; it took `took` and is done now.
pub fn accepted(event_id: Uuid, took: Duration) {
    let Some(place) = sampled(event_id) else { return };
    let Some(tracer) = ACTIVE.get().and_then(|active| active.tracer.as_ref()) else {
        return;
    };
    let now = SystemTime::now();
    let span = SpanBuilder::from_name("accept")
        .with_kind(SpanKind::Server)
        .with_start_time(now.checked_sub(took).unwrap_or(now));
    ids::with(place, || tracer.build_with_context(span, &Context::new())).end();
}
