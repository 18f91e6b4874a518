//! `intake-node`: one binary for the whole life of an intake point.

use clap::{Parser, Subcommand};
use ingest::command::{init, outcome, publish, renew, run, status, submit};
use std::process::ExitCode;

/// Takes applications at an intake point, keeps them safe without a network, publishes them in
/// order when there is one, and tells what became of each.
#[derive(Parser)]
#[command(name = "intake-node", version, max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Init(init::Options),
    Run(run::Options),
    Submit(submit::Options),
    Publish(publish::Options),
    Status(status::Options),
    Outcome(outcome::Options),
    Renew(renew::Options),
}

fn main() -> ExitCode {
    let ended = match Args::parse().command {
        Command::Init(options) => init::run(&options),
        Command::Run(options) => run::run(&options),
        Command::Submit(options) => submit::run(&options),
        Command::Publish(options) => publish::run(&options),
        Command::Status(options) => status::run(&options),
        Command::Outcome(options) => outcome::run(&options),
        Command::Renew(options) => renew::run(&options),
    };
    ended.unwrap_or_else(|fault| {
        eprintln!("intake-node: {fault}");
        fault.exit_code()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        super::Args::command().debug_assert();
    }
}
