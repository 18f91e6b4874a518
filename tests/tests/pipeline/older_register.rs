//! A matcher that restores from a register which is behind.

use crate::{DRAINED, HEARD};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Sent, Shape, Worker};

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn a_matcher_restored_from_an_older_register_and_the_tail_goes_on_as_if_nothing_had_been() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    let load = Load::generate(&ground, 5, 4_000);
    let [first, second, third] = load.split(3).try_into().expect("three parts");

    let mut sent = Sent::default();
    sent.add(pipeline.send(&first));
    pipeline.drain(sent.events.len(), DRAINED);
    pipeline.worker(Worker::Sink, 0).kill();
    let behind = ground.site.last_step();

    // Outcomes come from match itself, so they tell how far it is without the sink.
    sent.add(pipeline.send(&second));
    pipeline.outcomes(HEARD);
    assert_eq!(ground.site.last_step(), behind, "nothing is loaded meanwhile");

    pipeline.worker(Worker::Match, 0).kill();
    pipeline.worker(Worker::Match, 0).start();
    pipeline.until(
        "match leads again, from the older register",
        PATIENCE,
        |pipeline| {
            pipeline
                .workers
                .iter()
                .any(|(kind, process)| *kind == Worker::Match && process.is_ready())
                .then_some(())
        },
    );
    sent.add(pipeline.send(&third));
    pipeline.outcomes(HEARD);

    pipeline.worker(Worker::Sink, 0).start();
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    ground.site.assert_settled_once(&sent.events);
    ground.rebuild().assert_equal();
    pipeline.stop();
}
