//! From a node's HTTP API to the register and back to the node.

use crate::{DRAINED, HEARD};
use tests::{Ground, Load, Numbers, Outcomes, Pipeline, Shape, Worker, scrape};

#[test]
fn every_line_accepted_is_captured_settled_loaded_and_known_to_its_node() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    pipeline.register_nodes();
    let load = Load::generate(&ground, 1, 4_000);
    let sent = pipeline.send(&load);
    assert_eq!(sent.lines, load.len());

    let books = pipeline.drain(sent.events.len(), DRAINED);
    books.assert_balanced(sent.events.len());
    ground.site.assert_settled_once(&sent.events);
    let Numbers {
        loaded,
        rejected,
        held,
        ..
    } = books.totals;
    assert!(
        loaded > 3_000 && rejected > 0 && held > 0,
        "every kind of outcome is there: {books:?}"
    );

    for status in pipeline.outcomes(HEARD) {
        let Outcomes {
            loaded,
            rejected,
            held,
            conflict,
            waiting,
        } = status.outcomes;
        assert_eq!(
            (status.accepted, conflict, waiting),
            (loaded + rejected + held, 0, 0),
            "{status:?}"
        );
        let books = books
            .provinces
            .iter()
            .find(|books| books.province == status.province);
        let Numbers {
            captured,
            loaded: theirs,
            ..
        } = books.expect("books of the province").numbers;
        assert_eq!((status.captured, loaded), (captured, theirs), "{status:?}");
    }
    let sink = scrape(pipeline.worker(Worker::Sink, 0).address).expect("the sink's metrics");
    let twice = sink
        .lines()
        .find(|line| line.starts_with("intake_sink_guarded_batches_total"));
    assert!(
        twice.is_none_or(|line| line.ends_with(" 0")),
        "where nobody replays anything, each batch is loaded once: {twice:?}"
    );
    ground.rebuild().assert_equal();
    pipeline.stop();
}
