//! A place in a trace, as the header `traceparent` names it (W3C Trace Context, Recommendation 2021-11-23).

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use schemas::Header;
use std::fmt;
use uuid::Uuid;

/// Name of the header.
pub(crate) const HEADER: &str = "traceparent";

/// The span that what follows is a part of. Only of a sampled trace: others leave no mark in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
}

impl Place {
    /// Where the trace of an event begins: its acceptance at the node. It is derived from the event's id, so that
    /// nothing must be kept until the event is published, however much later and after however many restarts, and so
    /// that who knows the id finds the trace: they are the same 32 digits.
    pub fn of_event(event_id: Uuid) -> Self {
        let bytes = event_id.into_bytes();
        // The last eight are random in a UUIDv7 but for two bits (RFC 9562, 5.7); never all zero, as version 7 has
        // a variant among them.
        let mut span = [0; 8];
        span.copy_from_slice(&bytes[8..]);
        Self {
            trace: TraceId::from_bytes(bytes),
            span: SpanId::from_bytes(span),
        }
    }

    /// Reads a header; none when it is malformed or says that the trace isn't sampled.
    pub(crate) fn parse(header: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(header).ok()?;
        let mut parts = text.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let lowercase = |part: &str, length| {
            part.len() == length
                && part
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
        };
        let formed = lowercase(version, 2)
            && version != "ff"
            && lowercase(trace, 32)
            && lowercase(span, 16)
            && lowercase(flags, 2)
            && (version != "00" || parts.next().is_none());
        if !formed || u8::from_str_radix(flags, 16).ok()? & 1 == 0 {
            return None;
        }
        let place = Self {
            trace: TraceId::from_hex(trace).ok()?,
            span: SpanId::from_hex(span).ok()?,
        };
        (place.trace != TraceId::INVALID && place.span != SpanId::INVALID).then_some(place)
    }

    /// The header that names it.
    pub fn header(self) -> Header {
        Header {
            name: HEADER.to_owned(),
            value: Some(self.to_string().into_bytes()),
        }
    }

    pub(super) fn context(self) -> SpanContext {
        SpanContext::new(
            self.trace,
            self.span,
            TraceFlags::SAMPLED,
            true,
            TraceState::default(),
        )
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{}-{}-01", self.trace, self.span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read_as_it_is_written_and_nothing_else_is() {
        let event = Uuid::parse_str("019340a1-7c00-7abc-8def-0123456789ab").expect("an id");
        let place = Place::of_event(event);
        let header = "00-019340a17c007abc8def0123456789ab-8def0123456789ab-01";
        assert_eq!(place.to_string(), header);
        assert_eq!(Place::parse(header.as_bytes()), Some(place));
        for (text, why) in [
            (
                "00-019340a17c007abc8def0123456789ab-8def0123456789ab-00",
                "not sampled",
            ),
            (
                "00-00000000000000000000000000000000-8def0123456789ab-01",
                "no trace",
            ),
            (
                "00-019340a17c007abc8def0123456789ab-0000000000000000-01",
                "no span",
            ),
            (
                "00-019340A17C007ABC8DEF0123456789AB-8def0123456789ab-01",
                "capitals",
            ),
            (
                "00-019340a17c007abc8def0123456789ab-8def0123456789ab-01-more",
                "version 00 ends there",
            ),
            (
                "ff-019340a17c007abc8def0123456789ab-8def0123456789ab-01",
                "no version",
            ),
            ("Lò Văn Pâng", "no header"),
            ("", "empty"),
        ] {
            assert_eq!(Place::parse(text.as_bytes()), None, "{why}");
        }
        let later = "01-019340a17c007abc8def0123456789ab-8def0123456789ab-01-more";
        assert_eq!(
            Place::parse(later.as_bytes()),
            Some(place),
            "later versions may go on"
        );
    }
}
