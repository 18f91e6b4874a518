//! From a node's HTTP API to the register and back to the node.

use std::time::Duration;
use tests::{Ground, Load, Pipeline, Shape};

#[test]
fn every_line_accepted_is_captured_settled_loaded_and_known_to_its_node() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    pipeline.register_nodes();
    let load = Load::generate(1, 3_000, &ground.provinces);
    let sent = pipeline.send(&load);
    assert_eq!(sent.lines, load.len());
    let books = pipeline.drain(sent.events.len(), Duration::from_secs(60));
    books.assert_balanced(sent.events.len());
    for status in pipeline.outcomes(Duration::from_secs(20)) {
        assert_eq!(status.accepted, status.captured, "{status:?}");
    }
    ground.rebuild().assert_equal();
    pipeline.stop();
}
