//! One intake node's bulk endpoint.

use crate::answer::{self, Answer};
use anyhow::Context;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The longest an answer may be, in bytes: 200 lines take about 30,000.
const ANSWER_LIMIT: usize = 16 << 20;
/// How long one request may take before it is sent again.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// A node and the connections kept to it.
#[derive(Clone, Debug)]
pub struct Node {
    bulk: Uri,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// Why a batch was not answered. None quotes an answer: it may quote a person's details.
#[derive(Debug, thiserror::Error)]
pub enum NotDelivered {
    /// Nothing listens there, or the connection broke.
    #[error("no connection: {0}")]
    Connection(#[source] hyper_util::client::legacy::Error),
    /// The node can't take anything now: 503 while it starts or stops, 507 while its spool is full,
    /// 429 and other 5xx for reasons of its own.
    #[error("the node says {0}")]
    Busy(StatusCode),
    /// The answer broke off.
    #[error("the answer broke off")]
    BrokenOff,
    /// No answer in time.
    #[error("no answer in time")]
    Slow,
    /// The node answered, and took some lines only for later.
    #[error("the node can't take more lines now")]
    Later,
    /// The node refuses the whole request, and would again.
    #[error("the node refuses the request: {0}")]
    Refused(StatusCode),
    /// The answer doesn't match the request.
    #[error(transparent)]
    Unmatched(#[from] answer::Unmatched),
}

impl NotDelivered {
    /// Whether the same batch may pass later.
    pub fn passes(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Busy(_) | Self::BrokenOff | Self::Slow | Self::Later => true,
            // A node that is killed while it answers ends the answer early.
            Self::Unmatched(_) => true,
            Self::Refused(_) => false,
        }
    }
}

impl Node {
    /// The node at a base URL, such as `http://127.0.0.1:8101`.
    pub fn at(base: &str) -> anyhow::Result<Self> {
        let bulk: Uri = format!("{}/v1/submissions/bulk", base.trim_end_matches('/'))
            .parse()
            .with_context(|| format!("{base} is no URL"))?;
        anyhow::ensure!(
            bulk.scheme_str() == Some("http"),
            "{base}: only http:// is spoken here"
        );
        Ok(Self {
            bulk,
            client: Client::builder(TokioExecutor::new()).build_http(),
        })
    }

    /// Sends lines once and reads an answer to each, within a minute and before the deadline.
    ///
    /// # Errors
    /// [`NotDelivered`] says whether sending them again may help.
    pub async fn send(
        &self,
        body: &Bytes,
        lines: usize,
        deadline: Instant,
    ) -> Result<Vec<Answer>, NotDelivered> {
        let until = deadline.min(Instant::now() + REQUEST_TIMEOUT);
        let answered = timeout_at(until, self.exchange(body.clone(), lines)).await;
        answered.unwrap_or(Err(NotDelivered::Slow))
    }

    async fn exchange(&self, body: Bytes, lines: usize) -> Result<Vec<Answer>, NotDelivered> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.bulk.clone();
        let ndjson = header::HeaderValue::from_static("application/x-ndjson");
        request.headers_mut().insert(header::CONTENT_TYPE, ndjson);
        let answer = self
            .client
            .request(request)
            .await
            .map_err(NotDelivered::Connection)?;
        let status = answer.status();
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(NotDelivered::Busy(status));
        }
        let body = Limited::new(answer.into_body(), ANSWER_LIMIT);
        let body = body
            .collect()
            .await
            .map_err(|_| NotDelivered::BrokenOff)?
            .to_bytes();
        match answer::read(&body, lines) {
            Ok(answers) => Ok(answers),
            Err(unmatched) if status.is_success() => Err(unmatched.into()),
            Err(_) => Err(NotDelivered::Refused(status)),
        }
    }
}
