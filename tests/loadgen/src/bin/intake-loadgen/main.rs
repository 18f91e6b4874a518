//! Makes synthetic applications, into a file or to running intake nodes.

mod answer;
mod batch;
mod delivery;
mod node;
mod people;
mod progress;
mod submit;
mod totals;
mod write;

use clap::{Parser, Subcommand, ValueEnum};
use schemas::provinces::Provinces;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    version,
    about = "Deterministic synthetic applications: the same seed gives the same bytes"
)]
struct Arguments {
    /// Provinces file (TOML); the compiled-in 21 without it.
    #[arg(long, global = true, env = "INTAKE_PROVINCES", value_name = "FILE")]
    provinces: Option<PathBuf>,
    /// How the totals are printed.
    #[arg(short = 'o', long = "format", global = true, value_enum, default_value_t = Format::Table)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes submissions to a file, one JSON object a line.
    Write(write::Write),
    /// Writes a table of applications of families, twins and namesakes, with the truth about who is who.
    People(people::People),
    /// Sends submissions to the nodes' HTTP API and counts what became of each.
    Submit(submit::Submit),
}

/// How totals are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

fn main() -> ExitCode {
    let Arguments {
        provinces,
        format,
        command,
    } = Arguments::parse();
    let ended = read_provinces(provinces).and_then(|provinces| match command {
        Command::Write(command) => command.run(&provinces, format),
        Command::People(command) => command.run(&provinces, format),
        Command::Submit(command) => command.run(&provinces, format),
    });
    match ended {
        Ok(code) => code,
        Err(fault) => {
            eprintln!("intake-loadgen: {fault:#}");
            ExitCode::from(1)
        }
    }
}

fn read_provinces(file: Option<PathBuf>) -> anyhow::Result<Provinces> {
    use anyhow::Context;
    let Some(file) = file else {
        return Ok(Provinces::default_21());
    };
    let text = std::fs::read_to_string(&file).with_context(|| format!("can't read {}", file.display()))?;
    Provinces::parse(&text).with_context(|| file.display().to_string())
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
