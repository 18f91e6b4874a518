//! One intake node's bulk endpoint.

use crate::answer::{self, Answer};
use crate::batch::Batch;
use anyhow::Context;
use backon::{ExponentialBuilder, Retryable};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::{Method, Request, StatusCode, Uri, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

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
    #[error("no answer within {} s", REQUEST_TIMEOUT.as_secs())]
    Slow,
    /// The node refuses the whole request, and would again.
    #[error("the node refuses the request: {0}")]
    Refused(StatusCode),
    /// The answer doesn't match the request.
    #[error(transparent)]
    Unmatched(#[from] answer::Unmatched),
}

impl NotDelivered {
    /// Whether the same batch may pass later.
    fn passes(&self) -> bool {
        match self {
            Self::Connection(_) | Self::Busy(_) | Self::BrokenOff | Self::Slow => true,
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

    /// Sends a batch until it is answered, with jittered pauses of 0.1 to 5 s, or until the deadline.
    ///
    /// A batch whose answer was lost is sent again whole; what the node has from the first time it
    /// answers as already accepted.
    pub async fn deliver(&self, batch: &Batch, deadline: Instant) -> Result<Vec<Answer>, NotDelivered> {
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_delay(Duration::from_secs(5))
            .without_max_times()
            .with_jitter();
        let sending = (|| self.send(batch)).retry(pauses).when(NotDelivered::passes);
        match timeout_at(deadline, sending).await {
            Ok(ended) => ended,
            Err(_late) => Err(NotDelivered::Slow),
        }
    }

    async fn send(&self, batch: &Batch) -> Result<Vec<Answer>, NotDelivered> {
        timeout(REQUEST_TIMEOUT, self.exchange(batch))
            .await
            .unwrap_or(Err(NotDelivered::Slow))
    }

    async fn exchange(&self, batch: &Batch) -> Result<Vec<Answer>, NotDelivered> {
        let mut request = Request::new(Full::new(batch.body.clone()));
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
        match answer::read(&body, batch.lines) {
            Ok(answers) => Ok(answers),
            Err(unmatched) if status.is_success() => Err(unmatched.into()),
            Err(_) => Err(NotDelivered::Refused(status)),
        }
    }
}
