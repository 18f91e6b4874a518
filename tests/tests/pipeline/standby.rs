//! A matcher that stands by knows what the leader has committed, and goes on within seconds.

use crate::{DRAINED, HEARD};
use std::time::{Duration, Instant};
use tests::{Ground, Load, Pipeline, Shape, Worker};

const PATIENCE: Duration = Duration::from_secs(45);

#[test]
fn a_standby_takes_over_from_a_killed_leader_without_restoring() {
    let ground = Ground::new();
    waits_for_its_topic(&ground);
    let shape = Shape {
        matching: 2,
        ..Shape::ONE
    };
    let mut pipeline = Pipeline::start(&ground, shape);
    let load = Load::generate(&ground, 6, 6_000);
    let mut parts = load.split(3).into_iter();
    let mut events = pipeline.send(&parts.next().expect("a part")).events;
    let leader = tests::until("one of two leads", PATIENCE, || {
        (0..2).find(|&at| pipeline.worker(Worker::Match, at).is_ready())
    });
    let standby = 1 - leader;
    let sent = events.len() as i64;
    pipeline.until("the first part is settled", PATIENCE, |_| {
        (ground.site.settled() >= sent).then_some(())
    });
    tests::until("the standby has read all of it, and says so", PATIENCE, || {
        let said = pipeline.worker(Worker::Match, standby).readiness()?;
        (said.contains("standby") && said.contains(" 0 records")).then_some(())
    });

    let sender = pipeline.sender();
    let (restored, part) = (restores(&mut pipeline, standby), parts.next().expect("a part"));
    let took = std::thread::scope(|scope| {
        let sending = scope.spawn(|| sender.send(&part));
        pipeline.worker(Worker::Match, leader).kill();
        let killed = Instant::now();
        tests::until("the standby leads", PATIENCE, || {
            pipeline.worker(Worker::Match, standby).is_ready().then_some(())
        });
        events.extend(sending.join().expect("every line is answered").events);
        killed.elapsed()
    });
    println!("the standby led {took:?} after the leader was killed");
    assert_eq!(
        restores(&mut pipeline, standby),
        restored,
        "it went on from what it had followed"
    );
    let led = pipeline.worker(Worker::Match, standby);
    let left = led.logged("leading: the state is restored", "steps_left");
    let left = left.expect("it leads");
    assert!(
        left < sent,
        "it had merged what it had followed, but for {left} steps"
    );

    // Killed and started again, the other one stands by, and takes over in its turn.
    pipeline.worker(Worker::Match, leader).start();
    tests::until("the other one stands by", PATIENCE, || {
        let said = pipeline.worker(Worker::Match, leader).readiness()?;
        said.contains(" 0 records").then_some(())
    });
    let led = restores(&mut pipeline, standby);
    // The group takes the partition from its leader and gives it back when somebody joins.
    tests::until("who joins takes the lead from nobody", PATIENCE, || {
        pipeline.worker(Worker::Match, standby).is_ready().then_some(())
    });
    assert_eq!(led, restored, "and makes nobody restore");
    pipeline.worker(Worker::Match, standby).kill();
    events.extend(pipeline.send(&parts.next().expect("a part")).events);
    pipeline
        .drain(events.len(), DRAINED)
        .assert_balanced(events.len());
    ground.site.assert_settled_once(&events);
    pipeline.worker(Worker::Match, standby).start();
    pipeline.outcomes(HEARD);
    ground.rebuild().assert_equal();
    pipeline.stop();
}

/// Where the topic of changes isn't known yet, a standby must not take none of them for all of them.
fn waits_for_its_topic(ground: &Ground) {
    let nowhere = format!("{}-nowhere", ground.site.namespace);
    let mut matcher = Worker::Match
        .on(ground, &ground.site, "-nowhere")
        .env("INTAKE_KAFKA__NAMESPACE", nowhere)
        .env("INTAKE_MATCH__SNAPSHOT_DIR", ground.folder.join("nowhere"));
    matcher.start();
    tests::until("it waits for its topic", PATIENCE, || {
        matcher.readiness().filter(|said| said.contains("isn't there"))
    });
    matcher.terminate(PATIENCE);
}

/// How often a matcher has read its state from a snapshot or the register.
pub fn restores(pipeline: &mut Pipeline<'_>, at: usize) -> usize {
    let log = pipeline.worker(Worker::Match, at).log();
    log.matches("the state is read from").count()
}
