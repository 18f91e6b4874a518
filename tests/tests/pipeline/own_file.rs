//! A user's own file, without a server and without a broker.

use crate::{DRAINED, HEARD};
use std::collections::BTreeSet;
use std::fs;
use tests::{Answer, Ground, Load, Node, Pipeline, Shape};

/// What must become of the lines after the good ones.
const STRANGE: [(&str, &[u8]); 8] = [
    ("invalid", b"{\"applicant\":"),
    ("invalid", b"[1, 2, 3]"),
    ("invalid", b"\xff\xfe{}"),
    ("invalid", br#"{"form":{"id":"CC01","version":"2024-07"},"channel":"by_owl","service":"change","applicant":{}}"#),
    ("accepted", br#"{"application_id":"HS-1","form":{"id":"CC01","version":"2024-07"},"channel":"ward_desk","service":"change","applicant":{"full_name":"Trang A Senh"}}"#),
    ("conflict", br#"{"application_id":"HS-1","form":{"id":"CC01","version":"2024-07"},"channel":"ward_desk","service":"change","applicant":{"full_name":"Trang A Sinh"}}"#),
    ("already_accepted", b"{\"application_id\":\"HS-1\",\"form\":{\"id\":\"CC01\",\"version\":\"2024-07\"},\"channel\":\"ward_desk\",\"service\":\"change\",\"applicant\":{\"full_name\":\"Trang A Senh\"}}\r"),
    ("accepted", br#"{"application_id":"HS-2","form":{"id":"CC01","version":"2024-07"},"channel":"ward_desk","service":"change","applicant":{}}"#),
];

#[test]
fn every_line_of_an_own_file_is_accounted_for_and_the_same_file_twice_adds_nothing() {
    let ground = Ground::new();
    ground
        .gate
        .borrow_mut()
        .forbid(&["Trang A Senh".to_owned(), "Trang A Sinh".to_owned()].into());
    let province = ground.provinces.home().to_owned();
    let node = Node::init(&ground, &province);
    let load = Load::generate(&ground, 6, 1_500);
    let good: Vec<_> = load.lines[&province]
        .iter()
        .filter(|line| !line.refused_by_node)
        .collect();

    let file = ground.folder.join("own.ndjson");
    let mut text: Vec<u8> = good.iter().flat_map(|line| line.json.iter().copied()).collect();
    fs::write(&file, &text).expect("the file is written");
    let (code, answers) = node.submit(&file);
    assert_eq!(code, Some(0), "every line is safe");
    let events = safe(&answers);
    assert_eq!(answers.len(), good.len());

    text.extend_from_slice(b"\n   \n");
    for (_, line) in STRANGE {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend(std::iter::repeat_n(b'x', 3 << 20));
    fs::write(&file, &text).expect("the file is written");
    let (code, answers) = node.submit(&file);
    assert_eq!(code, Some(1), "not every line is safe");
    let (again, strange) = answers.split_at(good.len());
    assert!(again.iter().all(|answer| answer.status == "already_accepted"));
    let statuses: Vec<&str> = strange.iter().map(|answer| answer.status.as_str()).collect();
    let expected: Vec<&str> = STRANGE
        .iter()
        .map(|(status, _)| *status)
        .chain(["too_large"])
        .collect();
    assert_eq!(statuses, expected, "{strange:?}");
    let first_line = good.len() as u64 + 3; // behind two empty ones
    let numbers = (first_line..).take(expected.len());
    assert!(
        strange.iter().map(|answer| answer.line).eq(numbers),
        "{strange:?}"
    );

    let all: BTreeSet<_> = events.union(&safe(strange)).copied().collect();
    assert_eq!(all.len(), events.len() + 2);
    let (_, once_more) = node.submit(&file);
    assert_eq!(safe(&once_more), all, "the same file adds nothing");
    let status = node.status().expect("a status without a server");
    assert_eq!(
        (status.captured, status.pending),
        (all.len() as i64, all.len() as i64)
    );

    let published = node.command(&["publish", "--timeout", "30"]);
    assert!(published.status.success(), "{published:?}");
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    pipeline.drain(all.len(), DRAINED).assert_balanced(all.len());
    ground.site.assert_settled_once(&all);
    pipeline.nodes.push(node);
    pipeline.nodes[0].server.start();
    pipeline.until("the node serves", HEARD, |pipeline| {
        pipeline.nodes[0].server.is_ready().then_some(())
    });
    let [status] = pipeline.outcomes(HEARD).try_into().expect("one node");
    assert_eq!(status.accepted, all.len() as i64);
    pipeline.stop();
}

/// The events that are on the disk.
fn safe(answers: &[Answer]) -> BTreeSet<uuid::Uuid> {
    let safe = answers
        .iter()
        .filter(|answer| matches!(answer.status.as_str(), "accepted" | "already_accepted"));
    safe.map(|answer| answer.event_id.expect("a receipt names its event"))
        .collect()
}
