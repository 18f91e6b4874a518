//! The encoded outputs of one transaction, kept until it is committed.

use resolve::Outputs;
use runtime::Fault;
use runtime::kafka::Header;
use runtime::trace::{Place, Work};
use schemas::codec::{Event, Unwritable};
use schemas::topics;

/// A record to be sent.
pub struct Output {
    pub topic: String,
    pub key: Vec<u8>,
    pub value: Vec<u8>,
    /// The trace of the entry it came of, as the log has it: what is sent depends on the log alone. Those it had before,
    /// of a change that is sent anew.
    pub headers: Vec<Header>,
}

/// What a batch of steps hands on, in order.
#[derive(Default)]
pub struct Batch {
    pub outputs: Vec<Output>,
    /// Entries applied, whether they changed anything or not.
    pub entries: usize,
    /// Traced work, which ends when the batch is committed.
    pub works: Vec<Work>,
    /// The position behind the last of them.
    pub next: i64,
}

impl Batch {
    /// Adds the outputs of one step.
    ///
    /// # Errors
    /// Fatal when an output doesn't fit its schema, which is our own bug.
    pub fn add(&mut self, outputs: &Outputs, trace: Option<Place>) -> Result<(), Fault> {
        self.encode(outputs, trace)
            .map_err(|e| Fault::fatal(e.to_string()))
    }

    fn encode(&mut self, outputs: &Outputs, trace: Option<Place>) -> Result<(), Unwritable> {
        let settled = &outputs.settled;
        let key = match (&settled.node_id, &settled.event_id, &settled.source) {
            (Some(node), _, _) => node.as_str().to_owned(),
            (None, Some(entry), _) => entry.to_string(),
            (None, None, Some(source)) => format!("{}/{}", source.topic, source.partition),
            (None, None, None) => topics::MATCH_LOG.to_owned(),
        };
        self.push(
            topics::CHANGES.to_owned(),
            key.into_bytes(),
            settled.encode()?,
            trace,
        );
        for resident in &outputs.residents {
            let key = resident.resident_id.as_bytes().to_vec();
            self.push(topics::CHANGES.to_owned(), key, resident.encode()?, trace);
        }
        if let Some(change) = &outputs.reapplied {
            let key = change.key.clone().unwrap_or_default();
            self.outputs.push(Output {
                topic: topics::CHANGES.to_owned(),
                key,
                value: change.value.clone(),
                headers: change.headers.clone(),
            });
        }
        for (province, notice) in &outputs.notices {
            let key = notice.node_id.as_str().as_bytes().to_vec();
            self.push(topics::outcomes(province), key, notice.encode()?, trace);
        }
        Ok(())
    }

    fn push(&mut self, topic: String, key: Vec<u8>, value: Vec<u8>, trace: Option<Place>) {
        self.outputs.push(Output {
            topic,
            key,
            value,
            headers: trace.map(Place::header).into_iter().collect(),
        });
    }
}
