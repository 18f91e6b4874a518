//! `intake-demo`: what `make demo` runs once everything is built and the local stack is up.

mod books;
mod centre;
mod figures;
mod nodes;
mod outlook;
mod place;
mod progress;
mod report;
mod submission;
mod watch;

use clap::Parser;
use std::process::ExitCode;
use std::time::Duration;

/// Run the whole pipeline with synthetic applications, and see the books balance
///
/// Submits them through the HTTP API of a node for each province, four of which have no network at
/// first; waits until everything is in the register; leaves all running.
#[derive(Debug, Parser)]
#[command(name = "intake-demo", version)]
struct Arguments {
    /// Lines to submit: applications, and what follows them
    #[arg(long, env = "DEMO_APPLICATIONS", default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1..=15_000_000))]
    applications: u64,
    /// The same seed submits the same applications
    #[arg(long, env = "DEMO_SEED", default_value_t = 1)]
    seed: u64,
    /// Seconds until it gives up; it gives up sooner when nothing moves for a minute
    #[arg(long, env = "DEMO_DEADLINE", default_value_t = 3_600)]
    deadline: u64,
}

/// Mountain provinces, where the network comes and goes.
const OFFLINE: [&str; 4] = ["dien-bien", "lai-chau", "son-la", "lao-cai"];

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(problems) if problems.is_empty() => ExitCode::SUCCESS,
        Ok(problems) => {
            for problem in problems {
                eprintln!("demo: {problem}");
            }
            ExitCode::FAILURE
        }
        Err(fault) => {
            eprintln!("demo: {fault:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs it. Returns what is wrong with the result, in words.
fn run(arguments: &Arguments) -> anyhow::Result<Vec<String>> {
    let place = place::Place::find()?;
    println!(
        "starting 21 nodes and three workers; {} are offline",
        OFFLINE.join(", ")
    );
    place.start_pipeline(&OFFLINE)?;
    let nodes = nodes::Nodes::of(&place)?;
    let centre = centre::Centre::open()?;

    let mut watch = watch::Watch::start(nodes, centre, arguments.applications)?;
    let submission = submission::Submission::start(&place, watch.nodes(), arguments)?;
    let deadline = Duration::from_secs(arguments.deadline);
    let sent = watch.until_submitted(submission, &place, deadline)?;
    watch.until_settled(&place, deadline)?;

    let books = books::Books::reconcile(&place)?;
    let result = watch.result(&sent)?;
    report::print(&books, &result);
    let problems = report::problems(&books, &result);
    outlook::print(&place, watch.nodes(), arguments.seed);
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }
}
