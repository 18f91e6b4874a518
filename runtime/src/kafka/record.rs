//! A record as it was read.

use super::{Partition, headers};
use crate::trace::{HEADER, Place};
use rdkafka::message::{BorrowedMessage, Message};
use schemas::topics::Namespace;
use schemas::{Header, Timestamp};

/// A record with its position.
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it stood.
    pub partition: Partition,
    /// Its offset there.
    pub offset: i64,
    /// When the broker appended it.
    pub appended_at: Timestamp,
    /// Key.
    pub key: Option<Vec<u8>>,
    /// Value; empty for a tombstone.
    pub value: Vec<u8>,
    /// The trace it is part of; none for most records.
    pub trace: Option<Place>,
    /// Its headers, in their order; that of a trace among them.
    pub headers: Vec<Header>,
}

impl Record {
    pub(super) fn of(namespace: &Namespace, message: &BorrowedMessage<'_>) -> Self {
        let headers = headers::of(message);
        let topic = namespace.strip(message.topic()).unwrap_or(message.topic());
        Self {
            partition: Partition::new(topic, message.partition()),
            offset: message.offset(),
            appended_at: Timestamp(message.timestamp().to_millis().unwrap_or(0)),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().unwrap_or_default().to_vec(),
            trace: traced(&headers),
            headers,
        }
    }
}

fn traced(headers: &[Header]) -> Option<Place> {
    let named = headers.iter().find(|header| header.name == HEADER)?;
    Place::parse(named.value.as_deref()?)
}
