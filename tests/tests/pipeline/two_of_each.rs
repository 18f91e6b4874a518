//! Two of each worker, as in production: one takes over from the other.

use crate::{DRAINED, HEARD};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Sent, Shape, Worker};

const PATIENCE: Duration = Duration::from_secs(45);
/// Events that are settled with one worker killed, before it is started again.
const PROGRESS: i64 = 300;

#[test]
fn the_other_one_takes_over_what_a_killed_worker_had() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::TWO);
    let load = Load::generate(&ground, 3, 6_000);
    let sender = pipeline.sender();
    let kinds = [Worker::Match, Worker::Sink, Worker::Normalise, Worker::Match];
    let mut parts = load.split(kinds.len() + 1).into_iter();
    let mut sent = Sent::default();
    sent.add(sender.send(&parts.next().expect("a part")));
    for (kind, part) in kinds.into_iter().zip(parts) {
        let victim = ready_one(&mut pipeline, kind);
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| sender.send(&part));
            let before = ground.site.settled();
            pipeline.until("the load moves on", PATIENCE, |_| {
                (ground.site.settled() > before).then_some(())
            });
            pipeline.worker(kind, victim).kill();
            sent.add(sending.join().expect("every line is answered"));
        });
        // Nothing but the other one can settle these.
        let enough = (sent.events.len() as i64).min(ground.site.settled() + PROGRESS);
        pipeline.until("the other one goes on", PATIENCE, |_| {
            (ground.site.settled() >= enough).then_some(())
        });
        pipeline.worker(kind, victim).start();
    }
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    ground.site.assert_settled_once(&sent.events);
    pipeline.outcomes(HEARD);
    ground.rebuild().assert_equal();
    let leaders = (0..2)
        .filter(|&at| pipeline.worker(Worker::Match, at).is_ready())
        .count();
    assert_eq!(leaders, 1, "one matcher leads, the other stands by and says so");
    pipeline.stop();
}

/// Which worker of a kind works: of two matchers the leader.
fn ready_one(pipeline: &mut Pipeline<'_>, kind: Worker) -> usize {
    tests::until("one of two works", PATIENCE, || {
        (0..2).find(|&at| pipeline.worker(kind, at).is_ready())
    })
}
