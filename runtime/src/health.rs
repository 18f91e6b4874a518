//! `/healthz`, `/readyz` and `/metrics` of every process.

use crate::telemetry::Metrics;
use crate::{Fault, Stop};
use axum::http::StatusCode;
use axum::{Router, routing::get};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, RwLock};

/// Which parts of a process are ready, and why not. Clones share one state.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<RwLock<BTreeMap<&'static str, Result<(), String>>>>);

impl Health {
    /// Declares a part, or says that it is ready now.
    pub fn ready(&self, part: &'static str) {
        self.put(part, Ok(()));
    }

    /// Says that a part isn't ready, and why; without personal values.
    pub fn not_ready(&self, part: &'static str, reason: impl Into<String>) {
        self.put(part, Err(reason.into()));
    }

    fn put(&self, part: &'static str, state: Result<(), String>) {
        // A poisoned lock means a panic elsewhere; the map itself is whole after every statement here.
        self.0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(part, state);
    }

    /// Each part that isn't ready with its reason, a line each; none when all are.
    pub fn why_not(&self) -> Option<String> {
        let parts = self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let reasons = parts
            .iter()
            .filter_map(|(part, state)| state.as_ref().err().map(|reason| format!("{part}: {reason}\n")));
        Some(reasons.collect::<String>()).filter(|text| !text.is_empty())
    }
}

/// The three routes, to be merged into a process's own or served alone.
pub fn router(health: Health, metrics: Metrics) -> Router {
    let asked = health.clone();
    router_with(health, move || {
        let ready = asked.why_not().is_none();
        metrics::gauge!("intake_ready").set(f64::from(u8::from(ready)));
        metrics.render()
    })
}

/// The same with metrics in Prometheus' text format that are made elsewhere.
pub fn router_with<F>(health: Health, metrics: F) -> Router
where
    F: Fn() -> String + Clone + Send + Sync + 'static,
{
    let readyz = move || {
        let answer = match health.why_not() {
            None => (StatusCode::OK, "ready\n".to_owned()),
            Some(reasons) => (StatusCode::SERVICE_UNAVAILABLE, reasons),
        };
        std::future::ready(answer)
    };
    Router::new()
        .route("/healthz", get(|| std::future::ready("alive\n")))
        .route("/readyz", get(readyz))
        .route("/metrics", get(move || std::future::ready(metrics())))
}

/// Serves `router` until a stop is asked for. Returns the address once it is bound, so that port 0
/// can be asked for.
///
/// # Errors
/// Fatal when the address can't be bound; the text names it.
pub async fn serve(
    listen: SocketAddr,
    router: Router,
    stop: Stop,
) -> Result<(SocketAddr, tokio::task::JoinHandle<Result<(), Fault>>), Fault> {
    let refused = |e: std::io::Error| {
        Fault::fatal(format!(
            "can't listen on {listen}: {e}: stop what holds it, or set another `listen` address"
        ))
    };
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    let served = tokio::spawn(async move {
        axum::serve(listener, router)
            .with_graceful_shutdown(async move { stop.wait().await })
            .await
            .map_err(|e| Fault::transient(format!("the HTTP server ended: {e}")))
    });
    Ok((bound, served))
}
