//! `intakectl`: one enum of commands, each arm one call.

use clap::{Parser, Subcommand};
use operate::{Ended, Options, Settings, print};
use operate::{lag, topics};
use runtime::Fault;
use std::process::ExitCode;

/// Look after the intake pipeline: topics, lag, the books, nodes, residents, applications
///
/// Without flags it works with the local stack of the folder it is called in. What changes something
/// is a dry run without --execute.
///
/// Exit codes: 0 fine, 1 error, 2 usage, 3 lag over a threshold, 4 refused by a safety check,
/// 5 the books don't match.
#[derive(Debug, Parser)]
#[command(
    name = "intakectl",
    version,
    subcommand_required = true,
    arg_required_else_help = true
)]
struct CommandLine {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make and compare Kafka topics
    #[command(subcommand)]
    Topics(topics::Command),
    /// What each stage has still to read, by province, and for how long it has waited
    ///
    /// WAITING counts records without transaction markers where nothing else waits; -o json has Kafka's
    /// own arithmetic for each partition.
    #[command(
        after_help = "Examples:\n  intakectl lag\n  intakectl lag --province dien-bien\n  intakectl lag --threshold 10000 -o json"
    )]
    Lag(lag::Options),
}

#[tokio::main]
async fn main() -> ExitCode {
    let line = CommandLine::parse();
    runtime::telemetry::init();
    match run(line).await {
        Ok(ended) => ended.exit_code(),
        Err(fault) => {
            eprintln!("intakectl: {fault}");
            fault.exit_code()
        }
    }
}

async fn run(line: CommandLine) -> Result<Ended, Fault> {
    let settings = Settings::load(&line.options)?;
    let output = line.options.output;
    match line.command {
        Command::Lag(args) => print(&lag::show(&settings, &args)?, output),
        Command::Topics(topics::Command::Apply(args)) => {
            print(&topics::apply(&settings, &args).await?, output)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        <CommandLine as clap::CommandFactory>::command().debug_assert();
    }
}
