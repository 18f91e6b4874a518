//! `intake-loadgen submit`, as a process of its own.

use crate::Arguments;
use crate::nodes::Nodes;
use crate::place::Place;
use anyhow::{Context, bail};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::process::{Child, Stdio};

/// A submission under way; killed when dropped.
pub struct Submission(Child);

/// What became of the lines.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Sent {
    /// All of them.
    pub totals: Counts,
    /// How fast it was.
    pub lines_per_second: f64,
    /// By province.
    pub provinces: BTreeMap<String, Counts>,
}

/// Lines by answer.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Counts {
    /// On the node's disk.
    pub accepted: i64,
    /// There since earlier.
    pub already_accepted: i64,
    /// Refused by a rule.
    pub refused: i64,
    /// Answered in a way unknown to the generator.
    pub unknown: i64,
    /// Never answered.
    pub undelivered: i64,
}

impl Submission {
    /// Starts submitting to all nodes.
    pub fn start(place: &Place, nodes: &Nodes, arguments: &Arguments) -> anyhow::Result<Self> {
        let log = place.root().join(".local/log/loadgen.log");
        let errors = File::create(&log).with_context(|| format!("can't write {}", log.display()))?;
        let mut generator = place.program("intake-loadgen");
        generator.args(["submit", "-o", "json"]);
        for (option, value) in [
            ("--applications", arguments.applications),
            ("--seed", arguments.seed),
            ("--deadline", arguments.deadline),
        ] {
            generator.args([option, &value.to_string()]);
        }
        for node in nodes.iter() {
            generator.arg("--node").arg(format!("{}={}", node.slug, node.url));
        }
        let child = generator.stdout(Stdio::piped()).stderr(errors).spawn();
        Ok(Self(child.context("can't start intake-loadgen")?))
    }

    /// The result, once it has ended.
    pub fn ended(&mut self) -> anyhow::Result<Option<Sent>> {
        let Some(status) = self.0.try_wait().context("can't wait for intake-loadgen")? else {
            return Ok(None);
        };
        let mut text = String::new();
        if let Some(output) = &mut self.0.stdout {
            output.read_to_string(&mut text)?;
        }
        match serde_json::from_str(&text) {
            Ok(sent) => Ok(Some(sent)),
            Err(_) => bail!("intake-loadgen ended with {status}; .local/log/loadgen.log says why"),
        }
    }
}

impl Drop for Submission {
    fn drop(&mut self) {
        // An error means that it has ended by itself.
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}
