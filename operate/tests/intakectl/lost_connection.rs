//! A program's connections to the broker break in the middle of a bounded read: it reads on to the end, and never ends short.

use crate::fixture::Pipeline;
use runtime::kafka::Producer;
use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
use schemas::topics::applications;
use std::fs;
use std::net::{Shutdown, TcpStream};
use std::process::Child;
use std::time::{Duration, Instant};

const RECORDS: u64 = 6_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// Shuts every connection that a child has to this port; how many there were.
fn break_connections(child: &Child, port: u16) -> usize {
    let process = pidfd_open(Pid::from_child(child), PidfdFlags::empty()).expect("it runs");
    let files = fs::read_dir(format!("/proc/{}/fd", child.id())).expect("its files");
    let numbers = files
        .flatten()
        .filter_map(|file| file.file_name().to_str()?.parse::<i32>().ok());
    let broken = numbers.filter(|&number| {
        let Ok(file) = pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) else {
            return false; // closed meanwhile
        };
        let stream = TcpStream::from(file);
        let to_broker = stream.peer_addr().is_ok_and(|peer| peer.port() == port);
        to_broker && stream.shutdown(Shutdown::Both).is_ok()
    });
    broken.count()
}

#[tokio::test]
async fn a_bounded_read_goes_on_over_a_lost_connection() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    let producer: Producer = pipeline.cluster.producer().expect("a producer");
    for number in 0..RECORDS {
        producer
            .send(&topic, b"dien-bien-01", &[b'1'; 500], number)
            .expect("sent");
        // A fetch brings at least a batch: many small ones are read for longer.
        if number % 10 == 9 {
            producer.flush(Duration::from_secs(10)).expect("delivered");
        }
    }
    let (_, port) = pipeline.brokers().rsplit_once(':').expect("one address");
    let port = port.parse().expect("a port");
    let file = pipeline.path("copied.ndjson");
    let mut copying = pipeline.start(&[
        "topics",
        "copy",
        &topic,
        "--output",
        &file,
        "--reason",
        "case 17",
        "-X",
        "fetch.message.max.bytes=6000",
        "-X",
        "queued.min.messages=10",
    ]);
    let part = format!("{file}.part");
    let (deadline, mut broken, mut seen) = (Instant::now() + PATIENCE, 0, 0);
    let ended = loop {
        let written = fs::metadata(&part).map_or(0, |part| part.len());
        if written > seen && broken < 6 {
            seen = written;
            broken += break_connections(&copying, port);
        }
        if let Some(ended) = copying.try_wait().expect("asked") {
            break ended;
        }
        assert!(Instant::now() < deadline, "it neither goes on nor ends");
        std::thread::park_timeout(Duration::from_millis(2));
    };
    assert!(broken > 0, "a connection was lost in the middle");
    assert!(ended.success(), "{ended}");
    let copied = fs::read_to_string(&file).expect("the copy");
    let offsets: Vec<u64> = copied
        .lines()
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
            record["offset"].as_u64().expect("an offset")
        })
        .collect();
    assert_eq!(offsets, (0..RECORDS).collect::<Vec<_>>());
}
