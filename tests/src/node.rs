//! An intake node in a folder of its own.

use crate::Ground;
use crate::client::Answer;
use crate::process::{self, Process};
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

/// A node: its folder, and its server when that runs.
pub struct Node {
    /// Slug of its province.
    pub province: String,
    /// Its name.
    pub id: String,
    /// Its public key, hexadecimal.
    pub public_key: String,
    /// Its server.
    pub server: Process,
    folder: PathBuf,
}

/// What a node says of itself, as far as tests ask.
#[derive(Clone, Debug, Deserialize)]
pub struct Status {
    /// Slug of its province.
    pub province: String,
    /// `online`, `offline`, `refused` or `stopped`.
    pub broker: String,
    /// Why it is not online.
    pub broker_problem: Option<String>,
    /// Events captured in the current series.
    pub captured: i64,
    /// Events that wait for the broker.
    pub pending: i64,
    /// Distinct events accepted.
    pub accepted: i64,
    /// What became of them.
    pub outcomes: Outcomes,
}

/// A node's events by what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Outcomes {
    /// Took effect.
    pub loaded: i64,
    /// Refused.
    pub rejected: i64,
    /// Held.
    pub held: i64,
    /// Another event had their place.
    pub conflict: i64,
    /// Nothing heard yet.
    pub waiting: i64,
}

impl Node {
    /// Makes the folder of a new node, its server not started yet.
    pub fn init(ground: &Ground, province: &str) -> Self {
        let id = format!("{province}-01");
        let folder = ground.folder.join(&id);
        let address = process::free_address();
        let made = process::command("intake-node")
            .args([
                "init",
                "--node-id",
                &id,
                "--province",
                province,
                "--listen",
                &address.to_string(),
            ])
            .args([
                "--brokers",
                &ground.stack.kafka.brokers,
                "--namespace",
                &ground.site.namespace,
            ])
            .arg("--provinces")
            .arg(ground.folder.join("provinces.toml"))
            .arg("--dir")
            .arg(&folder)
            .output()
            .expect("intake-node runs");
        assert!(made.status.success(), "{made:?}");
        // Reports every second instead of every five: tests wait for them.
        let settings = folder.join("node.toml");
        let text = fs::read_to_string(&settings).expect("the node's settings");
        let faster = text.replace("# interval_seconds = 5", "interval_seconds = 1");
        assert_ne!(faster, text, "the settings hold the interval");
        fs::write(&settings, faster).expect("the settings are written");
        let printed = String::from_utf8_lossy(&made.stdout).into_owned();
        let key = printed.lines().find_map(|line| line.strip_prefix("public key "));
        let key = key.expect("init prints the public key").to_owned();
        let server = Process::new(&id, "intake-node", &ground.logs(), address)
            .args(["run", "--dir"])
            .args([&folder]);
        Self {
            province: province.to_owned(),
            id,
            public_key: key,
            server,
            folder,
        }
    }

    /// The same with its server prepared, which is known by its province.
    pub(crate) fn prepared(self, prepare: impl Fn(&str, Process) -> Process) -> Self {
        let server = prepare(&self.province, self.server);
        Self { server, ..self }
    }

    /// Runs one of its commands to the end.
    pub fn command(&self, arguments: &[&str]) -> Output {
        let (name, rest) = arguments.split_first().expect("a command");
        let ran = process::command("intake-node")
            .args([name, "--dir"])
            .arg(&self.folder)
            .args(rest)
            .stdin(Stdio::null())
            .output();
        ran.expect("intake-node runs")
    }

    /// Submits a file; the exit code and the answer to each line.
    pub fn submit(&self, file: &Path) -> (Option<i32>, Vec<Answer>) {
        let output = self.command(&["submit", &file.to_string_lossy()]);
        let answers = Answer::read(&String::from_utf8_lossy(&output.stdout));
        (output.status.code(), answers.expect("submit answers with NDJSON"))
    }

    /// What it says of itself; none when it can't be asked.
    pub fn status(&self) -> Option<Status> {
        let output = self.command(&["status", "-o", "json"]);
        output
            .status
            .success()
            .then(|| serde_json::from_slice(&output.stdout).expect("status is JSON"))
    }
}
