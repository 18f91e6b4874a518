//! Connections to the register that break.

use crate::{DRAINED, HEARD};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Process, Sent, Shape, Worker};

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
            restore_without_a_register(&ground, &mut pipeline);
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

/// Match takes the lead without a snapshot while nobody can connect to the register, and leads once that is over.
fn restore_without_a_register(ground: &Ground, pipeline: &mut Pipeline<'_>) {
    let interruptions = |process: &Process| process.log().matches("the standby begins anew").count();
    pipeline.worker(Worker::Match, 0).kill();
    std::fs::remove_dir_all(ground.snapshots()).expect("removed");
    let before = interruptions(matcher(pipeline));
    ground.site.database.accept_connections(false);
    pipeline.worker(Worker::Match, 0).start();
    pipeline.until("match can't restore", PATIENCE, |pipeline| {
        (interruptions(matcher(pipeline)) > before).then_some(())
    });
    ground.site.database.accept_connections(true);
    pipeline.until("match leads again", PATIENCE, |pipeline| {
        matcher(pipeline).is_ready().then_some(())
    });
}

fn matcher<'p>(pipeline: &'p Pipeline<'_>) -> &'p Process {
    let of_match = |(kind, process): &'p (Worker, Process)| (*kind == Worker::Match).then_some(process);
    pipeline.workers.iter().find_map(of_match).expect("one runs")
}
