//! Any bytes as an event's: decoded or refused, and what is decoded is examined without a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rules::Ruleset;
use schemas::{IntakeEvent, Timestamp};
use validate::Arrival;

fuzz_target!(|input: (i64, &[u8])| {
    let (appended_at, bytes) = input;
    if let Ok(event) = IntakeEvent::from_record(bytes) {
        let arrival = Arrival {
            key: Some(event.node_id.as_str().as_bytes()),
            appended_at: Timestamp(appended_at),
        };
        validate::event(&event, arrival, &Ruleset::default());
    }
});
