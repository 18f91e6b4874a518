//! A broker's namespace of a test's own, and nodes in folders of their own.

use runtime::kafka::{Cluster, Partition, Record};
use runtime::settings::KafkaSettings;
use rustix::process::{Pid, Signal, kill_process};
use schemas::codec::Event;
use schemas::manifest::{NodeClaim, NodeManifest};
use schemas::provinces::Provinces;
use schemas::topics::{self, TopicSpec};
use schemas::{Body, IntakeEvent, Sha256};
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const PROVINCE: &str = "dien-bien";
pub const NODE: &str = "dien-bien-01";
/// A family name that no log may hold.
pub const NAME: &str = "Lò Văn Pâng";

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for a condition, with a deadline.
#[track_caller]
pub fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(Instant::now() < deadline, "not in {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// One application as JSON.
pub fn application(code: &str, revision: u32) -> String {
    format!(
        r#"{{"application_id":"{code}","revision":{revision},"form":{{"id":"CC01","version":"2024-07"}},"channel":"mobile_team","service":"first_issue","applicant":{{"full_name":"{NAME}","date_of_birth":"05/09/1987"}}}}"#
    )
}

/// A namespace with the topics of one province, deleted at the end.
pub struct Broker {
    pub cluster: Cluster,
    pub settings: KafkaSettings,
    specs: Vec<TopicSpec>,
    runtime: tokio::runtime::Runtime,
}

#[derive(serde::Deserialize)]
struct Found {
    #[serde(default)]
    kafka: KafkaSettings,
}

impl Broker {
    pub fn new() -> Self {
        Self::with_largest_record(None)
    }

    /// The applications' topic takes records of this size at most.
    pub fn with_largest_record(bytes: Option<i64>) -> Self {
        let found: Found = runtime::settings::load(None).expect("the local stack's settings");
        let namespace = format!("ingest-{}", &uuid::Uuid::new_v4().simple().to_string()[..12]);
        let settings = KafkaSettings {
            namespace,
            ..found.kafka
        };
        let provinces =
            "home = 'dien-bien'\n[[province]]\ncode = '11'\nslug = 'dien-bien'\nname = 'Điện Biên'";
        let mut specs = topics::all(&Provinces::parse(provinces).expect("a province"));
        specs.retain(|spec| topics::province_of(&spec.name).is_some());
        for spec in &mut specs {
            if let Some(bytes) = bytes.filter(|_| spec.name == topics::applications(PROVINCE)) {
                spec.max_message_bytes = bytes;
            }
        }
        let cluster = Cluster::new(&settings).expect("a cluster");
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime
            .block_on(cluster.create_topics(&specs, 1, false))
            .expect("the local stack runs");
        Self {
            cluster,
            settings,
            specs,
            runtime,
        }
    }

    /// Everything in a topic, as it is now.
    pub fn records(&self, topic: &str) -> Vec<Record> {
        let partition = Partition::new(topic, 0);
        let offsets = self.cluster.offsets().expect("offsets");
        let end = until("the topic's end", || {
            offsets.boundaries(std::slice::from_ref(&partition)).ok()
        })[0]
            .end;
        let reader = self.cluster.reader(&[(partition.clone(), 0)]).expect("a reader");
        let mut records = Vec::new();
        let read = reader.read_to_end(&[(partition, end)], PATIENCE, |record| {
            records.push(record);
            Ok(())
        });
        read.expect("read to the end");
        records
    }

    /// The node's events as published, copies included.
    pub fn events(&self) -> Vec<(IntakeEvent, Vec<u8>)> {
        let decoded = |record: Record| {
            assert_eq!(record.key.as_deref(), Some(NODE.as_bytes()));
            (
                IntakeEvent::decode(&record.value).expect("an event"),
                record.value,
            )
        };
        self.records(&topics::applications(PROVINCE))
            .into_iter()
            .map(decoded)
            .collect()
    }

    /// The last manifest's claim.
    pub fn claim(&self) -> NodeClaim {
        let record = self.records(&topics::nodes(PROVINCE)).pop().expect("a manifest");
        let manifest = NodeManifest::decode(&record.value).expect("a manifest");
        assert_eq!(manifest.signature.map(|signature| signature.len()), Some(64));
        NodeClaim::decode(&manifest.claim).expect("a claim")
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let names: Vec<String> = self.specs.iter().map(|spec| spec.name.clone()).collect();
        if let Err(fault) = self.runtime.block_on(self.cluster.delete_topics(&names)) {
            eprintln!("topics are left behind: {fault}");
        }
    }
}

/// Distinct events by sequence: proves that copies are copies and that the chain holds from 1 on.
pub fn chained(events: &[(IntakeEvent, Vec<u8>)], epoch: schemas::Epoch) -> Vec<&IntakeEvent> {
    let mut by_sequence = std::collections::BTreeMap::new();
    for (event, bytes) in events.iter().filter(|(event, _)| event.epoch == epoch) {
        let (_, first) = by_sequence.entry(event.sequence).or_insert((event, bytes));
        assert_eq!(*first, bytes, "sequence {} was given twice", event.sequence);
    }
    let mut link = Sha256::ZERO;
    for (at, (sequence, (event, bytes))) in by_sequence.iter().enumerate() {
        assert_eq!(
            (*sequence, event.previous_hash),
            (at as i64 + 1, link),
            "chain and sequence hold"
        );
        link = match &event.body {
            Body::EventWithheld(body) => body.withheld_hash,
            _ => Sha256::of(bytes),
        };
    }
    by_sequence.into_values().map(|(event, _)| event).collect()
}

/// A node's folder, and the process that runs on it.
pub struct Node {
    pub folder: TempDir,
    running: Option<Child>,
}

impl Node {
    /// A new folder. Without a broker it looks for one where nothing listens.
    pub fn init(broker: Option<&Broker>) -> Self {
        let brokers = broker.map_or("127.0.0.1:1", |broker| broker.settings.brokers.as_str());
        Self::init_at(broker, brokers)
    }

    pub fn init_at(broker: Option<&Broker>, brokers: &str) -> Self {
        let node = Self {
            folder: tempfile::tempdir().expect("a folder"),
            running: None,
        };
        let namespace = broker.map_or("", |broker| broker.settings.namespace.as_str());
        let made = node.command(
            "init",
            &[
                "--node-id",
                NODE,
                "--province",
                PROVINCE,
                "--listen",
                "127.0.0.1:0",
                "--brokers",
                brokers,
                "--namespace",
                namespace,
            ],
        );
        assert!(made.status.success(), "{made:?}");
        node
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Changes the settings.
    pub fn set(&self, from: &str, to: &str) {
        let file = self.path("node.toml");
        let text = std::fs::read_to_string(&file).expect("settings");
        assert!(text.contains(from), "{from} is in the settings");
        std::fs::write(file, text.replace(from, to)).expect("written");
    }

    fn prepared(&self, command: &str) -> Command {
        let mut prepared = Command::new(env!("CARGO_BIN_EXE_intake-node"));
        for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("INTAKE_")) {
            prepared.env_remove(key);
        }
        prepared.args([command, "--dir"]).arg(self.folder.path());
        prepared
    }

    /// Runs a command to its end.
    pub fn command(&self, command: &str, arguments: &[&str]) -> Output {
        self.prepared(command)
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("runs")
    }

    /// Submits a text as a file; exit code and answers.
    pub fn submit(&self, text: impl AsRef<[u8]>, name: &str) -> (Option<i32>, Vec<Value>) {
        let file = self.path(name);
        std::fs::write(&file, text).expect("written");
        let output = self.command("submit", &[file.to_str().expect("a path")]);
        let lines = String::from_utf8(output.stdout).expect("UTF-8");
        let answers = lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        (output.status.code(), answers)
    }

    pub fn status(&self) -> Value {
        let output = self.command("status", &["-o", "json"]);
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    pub fn start(&mut self) {
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("log"))
            .expect("a log");
        self.running = Some(
            self.prepared("run")
                .stderr(log)
                .stdout(Stdio::null())
                .spawn()
                .expect("starts"),
        );
        until("the node answers", || {
            let ended = self
                .running
                .as_mut()
                .and_then(|child| child.try_wait().ok().flatten());
            assert!(ended.is_none(), "the node ended: {}", self.log());
            ureq::get(self.url("/readyz")?).call().ok()
        });
    }

    pub fn url(&self, path: &str) -> Option<String> {
        let address = std::fs::read_to_string(self.path("server")).ok()?;
        Some(format!("http://{}{path}", address.trim()))
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let mut child = self.running.take().expect("running");
        child.kill().expect("killed");
        child.wait().expect("ended");
    }

    /// SIGTERM; the exit code, in time.
    pub fn stop(&mut self) -> Option<i32> {
        let mut child = self.running.take().expect("running");
        kill_process(Pid::from_child(&child), Signal::TERM).expect("told to stop");
        until("the node stops", || child.try_wait().expect("waits")).code()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).unwrap_or_default()
    }

    /// Waits until the broker has everything.
    pub fn drained(&self) -> Value {
        until("everything is published", || {
            Some(self.status()).filter(|status| status["pending"] == 0)
        })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Some(child) = &mut self.running {
            let _ended = child.kill().and_then(|()| child.wait());
        }
        let log = self.log();
        if !std::thread::panicking() {
            assert!(
                !log.contains("Pâng") && !log.contains("05/09/1987"),
                "a person's value is in the log"
            );
        } else if !log.is_empty() {
            eprintln!("{log}");
        }
    }
}

/// Sends a body; status and answer.
pub fn post(url: &str, body: &[u8]) -> Option<(u16, String)> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let mut answer = agent.post(url).send(body).ok()?;
    let text = answer
        .body_mut()
        .with_config()
        .limit(1 << 30)
        .read_to_string()
        .ok()?;
    Some((answer.status().as_u16(), text))
}
