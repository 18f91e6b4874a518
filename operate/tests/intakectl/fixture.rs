//! A pipeline's topics and register for one test, gone when the test is over.

use runtime::Fault;
use runtime::kafka::{
    Assignments, Boundaries, Cluster, Consumer, ConsumerSpec, Offsets, Partition, Producer,
};
use runtime::settings::KafkaSettings;
use schemas::codec::Event;
use schemas::match_log::{LogBody, MatchLogEntry};
use schemas::provinces::Provinces;
use schemas::topics::MATCH_LOG;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use sqlx::{Connection, PgConnection};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// The provinces of a test: two, one of them with two partitions.
pub const PROVINCES: &str = "
home = 'dien-bien'
[[province]]
code = '11'
slug = 'dien-bien'
name = 'Điện Biên'
[[province]]
code = '14'
slug = 'son-la'
name = 'Sơn La'
partitions = 2
";

#[derive(Deserialize)]
struct LocalStack {
    #[serde(default)]
    kafka: KafkaSettings,
    database: Database,
}

#[derive(Deserialize)]
struct Database {
    url: SecretString,
}

/// A namespace, a database, and a file of provinces.
pub struct Pipeline {
    pub cluster: Cluster,
    kafka: KafkaSettings,
    server: String,
    database: String,
    folder: tempfile::TempDir,
}

/// What a command printed, and how it ended.
pub struct Answer {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {} {}", self.stdout, self.stderr))
    }
}

impl Pipeline {
    /// A namespace without topics and a database without tables.
    pub async fn empty() -> Self {
        let stack: LocalStack =
            runtime::settings::load(None).expect("the local stack runs: deploy/local/stack start");
        let name = Uuid::new_v4().simple().to_string();
        let kafka = KafkaSettings {
            namespace: format!("t-{}", &name[..12]),
            ..stack.kafka
        };
        let url = stack.database.url.expose_secret();
        let pipeline = Self {
            cluster: Cluster::new(&kafka).expect("a cluster"),
            kafka,
            server: url.rsplit_once('/').expect("a URL with a database").0.to_owned(),
            database: format!("test_{name}"),
            folder: tempfile::tempdir().expect("a folder"),
        };
        pipeline.write_provinces(PROVINCES);
        pipeline
            .administer(format!("CREATE DATABASE {}", pipeline.database))
            .await;
        pipeline
    }

    /// With its topics and tables made, by the commands themselves.
    pub async fn ready() -> Self {
        let pipeline = Self::empty().await;
        for command in [
            &["topics", "apply", "--execute"][..],
            &["register", "migrate", "--execute"],
        ] {
            let answer = pipeline.run(command);
            assert_eq!(answer.code, 0, "{command:?}: {}", answer.stderr);
        }
        pipeline.await_leaders();
        pipeline
    }

    fn await_leaders(&self) {
        self.boundaries(|offsets| offsets.partitions(&self.topics()));
    }

