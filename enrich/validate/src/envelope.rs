//! What must hold of every event, whoever published it.

use crate::{on, overall};
use rules::Rule;
use rules::catalogue::{application, envelope, text as texts, verification};
use schemas::event::{ApplicationSubmitted, Body, IntakeEvent, VerificationFinding, VerificationRecorded};
use schemas::match_log::NormalisedValue;
use schemas::{Applicant, Field, Finding, Sha256};

/// Bytes of a field that stands in an index, as written and as normalised. An entry of a B-tree in
/// PostgreSQL holds 2704 bytes at most, and a folded name (three times its bytes, in Hangul) shares one with a
/// date, as two communes do.
const MAX_INDEXED: usize = 250;
/// Characters of a short text beside the applicant's fields.
const MAX_SHORT: usize = 200;
/// Characters of a dossier code or a service number.
const MAX_CODE: usize = 64;
const MAX_ATTACHMENTS: usize = 32;
const MAX_REVISION: i32 = 10_000;

/// Fields that the register has an index of, and those that become one of them. See `sink/migrations`.
const INDEXED: [Field; 9] = [
    Field::FullName,
    Field::Surname,
    Field::MiddleName,
    Field::GivenName,
    Field::DateOfBirth,
    Field::PersonalNumber,
    Field::PermanentCommune,
    Field::CurrentCommune,
    Field::HouseholdNumber,
];

pub(crate) fn findings(event: &IntakeEvent, key: Option<&[u8]>, findings: &mut Vec<Finding>) {
    if key != Some(event.node_id.as_str().as_bytes()) {
        findings.push(overall(&envelope::KEY_IS_NOT_THE_NODE));
    }
    if (event.sequence == 1) != (event.previous_hash == Sha256::ZERO) {
        findings.push(overall(&envelope::CHAIN_START));
    }
}

/// What must hold of an event's body, as written and as normalised.
pub(crate) fn of_body(body: &Body, changes: &[NormalisedValue], findings: &mut Vec<Finding>) {
    match body {
        Body::ApplicationSubmitted(body) => of_application(body, findings),
        Body::VerificationRecorded(body) => of_verification(body, findings),
        Body::ApplicationWithdrawn(body) => short_texts(body.reason.iter(), MAX_SHORT, findings),
        Body::EventWithheld(body) => short_texts(std::iter::once(&body.reason), MAX_SHORT, findings),
    }
    for change in changes.iter().filter(|change| INDEXED.contains(&change.field)) {
        let said = |known: &Finding| known.field == Some(change.field) && known.code == texts::TOO_LONG.code;
        if change.value.expose().len() > MAX_INDEXED && !findings.iter().any(said) {
            findings.push(on(change.field, &texts::TOO_LONG));
        }
    }
}

fn of_application(body: &ApplicationSubmitted, findings: &mut Vec<Finding>) {
    let mut found = |is: bool, rule: &'static Rule| findings.extend(is.then(|| overall(rule)));
    found(
        !(1..=MAX_REVISION).contains(&body.revision),
        &application::REVISION_OUT_OF_RANGE,
    );
    found(
        body.attachments.len() > MAX_ATTACHMENTS,
        &application::TOO_MANY_ATTACHMENTS,
    );
    found(
        body.attachments.iter().any(|attachment| attachment.bytes < 0),
        &application::ATTACHMENT_SIZE_NEGATIVE,
    );
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

fn of_verification(body: &VerificationRecorded, findings: &mut Vec<Finding>) {
    if !(1..=3).contains(&body.stage) {
        findings.push(overall(&verification::STAGE_OUT_OF_RANGE));
    }
    let mut fields: Vec<Field> = body.findings.iter().map(|finding| finding.field).collect();
    fields.sort_unstable();
    if fields.windows(2).any(|pair| pair[0] == pair[1]) {
        findings.push(overall(&verification::FIELD_TWICE));
    }
    for verified in &body.findings {
        let has_value = matches!(
            verified.finding,
            VerificationFinding::Corrected | VerificationFinding::New
        );
        if has_value != verified.value.is_some() {
            let rule = if has_value {
                &verification::VALUE_MISSING
            } else {
                &verification::VALUE_UNEXPECTED
            };
            findings.push(on(verified.field, rule));
        }
    }
    short_texts(std::iter::once(&body.officer), MAX_CODE, findings);
    field_texts(&normalise::verified_values(body), findings);
}

fn short_texts<'a>(texts: impl Iterator<Item = &'a String>, most: usize, findings: &mut Vec<Finding>) {
    findings.extend(texts.filter_map(|text| fault_of(text, most)).map(overall));
}

fn field_texts(applicant: &Applicant, findings: &mut Vec<Finding>) {
    for (field, text) in applicant.present() {
        let too_long_for_index = text.len() > MAX_INDEXED && INDEXED.contains(&field);
        let fault = too_long_for_index.then_some(&texts::TOO_LONG);
        let fault = fault.or_else(|| fault_of(text, normalise::text::MAX_CHARACTERS));
        findings.extend(fault.map(|rule| on(field, rule)));
    }
}

/// PostgreSQL's text can't hold NUL, and an index can't hold a long value.
fn fault_of(text: &str, most: usize) -> Option<&'static Rule> {
    if text.len() > most && text.chars().nth(most).is_some() {
        Some(&texts::TOO_LONG)
    } else if text.as_bytes().contains(&0) {
        Some(&texts::NUL_CHARACTER)
    } else {
        None
    }
}
