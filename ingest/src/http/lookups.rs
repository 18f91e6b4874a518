//! What a clerk asks: an application, an event, the node's state.

use super::{State, problem, reading};
use crate::status::Status;
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use runtime::clock;
use std::sync::Arc;
use uuid::Uuid;

type Shared = axum::extract::State<Arc<State>>;

pub(super) async fn application(axum::extract::State(state): Shared, Path(id): Path<String>) -> Response {
    match reading(state, move |api| api.spool.dossier(api.intake.identity(), &id)).await {
        Ok(Some(dossier)) => Json(dossier).into_response(),
        Ok(None) => problem(
            StatusCode::NOT_FOUND,
            "this node has no receipt for that application",
        ),
        Err(response) => response,
    }
}

pub(super) async fn event(axum::extract::State(state): Shared, Path(event_id): Path<String>) -> Response {
    let Ok(event_id) = Uuid::try_parse(&event_id) else {
        return problem(StatusCode::BAD_REQUEST, "an event id is a UUID");
    };
    match reading(state, move |api| api.spool.event_entry(event_id)).await {
        Ok(Some(entry)) => Json(entry).into_response(),
        Ok(None) => problem(StatusCode::NOT_FOUND, "this node has no receipt for that event"),
        Err(response) => response,
    }
}

pub(super) async fn status(axum::extract::State(state): Shared) -> Response {
    let read = reading(state, |api| {
        Status::read(&api.spool, &api.province, api.link.describe(), clock::now())
    });
    match read.await {
        Ok(status) => Json(status).into_response(),
        Err(response) => response,
    }
}
