//! `POST /v1/submissions`: one JSON object, answered when it is on the disk.

use super::State;
use crate::acceptance::{Answer, Status};
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

pub(super) async fn submit(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let answer = match body {
        Ok(json) => state.api.intake.submit(&json).await,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Answer::TooLarge,
        Err(_) => {
            return super::problem(
                StatusCode::BAD_REQUEST,
                "the body could not be read: send it again",
            );
        }
    };
    let status = code(answer.status());
    (status, Json(answer.line(None))).into_response()
}

const fn code(status: Status) -> StatusCode {
    match status {
        Status::Accepted => StatusCode::CREATED,
        Status::AlreadyAccepted => StatusCode::OK,
        Status::Conflict => StatusCode::CONFLICT,
        Status::Invalid => StatusCode::BAD_REQUEST,
        Status::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Status::SpoolFull => StatusCode::INSUFFICIENT_STORAGE,
        Status::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}
