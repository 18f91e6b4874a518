//! `intake-loadgen submit` against a node's bulk endpoint that fails in the ways a node can.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use loadgen::{Generated, Generator, Step};
use schemas::provinces::Provinces;
use schemas::submission::Submission;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::process::Command;
use std::sync::{Arc, Mutex};

/// How the endpoint meets its next requests; after the last it answers as it should.
#[derive(Clone, Copy, Debug)]
enum Mood {
    Starting,
    Full,
    /// Takes the lines, then breaks off the answer after the first.
    Dying,
    /// Takes the first 50 lines and has no room for more.
    Filling,
}

#[derive(Debug, Default)]
struct Endpoint {
    moods: Vec<Mood>,
    taken: HashSet<String>,
    requests: usize,
}

impl Endpoint {
    fn answer(&mut self, body: &str) -> (StatusCode, String) {
        self.requests += 1;
        let mood = if self.moods.is_empty() {
            None
        } else {
            Some(self.moods.remove(0))
        };
        match mood {
            Some(Mood::Starting) => return (StatusCode::SERVICE_UNAVAILABLE, String::new()),
            Some(Mood::Full) => return (StatusCode::INSUFFICIENT_STORAGE, String::new()),
            Some(Mood::Dying | Mood::Filling) | None => {}
        }
        let full = |at: usize| matches!(mood, Some(Mood::Filling)) && at >= 50;
        let mut answers = Vec::new();
        for (at, line) in body.lines().enumerate() {
            answers.push(match full(at) {
                true => format!(
                    "{}
",
                    json!({"line": at + 1, "status": "spool_full"})
                ),
                false => self.take(at + 1, line),
            });
        }
        let said = if matches!(mood, Some(Mood::Dying)) {
            &answers[..1]
        } else {
            &answers[..]
        };
        (StatusCode::OK, said.concat())
    }

    fn take(&mut self, number: usize, line: &str) -> String {
        let valid = match Submission::parse(line.as_bytes()) {
            Ok(Submission::Application(application)) => {
                let moment = application
                    .captured_at
                    .as_deref()
                    .map(chrono::DateTime::parse_from_rfc3339);
                application.revision > 0 && moment.is_none_or(|moment| moment.is_ok())
            }
            Ok(Submission::Verification(_) | Submission::Withdrawal(_)) => true,
            Err(_) => false,
        };
        let status = match valid {
            false => "invalid",
            true if self.taken.insert(line.to_owned()) => "accepted",
            true => "already_accepted",
        };
        format!(
            "{}\n",
            json!({"line": number, "status": status, "event_id": null})
        )
    }
}

/// Runs `submit` of 2,000 lines against an endpoint with these moods; its totals and what it got.
async fn submit(moods: &[Mood]) -> (bool, Value, usize) {
    let endpoint = Arc::new(Mutex::new(Endpoint {
        moods: moods.to_vec(),
        ..Endpoint::default()
    }));
    let bulk = |State(endpoint): State<Arc<Mutex<Endpoint>>>, body: String| async move {
        endpoint.lock().expect("no request panicked").answer(&body)
    };
    let router = Router::new()
        .route("/v1/submissions/bulk", post(bulk))
        .with_state(endpoint.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a free port");
    let node = format!("dien-bien=http://{}", listener.local_addr().expect("bound"));
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (ended_well, totals) = tokio::task::spawn_blocking(move || run(&node, "60"))
        .await
        .expect("submit ends");
    server.abort();
    let requests = endpoint.lock().expect("no request panicked").requests;
    (ended_well, totals, requests)
}

fn run(node: &str, deadline: &str) -> (bool, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_intake-loadgen"))
        .args(["submit", "--applications", "2000", "--seed", "3", "-o", "json"])
        .args(["--node", node, "--deadline", deadline])
        .output()
        .expect("the program runs");
    let totals = serde_json::from_slice(&output.stdout).expect("totals in JSON");
    (output.status.success(), totals)
}

/// Lines that are the same as an earlier one, among those that [`run`] sends.
fn resubmissions() -> u64 {
    let provinces = Provinces::default_21();
    let generator = Generator::new(3, provinces.by_slug("dien-bien")).expect("the province is known");
    let same = |generated: &Generated| generated.variation.step == Step::Resubmission;
    generator.take(2000).filter(same).count() as u64
}

fn count(totals: &Value, what: &str) -> u64 {
    totals["totals"][what].as_u64().expect("a count")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_is_answered_for_whatever_the_node_does() {
    for (moods, requests) in [
        (&[][..], 10),
        (&[Mood::Starting, Mood::Full, Mood::Starting][..], 13),
        (&[Mood::Dying][..], 11),
        (&[Mood::Filling, Mood::Filling][..], 12),
    ] {
        let (ended_well, totals, got) = submit(moods).await;
        assert!(ended_well, "{moods:?}");
        assert_eq!(
            (count(&totals, "sent"), count(&totals, "undelivered"), got),
            (2000, 0, requests),
            "{moods:?}"
        );
        let refused = count(&totals, "refused");
        assert!(
            refused > 0 && refused == count(&totals, "expected_refused"),
            "{moods:?}: {refused}"
        );
        let already = count(&totals, "already_accepted");
        match moods {
            [Mood::Dying] => assert!(
                already > resubmissions(),
                "{already}: the first request's lines again"
            ),
            _ => assert_eq!(already, resubmissions(), "{moods:?}"),
        }
        let kept = count(&totals, "accepted") + count(&totals, "already_accepted");
        assert_eq!(kept + refused, 2000, "{moods:?}");
    }
}

#[test]
fn lines_that_no_node_takes_are_counted_and_a_failure() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("bound").port()
    };
    let (ended_well, totals) = run(&format!("dien-bien=http://127.0.0.1:{port}"), "0");
    assert!(!ended_well);
    assert_eq!(
        (count(&totals, "sent"), count(&totals, "undelivered")),
        (2000, 2000)
    );
}
