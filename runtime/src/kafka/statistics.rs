//! librdkafka's own figures as metrics.
//!
//! Each client hands its JSON over from the polling thread; one thread of the process reads it. Labels are the
//! client's part in the process, the broker's number, topic and partition: all bounded.

use metrics::{counter, gauge};
use rdkafka::ClientConfig;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

/// How often a client tells, in milliseconds, unless its properties say otherwise.
const INTERVAL_MS: &str = "10000";
/// The property.
const INTERVAL: &str = "statistics.interval.ms";
/// Reports that may wait; what comes while as many wait is dropped, and counted.
const WAITING: usize = 32;

/// A client's part in the process: the label `client`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Member of a group.
    Consumer,
    /// Idempotent or transactional producer.
    Producer,
    /// Reads without a group.
    Reader,
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Producer => "producer",
            Self::Reader => "reader",
        }
    }
}

/// Asks a client for its figures. Only one that is polled: reports that nobody takes pile up in it.
pub(super) fn ask(config: &mut ClientConfig) {
    if config.get(INTERVAL).is_none() {
        config.set(INTERVAL, INTERVAL_MS);
    }
}

/// Hands a report over, without waiting. Called on a polling thread.
pub(super) fn take(part: Part, json: &[u8]) {
    static READER: OnceLock<SyncSender<(Part, Vec<u8>)>> = OnceLock::new();
    let reader = READER.get_or_init(|| {
        let (sender, reports) = sync_channel(WAITING);
        let started = std::thread::Builder::new()
            .name("kafka-statistics".to_owned())
            .spawn(move || read_all(&reports));
        if let Err(error) = started {
            tracing::warn!("librdkafka's figures are not read, no thread starts: {error}");
        }
        sender
    });
    if reader.try_send((part, json.to_vec())).is_err() {
        counter!("intake_kafka_statistics_dropped_total").increment(1);
    }
}

fn read_all(reports: &Receiver<(Part, Vec<u8>)>) {
    let mut before = Before::default();
    for (part, json) in reports {
        match serde_json::from_slice::<Report>(&json) {
            Ok(report) => report.tell(part, &mut before),
            Err(_) => counter!("intake_kafka_statistics_dropped_total").increment(1),
        }
    }
}

/// Totals as each client told them last: they begin anew with each client, and a counter never goes back.
#[derive(Default)]
struct Before(HashMap<String, Told>);

struct Told {
    at: Instant,
    totals: HashMap<String, u64>,
}

/// A client that has told nothing for so long is gone: a node makes a new producer after each trouble.
const GONE: Duration = Duration::from_secs(300);

impl Before {
    fn of(&mut self, client: &str) -> &mut HashMap<String, u64> {
        self.0.retain(|_, told| told.at.elapsed() < GONE);
        let told = self.0.entry(client.to_owned()).or_insert_with(|| Told {
            at: Instant::now(),
            totals: HashMap::new(),
        });
        told.at = Instant::now();
        &mut told.totals
    }
}

/// What is read of a report; librdkafka's STATISTICS.md describes all of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Report {
    /// Of the client, unique in the process.
    name: String,
    msg_cnt: u64,
    msg_size: u64,
    brokers: HashMap<String, Broker>,
    topics: HashMap<String, Topic>,
    cgrp: Option<Group>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Broker {
    /// -1: an address from the settings that isn't known to be a broker yet, or a group's coordinator.
    nodeid: i32,
    outbuf_cnt: i64,
    txretries: u64,
    txerrs: u64,
    req_timeouts: u64,
    rtt: Option<Window>,
    throttle: Option<Window>,
}

