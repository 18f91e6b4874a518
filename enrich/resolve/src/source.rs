//! A step of a source record: what can't be read, and a node's event.

use crate::effects::{Effects, Verdict};
use crate::series::{Arrival, Series};
use crate::state::Resolver;
use crate::step::Outputs;
use schemas::change::{EventKind, EventSettled, RefusedBytes};
use schemas::event::Body;
use schemas::finding::OutcomeKind;
use schemas::match_log::{Content, Decoded, SourceRecord, Undecodable};
use schemas::{Epoch, Header, IntakeEvent, NodeId, Sha256, Timestamp, topics};

/// A readable event on its way through a step.
pub(crate) struct Arriving<'a> {
    pub event: IntakeEvent,
    /// SHA-256 of the event's bytes.
    pub hash: Sha256,
    pub decoded: Decoded,
    pub province: String,
    pub appended_at: Timestamp,
    pub ruleset: String,
    /// Those of the record it came in.
    pub headers: Vec<Header>,
    /// The match log's entry exactly as logged.
    pub entry: &'a [u8],
}

impl Resolver {
    pub(crate) fn source_record(
        &mut self,
        logged_at: Timestamp,
        record: SourceRecord,
        entry: &[u8],
    ) -> Outputs {
        let SourceRecord {
            source,
            appended_at,
            ruleset,
            content,
            headers,
            expected_offset: _,
        } = record;
        let province = topics::province_of(&source.topic).unwrap_or_default().to_owned();
        let mut settled = self.blank(logged_at, EventKind::Undecodable, OutcomeKind::Undecodable);
        settled.source = Some(source);
        settled.appended_at = Some(appended_at);
        settled.province.clone_from(&province);
        settled.ruleset.clone_from(&ruleset);
        match content {
            Content::Undecodable(Undecodable { key, value, reason }) => {
                settled.refused = Some(RefusedBytes {
                    key,
                    value,
                    reason,
                    headers,
                });
            }
            Content::Decoded(decoded) => match IntakeEvent::from_record(&decoded.event) {
                Err(why) => {
                    let reason = why.code().to_owned();
                    settled.refused = Some(RefusedBytes {
                        key: None,
                        value: decoded.event,
                        reason,
                        headers,
                    });
                }
                Ok(event) => {
                    return self.event(
                        settled,
                        Arriving {
                            event,
                            hash: Sha256::of(&decoded.event),
                            decoded,
                            province,
                            appended_at,
                            ruleset,
                            headers,
                            entry,
                        },
                    );
                }
            },
        }
        Outputs::of(settled)
    }

    fn event(&mut self, mut settled: EventSettled, arriving: Arriving<'_>) -> Outputs {
        let event = &arriving.event;
        let (kind, link) = match &event.body {
            Body::ApplicationSubmitted(_) => (EventKind::Application, None),
            Body::VerificationRecorded(_) => (EventKind::Verification, None),
            Body::ApplicationWithdrawn(_) => (EventKind::Withdrawal, None),
            Body::EventWithheld(body) => (EventKind::Withheld, Some(body.withheld_hash)),
        };
        let link = link.unwrap_or(arriving.hash);
        settled.kind = kind;
        settled.node_id = Some(event.node_id.clone());
        settled.epoch = Some(event.epoch);
        settled.node_sequence = Some(event.sequence);
        settled.event_id = Some(event.event_id);
        settled.hash = Some(link);
        settled.application_id = event.body.application_id();
        settled.captured_at = Some(event.captured_at);
        settled.spooled_at = Some(event.spooled_at);
        settled.clock_offset_ms = event.clock_offset_ms;
        if let Body::ApplicationSubmitted(body) = &event.body {
            settled.revision = Some(body.revision);
        }
        let mut effects = Effects::default();
        let arrival =
            self.series_of(&event.node_id, event.epoch)
                .enter(event.sequence, link, event.previous_hash);
        let verdict = match arrival {
            Arrival::Copy => Verdict::without_resident(OutcomeKind::Copy, Vec::new()),
            Arrival::Conflict => {
                let (value, headers) = match self.is_erased(settled.application_id) {
                    true => (Vec::new(), Vec::new()),
                    false => (arriving.decoded.event.clone(), arriving.headers.clone()),
                };
                settled.refused = Some(RefusedBytes {
                    key: Some(event.node_id.as_str().as_bytes().to_vec()),
                    value,
                    reason: "envelope.sequence-taken".to_owned(),
                    headers,
                });
                Verdict::rejected(OutcomeKind::Conflict, "envelope.sequence-taken")
            }
            Arrival::New { before_predecessor } => {
                settled.open_link = before_predecessor.then_some(event.previous_hash);
                let series = self.series_of(&event.node_id, event.epoch);
                if series.province.is_empty() {
                    series.province.clone_from(&arriving.province);
                }
                let noted = self.note(&arriving);
                let mut verdict = self.body(settled.sequence, &arriving, &mut effects);
                verdict.findings.extend(noted);
                self.series_of(&event.node_id, event.epoch).count(verdict.outcome);
                verdict
            }
        };
        self.close(settled, &arriving, verdict, effects)
    }

    pub(crate) fn series_of(&mut self, node: &NodeId, epoch: Epoch) -> &mut Series {
        self.series
            .entry(node.clone())
            .or_default()
            .entry(epoch)
            .or_default()
    }
}
