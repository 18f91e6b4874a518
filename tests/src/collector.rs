//! A stand-in for an OpenTelemetry collector: it takes OTLP over HTTP and keeps the spans.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Runtime;

/// A span as it was received.
#[derive(Clone, Debug)]
pub struct Span {
    /// Which program sent it.
    pub service: String,
    /// What was done.
    pub name: String,
    /// Its trace, 32 hexadecimal digits.
    pub trace: String,
    /// Itself, 16 of them.
    pub id: String,
    /// The span it is a part of; empty for the first of a trace.
    pub parent: String,
    /// All it says beside, as text.
    pub said: String,
}

/// Takes spans until it is dropped.
pub struct Collector {
    /// What programs are told.
    pub endpoint: String,
    spans: Arc<Mutex<Vec<Span>>>,
    _runtime: Runtime,
}

impl Collector {
    /// Listens on a free port of loopback.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let spans: Arc<Mutex<Vec<Span>>> = Arc::default();
        let kept = Arc::clone(&spans);
        let router = Router::new().route(
            "/v1/traces",
            post(move |body: Bytes| {
                let taken = take(&body);
                let status = match taken {
                    Some(new) => {
                        kept.lock().unwrap_or_else(PoisonError::into_inner).extend(new);
                        StatusCode::OK
                    }
                    None => StatusCode::BAD_REQUEST,
                };
                std::future::ready(status)
            }),
        );
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind(anywhere))
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self {
            endpoint: format!("http://{address}"),
            spans,
            _runtime: runtime,
        }
    }

    /// What has come so far.
    pub fn spans(&self) -> Vec<Span> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn take(body: &[u8]) -> Option<Vec<Span>> {
    let request = ExportTraceServiceRequest::decode(body).ok()?;
    let mut spans = Vec::new();
    for resource in request.resource_spans {
        let said = format!("{:?}", resource.resource);
        let service = ["intake-node", "intake-normalise", "intake-match", "intake-sink"]
            .into_iter()
            .find(|service| said.contains(service))
            .unwrap_or_default();
        for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            let said = format!("{:?} {:?} {:?}", span.attributes, span.events, span.status);
            spans.push(Span {
                service: service.to_owned(),
                name: span.name,
                trace: hexadecimal(&span.trace_id),
                id: hexadecimal(&span.span_id),
                parent: hexadecimal(&span.parent_span_id),
                said,
            });
        }
    }
    Some(spans)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