/// Over the last interval: round trips in microseconds, throttling in milliseconds.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Window {
    avg: i64,
    p99: i64,
    cnt: i64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Topic {
    partitions: HashMap<String, PartitionReport>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PartitionReport {
    partition: i32,
    /// Records fetched and not yet taken.
    fetchq_cnt: i64,
    /// Whether this client reads it: `active`, or another word while it doesn't.
    fetch_state: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Group {
    rebalance_cnt: u64,
    assignment_size: i64,
}

impl Report {
    fn tell(&self, part: Part, before: &mut Before) {
        let client = part.name();
        let before = before.of(&self.name);
        let mut total = |what: &str, now: u64| {
            let last = before.insert(what.to_owned(), now).unwrap_or(0);
            now.saturating_sub(last)
        };
        if part == Part::Producer {
            gauge!("intake_kafka_queue_records", "client" => client).set(self.msg_cnt as f64);
            gauge!("intake_kafka_queue_bytes", "client" => client).set(self.msg_size as f64);
        }
        for broker in self.brokers.values().filter(|broker| broker.nodeid >= 0) {
            let node = broker.nodeid.to_string();
            gauge!("intake_kafka_outbuf_requests", "client" => client, "broker" => node.clone())
                .set(broker.outbuf_cnt as f64);
            if let Some(trip) = broker.rtt.as_ref().filter(|trip| trip.cnt > 0) {
                gauge!("intake_kafka_round_trip_seconds", "client" => client, "broker" => node.clone(), "of" => "mean")
                    .set(trip.avg as f64 / 1e6);
                gauge!("intake_kafka_round_trip_seconds", "client" => client, "broker" => node.clone(), "of" => "p99")
                    .set(trip.p99 as f64 / 1e6);
            }
            if let Some(throttle) = &broker.throttle {
                gauge!("intake_kafka_throttle_seconds", "client" => client, "broker" => node.clone())
                    .set(throttle.avg as f64 / 1e3);
            }
            counter!("intake_kafka_retries_total", "client" => client, "broker" => node.clone())
                .increment(total(&format!("retries {node}"), broker.txretries));
            counter!("intake_kafka_request_errors_total", "client" => client, "broker" => node.clone())
                .increment(total(&format!("errors {node}"), broker.txerrs));
            counter!("intake_kafka_request_timeouts_total", "client" => client, "broker" => node.clone())
                .increment(total(&format!("timeouts {node}"), broker.req_timeouts));
        }
        if let Some(group) = &self.cgrp
            && part == Part::Consumer
        {
            counter!("intake_kafka_rebalances_total").increment(total("rebalances", group.rebalance_cnt));
            gauge!("intake_kafka_assigned_partitions").set(group.assignment_size as f64);
        }
        if part == Part::Consumer {
            let read = self.topics.values().flat_map(|topic| topic.partitions.values());
            let fetched: i64 = read
                .filter(|partition| partition.partition >= 0 && partition.fetch_state == "active")
                .map(|partition| partition.fetchq_cnt)
                .sum();
            gauge!("intake_kafka_fetched_records").set(fetched as f64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::PrometheusBuilder;

    #[test]
    fn totals_grow_by_what_each_client_adds_and_only_brokers_with_a_number_are_told() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let handle = recorder.handle();
        let report = |name: &str, retries: u64| {
            format!(
                r#"{{"name":"{name}","ts":1,"msg_cnt":7,"brokers":{{
                    "127.0.0.1:9092/bootstrap":{{"nodeid":-1,"txretries":99}},
                    "127.0.0.1:9092/1":{{"nodeid":1,"txretries":{retries},"rtt":{{"avg":1500,"p99":9000,"cnt":3}},
                                         "throttle":{{"avg":250}}}}}},
                    "cgrp":{{"rebalance_cnt":2}}}}"#
            )
        };
        metrics::with_local_recorder(&recorder, || {
            let mut before = Before::default();
            for (name, retries) in [("a", 3), ("a", 5), ("b", 1)] {
                let report: Report = serde_json::from_str(&report(name, retries)).expect("a report");
                report.tell(Part::Producer, &mut before);
            }
        });
        let text = handle.render();
        for line in [
            r#"intake_kafka_retries_total{client="producer",broker="1"} 6"#,
            r#"intake_kafka_round_trip_seconds{client="producer",broker="1",of="mean"} 0.0015"#,
            r#"intake_kafka_throttle_seconds{client="producer",broker="1"} 0.25"#,
            r#"intake_kafka_queue_records{client="producer"} 7"#,
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        assert!(
            !text.contains("bootstrap") && !text.contains("rebalances"),
            "{text}"
        );
    }
}
