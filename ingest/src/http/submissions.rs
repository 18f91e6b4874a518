//! `POST /v1/submissions`: one JSON object, answered when it is on the disk.

use super::State;
use crate::acceptance::{Answer, MAX_LINE_BYTES, Status};
use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use std::sync::Arc;

/// How much of a body is read at most, most of it to be dropped.
const DRAINED: usize = 16 << 20;

pub(super) async fn submit(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    body: Body,
) -> Response {
    let reply = match read(body).await {
        Ok(Some(json)) => state.api.intake.submit(&json).await,
        Ok(None) => Answer::TooLarge.into(),
        Err(_) => {
            return super::problem(
                StatusCode::BAD_REQUEST,
                "the body could not be read: send it again",
            );
        }
    };
    let status = code(reply.answer.status());
    (status, Json(reply.line(None))).into_response()
}

/// The whole body; none when it is too large. What is too much is read all the same: who is still
/// sending would find the connection reset, and not the answer.
async fn read(mut body: Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let (mut json, mut bytes) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        bytes += data.len();
        if bytes > DRAINED {
            break;
        }
        if bytes <= MAX_LINE_BYTES {
            json.extend_from_slice(&data);
        } else {
            json = Vec::new();
        }
    }
    Ok((bytes <= MAX_LINE_BYTES).then_some(json))
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