    /// Begin and end of partitions. A broker answers for one a moment after its topic is made, and not at every moment while
    /// it is busy with other topics.
    fn boundaries(&self, of: impl Fn(&Offsets) -> Result<Vec<Partition>, Fault>) -> Vec<Boundaries> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let offsets = self.cluster.offsets().expect("a client");
        loop {
            match of(&offsets).and_then(|partitions| offsets.boundaries(&partitions)) {
                Ok(boundaries) => return boundaries,
                Err(fault) => assert!(Instant::now() < deadline, "no leader yet: {fault}"),
            }
        }
    }

    fn topics(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("provinces.toml")).expect("read");
        let specs = schemas::topics::all(&Provinces::parse(&text).expect("provinces"));
        specs.into_iter().map(|spec| spec.name).collect()
    }

    pub fn write_provinces(&self, text: &str) {
        std::fs::write(self.folder.path().join("provinces.toml"), text).expect("written");
    }

    /// Runs `intakectl` with these arguments.
    pub fn run(&self, args: &[&str]) -> Answer {
        self.run_at(&self.server, args)
    }

    /// The same as somebody else than the register's owner.
    pub fn run_as(&self, login: &str, args: &[&str]) -> Answer {
        let (_, address) = self.server.rsplit_once('@').expect("a URL with a user");
        self.run_at(&format!("postgres://{login}@{address}"), args)
    }

    /// Runs it where neither Kafka nor PostgreSQL listens.
    pub fn run_nowhere(&self, args: &[&str]) -> Answer {
        let nowhere = KafkaSettings {
            brokers: "127.0.0.1:9".to_owned(),
            ..self.kafka.clone()
        };
        self.run_on(&nowhere, "postgres://intake@127.0.0.1:9", args)
    }

    fn run_at(&self, server: &str, args: &[&str]) -> Answer {
        self.run_on(&self.kafka, server, args)
    }

    fn run_on(&self, kafka: &KafkaSettings, server: &str, args: &[&str]) -> Answer {
        let output = self
            .command(kafka, server, args)
            .output()
            .expect("intakectl runs");
        Answer {
            code: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    /// Starts `intakectl` with these arguments, to be ended by the caller.
    pub fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(&self.kafka, &self.server, args);
        command.stderr(Stdio::null()).spawn().expect("intakectl starts")
    }

    /// The same for one whose lines are read while it runs; it ends with what is returned.
    pub fn lines(&self, args: &[&str]) -> Lines {
        let mut command = self.command(&self.kafka, &self.server, args);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("intakectl starts");
        let (told, lines) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().expect("its output"));
        std::thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .try_for_each(|line| told.send(line))
        });
        Lines { child, lines }
    }

    /// What somebody sees on a terminal with so many columns, line by line.
    pub fn on_terminal(&self, columns: u16, args: &[&str]) -> Vec<String> {
        let command = self.command(&self.kafka, &self.server, args);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted = words.map(|word| format!("'{}'", word.to_str().expect("text").replace('\'', "'\\''")));
        let quoted: Vec<String> = quoted.collect();
        let ran = Command::new("script")
            .args(["-qec", &format!("stty cols {columns}; exec {}", quoted.join(" "))])
            .arg("/dev/null")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .output()
            .expect("script runs");
        let text = String::from_utf8(ran.stdout).expect("text");
        assert!(ran.status.success(), "{args:?}: {text}");
        text.lines().map(str::to_owned).collect()
    }

    /// A file of the test's own folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("text").to_owned()
    }

    /// Kafka's bootstrap servers.
    pub fn brokers(&self) -> &str {
        &self.kafka.brokers
    }

    fn command(&self, kafka: &KafkaSettings, server: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_intakectl"));
        command
            .args(args)
            .args(["--brokers", &kafka.brokers, "--namespace", &kafka.namespace])
            .args(["--database-url", &format!("{server}/{}", self.database)])
            .arg("--provinces")
            .arg(self.folder.path().join("provinces.toml"));
        command
    }

    /// How the names of this test's roles begin.
    pub fn role_prefix(&self) -> String {
        format!("{}_", self.database)
    }

    pub async fn connect(&self) -> PgConnection {
        let url = format!("{}/{}", self.server, self.database);
        PgConnection::connect(&url).await.expect("a connection")
    }

    /// Runs statements of the test in its database.
    pub async fn sql(&self, statements: impl AsRef<str>) {
        let mut conn = self.connect().await;
        sqlx::raw_sql(statements.as_ref())
            .execute(&mut conn)
            .await
            .expect("ran");
    }

    /// Moves the sink's position behind every event's row, as it does in the transaction of the rows.
    pub async fn loaded(&self) {
        self.sql(
            "INSERT INTO sink_position SELECT 'register.changes', 0, 0, max(sequence), 'cluster', 'topic' FROM intake_event
             ON CONFLICT (topic, partition) DO UPDATE SET sequence = EXCLUDED.sequence",
        )
        .await;
    }

    /// Appends `count` records under one key to a topic.
    pub fn produce(&self, topic: &str, key: &str, count: usize) {
        self.publish(topic, key, &vec![b"1"; count]);
    }

    /// Puts these values into a topic, under one key.
    pub fn publish(&self, topic: &str, key: &str, values: &[impl AsRef<[u8]>]) {
        let producer: Producer = self.cluster.producer().expect("a producer");
        for value in values {
            producer
                .send(topic, key.as_bytes(), value.as_ref(), 0)
                .expect("sent");
        }
        producer.flush(Duration::from_secs(10)).expect("delivered");
    }

    /// The entries of the match log.
    pub fn match_log(&self) -> Vec<LogBody> {
        let log = Partition::new(MATCH_LOG, 0);
        let end = self.boundaries(|_| Ok(vec![log.clone()]))[0].end;
        let mut entries = Vec::new();
        if end > 0 {
            let reader = self.cluster.reader(&[(log.clone(), 0)]).expect("a reader");
            let each = |record: runtime::kafka::Record| {
                entries.push(MatchLogEntry::decode(&record.value).expect("an entry").body);
                Ok(())
            };
            reader
                .read_to_end(&[(log, end)], Duration::from_secs(10), each)
                .expect("read");
        }
        entries
    }

    /// The one member of a group, once partitions are its own.
    pub fn member(&self, group: &str, topic: &str) -> Consumer<FromTheStart> {
        let spec = ConsumerSpec {
            group,
            topics: vec![topic.to_owned()],
            read_committed: true,
            session_timeout: Duration::from_secs(6),
        };
        let member = self.cluster.consumer(&spec, FromTheStart).expect("a consumer");
        let deadline = Instant::now() + Duration::from_secs(30);
        while member.owned().is_empty() {
            assert!(Instant::now() < deadline, "{topic} was not assigned");
            member.poll(Duration::from_millis(50)).expect("polled");
        }
        member
    }

    /// Commits a group's position, as a member of it.
    pub fn commit(&self, group: &str, partition: Partition, next: i64) {
        let member = self.member(group, &partition.topic);
        member.commit_and_wait(&[(partition, next)]).expect("committed");
    }

    async fn administer(&self, statement: String) {
        let mut conn = PgConnection::connect(&format!("{}/postgres", self.server))
            .await
            .expect("a connection");
        sqlx::query(&statement)
            .execute(&mut conn)
            .await
            .expect("administered");
    }

    async fn remove(&self) {
        let there = self.cluster.describe_topics().await.expect("described");
        let names: Vec<String> = there.into_iter().map(|topic| topic.name).collect();
        if !names.is_empty() {
            self.cluster.delete_topics(&names).await.expect("deleted");
        }
        self.administer(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.database))
            .await;
        // With the database their rights are gone.
        self.administer(format!(
            "DO $$ DECLARE role name; BEGIN
                 FOR role IN SELECT rolname FROM pg_roles WHERE starts_with(rolname, '{}') LOOP
                     EXECUTE format('DROP ROLE %I', role);
                 END LOOP;
             END $$",
            self.role_prefix()
        ))
        .await;
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
        };
        // A runtime can't be entered from within another one's thread.
        std::thread::scope(|scope| {
            scope.spawn(|| runtime().block_on(self.remove()));
        });
    }
}

/// What a command tells while it runs.
pub struct Lines {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Lines {
    /// The next line, as JSON.
    pub fn next(&mut self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"))
    }

    /// The next line for which this is so.
    pub fn until(&mut self, so: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let line = self.line();
            if so(&line) {
                return line;
            }
            assert!(Instant::now() < deadline, "the last line was {line:?}");
        }
    }

    fn line(&mut self) -> String {
        self.lines
            .recv_timeout(Duration::from_secs(30))
            .expect("a line in time")
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

/// A group member that starts each partition at its beginning.
pub struct FromTheStart;

impl Assignments for FromTheStart {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        Ok(vec![0; owned.len()])
    }

    fn lost(&self, _: &[Partition]) {}
}
