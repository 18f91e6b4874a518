//! `POST /v1/submissions/bulk`: NDJSON (or CSV) in, an answer for each line out.
//!
//! The answers are sent after the whole body is read: most clients send everything before they read
//! anything, and would wait for ever on a server that does both at once. Until then they wait in
//! memory, and beyond a few MiB in an unnamed file.

use super::{State, problem};
use crate::acceptance::bulk::{self, Summary};
use crate::acceptance::lines::{Lines, Numbered};
use crate::acceptance::spreadsheet::Rows;
use crate::acceptance::{Answer, Intake, MAX_LINE_BYTES};
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::SpooledTempFile;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

/// Lines of one upload. A longer file is sent in parts; sending a part again adds nothing.
const MAX_LINES: usize = 1_000_000;
/// Pieces of a body between the connection and the thread that reads them.
const PIECES: usize = 8;
/// How long a client may be silent in the middle of its upload.
const SILENCE: Duration = Duration::from_secs(60);
/// Bytes of answers held in memory.
const IN_MEMORY: usize = 4 << 20;

pub(super) async fn submit(
    axum::extract::State(state): axum::extract::State<Arc<State>>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Ok(_place) = Arc::clone(&state.uploads).acquire_owned().await else {
        return problem(
            StatusCode::SERVICE_UNAVAILABLE,
            "the node is shutting down: send it again later",
        );
    };
    let is_csv = headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().to_ascii_lowercase().starts_with(b"text/csv"));
    let (pieces, received) = mpsc::channel(PIECES);
    let upload = Upload {
        intake: state.api.intake.clone(),
        folder: state.api.folder.clone(),
        is_csv,
    };
    let worker = tokio::task::spawn_blocking(move || {
        upload.answer(Pieces {
            received,
            current: Bytes::new(),
        })
    });
    pump(body, pieces).await;
    let answers = match worker.await {
        Ok(Ok(answers)) => answers,
        Ok(Err(fault)) => return unanswered(&fault),
        Err(_) => {
            return problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "the upload's task ended early: send it again",
            );
        }
    };
    ([(CONTENT_TYPE, "application/x-ndjson")], answers).into_response()
}

fn unanswered(fault: &io::Error) -> Response {
    match fault.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => problem(
            StatusCode::INSUFFICIENT_STORAGE,
            "the disk has no room for the answers: free disk space and send the upload again, nothing is added twice",
        ),
        _ => problem(StatusCode::BAD_REQUEST, format!("nothing could be read: {fault}")),
    }
}

/// Hands the body on, piece by piece, until it ends, breaks off or nobody reads it any more.
async fn pump(mut body: Body, pieces: mpsc::Sender<io::Result<Bytes>>) {
    let broken = |why: &str| io::Error::new(io::ErrorKind::UnexpectedEof, why.to_owned());
    loop {
        let piece = match tokio::time::timeout(SILENCE, body.frame()).await {
            Ok(None) => return,
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(bytes) => Ok(bytes),
                Err(_) => continue, // trailers
            },
            Ok(Some(Err(_))) => Err(broken("the upload broke off")),
            Err(_) => Err(broken("the upload was silent for too long")),
        };
        let ends = piece.is_err();
        if pieces.send(piece).await.is_err() || ends {
            return;
        }
    }
}

struct Upload {
    intake: Intake,
    folder: PathBuf,
    is_csv: bool,
}

impl Upload {
    fn answer(self, pieces: Pieces) -> io::Result<Body> {
        let mut answers = tempfile::spooled_tempfile_in(IN_MEMORY, &self.folder);
        let (mut last, mut out) = (0, io::BufWriter::new(&mut answers));
        let each = |line: crate::acceptance::Line| {
            last = line.line.unwrap_or(last);
            serde_json::to_writer(&mut out, &line)?;
            out.write_all(b"\n")
        };
        let input = BufReader::with_capacity(64 << 10, pieces);
        let submitted = if self.is_csv {
            Rows::of(input, MAX_LINE_BYTES).and_then(|rows| self.submit(rows, each))
        } else {
            self.submit(Lines::of(input, MAX_LINE_BYTES), each)
        };
        if let Err(fault) = submitted {
            if last == 0 {
                return Err(fault);
            }
            let why = format!("{fault}: from here on nothing was read, send it again");
            serde_json::to_writer(&mut out, &Answer::Unavailable(why).line(Some(last + 1)))?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        drop(out);
        into_body(answers)
    }

    fn submit(
        &self,
        lines: impl Iterator<Item = io::Result<Numbered>>,
        each: impl FnMut(crate::acceptance::Line) -> io::Result<()>,
    ) -> io::Result<Summary> {
        let too_many = || io::Error::new(io::ErrorKind::InvalidData, format!("more than {MAX_LINES} lines"));
        let bounded = lines
            .enumerate()
            .map(|(at, line)| if at < MAX_LINES { line } else { Err(too_many()) });
        bulk::submit(bounded, &self.intake, each)
    }
}

fn into_body(mut answers: SpooledTempFile) -> io::Result<Body> {
    answers.rewind()?;
    if !answers.is_rolled() {
        let mut bytes = Vec::new();
        answers.read_to_end(&mut bytes)?;
        return Ok(Body::from(bytes));
    }
    match answers.into_inner() {
        tempfile::SpooledData::InMemory(bytes) => Ok(Body::from(bytes.into_inner())),
        tempfile::SpooledData::OnDisk(file) => Ok(Body::from_stream(ReaderStream::new(
            tokio::fs::File::from_std(file),
        ))),
    }
}

/// The pieces of a body as something to read from on a blocking thread.
struct Pieces {
    received: mpsc::Receiver<io::Result<Bytes>>,
    current: Bytes,
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.received.blocking_recv() {
                None => return Ok(0),
                Some(piece) => self.current = piece?,
            }
        }
        let take = into.len().min(self.current.len());
        into[..take].copy_from_slice(&self.current.split_to(take));
        Ok(take)
    }
}
