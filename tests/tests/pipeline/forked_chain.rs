//! A series that forks, breaks and has a hole: each place is named.

use crate::DRAINED;
use crate::foreign::{Foreign, NODE};
use serde_json::{Value, json};
use tests::{Ground, Pipeline, Shape};

#[test]
fn a_fork_a_broken_link_and_a_hole_are_named_by_their_places() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::WORKERS);
    let foreign = Foreign::on(&ground);
    let first = foreign.event(1, b"", "Vi Thanh Tam");
    let second = foreign.event(2, &first, "Vi Thanh Tam");
    let other_second = foreign.event(2, &first, "Vi Thanh Tam");
    let third_of_the_other = foreign.event(3, &other_second, "Vi Thanh Tam");
    let fourth = foreign.event(4, &third_of_the_other, "Vi Thanh Tam");
    let fifth = foreign.event(5, &fourth, "Vi Thanh Tam");
    // What is said of a predecessor that comes later is held against it then.
    let sixth_of_another = foreign.event(6, &second, "Vi Thanh Tam");
    let seventh = foreign.event(7, &sixth_of_another, "Vi Thanh Tam");
    for event in [
        &first,
        &second,
        &other_second,
        &third_of_the_other,
        &seventh,
        &fifth,
        &sixth_of_another,
    ] {
        foreign.publish(NODE, event);
    }
    let books = pipeline.drain(6, DRAINED);
    assert_eq!(
        (books.conflicts, books.broken_links, books.totals.missing),
        (1, 2, 1),
        "{books:?}"
    );
    assert_eq!(books.exit_code, Some(5));

    let place = |sequence| json!({"node_id": NODE, "epoch": foreign.epoch, "sequence": sequence});
    let told = |arguments: &[&str]| -> Value {
        let output = ground.intakectl(&[&["reconcile", "-o", "json"], arguments].concat());
        assert_eq!(output.status.code(), Some(5), "{output:?}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let whole = told(&[]);
    assert_eq!(
        (&whole["forks"], &whole["broken"]),
        (&json!([place(2)]), &json!([place(3), place(6)]))
    );
    let dien_bien = &whole["provinces"][0];
    let hole = json!([{"node_id": NODE, "epoch": foreign.epoch, "first": 4, "last": 4}]);
    assert_eq!(dien_bien["missing_ranges"], hole);
    assert_eq!(told(&["--node", NODE])["forks"], json!([place(2)]));
    assert_eq!(told(&["--quick"])["forks"], json!([place(2)]));

    let table = ground.intakectl(&["reconcile"]).stdout;
    let table = String::from_utf8(table).expect("text");
    let epoch = foreign.epoch;
    for told in [
        format!("missing: {NODE} epoch {epoch} sequence 4\n"),
        format!("1 events came under a sequence that was taken, {NODE} epoch {epoch} sequence 2: "),
        format!(
            "2 events don't continue the one before, {NODE} epoch {epoch} sequence 3, {NODE} epoch {epoch} sequence 6: "
        ),
    ] {
        assert!(table.contains(&told), "{told}: {table}");
    }
    ground.rebuild().assert_equal();
    pipeline.stop();
}
