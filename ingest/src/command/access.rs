//! Who holds a node's folder: this process, or a server to go through.

use super::server::Server;
use crate::folder::{Folder, Hold};
use runtime::Fault;
use std::time::{Duration, Instant};

/// How long another command may hold the folder before this one gives up.
const PATIENCE: Duration = Duration::from_secs(15);
const STEP: Duration = Duration::from_millis(50);

pub enum Access {
    /// This process holds the folder.
    Held(Hold),
    /// A server holds it.
    Served(Server),
}

/// Takes the folder, or finds the server that has it.
///
/// # Errors
/// Transient when something else holds it for too long.
pub fn to(folder: &Folder) -> Result<Access, Fault> {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(hold) = folder.hold()? {
            return Ok(Access::Held(hold));
        }
        if let Some(server) = folder.server().map(Server::at).filter(Server::is_alive) {
            return Ok(Access::Served(server));
        }
        if Instant::now() >= until {
            return Err(Fault::transient(format!(
                "another intake-node command works in {}: try again when it has ended",
                folder.path().display()
            )));
        }
        std::thread::sleep(STEP);
    }
}
