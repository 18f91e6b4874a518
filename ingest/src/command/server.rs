//! The HTTP API of the server that holds a folder, as a client.

use runtime::Fault;
use serde::de::DeserializeOwned;
use std::io::Read;
use std::net::SocketAddr;
use std::time::Duration;

/// Longer than the slowest answer to a part of a file.
const TIMEOUT: Duration = Duration::from_secs(120);
/// Most bytes read of an answer.
const ANSWER: u64 = 64 << 20;

pub struct Server {
    agent: ureq::Agent,
    address: SocketAddr,
}

impl Server {
    /// The server at an address.
    pub fn at(address: SocketAddr) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .proxy(None) // it is this machine
            .build();
        Self {
            agent: config.new_agent(),
            address,
        }
    }

    /// Whether it answers.
    pub fn is_alive(&self) -> bool {
        self.agent
            .get(self.url("/healthz"))
            .config()
            .timeout_global(Some(Duration::from_secs(2)))
            .build()
            .call()
            .is_ok_and(|answer| answer.status().is_success())
    }

    /// Reads a JSON document; none when the server has none there.
    ///
    /// # Errors
    /// Transient when it doesn't answer, with what it says otherwise.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>, Fault> {
        let mut answer = self
            .agent
            .get(self.url(path))
            .call()
            .map_err(|e| self.silent(&e))?;
        let status = answer.status();
        if status == ureq::http::StatusCode::NOT_FOUND || status == ureq::http::StatusCode::BAD_REQUEST {
            return Ok(None);
        }
        let text = self.text(answer.body_mut())?;
        if !status.is_success() {
            return Err(Fault::transient(format!(
                "the server at {} answered {status}: {text}",
                self.address
            )));
        }
        serde_json::from_str(&text).map(Some).map_err(|_| self.foreign())
    }

    /// Sends NDJSON; its answer, a line for each.
    ///
    /// # Errors
    /// Transient when it doesn't answer.
    pub fn post_lines(&self, body: &[u8]) -> Result<String, Fault> {
        let sent = self
            .agent
            .post(self.url("/v1/submissions/bulk"))
            .header("content-type", "application/x-ndjson")
            .send(body);
        let mut answer = sent.map_err(|e| self.silent(&e))?;
        let (status, text) = (answer.status(), self.text(answer.body_mut())?);
        if status.is_success() {
            return Ok(text);
        }
        Err(Fault::transient(format!(
            "the server at {} answered {status}: {text}",
            self.address
        )))
    }

    /// An answer that is not of this API.
    pub fn foreign(&self) -> Fault {
        Fault::fatal(format!(
            "what listens on {} gave an answer that is not an intake-node's of this version",
            self.address
        ))
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn text(&self, body: &mut ureq::Body) -> Result<String, Fault> {
        let mut text = String::new();
        let read = body.as_reader().take(ANSWER).read_to_string(&mut text);
        read.map(|_| text)
            .map_err(|e| Fault::transient(format!("the answer of {} broke off: {e}", self.address)))
    }

    fn silent(&self, fault: &ureq::Error) -> Fault {
        Fault::transient(format!(
            "the server at {} does not answer ({fault}): send it again, nothing is added twice",
            self.address
        ))
    }
}
