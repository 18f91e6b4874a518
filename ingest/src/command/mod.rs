//! The commands, a file each. They work on a node's folder, or through the server that holds it.

mod access;
pub mod init;
pub mod outcome;
pub mod publish;
pub mod renew;
pub mod run;
mod server;
pub mod status;
pub mod submit;

use runtime::Fault;
use std::io::Write;

/// How to print a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// For people.
    Table,
    /// For programs.
    Json,
}

fn async_runtime() -> Result<tokio::runtime::Runtime, Fault> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Fault::fatal(format!("can't start the async runtime: {e}")))
}

/// Prints to standard output; a reader that left early is no fault.
fn print(text: &str) -> Result<(), Fault> {
    match writeln!(std::io::stdout(), "{text}") {
        Err(fault) if fault.kind() != std::io::ErrorKind::BrokenPipe => Err(Fault::transient(format!(
            "can't write to standard output: {fault}"
        ))),
        _ => Ok(()),
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, Fault> {
    serde_json::to_string_pretty(value).map_err(|e| Fault::fatal(format!("can't write JSON: {e}")))
}
