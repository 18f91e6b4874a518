//! A client of the nodes' HTTP API that doesn't give up: nodes are killed while it sends.

use crate::load::{Line, Load, Sent};
use crate::until;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use uuid::Uuid;

/// Lines in one request.
const AT_ONCE: usize = 100;
/// How long a request is tried.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a node says to one line.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    /// Number of the line in its request or file, from 1.
    pub line: u64,
    /// `accepted`, `already_accepted`, `conflict`, `invalid`, …
    pub status: String,
    /// The event, when it is on the disk.
    pub event_id: Option<Uuid>,
    /// The application, likewise.
    pub application_id: Option<Uuid>,
    /// What is wrong.
    pub error: Option<String>,
}

impl Answer {
    /// Reads NDJSON.
    pub fn read(text: &str) -> Option<Vec<Self>> {
        text.lines().map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn is_final(&self) -> bool {
        !matches!(self.status.as_str(), "unavailable" | "spool_full")
    }
}

/// The nodes of all provinces, each at an address that it keeps when it starts again.
#[derive(Clone, Debug)]
pub struct Sender {
    /// By the province's slug.
    pub(crate) nodes: BTreeMap<String, SocketAddr>,
}

impl Sender {
    /// Sends each province's lines to its node, all nodes at once.
    pub fn send(&self, load: &Load) -> Sent {
        std::thread::scope(|scope| {
            let lines = load
                .lines
                .iter()
                .map(|(province, lines)| (self.nodes[province], lines));
            let sending: Vec<_> = lines
                .map(|(node, lines)| scope.spawn(move || send(node, lines)))
                .collect();
            let mut all = Sent::default();
            sending
                .into_iter()
                .for_each(|part| all.add(part.join().expect("every line is answered")));
            all
        })
    }
}

/// Sends lines in order until each has a final answer, whatever becomes of the node meanwhile.
fn send(node: SocketAddr, lines: &[Line]) -> Sent {
    let mut sent = Sent::default();
    for part in lines.chunks(AT_ONCE) {
        let body: Vec<u8> = part.iter().flat_map(|line| line.json.iter().copied()).collect();
        let answers = until("the node answers each line", PATIENCE, || {
            post(node, &body)
                .filter(|answers| answers.len() == part.len() && answers.iter().all(Answer::is_final))
        });
        for (line, answer) in part.iter().zip(&answers) {
            let refused = answer.status == "invalid";
            assert_eq!(
                refused, line.refused_by_node,
                "line {} is {}",
                answer.line, answer.status
            );
            sent.count(answer);
        }
    }
    sent
}

fn post(node: SocketAddr, body: &[u8]) -> Option<Vec<Answer>> {
    let request = ureq::post(format!("http://{node}/v1/submissions/bulk"))
        .config()
        .proxy(None)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .header("content-type", "application/x-ndjson");
    let mut answer = request.send(body).ok()?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_to_string()
        .ok()?;
    Answer::read(&text)
}
