//! Where the project and its programs are, and how they are called.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Nodes that are getting their network back.
pub struct ComingBack(Child);

impl ComingBack {
    /// Whether they have it.
    pub fn are_back(&mut self) -> anyhow::Result<bool> {
        match self
            .0
            .try_wait()
            .context("can't wait for deploy/local/pipeline")?
        {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(_) => bail!("the nodes that were offline did not come back; the lines above say why"),
        }
    }
}

/// A clone of the project with its built programs.
pub struct Place {
    root: PathBuf,
    programs: PathBuf,
}

impl Place {
    /// The project this folder lies in, and the programs beside this one.
    pub fn find() -> anyhow::Result<Self> {
        let here = std::env::current_dir().context("can't tell the current folder")?;
        let root = here
            .ancestors()
            .find(|dir| dir.join("deploy/local/pipeline").exists());
        let me = std::env::current_exe().context("can't tell where this program lies")?;
        Ok(Self {
            root: root
                .with_context(|| format!("{} is no folder of the project", here.display()))?
                .to_owned(),
            programs: me.parent().unwrap_or(Path::new(".")).to_owned(),
        })
    }

    /// The project's own folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of a province's node.
    pub fn node(&self, slug: &str) -> PathBuf {
        self.root.join(".local/nodes").join(slug)
    }

    /// One of the project's programs, to be run in its folder.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(&self.root).stdin(Stdio::null());
        command
    }

    /// How to call a program from the project's folder.
    pub fn called(&self, name: &str) -> String {
        let path = self.programs.join(name);
        let path = path.strip_prefix(&self.root).unwrap_or(&path);
        path.display().to_string()
    }

    /// Starts everything; the nodes of `offline` without a network.
    pub fn start_pipeline(&self, offline: &[&str]) -> anyhow::Result<()> {
        self.pipeline(&["start", "--offline", &offline.join(",")])
    }

    /// Begins to give nodes their network back, which takes each a restart.
    pub fn bring_back(&self, nodes: &[&str]) -> anyhow::Result<ComingBack> {
        let child = self.script().arg("start").args(nodes).spawn();
        Ok(ComingBack(child.context("can't run deploy/local/pipeline")?))
    }

    /// What is wrong with the processes, a line each.
    pub fn processes_not_running(&self) -> anyhow::Result<Vec<String>> {
        let status = self
            .script()
            .arg("status")
            .output()
            .context("deploy/local/pipeline status")?;
        let text = String::from_utf8_lossy(&status.stdout);
        let lines = text
            .lines()
            .skip(1)
            .filter(|line| line.split_whitespace().nth(1) != Some("running"));
        Ok(lines.map(|line| line.trim_end().to_owned()).collect())
    }

    fn pipeline(&self, words: &[&str]) -> anyhow::Result<()> {
        let status = self.script().args(words).status();
        let status = status
            .with_context(|| format!("can't run {}", self.root.join("deploy/local/pipeline").display()))?;
        if !status.success() {
            bail!(
                "`deploy/local/pipeline {}` failed; the lines above say why",
                words.join(" ")
            );
        }
        Ok(())
    }

    fn script(&self) -> Command {
        let mut script = Command::new(self.root.join("deploy/local/pipeline"));
        script
            .env("INTAKE_BIN_DIR", &self.programs)
            .current_dir(&self.root)
            .stdin(Stdio::null());
        script
    }
}
