//! Any bytes as a clerk's JSON: read or refused, and what is read is examined without a panic. This finds
//! forms that bytes of an event hardly ever become.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::Ruleset;
use schemas::event::Body;
use schemas::submission::Submission;

fuzz_target!(|json: &[u8]| {
    let Ok(Submission::Application(mut from)) = Submission::parse(json) else {
        return;
    };
    let reference = from.application_id.take();
    let body = Body::ApplicationSubmitted(from.into_event(Default::default(), reference));
    validate::body(&body, None, &Ruleset::default());
});
