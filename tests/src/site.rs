//! A namespace of topics with the database it is loaded into.

use crate::stack::Stack;
use crate::{Database, until};
use runtime::kafka::{Cluster, Partition, Record};
use runtime::settings::KafkaSettings;
use schemas::Sha256;
use schemas::provinces::Provinces;
use schemas::topics;
use secrecy::ExposeSecret;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;
use tokio::runtime::Runtime;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

/// Topics and a database, made for a test and gone when it is over.
pub struct Site {
    /// Prefix of its topics, groups and transactional ids.
    pub namespace: String,
    /// Its topics' cluster.
    pub cluster: Cluster,
    /// The settings file that points a program at it.
    pub settings: PathBuf,
    _topics: Topics, // goes before the database
    /// What its sink loads.
    pub database: Database,
}

impl Site {
    /// Makes topics and database. The database is made first and goes last, so that one that is left
    /// over tells of topics that may be.
    pub(crate) fn create(
        stack: &Stack,
        runtime: &Rc<Runtime>,
        namespace: &str,
        provinces: &Provinces,
        folder: &Path,
    ) -> Self {
        let database = Database::create(stack, runtime, &namespace.replace('-', "_"));
        let kafka = KafkaSettings {
            namespace: namespace.to_owned(),
            ..stack.kafka.clone()
        };
        let cluster = Cluster::new(&kafka).expect("the stack's Kafka settings are right");
        let specs = topics::all(provinces);
        let made = runtime.block_on(cluster.create_topics(&specs, stack.replication, false));
        made.expect("the local stack's Kafka answers: start it with `deploy/local/stack start`");
        let settings = folder.join(format!("{namespace}.toml"));
        let text = format!(
            "provinces = {:?}\n[kafka]\nbrokers = {:?}\nnamespace = {namespace:?}\n[database]\nurl = {:?}\n",
            folder.join("provinces.toml"),
            kafka.brokers,
            database.url().expose_secret(),
        );
        fs::write(&settings, text).expect("the settings file is written");
        let names = specs.into_iter().map(|spec| spec.name).collect();
        let topics = Topics {
            names,
            cluster: cluster.clone(),
            runtime: Rc::clone(runtime),
        };
        Self {
            namespace: namespace.to_owned(),
            cluster,
            settings,
            _topics: topics,
            database,
        }
    }

    /// Everything committed in a topic as it is now, by partition and offset.
    pub fn records(&self, topic: &str) -> Vec<Record> {
        let offsets = self.cluster.offsets().expect("offsets can be asked for");
        let partitions = offsets
            .partitions(&[topic.to_owned()])
            .expect("the topic is described");
        let ends = until("the topic's ends are told", PATIENCE, || {
            offsets.boundaries(&partitions).ok()
        });
        let ends: Vec<(Partition, i64)> = partitions
            .into_iter()
            .zip(ends.iter().map(|bounds| bounds.stable))
            .filter(|(_, end)| *end > 0)
            .collect();
        let mut records = Vec::new();
        if ends.is_empty() {
            return records;
        }
        let starts: Vec<(Partition, i64)> =
            ends.iter().map(|(partition, _)| (partition.clone(), 0)).collect();
        let reader = self.cluster.reader(&starts).expect("the topic can be read");
        let read = reader.read_to_end(&ends, PATIENCE, |record| {
            records.push(record);
            Ok(())
        });
        read.expect("the topic is read to its end");
        records.sort_by(|a, b| (&a.partition, a.offset).cmp(&(&b.partition, b.offset)));
        records
    }

    /// The bytes that match put into each partition of `register.changes`, in order, as digests.
    pub fn changes(&self) -> BTreeMap<i32, Vec<Sha256>> {
        let mut changes: BTreeMap<i32, Vec<Sha256>> = BTreeMap::new();
        for record in self.records(topics::CHANGES) {
            changes
                .entry(record.partition.number)
                .or_default()
                .push(Sha256::of(&record.value));
        }
        changes
    }

    /// The last step of match that is loaded; others before it may not be yet.
    pub fn last_step(&self) -> i64 {
        self.database
            .value("SELECT COALESCE(max(sequence), 0) FROM intake_event")
    }

    /// How many events of nodes are settled and loaded, copies and conflicts not counted.
    pub fn settled(&self) -> i64 {
        self.database.value(
            "SELECT count(*) FROM intake_event
              WHERE node_sequence IS NOT NULL AND outcome NOT IN ('copy', 'conflict')",
        )
    }

    /// Compares the events of nodes that are settled with those that were accepted.
    pub fn compare(&self, accepted: &BTreeSet<Uuid>) -> Settled {
        let settled: Vec<(Uuid,)> = self.database.rows(
            "SELECT event_id FROM intake_event
              WHERE node_sequence IS NOT NULL AND outcome NOT IN ('copy', 'conflict')",
        );
        let distinct: BTreeSet<Uuid> = settled.iter().map(|(event,)| *event).collect();
        let places: i64 = self.database.value(
            "SELECT count(*) FROM (SELECT FROM intake_event
              WHERE node_sequence IS NOT NULL AND outcome NOT IN ('copy', 'conflict')
              GROUP BY node_id, epoch, node_sequence HAVING count(*) > 1) AS twice",
        );
        let sources: i64 = self.database.value(
            "SELECT count(*) FROM (SELECT FROM event_outcome_current WHERE source_offset IS NOT NULL
              GROUP BY topic, partition, source_offset HAVING count(*) > 1) AS twice",
        );
        Settled {
            lost: accepted.difference(&distinct).count(),
            foreign: distinct.difference(accepted).count(),
            doubled: settled.len() - distinct.len(),
            places: places as usize,
            sources: sources as usize,
        }
    }

    /// Panics unless exactly these events of nodes are settled, each once, and no source position
    /// came to match twice.
    #[track_caller]
    pub fn assert_settled_once(&self, accepted: &BTreeSet<Uuid>) {
        assert_eq!(self.compare(accepted), Settled::default());
    }
}

/// What is wrong with the events that are settled: all zeros when each is there once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Accepted and not settled.
    pub lost: usize,
    /// Settled and never accepted.
    pub foreign: usize,
    /// Settled once more.
    pub doubled: usize,
    /// Places in a series settled twice.
    pub places: usize,
    /// Source positions settled twice.
    pub sources: usize,
}

/// Topics of a test, deleted at its end.
struct Topics {
    names: Vec<String>,
    cluster: Cluster,
    runtime: Rc<Runtime>,
}

impl Drop for Topics {
    fn drop(&mut self) {
        delete_topics(&self.cluster, &self.names, &self.runtime);
    }
}

/// Deletes topics; those that aren't there are no fault.
pub fn delete_topics(cluster: &Cluster, names: &[String], runtime: &Runtime) {
    if let Err(fault) = runtime.block_on(cluster.delete_topics(names)) {
        eprintln!("topics of {} are left behind: {fault}", cluster.namespace());
    }
}
