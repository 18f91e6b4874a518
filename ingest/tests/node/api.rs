//! The HTTP API of a node that has no broker.

use super::harness::{Node, application, post, until};
use serde_json::Value;

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn one_submission_is_answered_by_what_became_of_it() {
    let mut node = Node::init(None);
    node.start();
    let url = node.url("/v1/submissions").expect("an address");
    let send = |body: &str| post(&url, body.as_bytes()).expect("an answer");
    let (code, first) = send(&application("H1", 1));
    assert_eq!((code, json(&first)["status"].as_str()), (201, Some("accepted")));
    let (code, again) = send(&application("H1", 1));
    assert_eq!(
        (code, &json(&again)["event_id"]),
        (200, &json(&first)["event_id"])
    );
    let (code, other) = send(&application("H1", 1).replace("05/09", "06/09"));
    assert_eq!(
        (code, &json(&other)["event_id"]),
        (409, &json(&first)["event_id"])
    );
    assert_eq!(
        send(&application("H1", 2)).0,
        201,
        "a higher revision corrects it"
    );
    let (code, wrong) = send(&application("H2", 1).replace("full_name", "fullname"));
    assert_eq!(code, 400);
    assert!(wrong.contains("applicant.fullname"), "{wrong}");
    for size in [2 << 20, 10 << 20] {
        let (code, large) = send(&" ".repeat(size));
        assert_eq!(code, 413);
        assert!(large.contains("1015808 bytes"), "{large}");
    }

    let get = |path: &str| {
        let mut answer = ureq::get(node.url(path).expect("an address")).call().ok()?;
        answer.body_mut().read_to_string().ok()
    };
    let dossier = json(&get("/v1/applications/H1").expect("known by its code"));
    assert_eq!(dossier["entries"].as_array().map(Vec::len), Some(2));
    assert_eq!(dossier["entries"][0]["outcome"], Value::Null);
    let event = json(&first)["event_id"].as_str().expect("an id").to_owned();
    assert_eq!(
        json(&get(&format!("/v1/events/{event}")).expect("known"))["revision"],
        1
    );
    assert_eq!(get("/v1/applications/unknown"), None);
    let status = json(&get("/v1/status").expect("a status"));
    assert_eq!(status["ruleset"].as_str(), Some(rules::RULESET));
    assert_eq!(
        (status["captured"].as_i64(), status["broker"].as_str()),
        (Some(2), Some("offline"))
    );
    let metrics = until("figures", || {
        get("/metrics").filter(|text| text.contains("intake_node_spool_bytes"))
    });
    assert!(metrics.contains("intake_node_accepted_total 2"), "{metrics}");
    assert_eq!(node.stop(), Some(0));
}

#[test]
fn every_line_of_an_upload_is_answered() {
    let mut node = Node::init(None);
    node.start();
    let url = node.url("/v1/submissions/bulk").expect("an address");
    let mut body = Vec::new();
    for line in [
        application("A", 1),
        String::new(),
        application("A", 1),
        "nonsense".into(),
        application("B", 1),
    ] {
        body.extend_from_slice(line.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend(std::iter::repeat_n(b'x', 3 << 20));
    body.extend_from_slice(b"\n\xFF\xFE\n");
    let (code, answers) = post(&url, &body).expect("an answer");
    let answers: Vec<Value> = answers.lines().map(json).collect();
    let told: Vec<(i64, &str)> = answers
        .iter()
        .map(|answer| {
            (
                answer["line"].as_i64().unwrap_or(0),
                answer["status"].as_str().unwrap_or(""),
            )
        })
        .collect();
    let expected = [
        (1, "accepted"),
        (3, "already_accepted"),
        (4, "invalid"),
        (5, "accepted"),
        (6, "too_large"),
        (7, "invalid"),
    ];
    assert_eq!((code, told.as_slice()), (200, expected.as_slice()));
    assert_eq!(node.stop(), Some(0));
}

#[test]
fn a_full_spool_is_507_and_a_second_process_is_told() {
    let mut node = Node::init(None);
    node.set("# max_bytes = 2147483648", "max_bytes = 65536");
    node.start();
    let url = node.url("/v1/submissions").expect("an address");
    let full = (0..1000).find_map(|n| {
        let (code, text) = post(&url, application(&format!("H{n}"), 1).as_bytes()).expect("an answer");
        (code != 201).then_some((code, text))
    });
    let (code, text) = full.expect("full at last");
    assert_eq!(code, 507);
    assert!(
        text.contains("connect the node or raise spool.max_bytes"),
        "{text}"
    );
    let second = node.command("run", &[]);
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("another intake-node process"));
    assert_eq!(node.stop(), Some(0));
}

#[test]
fn a_clerk_is_told_at_once_what_the_centre_will_find_and_nothing_is_refused_for_it() {
    let mut node = Node::init(None);
    node.start();
    let url = node.url("/v1/submissions").expect("an address");
    let bad = application("H1", 1).replace("05/09/1987", "31/04/1987");
    let (code, answer) = post(&url, bad.as_bytes()).expect("an answer");
    let found = &json(&answer)["findings"];
    assert_eq!(code, 201, "{answer}");
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{answer}");
    let told = |name: &str| found[0][name].as_str().unwrap_or("").to_owned();
    assert_eq!(
        ["code", "field", "severity"].map(told),
        ["date.impossible", "date_of_birth", "hold"]
    );
    assert!(told("vi").ends_with('.') && told("en").ends_with('.'), "{answer}");
    assert!(!answer.contains("31/04"), "no value is in an answer");
    let (code, again) = post(&url, bad.as_bytes()).expect("an answer");
    assert_eq!((code, &json(&again)["findings"]), (200, found));
    let (_, good) = post(&url, application("H2", 1).as_bytes()).expect("an answer");
    assert_eq!(json(&good).get("findings"), None, "{good}");
    assert_eq!(node.stop(), Some(0));
}
