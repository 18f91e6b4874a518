//! The rules tried by hand: one value a line, or whole applications. Nothing is connected to.

mod lines;
pub mod normalise;
pub mod validate;

use ::rules::Ruleset;
use runtime::Fault;
use schemas::Severity;
use std::io::ErrorKind;
use std::path::Path;

/// The ruleset of a file, or the shipped one.
///
/// # Errors
/// Fatal when the file can't be read or has a wrong key; the text names file, key and remedy.
pub fn ruleset(file: Option<&Path>) -> Result<Ruleset, Fault> {
    let Some(path) = file else {
        return Ok(Ruleset::default());
    };
    let text = std::fs::read_to_string(path)
        .map_err(|e| Fault::fatal(format!("can't read the ruleset {}: {e}", path.display())))?;
    Ruleset::parse(&text).map_err(|wrong| Fault::fatal(format!("{}: {wrong}", path.display())))
}

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
