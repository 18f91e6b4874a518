//! Measures loading: fills `register.changes` of a namespace of its own, loads it into a database of
//! its own, and prints rates and CPU time. `measure [STEPS] [KNOWN_EVERY] [LANES] [BATCH_ROWS]`.

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use fixture::{cluster, database::Database, history::History};
use runtime::health::Health;
use runtime::kafka::Cluster;
use runtime::{Fault, Stop};
use schemas::provinces::Provinces;
use schemas::topics;
use sink::Register;
use sink::pipeline::Pipeline;
use sink::settings::Limits;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc; // as in intake-sink

const PROVINCES: &str =
    "home = 'dien-bien'\n[[province]]\ncode = '11'\nslug = 'dien-bien'\nname = 'Điện Biên'\n";

#[tokio::main]
async fn main() -> Result<(), Fault> {
    runtime::telemetry::init();
    let number = |at: usize, default: usize| {
        std::env::args()
            .nth(at)
            .and_then(|n| n.parse().ok())
            .unwrap_or(default)
    };
    let (steps, known_every) = (number(1, 200_000), number(2, 4));
    let limits = Limits {
        lanes: number(3, 2),
        batch_rows: number(4, Limits::default().batch_rows),
        ..Limits::default()
    };
    let cluster = cluster::namespace();
    let provinces = Provinces::parse(PROVINCES).expect("provinces");
    let specs = topics::all(&provinces);
    cluster.create_topics(&specs, 1, false).await?;
    let database = Database::create().await;
    let register = Register::new(&database.url())?;
    register.migrate().await?;

    let bytes = fill(&cluster, steps, known_every)?;
    println!(
        "{steps} steps in register.changes, {} bytes a step",
        bytes / steps
    );
    let mut conn = database.connect().await;
    let name: String = sqlx::query_scalar("SELECT current_database()")
        .fetch_one(&mut conn)
        .await
        .expect("a name");
    let (stop, began) = (Stop::manual(), Instant::now());
    let before = (own_cpu(), database_cpu(&name));
    let pipeline = Pipeline {
        cluster: cluster.clone(),
        provinces,
        register,
        limits,
        session_timeout: Duration::from_secs(10),
        grace: Duration::from_secs(20),
        health: Health::default(),
    };
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { pipeline.run(&stop).await }
    });
    let mut loaded: i64 = 0;
    while loaded < steps as i64 && !running.is_finished() {
        tokio::time::sleep(Duration::from_millis(100)).await;
        loaded = sqlx::query_scalar("SELECT count(*) FROM intake_event")
            .fetch_one(&mut conn)
            .await
            .expect("a count");
    }
    let took = began.elapsed();
    let (own, theirs) = (own_cpu() - before.0, database_cpu(&name) - before.1);
    let each = |cpu: Duration| cpu.as_secs_f64() * 1e6 / steps as f64;
    println!(
        "{:.0} steps/s; CPU per step: sink {:.1} us, PostgreSQL {:.1} us",
        steps as f64 / took.as_secs_f64(),
        each(own),
        each(theirs)
    );
    stop.request();
    running.await.expect("no panic")?;
    let names: Vec<String> = specs.into_iter().map(|spec| spec.name).collect();
    cluster.delete_topics(&names).await
}

fn fill(cluster: &Cluster, steps: usize, known_every: usize) -> Result<usize, Fault> {
    let producer = cluster.producer()?;
    let mut history = History::new(7, known_every);
    let mut bytes = 0;
    for _ in 0..steps.div_ceil(1000) {
        for record in history.steps(1000) {
            let value = record.encode();
            bytes += value.len();
            producer.send(topics::CHANGES, &record.key, &value, 0)?;
        }
        producer.poll(Duration::ZERO);
    }
    producer.flush(Duration::from_secs(60))?;
    Ok(bytes)
}

/// CPU time in clock ticks of 10 ms: fields 14 and 15 of /proc/PID/stat.
fn cpu_of(pid: &str) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse::<u64>().ok())
        .sum::<u64>();
    Duration::from_millis(10 * ticks)
}

fn own_cpu() -> Duration {
    cpu_of("self")
}

/// CPU time of the backends of one database, and of the server's background processes that write.
fn database_cpu(name: &str) -> Duration {
    let processes = std::fs::read_dir("/proc").expect("/proc").flatten();
    let ours = |pid: &String| {
        let title = std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        title.starts_with("postgres:")
            && ["walwriter", "checkpointer", "background writer", name]
                .iter()
                .any(|part| title.contains(part))
    };
    processes
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(ours)
        .map(|pid| cpu_of(&pid))
        .sum()
}
