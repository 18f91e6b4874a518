//! What one look of the lag engine costs on a large cluster: 2,000 partitions, 1,000 nodes. Beside it the least that any
//! tool must ask Kafka for: begin, stable end and end of the same partitions, a request each.

use crate::load::Load;
use crate::matching::resident_bytes_of;
use crate::report::{Delays, Report};
use anyhow::{Context, Result, ensure};
use runtime::kafka::{Cluster, Offsets, Partition};
use schemas::provinces::DEFAULT_21;
use schemas::topics::{CHANGES, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK, TopicSpec};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;
use tests::{Ground, Process, free_address, scrape, until};

/// Partitions of all topics together.
const PARTITIONS: usize = 2_000;
/// Nodes that have sent a manifest.
const NODES: u32 = 1_000;
/// Partitions of each topic that makes the number full.
const LARGE: usize = 100;
/// Applications that wait, in the second half.
const WAITING: u64 = 21_000;
const TIMES: usize = 15;
const PATIENCE: Duration = Duration::from_secs(120);
/// Who reads the large topics.
const GROUP: &str = "measured";

/// Measures with nothing waiting, then with a backlog in each province.
pub fn measure(seed: u64, report: &mut Report) -> Result<()> {
    let ground = Ground::of(DEFAULT_21);
    let cluster = &ground.site.cluster;
    let offsets = cluster.offsets()?;
    let large = fill_up(cluster, &offsets)?;
    let partitions = until("every partition has a leader", PATIENCE, || {
        let all = offsets.all_partitions().ok()?;
        let known = offsets.known_boundaries(&all).ok()?;
        (all.len() >= PARTITIONS && known.iter().all(Option::is_some)).then_some(all)
    });
    report.say(&format!("{} partitions, {NODES} nodes", partitions.len()));
    let in_group = |group: &str| -> Vec<Partition> {
        let reads = |partition: &&Partition| reader_of(&partition.topic) == Some(group);
        partitions.iter().filter(reads).cloned().collect()
    };
    for group in [GROUP, GROUP_NORMALISE, GROUP_MATCH, GROUP_SINK] {
        commit(cluster, group, &in_group(group))?;
    }
    ground.site.database.execute(&format!(
        "INSERT INTO node_manifest (province, node_id, counter, at, appended_at, epoch, captured, published, head_hash,
                                    spool_bytes, software, closed_epochs, claim)
         SELECT 'dien-bien', 'dien-bien-' || n, 1, now(), now(), gen_random_uuid(), 9, 9, '', 0, 'bench', '[]', ''
           FROM generate_series(1, {NODES}) n"
    ));

    let mut exporter = Exporter::start(&ground)?;
    for what in ["nothing waits", "a backlog in 21 provinces"] {
        report.add_delays(Delays::of(
            format!("Kafka's three lists of offsets: {what}"),
            TIMES,
            || {
                offsets.known_boundaries(&partitions)?;
                Ok(())
            },
        )?);
        report.add_delays(Delays::of(format!("intakectl lag: {what}"), TIMES, || {
            let ran = ground.intakectl(&["lag", "-o", "json"]);
            ensure!(ran.status.success(), "{ran:?}");
            Ok(())
        })?);
        report.add_delays(exporter.looks(what)?);
        report.add_delays(Delays::of(
            format!("scrape of the exporter: {what}"),
            TIMES,
            || scrape(exporter.address).map(drop).context("it is scraped"),
        )?);
        if what == "nothing waits" {
            Load::generate(WAITING, seed)?.publish(cluster)?;
        }
    }
    report.say(&format!(
        "the exporter holds {} MB",
        resident_bytes_of(&exporter.process.pid().to_string())? / 1_000_000
    ));
    exporter.process.terminate(Duration::from_secs(30));
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(cluster.delete_topics(&large))?;
    Ok(())
}

/// Makes topics until there are as many partitions as are wanted.
fn fill_up(cluster: &Cluster, offsets: &Offsets) -> Result<Vec<String>> {
    let missing = PARTITIONS.saturating_sub(offsets.all_partitions()?.len());
    let specs: Vec<TopicSpec> = (0..missing.div_ceil(LARGE))
        .map(|n| TopicSpec {
            name: format!("measured.{n}"),
            partitions: LARGE.min(missing - n * LARGE) as i32,
            compacted: false,
            retention_ms: 3_600_000,
            max_message_bytes: 1 << 20,
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(cluster.create_topics(&specs, 1, false))?;
    Ok(specs.into_iter().map(|spec| spec.name).collect())
}

fn reader_of(topic: &str) -> Option<&'static str> {
    let every = schemas::topics::every_province();
    match topic {
        schemas::topics::MATCH_LOG => Some(GROUP_MATCH),
        CHANGES => Some(GROUP_SINK),
        _ if topic.starts_with("measured.") => Some(GROUP),
        _ if topic.starts_with(every.applications) => Some(GROUP_NORMALISE),
        _ if topic.starts_with(every.nodes) => Some(GROUP_SINK),
        _ => None,
    }
}

/// Commits the group's position at the beginning of each.
fn commit(cluster: &Cluster, group: &str, partitions: &[Partition]) -> Result<()> {
    let starts: Vec<(Partition, i64)> = partitions.iter().map(|p| (p.clone(), 0)).collect();
    let reader = cluster.reader_in(group, &starts)?;
    let asked = cluster.group_offsets(group)?;
    until("the positions are committed", PATIENCE, || {
        reader.commit(&starts).ok()?;
        reader.poll(Duration::from_millis(100)).ok()?;
        let committed = asked.committed(partitions).ok()?;
        committed.iter().all(Option::is_some).then_some(())
    });
    Ok(())
}

struct Exporter {
    process: Process,
    address: SocketAddr,
}

impl Exporter {
    fn start(ground: &Ground) -> Result<Self> {
        let address = free_address();
        let mut process = Process::new("export", "intakectl", &ground.folder.join("logs"), address)
            .args([
                "export",
                "--every",
                "1",
                "--listen",
                &address.to_string(),
                "--config",
            ])
            .args([&ground.site.settings]);
        process.start();
        until("the exporter has looked", PATIENCE, || {
            process.is_ready().then_some(())
        });
        Ok(Self { process, address })
    }

    /// How long its next looks take, as it says itself: reading and judging included.
    fn looks(&self, meanwhile: &str) -> Result<Delays> {
        let mut seen: BTreeMap<String, f64> = BTreeMap::new();
        until("it has looked as often", PATIENCE, || {
            let text = scrape(self.address)?;
            let figure = |name: &str| {
                let line = text.lines().find(|line| line.starts_with(name))?;
                line.rsplit(' ').next().map(str::to_owned)
            };
            let took = figure("intake_lag_look_seconds")?.parse::<f64>().ok()?;
            seen.insert(figure("intake_lag_looked_at_seconds")?, took * 1_000.0);
            (seen.len() > TIMES).then_some(())
        });
        // The first may have begun before.
        let millis = seen.into_values().skip(1).collect();
        let what = format!("a look of the exporter: {meanwhile}");
        Ok(Delays { what, millis })
    }
}
