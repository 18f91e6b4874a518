//! From one JSON object to something that can become an event.

use super::canonical::content_hash;
use super::identity::{Identity, Named};
use super::limits::{self, filled, text, within};
use crate::spool::{Kind, New};
use schemas::submission::{Application, BadSubmission, Submission, Verification, Withdrawal};
use schemas::{Body, Field, Sha256, Timestamp};
use std::collections::HashSet;

/// Reads and checks a submission's form, not its meaning: an application with strange values is
/// accepted here, and held or rejected with reasons by the centre.
///
/// # Errors
/// [`BadSubmission`] names the field and the rule, never the value.
pub fn check(json: &[u8], identity: &Identity) -> Result<New, BadSubmission> {
    let submission = Submission::parse(json)?;
    let hash = content_hash(&submission)?;
    let new = match submission {
        Submission::Application(application) => of_application(application, hash, identity)?,
        Submission::Verification(verification) => of_verification(verification, hash, identity)?,
        Submission::Withdrawal(withdrawal) => of_withdrawal(withdrawal, hash, identity)?,
    };
    Ok(New {
        submitted_bytes: json.len(),
        ..new
    })
}

fn of_application(from: Application, hash: Sha256, identity: &Identity) -> Result<New, BadSubmission> {
    within("revision", from.revision, 1, limits::REVISIONS)?;
    filled("form.id", &from.form.id, limits::CODE)?;
    filled("form.version", &from.form.version, limits::CODE)?;
    optional("commune", from.commune.as_deref(), limits::CODE)?;
    optional("village", from.village.as_deref(), limits::PLACE)?;
    optional("team", from.team.as_deref(), limits::PLACE)?;
    for (field, value) in from.applicant.present() {
        text(&format!("applicant.{field}"), value, limits::FIELD)?;
    }
    if from.attachments.len() > limits::ATTACHMENTS {
        let problem = format!("must have at most {} entries", limits::ATTACHMENTS);
        return Err(BadSubmission::at("attachments", problem));
    }
    for (at, attachment) in from.attachments.iter().enumerate() {
        filled(&format!("attachments[{at}].kind"), &attachment.kind, limits::CODE)?;
        if attachment.bytes < 0 {
            return Err(BadSubmission::at(
                format!("attachments[{at}].bytes"),
                "must be 0 or more",
            ));
        }
    }
    let captured_at = moment(from.captured_at.as_deref())?;
    let Named {
        application_id,
        reference,
    } = match &from.application_id {
        Some(text) => identity.named(text)?,
        None => identity.of_content(hash),
    };
    Ok(New {
        kind: Kind::Application,
        application_id,
        revision: Some(from.revision),
        content_hash: hash,
        captured_at,
        body: Body::ApplicationSubmitted(from.into_event(application_id, reference)),
        submitted_bytes: 0,
    })
}

fn of_verification(from: Verification, hash: Sha256, identity: &Identity) -> Result<New, BadSubmission> {
    within("stage", from.stage, 1, 3)?;
    filled("officer", &from.officer, limits::OFFICER)?;
    let mut seen: HashSet<Field> = HashSet::new();
    for (at, finding) in from.findings.iter().enumerate() {
        if !seen.insert(finding.field) {
            let problem = "must name each field at most once";
            return Err(BadSubmission::at(format!("findings[{at}].field"), problem));
        }
        if let Some(value) = &finding.value {
            text(&format!("findings[{at}].value"), value.expose(), limits::FIELD)?;
        }
    }
    let captured_at = moment(from.captured_at.as_deref())?;
    let application_id = identity.named(&from.application_id)?.application_id;
    Ok(New {
        kind: Kind::Verification,
        application_id,
        revision: None,
        content_hash: hash,
        captured_at,
        body: Body::VerificationRecorded(from.into_event(application_id)),
        submitted_bytes: 0,
    })
}

fn of_withdrawal(from: Withdrawal, hash: Sha256, identity: &Identity) -> Result<New, BadSubmission> {
    optional("reason", from.reason.as_deref(), limits::REASON)?;
    let captured_at = moment(from.captured_at.as_deref())?;
    let application_id = identity.named(&from.application_id)?.application_id;
    Ok(New {
        kind: Kind::Withdrawal,
        application_id,
        revision: None,
        content_hash: hash,
        captured_at,
        body: Body::ApplicationWithdrawn(from.into_event(application_id)),
        submitted_bytes: 0,
    })
}

fn optional(at: &str, value: Option<&str>, most: usize) -> Result<(), BadSubmission> {
    value.map_or(Ok(()), |value| text(at, value, most))
}

fn moment(value: Option<&str>) -> Result<Option<Timestamp>, BadSubmission> {
    let Some(value) = value else { return Ok(None) };
    let problem =
        "must be RFC 3339 with a time zone, such as 2026-11-24T08:30:00+07:00, in the years 1 to 9999";
    Timestamp::parse(value)
        .map(Some)
        .ok_or_else(|| BadSubmission::at("captured_at", problem))
}
