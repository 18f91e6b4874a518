//! Any bytes as a clerk's JSON: read or refused, and what is read is examined without a panic. This finds
//! forms that bytes of an event hardly ever become.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::Ruleset;
use schemas::event::{ApplicationSubmitted, Body};
use schemas::submission::Submission;

fuzz_target!(|json: &[u8]| {
    let Ok(Submission::Application(from)) = Submission::parse(json) else {
        return;
    };
    let body = Body::ApplicationSubmitted(ApplicationSubmitted {
        application_id: Default::default(),
        revision: from.revision,
        reference: from.application_id,
        form_id: from.form.id,
        form_version: from.form.version,
        channel: from.channel,
        service: from.service,
        commune: from.commune,
        village: from.village,
        team: from.team,
        applicant: from.applicant,
        attachments: from.attachments,
    });
    validate::body(&body, None, &Ruleset::default());
});
