//! `renew`: a fresh spool in the place of one that is lost or damaged.

use super::print;
use crate::folder::Folder;
use crate::spool::Spool;
use runtime::{Fault, clock};
use std::path::PathBuf;
use std::process::ExitCode;

/// Put a fresh, empty spool in the place of one that is lost or damaged
///
/// What is left of the old one is kept aside. Events in it that were not yet published are given up:
/// the centre's books name them as missing until the operator writes them off. Submit what you still
/// have again: under its own application_id nothing is added twice.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The node's folder
    #[arg(long, value_name = "FOLDER")]
    dir: PathBuf,
    /// Yes: what was not yet published is given up
    #[arg(long)]
    accept_loss: bool,
}

/// Moves the old spool aside and makes a new one.
///
/// # Errors
/// Fatal without consent, or when the folder can't be changed.
pub fn run(options: &Options) -> Result<ExitCode, Fault> {
    if !options.accept_loss {
        return Err(Fault::fatal(
            "nothing was changed: say --accept-loss to give up what was not yet published",
        ));
    }
    let folder = Folder::at(&options.dir);
    let settings = folder.settings()?;
    let _held = folder.hold_alone()?;
    let (spool, aside) = (
        folder.spool(),
        folder.path().join(format!("spool.lost-{}", clock::now().0)),
    );
    if spool.exists() {
        std::fs::rename(&spool, &aside)
            .map_err(|e| Fault::fatal(format!("can't move {} aside: {e}", spool.display())))?;
        print(&format!("the old spool is kept in {}", aside.display()))?;
    }
    let fresh = Spool::create(&spool, settings.node_id, settings.spool)?;
    print(&format!(
        "the node goes on in the fresh epoch {}",
        fresh.head().epoch
    ))?;
    Ok(ExitCode::SUCCESS)
}
