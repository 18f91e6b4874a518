//! The register is lost, and a backup of an earlier moment put in its place.

use crate::{DRAINED, HEARD};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Sent, Shape, Worker};

/// How long a sink may take to find that its positions went back.
const NOTICED: Duration = Duration::from_secs(60);
/// What sinks and matchers may say when the database under them goes, is empty for a moment, and is an
/// older one then.
const ANNOUNCED: [&str; 4] = [
    "the database was restored to an earlier moment",
    "SQLSTATE 3D000",
    "its schema is another version's",
    "its schema isn't",
];

#[test]
fn a_backup_taken_under_load_is_restored_and_caught_up_with() {
    let ground = Ground::new();
    ANNOUNCED
        .iter()
        .for_each(|error| ground.gate.borrow_mut().announce(error));
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    let load = Load::generate(&ground, 9, 4_000);
    let [first, second, third] = load.split(3).try_into().expect("three parts");
    let backup = ground.folder.join("register.dump");
    let database = &ground.site.database;

    let mut sent = Sent::default();
    sent.add(pipeline.send(&first));
    pipeline.until("some of it is loaded", DRAINED, |_| {
        (ground.site.settled() > 100).then_some(())
    });
    database.back_up(&backup);
    sent.add(pipeline.send(&second));
    pipeline.drain(sent.events.len(), DRAINED);
    let expected = database.digest();
    let (steps, positions) = (
        ground.site.last_step(),
        "SELECT sum(next_offset)::bigint FROM sink_position",
    );
    let loaded: i64 = database.value(positions);

    database.restore(&backup);
    assert!(
        database.value::<i64>(positions) < loaded,
        "the backup is of an earlier moment"
    );

    // The sink that runs on remembers where it was: it refuses to go on, and its supervisor starts it anew.
    sent.add(pipeline.send(&third));
    pipeline.until("the sink finds out and begins again", NOTICED, |_| {
        (ground.site.last_step() >= steps).then_some(())
    });
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    ground.site.assert_settled_once(&sent.events);
    assert_ne!(database.digest(), expected, "the third part is in it now");
    let ends = std::mem::take(&mut pipeline.worker(Worker::Sink, 0).ended_by_itself);
    assert!(
        !ends.is_empty(),
        "a sink whose positions went back under it must end"
    );

    // A matcher that restores from it goes on as well.
    pipeline.worker(Worker::Match, 0).kill();
    pipeline.worker(Worker::Match, 0).start();
    pipeline.outcomes(HEARD);
    ground.rebuild().assert_equal();
    pipeline.stop();
}
