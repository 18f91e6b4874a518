//! Files, with and without a server; no broker.

use super::harness::{Node, application};
use serde_json::Value;

fn statuses(answers: &[Value]) -> Vec<&str> {
    answers
        .iter()
        .map(|answer| answer["status"].as_str().unwrap_or(""))
        .collect()
}

#[test]
fn the_same_file_adds_nothing_with_or_without_a_server() {
    let mut node = Node::init(None);
    let file = format!("\u{FEFF}{}\r\n\n{}\n", application("A", 1), application("B", 1));
    let (code, first) = node.submit(&file, "a.ndjson");
    assert_eq!((code, statuses(&first)), (Some(0), vec!["accepted", "accepted"]));
    assert_eq!(first[1]["line"], 3);
    let (code, again) = node.submit(&file, "a.ndjson");
    assert_eq!((code, statuses(&again)), (Some(0), vec!["already_accepted"; 2]));
    assert_eq!(again[0]["event_id"], first[0]["event_id"]);

    node.start();
    let (code, served) = node.submit(&file, "a.ndjson");
    assert_eq!((code, statuses(&served)), (Some(0), vec!["already_accepted"; 2]));
    assert_eq!(
        (&served[1]["event_id"], &served[1]["line"]),
        (&first[1]["event_id"], &first[1]["line"])
    );
    let mixed = format!("{}\n\n{}\nnonsense\n", application("C", 1), "x".repeat(2 << 20));
    let (code, mixed) = node.submit(&mixed, "b.ndjson");
    assert_eq!(
        (code, statuses(&mixed)),
        (Some(1), vec!["accepted", "too_large", "invalid"])
    );
    assert_eq!(
        mixed.iter().map(|line| line["line"].as_i64()).collect::<Vec<_>>(),
        [Some(1), Some(3), Some(4)]
    );
    assert_eq!(node.status()["captured"], 3);
    assert_eq!(node.stop(), Some(0));
    let status = node.status();
    assert_eq!(
        (&status["captured"], &status["pending"], &status["broker"]),
        (&3.into(), &3.into(), &"stopped".into())
    );
}

#[test]
fn without_an_id_the_content_is_the_application() {
    let node = Node::init(None);
    let nameless = application("X", 1).replace("\"application_id\":\"X\",", "");
    let (_, answers) = node.submit(format!("{nameless}\n{nameless}\n"), "a.ndjson");
    assert_eq!(statuses(&answers), ["accepted", "already_accepted"]);
}

#[test]
fn a_spreadsheet_is_read_by_its_header() {
    let node = Node::init(None);
    let header = "application_id,form_id,form_version,channel,service,full_name,permanent_address";
    let rows = "A,CC01,2024-07,mobile_team,first_issue,\"Quàng, Thị\",\"Bản\nNà Tấu\"\n\
                B,CC01,2024-07,boat,first_issue,X,Y\n";
    let (code, answers) = node.submit(format!("{header}\n{rows}"), "a.csv");
    assert_eq!((code, statuses(&answers)), (Some(1), vec!["accepted", "invalid"]));
    assert_eq!(
        answers
            .iter()
            .map(|line| line["line"].as_i64())
            .collect::<Vec<_>>(),
        [Some(2), Some(4)]
    );
    let (code, answers) = node.submit("application_id,shoe_size\nA,42\n", "b.csv");
    assert_eq!(
        (code, answers.len()),
        (Some(1), 0),
        "an unknown column is refused"
    );
}

#[test]
fn what_a_folder_lacks_is_said_with_what_to_do() {
    let node = Node::init(None);
    let again = node.command("init", &["--node-id", "other-01", "--province", "dien-bien"]);
    assert!(
        String::from_utf8_lossy(&again.stderr).contains("nothing was changed"),
        "{again:?}"
    );
    let epoch = node.status()["epoch"].clone();
    std::fs::remove_dir_all(node.path("spool")).expect("removed");
    let lost = node.command("status", &[]);
    assert!(
        String::from_utf8_lossy(&lost.stderr).contains("intake-node renew --accept-loss"),
        "{lost:?}"
    );
    assert!(
        !node.command("renew", &[]).status.success(),
        "not without consent"
    );
    assert!(node.command("renew", &["--accept-loss"]).status.success());
    assert_ne!(node.status()["epoch"], epoch);
}
