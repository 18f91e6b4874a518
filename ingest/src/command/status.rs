//! `status`: how a node stands.

use super::access::{self, Access};
use super::{Output, json, print};
use crate::folder::Folder;
use crate::status::Status;
use runtime::{Fault, clock};
use std::path::PathBuf;
use std::process::ExitCode;

/// Show how the node stands: captured, published, pending, outcomes
///
/// Asks the server when one runs, reads the folder otherwise.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The node's folder
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    output: Output,
}

/// Prints the state.
///
/// # Errors
/// When it can't be read.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    let folder = Folder::at(&options.dir);
    let settings = folder.settings()?;
    let status = match access::to(&folder)? {
        Access::Held(held) => {
            let spool = folder.open_spool(&held, &settings)?;
            Status::read(&spool, &settings.province, ("stopped", None), clock::now())?
        }
        Access::Served(server) => server.get("/v1/status")?.ok_or_else(|| server.foreign())?,
    };
    match options.output {
        Output::Json => print(&json(&status)?)?,
        Output::Table => print(&status.to_string())?,
    }
    Ok(ExitCode::SUCCESS)
}
