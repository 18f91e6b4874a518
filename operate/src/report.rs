//! What a command has to say, and how it is printed.

use crate::Ended;
use clap::{Args, ValueEnum};
use runtime::Fault;
use serde::Serialize;
use std::io::{ErrorKind, Write};

/// The form of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people.
    #[default]
    Table,
    /// For programs: one JSON document.
    Json,
}

/// `-o` of a command whose `--output` names a file: it has the global option's name inside, and so leaves `--output` to the
/// file.
#[derive(Debug, Args)]
pub(crate) struct Form {
    /// Form of the answer
    #[arg(
        short = 'o',
        id = "output",
        value_name = "FORM",
        value_enum,
        default_value_t,
        help_heading = "Global options"
    )]
    form: Output,
}

/// A command's answer. Its `Serialize` is what `-o json` prints.
pub trait Report: Serialize {
    /// What `-o table` prints.
    fn table(&self) -> String;

    /// How the command ends.
    fn ended(&self) -> Ended {
        Ended::Fine
    }
}

/// Prints an answer to standard output.
///
/// # Errors
/// Transient when standard output can't be written. A reader that went away (`| head`) is no error.
pub fn print(report: &impl Report, output: Output) -> Result<Ended, Fault> {
    let text = match output {
        Output::Table => report.table(),
        Output::Json => serde_json::to_string_pretty(report)
            .map_err(|e| Fault::fatal(format!("the answer does not fit JSON: {e}")))?,
    };
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{}", text.trim_end()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Fault::transient(format!("can't write the answer: {error}")))
        }
        _ => Ok(report.ended()),
    }
}

/// Tells the person who waits, on standard error, what is going on.
pub(crate) fn tell(what: &str) {
    eprintln!("intakectl: {what}");
}
