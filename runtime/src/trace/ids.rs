//! Ids of spans: random, but for the one that begins a trace, whose ids are derived.

use super::Place;
use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::trace::{IdGenerator, RandomIdGenerator};
use std::cell::Cell;

thread_local! {
    static GIVEN: Cell<Option<Place>> = const { Cell::new(None) };
}

/// Gives the ids of [`with`], or random ones.
#[derive(Debug)]
pub(super) struct Ids;

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        GIVEN.get().map_or_else(
            || RandomIdGenerator::default().new_trace_id(),
            |place| place.trace,
        )
    }

    fn new_span_id(&self) -> SpanId {
        GIVEN
            .get()
            .map_or_else(|| RandomIdGenerator::default().new_span_id(), |place| place.span)
    }
}

/// Makes a span that has this place.
pub(super) fn with<T>(place: Place, make: impl FnOnce() -> T) -> T {
    GIVEN.set(Some(place));
    let made = make();
    GIVEN.set(None);
    made
}
