//! The rules tried by hand: one value a line, or whole applications. Nothing is connected to.

mod lines;
pub mod normalise;
pub mod validate;

use runtime::Fault;
use schemas::Severity;
use std::io::ErrorKind;

/// What becomes of a value or an application: `ok`, `hold` or `reject`.
const fn verdict(heaviest: Option<Severity>) -> &'static str {
    match heaviest {
        Some(Severity::Reject) => "reject",
        Some(Severity::Hold) => "hold",
        Some(Severity::Note) | None => "ok",
    }
}

/// What is to be said of a failed read or write. A reader that went away (`| head`) is no fault.
fn unless_gone(result: std::io::Result<()>) -> Result<(), Fault> {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Fault::transient(format!("can't read or write: {error}")))
        }
        _ => Ok(()),
    }
}
