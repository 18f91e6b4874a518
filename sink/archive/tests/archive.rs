//! Archiving from a real Kafka into a folder.

use archive::{Archiver, Mode, Place, Settings, check, read};
use runtime::Stop;
use runtime::health::Health;
use runtime::kafka::Partition;
use schemas::topics;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;
use tests::Ground;
use tokio::runtime::Runtime;

struct Bench {
    runtime: Runtime,
    folder: TempDir,
    ground: Ground,
}

impl Bench {
    fn new() -> Self {
        Self {
            runtime: Runtime::new().expect("a runtime"),
            folder: TempDir::new().expect("a folder"),
            ground: Ground::new(),
        }
    }

    fn place(&self) -> Place {
        Place::open(&self.folder.path().to_string_lossy()).expect("a folder is a place")
    }

    fn archiver(&self) -> Archiver {
        let mut files = Settings::load(None).expect("settings").archive;
        files.file_bytes = 20_000;
        Archiver {
            cluster: self.ground.site.cluster.clone(),
            provinces: self.ground.provinces.clone(),
            place: self.place(),
            files,
            skip_lost: false,
            handle: self.runtime.handle().clone(),
            health: Health::default(),
        }
    }

    fn archive(&self) -> u64 {
        self.archiver()
            .run(Mode::Once, &Stop::manual())
            .expect("archived")
    }

    /// Publishes `count` records of 500 bytes to Dien Bien's topic, and one to the match log.
    fn publish(&self, count: u64) {
        let producer = self.ground.site.cluster.producer().expect("a producer");
        for n in 0..count {
            let value = vec![(n % 251) as u8; 500];
            let topic = topics::applications("dien-bien");
            producer.send(&topic, b"dien-bien-01", &value, n).expect("sent");
        }
        producer
            .send(topics::MATCH_LOG, b"k", b"an entry", 0)
            .expect("sent");
        producer.flush(Duration::from_secs(20)).expect("acknowledged");
    }

    fn problems(&self) -> Vec<String> {
        let reports = self.runtime.block_on(check(&self.place())).expect("read");
        reports.into_iter().flat_map(|report| report.problems).collect()
    }

    fn topic(&self) -> String {
        let namespace = self.ground.site.cluster.namespace();
        namespace.full(&topics::applications("dien-bien"))
    }

    /// Offsets and sizes of what the archive holds of Dien Bien's topic.
    fn held(&self) -> Vec<(i64, usize)> {
        let (place, topic, mut held) = (self.place(), self.topic(), Vec::new());
        let reading = read(&place, &topic, 0, 0, |record| {
            held.push((record.offset, record.value.len()));
            Ok(())
        });
        self.runtime.block_on(reading).expect("read");
        held
    }

    fn files(&self, below: &str) -> Vec<PathBuf> {
        let mut files = Vec::new();
        walk(&self.folder.path().join(below), &mut files);
        files.sort();
        files
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            walk(&entry.path(), files);
        } else {
            files.push(entry.path());
        }
    }
}

fn expected(count: i64) -> Vec<(i64, usize)> {
    (0..count).map(|offset| (offset, 500)).collect()
}

#[test]
fn every_offset_is_archived_once_and_reads_back() {
    let bench = Bench::new();
    bench.publish(200);
    assert_eq!(bench.archive(), 201);
    assert_eq!(bench.archive(), 0, "again adds nothing");
    bench.publish(50);
    assert_eq!(bench.archive(), 51);
    assert_eq!(bench.held(), expected(250));
    assert!(bench.files("data").len() > 5, "several files");
    assert_eq!(bench.problems(), Vec::<String>::new());
}

#[test]
fn a_file_without_its_entry_does_not_count() {
    let bench = Bench::new();
    bench.publish(100);
    bench.archive();
    // As a kill between the two leaves it: the last entry is gone, its file is there.
    let last = bench
        .files("manifest")
        .into_iter()
        .rfind(|path| path.to_string_lossy().contains("dien-bien"));
    fs::remove_file(last.expect("an entry")).expect("removed");
    assert!(bench.archive() > 0);
    assert_eq!(bench.held(), expected(100));
    assert_eq!(bench.problems(), Vec::<String>::new());
}

#[test]
fn two_archivers_at_once_archive_every_offset_once() {
    let bench = Bench::new();
    bench.publish(400);
    let archived: u64 = std::thread::scope(|scope| {
        let running: Vec<_> = (0..3)
            .map(|_| {
                let archiver = bench.archiver();
                scope.spawn(move || archiver.run(Mode::Once, &Stop::manual()).expect("archived"))
            })
            .collect();
        running.into_iter().map(|one| one.join().expect("no panic")).sum()
    });
    assert!(archived >= 401);
    assert_eq!(bench.held(), expected(400));
    assert_eq!(bench.problems(), Vec::<String>::new());
    let (data, entries) = (bench.files("data").len(), bench.files("manifest").len());
    assert_eq!(data, entries, "no file is left behind");
}

#[test]
fn what_was_changed_or_taken_away_is_named() {
    let bench = Bench::new();
    bench.publish(200);
    bench.archive();
    let data = bench.files("data");
    let mut bytes = fs::read(&data[0]).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&data[0], bytes).expect("changed");
    fs::remove_file(&data[1]).expect("taken away");
    let problems = bench.problems().join("\n");
    assert!(problems.contains("was changed"), "{problems}");
    assert!(problems.contains("is missing"), "{problems}");

    fs::remove_file(&bench.files("manifest")[1]).expect("taken away");
    let problems = bench.problems().join("\n");
    assert!(problems.contains("does not follow"), "{problems}");
}

#[test]
fn records_that_went_before_they_were_archived_are_never_passed_in_silence() {
    let bench = Bench::new();
    bench.publish(100);
    let before = [(Partition::new(topics::applications("dien-bien"), 0), 40)];
    let deleted = bench.ground.site.cluster.delete_records(&before);
    bench.runtime.block_on(deleted).expect("deleted");
    let refused = bench.archiver().run(Mode::Once, &Stop::manual());
    let refused = refused.expect_err("refused").to_string();
    assert!(refused.contains("--skip-lost"), "{refused}");

    let archiver = Archiver {
        skip_lost: true,
        ..bench.archiver()
    };
    archiver.run(Mode::Once, &Stop::manual()).expect("archived");
    assert_eq!(bench.held(), expected(100)[40..]);
    let reports = bench.runtime.block_on(check(&bench.place())).expect("read");
    assert_eq!(reports.iter().map(|report| report.lost).sum::<i64>(), 40);
    assert_eq!(bench.problems(), Vec::<String>::new());
}

#[test]
fn a_place_that_is_none_is_refused() {
    for (place, said) in [
        ("ftp://there", "is no place"),
        ("/proc/nowhere", "can't use the folder"),
    ] {
        let refused = Place::open(place).expect_err("refused").to_string();
        assert!(refused.contains(said), "{refused}");
    }
}
