//! `make peers`: our sink beside others that load Kafka records into PostgreSQL.

mod bento;
mod contender;
mod debezium;
mod pass;
mod poison;
mod record;
mod register;
mod watch;

use anyhow::Result;
use bench::limits;
use bench::load::Load;
use bench::report::Report;
use clap::Parser;
use contender::Contender;
use pass::Pass;
use schemas::provinces::DEFAULT_21;
use std::path::PathBuf;
use tests::{Ground, Stack};

const COPY: &str = "COPY, one connection";
/// The limit that all are compared with.
const COPY_SIDE_BY_SIDE: &str = "COPY, two connections";

/// Connections that each contender, and COPY, may load with.
const CONNECTIONS: usize = 2;
/// Records in one transaction.
const BATCH: usize = 5000;

/// Loads the same residents with our sink, Debezium's JDBC sink and Bento
///
/// Each has a database and a topic of its own on the local stack, at most two connections and batches of
/// 5,000. Fails when two of them leave different rows.
#[derive(Debug, Parser)]
#[command(name = "intake-peers", version)]
struct Arguments {
    /// Residents: as many inserts, then as many updates.
    #[arg(long, default_value_t = 1_000_000, env = "PEERS_ROWS", value_parser = clap::value_parser!(u64).range(20_000..=20_000_000))]
    rows: u64,
    /// Seed of the residents.
    #[arg(long, default_value_t = 1, env = "PEERS_SEED")]
    seed: u64,
    /// Only contenders whose name begins so.
    #[arg(long, value_delimiter = ',', env = "PEERS_ONLY")]
    only: Vec<String>,
    /// Instead of measuring, put one bad record among them and tell what becomes of it and the others.
    #[arg(long)]
    poison: bool,
    /// Where `tests/peers/install` put them.
    #[arg(long, default_value = ".local/peers", env = "PEERS_HOME")]
    home: PathBuf,
    /// A program of Redpanda Connect, to be measured with Bento's configuration.
    #[arg(long, env = "PEERS_REDPANDA_CONNECT")]
    redpanda_connect: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut contenders = Contender::all(&arguments.home, arguments.redpanda_connect.as_deref());
    contenders.retain(|contender| {
        let mut only = arguments.only.iter();
        arguments.only.is_empty() || only.any(|begin| contender.name.starts_with(begin.as_str()))
    });
    let load = Load::generate(arguments.rows, arguments.seed)?;
    if arguments.poison {
        return poison::compare(&contenders, &load);
    }
    compare(&contenders, &load)
}

fn compare(contenders: &[Contender], load: &Load) -> Result<()> {
    let mut report = Report::new();
    let mut rows = [None, None];
    for contender in contenders {
        let ground = Ground::on(Stack::find(), DEFAULT_21);
        let mut process = contender.process(&ground)?;
        for (later, rows) in [false, true].into_iter().zip(&mut rows) {
            let pass = Pass {
                contender,
                ground: &ground,
                later,
            };
            report.say(&pass.name());
            report.add(pass.measure(&mut process, load, rows)?);
        }
        // Once is enough: all leave the same rows.
        if contender.name == contenders[0].name {
            for (what, connections) in [(COPY, 1), (COPY_SIDE_BY_SIDE, CONNECTIONS)] {
                let (database, count) = (&ground.site.database, load.count());
                limits::copy(what, database, &["resident"], connections, count, &mut report)?;
            }
        }
    }
    report.print();
    Ok(())
}
