//! A record as it was read.

use super::Partition;
use crate::trace::{HEADER, Place};
use rdkafka::message::Headers as _;
use rdkafka::message::{BorrowedMessage, Message};
use schemas::Timestamp;
use schemas::topics::Namespace;

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

/// A header of a record. A name may come more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value; none is not the same as empty.
    pub value: Option<Vec<u8>>,
}

impl Record {
    pub(super) fn of(namespace: &Namespace, message: &BorrowedMessage<'_>) -> Self {
        let topic = namespace.strip(message.topic()).unwrap_or(message.topic());
        Self {
            partition: Partition::new(topic, message.partition()),
            offset: message.offset(),
            appended_at: Timestamp(message.timestamp().to_millis().unwrap_or(0)),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().unwrap_or_default().to_vec(),
            trace: traced(message),
            headers: headers(message),
        }
    }
}

fn traced(message: &BorrowedMessage<'_>) -> Option<Place> {
    let headers = message.headers()?;
    let named = headers.iter().find(|header| header.key == HEADER)?;
    Place::parse(named.value?)
}

fn headers(message: &BorrowedMessage<'_>) -> Vec<Header> {
    let Some(headers) = message.headers() else {
        return Vec::new();
    };
    let header = |header: rdkafka::message::Header<'_, &[u8]>| Header {
        name: header.key.to_owned(),
        value: header.value.map(<[u8]>::to_vec),
    };
    headers.iter().map(header).collect()
}
