//! How long a submitted text may be. What it means is judged by the centre, not here.

use schemas::submission::BadSubmission;
use schemas::topics::MAX_EVENT_BYTES;

/// Largest submission in bytes, as one body or one line: what fits an event, with room for its frame.
pub const MAX_LINE_BYTES: usize = MAX_EVENT_BYTES - 32 * 1024;
/// Characters of a person's field.
pub const FIELD: usize = 1000;
/// Characters of an application id or dossier code.
pub const APPLICATION_ID: usize = 64;
/// Characters of a form's id and version, a commune's code, an attachment's kind.
pub const CODE: usize = 64;
/// Characters of a village or team.
pub const PLACE: usize = 100;
/// Characters of an officer's number.
pub const OFFICER: usize = 64;
/// Characters of a withdrawal's reason.
pub const REASON: usize = 200;
/// Attachments of an application.
pub const ATTACHMENTS: usize = 32;
/// Highest revision of an application.
pub const REVISIONS: i32 = 10_000;

/// A text of at most `most` characters without NUL.
pub fn text(at: &str, value: &str, most: usize) -> Result<(), BadSubmission> {
    if value.contains('\0') {
        return Err(BadSubmission::at(at, "must not contain NUL characters"));
    }
    // Bytes first: no text has more characters than bytes.
    if value.len() > most && value.chars().count() > most {
        return Err(BadSubmission::at(
            at,
            format!("must have at most {most} characters"),
        ));
    }
    Ok(())
}

/// As [`text`], and not empty.
pub fn filled(at: &str, value: &str, most: usize) -> Result<(), BadSubmission> {
    if value.trim().is_empty() {
        return Err(BadSubmission::at(at, format!("must have 1 to {most} characters")));
    }
    text(at, value, most)
}

/// A number between two bounds, both included.
pub fn within(at: &str, value: i32, least: i32, most: i32) -> Result<(), BadSubmission> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(BadSubmission::at(at, format!("must be {least} to {most}")))
}
