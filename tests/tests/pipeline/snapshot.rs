//! A matcher restores from its snapshot, and from the register when the snapshot can't be trusted.

use crate::DRAINED;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;
use tests::{Ground, Load, Pipeline, Sent, Shape, Worker};

const PATIENCE: Duration = Duration::from_secs(45);

/// The newest snapshot.
fn newest(ground: &Ground) -> Option<PathBuf> {
    let entries = fs::read_dir(ground.snapshots()).ok()?;
    let files = entries.flatten().map(|entry| entry.path());
    let snapshots = files.filter(|path| path.extension().is_some_and(|ending| ending == "snapshot"));
    snapshots.max()
}

/// The step that a snapshot ends with.
fn step_of(snapshot: &std::path::Path) -> i64 {
    let name = snapshot
        .file_stem()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let number = name.rsplit('.').next().unwrap_or_default();
    number.parse().expect("a step")
}

#[test]
fn a_restart_ends_in_the_same_bytes_whatever_became_of_the_snapshot() {
    let ground = Ground::new();
    // Each refusal is an error that an operator is to see.
    for why in ["its checksum is wrong", "it was made elsewhere", "it has format"] {
        ground.gate.borrow_mut().announce(why);
    }
    let mut pipeline = Pipeline::start(&ground, Shape::ONE);
    let load = Load::generate(&ground, 8, 4_000);
    let mut sent = Sent::default();
    for (n, part) in load.split(5).into_iter().enumerate() {
        sent.add(pipeline.send(&part));
        let count = sent.events.len();
        pipeline.drain(count, DRAINED).assert_balanced(count);
        let snapshot = pipeline.until("a snapshot has the last step", PATIENCE, |_| {
            newest(&ground).filter(|path| step_of(path) >= ground.site.last_step())
        });
        pipeline.worker(Worker::Match, 0).kill();
        let told = match n {
            0 => "read from a snapshot",
            1 => {
                damage(&ground, |bytes| {
                    let middle = bytes.len() / 2;
                    bytes[middle] ^= 1;
                });
                "read from the register"
            }
            2 => {
                damage(&ground, |bytes| bytes[8] += 1);
                "read from the register"
            }
            3 => {
                // As if it had been carried here from a cluster of another id.
                damage(&ground, |bytes| exchange_cluster(bytes, &ground));
                "read from the register"
            }
            _ => "read from a snapshot",
        };
        assert!(snapshot.exists());
        let before = pipeline.worker(Worker::Match, 0).log().len();
        pipeline.worker(Worker::Match, 0).start();
        pipeline.until("the matcher leads", PATIENCE, |pipeline| {
            let mut matchers = pipeline.workers.iter().filter(|(kind, _)| *kind == Worker::Match);
            matchers.any(|(_, matcher)| matcher.is_ready()).then_some(())
        });
        let log = pipeline.worker(Worker::Match, 0).log();
        assert!(log[before..].contains(told), "{n}: {told}: {}", &log[before..]);
    }
    ground.site.assert_settled_once(&sent.events);
    ground.rebuild().assert_equal();
    pipeline.stop();
}

fn damage(ground: &Ground, how: impl Fn(&mut Vec<u8>)) {
    for entry in fs::read_dir(ground.snapshots()).expect("a folder").flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|ending| ending == "snapshot") {
            let mut bytes = fs::read(&path).expect("read");
            how(&mut bytes);
            fs::write(&path, bytes).expect("written");
        }
    }
}

fn exchange_cluster(bytes: &mut [u8], ground: &Ground) {
    let offsets = ground.site.cluster.offsets().expect("a client");
    let id = offsets.cluster_id().expect("an id").into_bytes();
    let at = bytes.windows(id.len()).rposition(|part| part == id);
    bytes[at.expect("the footer names it")] ^= 1;
}
