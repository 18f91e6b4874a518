use crate::fixture::Pipeline;
use runtime::kafka::Partition;
use schemas::topics::{GROUP_NORMALISE, applications};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Child;
use std::time::{Duration, Instant};

fn get(address: &str, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    Some(text)
}

/// An exporter that has looked.
pub struct Exporter {
    address: String,
    process: Child,
}

impl Exporter {
    pub fn of(pipeline: &Pipeline) -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = free.local_addr().expect("an address").to_string();
        drop(free);
        let args = [
            "export",
            "--listen",
            &address,
            "--every",
            "1",
            "--cluster-name",
            "north",
        ];
        let process = pipeline.start(&args);
        let deadline = Instant::now() + Duration::from_secs(30);
        while get(&address, "/readyz").is_none_or(|answer| !answer.starts_with("HTTP/1.1 200")) {
            assert!(Instant::now() < deadline, "it was never ready");
        }
        Self { address, process }
    }

    pub fn metrics(&self) -> String {
        get(&self.address, "/metrics").expect("metrics")
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }
}

#[tokio::test]
async fn figures_are_served_and_what_is_unknown_is_absent() {
    let pipeline = Pipeline::ready().await;
    let topic = applications("dien-bien");
    pipeline.produce(&topic, "dien-bien-01", 5);
    pipeline.produce(&applications("son-la"), "son-la-01", 5);
    pipeline.commit(GROUP_NORMALISE, Partition::new(&topic, 0), 2);
    let exporter = Exporter::of(&pipeline);
    let text = exporter.metrics();
    let full = |name: &str| pipeline.cluster.namespace().full(name);
    let labels = format!(
        "{{cluster_name=\"north\",group=\"{}\",topic=\"{}\",partition=\"0\"}}",
        full(GROUP_NORMALISE),
        full(&topic)
    );
    let place = format!(
        "{{cluster_name=\"north\",topic=\"{}\",partition=\"0\"}}",
        full(&topic)
    );
    for line in [
        format!("kafka_consumergroup_group_lag{labels} 3"),
        format!("kafka_consumergroup_group_offset{labels} 2"),
        format!("kafka_partition_latest_offset{place} 5"),
        format!("kafka_partition_earliest_offset{place} 0"),
        "intake_lag_waiting_records{province=\"dien-bien\",stage=\"normalise\"} 3".to_owned(),
        "intake_lag_verdict{province=\"dien-bien\",verdict=\"no-active-consumers\"} 1".to_owned(),
        "intake_lag_causes{cause=\"hung-transaction\"} 0".to_owned(),
        "intake_lag_up 1".to_owned(),
    ] {
        assert!(text.lines().any(|told| told == line), "{line} is not in\n{text}");
    }
    let seconds = format!("kafka_consumergroup_group_lag_seconds{labels} ");
    assert!(text.contains(&seconds), "{text}");
    let of_son_la = |line: &&str| line.starts_with("kafka_consumergroup") && line.contains("son-la");
    assert_eq!(
        text.lines().find(of_son_la),
        None,
        "nothing was ever committed there"
    );
}
