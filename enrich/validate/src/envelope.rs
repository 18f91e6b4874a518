//! What must hold of every event, whoever published it.

use schemas::event::{ApplicationSubmitted, Body, IntakeEvent};
use schemas::{Applicant, Field, Finding, Severity};

/// Characters of a short text beside the applicant's fields.
const MAX_SHORT: usize = 200;
/// Characters of a dossier code or a service number.
const MAX_CODE: usize = 64;
const MAX_ATTACHMENTS: usize = 32;
const MAX_REVISION: i32 = 10_000;

pub fn findings(event: &IntakeEvent, key: Option<&[u8]>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut reject = |code: &str| findings.push(Finding::overall(Severity::Reject, code));
    if key != Some(event.node_id.as_str().as_bytes()) {
        reject("envelope.key-is-not-the-node");
    }
    match &event.body {
        Body::ApplicationSubmitted(body) => application(body, &mut findings),
        Body::VerificationRecorded(body) => {
            if !(1..=3).contains(&body.stage) {
                reject("verification.stage-out-of-range");
            }
            let mut fields: Vec<Field> = body.findings.iter().map(|finding| finding.field).collect();
            fields.sort_unstable();
            if fields.windows(2).any(|pair| pair[0] == pair[1]) {
                reject("verification.field-twice");
            }
            short_texts(std::iter::once(&body.officer), MAX_CODE, &mut findings);
            field_texts(&normalise::verified_values(body), &mut findings);
        }
        Body::ApplicationWithdrawn(body) => short_texts(body.reason.iter(), MAX_SHORT, &mut findings),
        Body::EventWithheld(body) => short_texts(std::iter::once(&body.reason), MAX_SHORT, &mut findings),
    }
    findings
}

/// What must hold of an application, whoever published it.
pub fn application(body: &ApplicationSubmitted, findings: &mut Vec<Finding>) {
    let mut reject = |code: &str| findings.push(Finding::overall(Severity::Reject, code));
    if !(1..=MAX_REVISION).contains(&body.revision) {
        reject("application.revision-out-of-range");
    }
    if body.attachments.len() > MAX_ATTACHMENTS {
        reject("application.too-many-attachments");
    }
    if body.attachments.iter().any(|attachment| attachment.bytes < 0) {
        reject("application.attachment-size-negative");
    }
    let codes = [
        Some(&body.form_id),
        Some(&body.form_version),
        body.reference.as_ref(),
        body.commune.as_ref(),
    ];
    let kinds = body.attachments.iter().map(|attachment| &attachment.kind);
    short_texts(codes.into_iter().flatten().chain(kinds), MAX_CODE, findings);
    short_texts(body.village.iter().chain(&body.team), MAX_SHORT, findings);
    field_texts(&body.applicant, findings);
}

fn short_texts<'a>(texts: impl Iterator<Item = &'a String>, most: usize, findings: &mut Vec<Finding>) {
    for text in texts {
        if let Some(code) = fault_of(text, most) {
            findings.push(Finding::overall(Severity::Reject, code));
        }
    }
}

fn field_texts(applicant: &Applicant, findings: &mut Vec<Finding>) {
    for (field, text) in applicant.present() {
        if let Some(code) = fault_of(text, normalise::text::MAX_CHARACTERS) {
            findings.push(Finding::on(field, Severity::Reject, code));
        }
    }
}

/// PostgreSQL's text can't hold NUL, and an index can't hold a long value.
fn fault_of(text: &str, most: usize) -> Option<&'static str> {
    if text.len() > most && text.chars().count() > most {
        Some("text.too-long")
    } else if text.as_bytes().contains(&0) {
        Some("text.nul-character")
    } else {
        None
    }
}
