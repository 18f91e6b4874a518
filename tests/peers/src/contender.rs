//! Who loads.

use crate::{bento, debezium, record, register};
use anyhow::{Context, Result};
use schemas::change::ResidentChanged;
use schemas::codec::Event;
use schemas::topics;
use sqlx::postgres::PgConnectOptions;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tests::{Ground, Process, Stack};

/// Takes the dead letters of those that send them to a topic: one that nobody else uses here.
const DEAD_LETTERS: &str = topics::MATCH_LOG;

/// A program that loads residents from a topic into the register's table.
pub struct Contender {
    pub name: String,
    kind: Kind,
}

enum Kind {
    /// Our own, with `ResidentChanged` in Avro.
    Sink,
    /// Kafka Connect with Debezium's JDBC sink, from a folder of jars.
    Debezium(PathBuf),
    /// Bento, or what reads its configuration.
    Bento { program: PathBuf, dead_letters: bool },
}

/// What a foreign program has to know.
pub struct Place {
    pub brokers: String,
    pub topic: String,
    pub dead_letters: String,
    pub group: String,
    pub database: PgConnectOptions,
    pub columns: Vec<register::Column>,
    /// For its configuration and its log.
    pub folder: PathBuf,
}

impl Contender {
    /// Our sink and those that were installed in `home`; Redpanda Connect where there is one.
    pub fn all(home: &Path, redpanda_connect: Option<&Path>) -> Vec<Self> {
        let new = |name: &str, kind| Self {
            name: name.to_owned(),
            kind,
        };
        let mut all = vec![
            new("intake-sink", Kind::Sink),
            new("Debezium JDBC sink", Kind::Debezium(home.join("debezium"))),
        ];
        let bento = home.join("bento");
        let programs = [
            ("Bento", Some(bento.as_path())),
            ("Redpanda Connect", redpanda_connect),
        ];
        for (name, program) in programs {
            let Some(program) = program.map(Path::to_owned) else {
                continue;
            };
            let kind = |dead_letters| Kind::Bento {
                program: program.clone(),
                dead_letters,
            };
            all.push(new(name, kind(false)));
            all.push(new(&format!("{name} with dead letters"), kind(true)));
        }
        all
    }

    /// A resident's state as it reads it.
    pub fn encode(&self, change: &ResidentChanged) -> Result<Vec<u8>> {
        match self.kind {
            Kind::Sink => Ok(change.encode()?),
            Kind::Debezium(_) | Kind::Bento { .. } => record::json(change),
        }
    }

    /// It, not started yet, loading the ground's changes into the ground's database.
    pub fn process(&self, ground: &Ground) -> Result<Process> {
        let place = Place::of(ground)?;
        let (name, command) = match &self.kind {
            Kind::Sink => return Ok(bench::stages::worker(ground, "sink")),
            Kind::Debezium(libs) => ("debezium", debezium::command(libs, &place)?),
            Kind::Bento {
                program,
                dead_letters,
            } => {
                let mut command = Command::new(installed(program)?);
                command.args(["-c".into(), bento::configure(&place, *dead_letters)?]);
                ("bento", command)
            }
        };
        Ok(Process::of(name, command, &place.folder, tests::free_address()))
    }

    /// How many dead letters there are.
    pub fn dead_letters(&self, ground: &Ground) -> u64 {
        match self.kind {
            Kind::Sink => ground
                .site
                .database
                .value::<i64>("SELECT count(*) FROM dead_letter") as u64,
            Kind::Debezium(_) | Kind::Bento { .. } => ground.site.records(DEAD_LETTERS).len() as u64,
        }
    }
}

impl Place {
    fn of(ground: &Ground) -> Result<Self> {
        use secrecy::ExposeSecret;
        let folder = ground.folder.join("peer");
        fs::create_dir_all(&folder)?;
        let full = |topic| ground.site.cluster.namespace().full(topic);
        Ok(Self {
            brokers: Stack::find().kafka.brokers,
            topic: full(topics::CHANGES),
            dead_letters: full(DEAD_LETTERS),
            group: full("peer"),
            database: ground.site.database.url().expose_secret().parse()?,
            columns: register::Register::connect(&ground.site.database)?.columns()?,
            folder,
        })
    }
}

/// The path, if something is there.
pub fn installed(path: &Path) -> Result<PathBuf> {
    path.canonicalize()
        .with_context(|| format!("{} isn't there: run tests/peers/install", path.display()))
}
