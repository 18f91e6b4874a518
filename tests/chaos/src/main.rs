//! `intake-chaos`: what `make chaos` runs.

use chaos::Plan;
use clap::Parser;
use std::process::ExitCode;
use std::time::Instant;

/// Kill, freeze and restart everything at random under load, and see that nothing is lost or doubled
///
/// Uses three brokers and a PostgreSQL of its own, from what `deploy/local/stack install` installed. The
/// last line is the verdict; exits 0 only when nothing is lost or doubled, the books balance and a quiet
/// rebuild says the same.
#[derive(Debug, Parser)]
#[command(name = "intake-chaos", version)]
struct Arguments {
    /// Lines to send to the nodes: applications, and what follows them
    #[arg(long, env = "CHAOS_APPLICATIONS", default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    applications: u64,
    /// How often something goes wrong
    #[arg(long, env = "CHAOS_FAULTS", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    faults: u64,
    /// The same seed chooses the same applications and the same faults
    #[arg(long, env = "CHAOS_SEED", default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let plan = Plan {
        lines: arguments.applications as usize,
        faults: arguments.faults as usize,
        seed: arguments.seed,
    };
    let started = Instant::now();
    let verdict = chaos::run(plan, |text| {
        eprintln!("{:>6.0} s  {text}", started.elapsed().as_secs_f64());
    });
    for problem in &verdict.problems {
        eprintln!("the books: {problem}");
    }
    if let Some(differences) = &verdict.differences {
        eprintln!("the rebuilt register says something else:\n{differences}");
    }
    if !verdict.is_good() {
        eprintln!("{:?}", verdict.settled);
    }
    println!("{verdict}");
    if verdict.is_good() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
