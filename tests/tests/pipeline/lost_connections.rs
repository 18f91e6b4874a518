//! Connections to the register that break.

use crate::{DRAINED, HEARD};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Sent, Shape, Worker};

const PATIENCE: Duration = Duration::from_secs(30);
/// How often connections are broken under load.
const ROUNDS: usize = 6;

#[test]
fn broken_connections_to_the_register_heal_and_make_no_dead_letter() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    let load = Load::generate(&ground, 4, 3_000);
    let sender = pipeline.sender();
    let mut sent = Sent::default();
    for (round, part) in load.split(ROUNDS).into_iter().enumerate() {
        let before = ground.site.settled();
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| sender.send(&part));
            let loading = |_: &Pipeline<'_>| (ground.site.settled() > before).then_some(());
            pipeline.until("the load moves on", PATIENCE, loading);
            let broken = |_: &Pipeline<'_>| (ground.site.database.break_connections() > 0).then_some(());
            pipeline.until("a connection is broken", PATIENCE, broken);
            sent.add(sending.join().expect("every line is answered"));
        });
        if round == ROUNDS / 2 {
            restore_over_a_broken_connection(&ground, &mut pipeline);
        }
    }
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    ground.site.assert_settled_once(&sent.events);
    assert_eq!(
        ground
            .site
            .database
            .value::<i64>("SELECT count(*) FROM dead_letter"),
        0
    );
    pipeline.outcomes(HEARD);
    ground.rebuild().assert_equal();
    pipeline.stop();
}

/// Match restores from the register while its connections are broken, a few times over.
fn restore_over_a_broken_connection(ground: &Ground, pipeline: &mut Pipeline<'_>) {
    const TIMES: i64 = 5;
    pipeline.worker(Worker::Match, 0).kill();
    pipeline.worker(Worker::Match, 0).start();
    let mut broken = 0;
    pipeline.until("match leads again", PATIENCE, |pipeline| {
        if broken < TIMES {
            broken += ground.site.database.break_connections();
        }
        pipeline
            .workers
            .iter()
            .any(|(kind, process)| *kind == Worker::Match && process.is_ready())
            .then_some(())
    });
}
