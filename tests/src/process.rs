//! A program that runs as a child, and may be killed at any moment.

use crate::{program, until};
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, OpenOptions};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// A program, running or not.
pub struct Process {
    /// What tests call it; also the name of its log.
    pub name: String,
    /// Where it serves health.
    pub address: SocketAddr,
    command: Command,
    log: PathBuf,
    child: Option<Child>,
    /// How it ended each time that nobody had asked it to.
    pub ended_by_itself: Vec<ExitStatus>,
}

impl Process {
    /// A program with its arguments and variables, not started yet. Variables of ours that the test was
    /// started with aren't passed on.
    pub fn new(name: &str, program: &str, logs: &Path, address: SocketAddr) -> Self {
        Self::of(name, command(program), logs, address)
    }

    /// Any command, not started yet.
    pub fn of(name: &str, command: Command, logs: &Path, address: SocketAddr) -> Self {
        Self {
            name: name.to_owned(),
            address,
            command,
            log: logs.join(format!("{name}.log")),
            child: None,
            ended_by_itself: Vec::new(),
        }
    }

    /// Adds arguments.
    pub fn args<S: AsRef<std::ffi::OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.command.args(args);
        self
    }

    /// Adds a variable.
    pub fn env(mut self, key: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(key, value);
        self
    }

    /// Adds variables.
    pub fn envs(mut self, variables: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.command.envs(variables);
        self
    }

    /// Starts it, its output appended to its log.
    pub fn start(&mut self) {
        assert!(self.child.is_none(), "{} runs already", self.name);
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .expect("the log is opened");
        let errors = log.try_clone().expect("the log is opened");
        let started = self
            .command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn();
        self.child = Some(started.unwrap_or_else(|fault| panic!("{} doesn't start: {fault}", self.name)));
    }

    /// Its process number.
    pub fn pid(&self) -> u32 {
        self.child
            .as_ref()
            .unwrap_or_else(|| panic!("{} doesn't run", self.name))
            .id()
    }

    /// As a supervisor does: starts it again when it ended by itself.
    pub fn tend(&mut self) {
        let Some(child) = &mut self.child else { return };
        if let Some(status) = child.try_wait().expect("a child can be asked") {
            eprintln!("{} ended by itself with {status}: started again", self.name);
            self.ended_by_itself.push(status);
            assert!(self.ended_by_itself.len() < 20, "{} doesn't stay up", self.name);
            self.child = None;
            self.start();
        }
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        let mut child = self
            .child
            .take()
            .unwrap_or_else(|| panic!("{} doesn't run", self.name));
        child.kill().expect("a child can be killed");
        child.wait().expect("a killed child ends");
    }

    /// Stops it in its tracks: alive, with all it has open, and deaf.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on as if nothing had been.
    pub fn thaw(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        if let Some(child) = &self.child {
            kill_process(Pid::from_child(child), signal).expect("a child can be signalled");
        }
    }

    /// SIGTERM; how it ended within `patience`.
    pub fn terminate(&mut self, patience: Duration) -> ExitStatus {
        self.signal(Signal::TERM);
        let mut child = self
            .child
            .take()
            .unwrap_or_else(|| panic!("{} doesn't run", self.name));
        until(&format!("{} stops when told to", self.name), patience, || {
            child.try_wait().expect("a child can be asked")
        })
    }

    /// Whether it runs.
    pub const fn is_running(&self) -> bool {
        self.child.is_some()
    }

    /// Whether it answers at all.
    pub fn is_alive(&self) -> bool {
        self.says("healthz")
    }

    /// Whether it says it is ready.
    pub fn is_ready(&self) -> bool {
        self.says("readyz")
    }

    /// What it says about whether it is ready; none when it doesn't answer.
    pub fn readiness(&self) -> Option<String> {
        let answer = self.asked("readyz")?;
        answer.into_body().read_to_string().ok()
    }

    fn says(&self, path: &str) -> bool {
        self.asked(path)
            .is_some_and(|answer| answer.status().is_success())
    }

    fn asked(&self, path: &str) -> Option<ureq::http::Response<ureq::Body>> {
        ureq::get(format!("http://{}/{path}", self.address))
            .config()
            .timeout_global(Some(Duration::from_secs(2)))
            .http_status_as_error(false)
            .proxy(None)
            .build()
            .call()
            .ok()
    }

    /// What it has logged since it was made.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// The number that its last line with these words tells under a name.
    pub fn logged(&self, words: &str, name: &str) -> Option<i64> {
        let log = self.log();
        let line = log.lines().rfind(|line| line.contains(words))?;
        let line: serde_json::Value = serde_json::from_str(line).ok()?;
        line.get(name)?.as_i64()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.child.is_some() {
            self.kill();
        }
    }
}

/// A program without the variables of ours that the test was started with.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program::path(program));
    for (key, _) in std::env::vars().filter(|(key, _)| key.starts_with("INTAKE_") || key == "RUST_LOG") {
        command.env_remove(key);
    }
    command
}

/// What a process says in metrics; none when it can't be asked.
pub fn scrape(address: SocketAddr) -> Option<String> {
    let asked = ureq::get(format!("http://{address}/metrics"))
        .config()
        .timeout_global(Some(Duration::from_secs(5)))
        .proxy(None)
        .build()
        .call();
    asked.ok()?.body_mut().read_to_string().ok()
}

/// A free port on loopback, outside the range that outgoing connections take theirs from.
pub fn free_address() -> SocketAddr {
    until("a free port is found", Duration::from_secs(5), || {
        let [high, low, ..] = *uuid::Uuid::new_v4().as_bytes();
        let port = 20_000 + u16::from_be_bytes([high, low]) % 12_000;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        TcpListener::bind(address).is_ok().then_some(address)
    })
}

/// Kills the programs whose arguments name `folder`: a test that was killed leaves its children behind.
pub fn end_leftovers(folder: &Path) {
    let marker = folder.to_string_lossy().into_owned();
    let Ok(processes) = fs::read_dir("/proc") else {
        return;
    };
    for process in processes.flatten() {
        let arguments = fs::read(process.path().join("cmdline")).unwrap_or_default();
        let ours = String::from_utf8_lossy(&arguments)
            .split('\0')
            .any(|argument| argument.starts_with(&marker));
        let number = process
            .file_name()
            .to_string_lossy()
            .parse()
            .ok()
            .and_then(Pid::from_raw);
        if let Some(pid) = number.filter(|_| ours)
            && kill_process(pid, Signal::KILL).is_ok()
        {
            eprintln!("ended process {pid:?}, left behind by an earlier test");
        }
    }
}
