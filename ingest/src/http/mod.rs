//! The HTTP API. `openapi.yaml` describes it.

mod bulk;
mod lookups;
mod submissions;

use crate::acceptance::Intake;
use crate::publisher::Link;
use crate::spool::Spool;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Serialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tower::limit::GlobalConcurrencyLimitLayer;
use tower_http::timeout::TimeoutLayer;

/// Requests worked on at once; more wait.
const REQUESTS: usize = 256;
/// Bulk uploads worked on at once, each with a thread of its own; more wait.
const UPLOADS: usize = 8;

/// What the handlers share.
pub struct Api {
    /// Reads.
    pub spool: Arc<Spool>,
    /// Writes.
    pub intake: Intake,
    /// Slug of the node's province.
    pub province: String,
    /// Whether the broker answers.
    pub link: Link,
    /// Where answers to long uploads wait until the upload is read.
    pub folder: PathBuf,
}

/// How long any other request may take, its body included.
const TIMEOUT: Duration = Duration::from_secs(30);

struct State {
    api: Api,
    uploads: Arc<Semaphore>,
}

/// The API's routes.
pub fn router(api: Api) -> Router {
    let state = Arc::new(State {
        api,
        uploads: Arc::new(Semaphore::new(UPLOADS)),
    });
    Router::new()
        .route("/v1/submissions", post(submissions::submit))
        .route("/v1/applications/{id}", get(lookups::application))
        .route("/v1/events/{event_id}", get(lookups::event))
        .route("/v1/status", get(lookups::status))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            TIMEOUT,
        ))
        // An upload may take long, but not in silence.
        .route("/v1/submissions/bulk", post(bulk::submit))
        .layer(GlobalConcurrencyLimitLayer::new(REQUESTS))
        .with_state(state)
}

#[derive(Serialize)]
struct Problem {
    error: String,
}

fn problem(status: StatusCode, error: impl Into<String>) -> Response {
    (status, axum::Json(Problem { error: error.into() })).into_response()
}

/// Runs a read of the spool off the async threads.
async fn reading<T: Send + 'static>(
    state: Arc<State>,
    read: impl FnOnce(&Api) -> Result<T, crate::spool::SpoolFault> + Send + 'static,
) -> Result<T, Response> {
    let unavailable = |why: String| {
        tracing::error!("a request was not answered: {why}");
        problem(StatusCode::SERVICE_UNAVAILABLE, why)
    };
    match tokio::task::spawn_blocking(move || read(&state.api)).await {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(fault)) => Err(unavailable(fault.to_string())),
        Err(_) => Err(unavailable("the request's task ended early".to_owned())),
    }
}
