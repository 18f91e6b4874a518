//! SIGKILL under load.

use crate::{DRAINED, HEARD};
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Process, Sent, Shape, Worker};

/// Events that are settled after a part of the load was let loose, before the next kill.
const PROGRESS: i64 = 150;
const PATIENCE: Duration = Duration::from_secs(45);

#[derive(Clone, Copy, Debug)]
enum Victim {
    /// The node of a province, by its place in the list.
    Node(usize),
    /// The only worker of a kind.
    Worker(Worker),
    /// The same, and once more as soon as it lives again: while it joins its group and restores.
    Twice(Worker),
}

const VICTIMS: [Victim; 13] = [
    Victim::Worker(Worker::Match),
    Victim::Node(0),
    Victim::Worker(Worker::Sink),
    Victim::Worker(Worker::Normalise),
    Victim::Twice(Worker::Match),
    Victim::Node(1),
    Victim::Twice(Worker::Sink),
    Victim::Node(2),
    Victim::Worker(Worker::Match),
    Victim::Twice(Worker::Normalise),
    Victim::Node(2),
    Victim::Worker(Worker::Sink),
    Victim::Worker(Worker::Match),
];

#[test]
fn sigkill_of_any_process_at_any_moment_loses_nothing_and_doubles_nothing() {
    let ground = Ground::new();
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    pipeline.register_nodes();
    let load = Load::generate(&ground, 2, 8_000);
    let sender = pipeline.sender();
    let mut parts = load.split(VICTIMS.len()).into_iter();
    let sent = std::thread::scope(|scope| {
        let mut sending = Vec::new();
        for victim in VICTIMS {
            let before = ground.site.settled();
            let (part, sender) = (parts.next().expect("a part for each victim"), sender.clone());
            sending.push(scope.spawn(move || sender.send(&part)));
            pipeline.until("the load moves on", PATIENCE, |_| {
                (ground.site.settled() >= before + PROGRESS).then_some(())
            });
            strike(&mut pipeline, victim);
        }
        let mut all = Sent::default();
        sending
            .into_iter()
            .for_each(|part| all.add(part.join().expect("every line is answered")));
        all
    });
    assert_eq!(sent.lines, load.len());
    pipeline
        .drain(sent.events.len(), DRAINED)
        .assert_balanced(sent.events.len());
    ground.site.assert_settled_once(&sent.events);
    pipeline.outcomes(HEARD);
    ground.rebuild().assert_equal();
    pipeline.stop();
}

fn strike(pipeline: &mut Pipeline<'_>, victim: Victim) {
    let process = match victim {
        Victim::Node(at) => &mut pipeline.nodes[at].server,
        Victim::Worker(kind) | Victim::Twice(kind) => pipeline.worker(kind, 0),
    };
    kill_and_start(process);
    if let Victim::Twice(_) = victim {
        tests::until("it lives again", PATIENCE, || process.is_alive().then_some(()));
        kill_and_start(process);
    }
}

fn kill_and_start(process: &mut Process) {
    process.kill();
    process.start();
}
