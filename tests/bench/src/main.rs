//! `make bench`: each stage alone and the whole path, beside what the same machine can do at best,
//! measured in the same run.

use anyhow::Result;
use bench::load::Load;
use bench::report::Report;
use bench::{
    arrival, delay, lag, limits, matching, residents, reviews, rules, stages, standby, takeover, whole,
};
use clap::Parser;

/// What the programs allocate with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Measures the pipeline on the local stack and prints ratios to the machine's own limits.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
struct Arguments {
    /// Applications in each measurement.
    #[arg(long, default_value_t = 200_000, env = "BENCH_APPLICATIONS", value_parser = clap::value_parser!(u64).range(1000..=20_000_000))]
    applications: u64,
    /// Seed of the applications.
    #[arg(long, default_value_t = 1, env = "BENCH_SEED")]
    seed: u64,
    /// Measure only these.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Part::Rules, Part::Match, Part::Limits, Part::Stages, Part::Residents, Part::Whole, Part::Takeover, Part::Delay])]
    only: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The rules alone, without servers.
    Rules,
    /// The matcher alone, without servers: its state, its rows on disk, its restore.
    Match,
    /// Raw librdkafka and raw COPY.
    Limits,
    /// Each stage alone.
    Stages,
    /// The sink on one table.
    Residents,
    /// The whole path, and a replay of it.
    Whole,
    /// How long nobody matches when the matcher is killed or started again.
    Takeover,
    /// How long a steady stream takes to be visible.
    Delay,
    /// What a standby has left to do when it takes the lead, without servers. Not measured unless asked for.
    Standby,
    /// One look of the lag engine at 2,000 partitions and 1,000 nodes. Not measured unless asked for.
    Lag,
    /// One province behind by all the applications, and what the others notice. Not measured unless asked for.
    Backlog,
    /// What reviewers ask of a register with so many applications of people who are hard to keep apart. Not measured
    /// unless asked for.
    Reviews,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let wanted = |part| arguments.only.contains(&part);
    let mut report = Report::new();
    if wanted(Part::Match) {
        matching::measure(arguments.applications, arguments.seed, &mut report)?;
        arrival::measure(
            arguments.applications.min(arrival::MOST),
            arguments.seed,
            &mut report,
        )?;
    }
    if wanted(Part::Standby) {
        standby::measure(arguments.applications, arguments.seed, &mut report)?;
    }
    if wanted(Part::Limits) {
        limits::kafka(&mut report)?;
    }
    if [
        Part::Rules,
        Part::Stages,
        Part::Residents,
        Part::Whole,
        Part::Takeover,
    ]
    .into_iter()
    .any(wanted)
    {
        rates(&arguments, &mut report)?;
    }
    if wanted(Part::Delay) {
        delay::steady(arguments.seed, &mut report)?;
    }
    if wanted(Part::Lag) {
        lag::measure(arguments.seed, &mut report)?;
    }
    if wanted(Part::Backlog) {
        delay::backlog(arguments.applications, arguments.seed, &mut report)?;
    }
    if wanted(Part::Reviews) {
        reviews::measure(arguments.applications, arguments.seed, &mut report)?;
    }
    report.print();
    Ok(())
}

/// What the stages, the sink on one table and the whole path do with the same applications.
fn rates(arguments: &Arguments, report: &mut Report) -> Result<()> {
    let load = Load::generate(arguments.applications, arguments.seed)?;
    report.say(&format!(
        "{} applications of 21 provinces, {} bytes each on average",
        load.count(),
        load.average_bytes()
    ));
    if arguments.only.contains(&Part::Rules) {
        rules::measure(&load, report)?;
    }
    if arguments.only.contains(&Part::Stages) {
        stages::measure(&load, report)?;
    }
    if arguments.only.contains(&Part::Residents) {
        residents::measure(&load, report)?;
    }
    if arguments.only.contains(&Part::Whole) {
        whole::measure(&load, report)?;
    }
    if arguments.only.contains(&Part::Takeover) {
        takeover::measure(&load, report)?;
    }
    Ok(())
}
