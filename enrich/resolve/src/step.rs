//! One step: an entry of the match log in, what it changed out.

use crate::golden;
use crate::series::{Arrival, Series};
use crate::state::{Application, Resolver};
use crate::waiting::Waiting;
use schemas::change::{
    EventKind, EventSettled, LedgerState, MatchEdge, NodeState, OutcomeChanged, RefusedBytes,
    ResidentChanged, ResidentStatus,
};
use schemas::codec::{Event, Unreadable};
use schemas::event::Body;
use schemas::finding::OutcomeKind;
use schemas::match_log::{
    Content, Decoded, LogBody, MatchLogEntry, NodeAdded, NodeRetired, SourcePosition, SourceRecord,
    Undecodable,
};
use schemas::outcome::OutcomeNotice;
use schemas::{Applicant, Epoch, Field, Finding, IntakeEvent, NodeId, Sha256, Timestamp, topics};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What became of an entry.
#[derive(Debug)]
pub enum Applied {
    /// A step was made.
    Settled(Box<Outputs>),
    /// The entry's source record was settled before: a restarted worker's duplicate. Nothing changed.
    Passed,
    /// The entry is ahead of its turn: a source position before it never came. Nothing changed.
    Ahead(Position),
}

/// A source position that is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Topic without the namespace.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// The offset that should come next.
    pub next: i64,
    /// The offset that the worker says should come next.
    pub claimed: i64,
}

/// What one step changed.
#[derive(Debug)]
pub struct Outputs {
    /// What became of the entry.
    pub settled: EventSettled,
    /// The residents it touched, by id.
    pub residents: Vec<ResidentChanged>,
    /// Notices with the slug of the province they go to.
    pub notices: Vec<(String, OutcomeNotice)>,
}

/// A readable event on its way through a step.
pub(crate) struct Arriving<'a> {
    pub event: IntakeEvent,
    pub decoded: Decoded,
    pub province: String,
    pub appended_at: Timestamp,
    pub ruleset: String,
    /// The match log's entry exactly as logged.
    pub entry: &'a [u8],
}

/// What the rules of a body decided about its event.
pub(crate) struct Verdict {
    pub outcome: OutcomeKind,
    pub findings: Vec<Finding>,
    pub resident: Option<Uuid>,
}

/// What a step has changed so far.
#[derive(Default)]
pub(crate) struct Effects {
    pub residents: BTreeMap<Uuid, Touch>,
    pub released: Vec<(Waiting, Verdict)>,
    /// The person of the application that this step brought, normalised.
    pub person: Option<(Uuid, Applicant)>,
}

/// What a step changed of one resident.
#[derive(Default)]
pub(crate) struct Touch {
    pub is_new: bool,
    pub gained: Vec<Uuid>,
    pub edges: Vec<MatchEdge>,
}

impl Resolver {
    /// Applies one entry, exactly as logged at `offset` and appended at `logged_at`.
    pub fn apply(&mut self, offset: i64, logged_at: Timestamp, entry: &[u8]) -> Applied {
        let outputs = match MatchLogEntry::decode(entry).map(|entry| entry.body) {
            Ok(LogBody::SourceRecord(record)) => match self.turn(&record) {
                Turn::Now => self.source_record(logged_at, record, entry),
                Turn::Passed => return Applied::Passed,
                Turn::Ahead(position) => return Applied::Ahead(position),
            },
            Ok(LogBody::NodeAdded(added)) if self.entries.insert(added.entry_id) => {
                self.node_added(logged_at, added)
            }
            Ok(LogBody::NodeRetired(retired)) if self.entries.insert(retired.entry_id) => {
                self.node_retired(logged_at, retired)
            }
            Ok(LogBody::NodeAdded(_) | LogBody::NodeRetired(_)) => return Applied::Passed,
            Err(why) => self.stray(offset, logged_at, entry, why),
        };
        Applied::Settled(Box::new(outputs))
    }

    fn turn(&mut self, record: &SourceRecord) -> Turn {
        let SourcePosition {
            topic,
            partition,
            offset,
        } = &record.source;
        let next = self.next_offset(topic, *partition);
        if *offset < next {
            return Turn::Passed;
        }
        // A worker that started before `next` vouches that nothing lies between there and its record.
        if record.expected_offset > next {
            let claimed = record.expected_offset;
            return Turn::Ahead(Position {
                topic: topic.clone(),
                partition: *partition,
                next,
                claimed,
            });
        }
        match self.sources.get_mut(topic) {
            Some(partitions) => partitions.insert(*partition, offset + 1),
            None => self
                .sources
                .entry(topic.clone())
                .or_default()
                .insert(*partition, offset + 1),
        };
        Turn::Now
    }

    fn blank(&mut self, logged_at: Timestamp, kind: EventKind, outcome: OutcomeKind) -> EventSettled {
        self.sequence += 1;
        EventSettled {
            sequence: self.sequence,
            source: None,
            appended_at: None,
            logged_at,
            province: String::new(),
            node_id: None,
            epoch: None,
            node_sequence: None,
            event_id: None,
            hash: None,
            open_link: None,
            kind,
            application_id: None,
            revision: None,
            captured_at: None,
            spooled_at: None,
            clock_offset_ms: None,
            ruleset: String::new(),
            outcome,
            findings: Vec::new(),
            resident_id: None,
            ledger: None,
            released: Vec::new(),
            application: None,
            refused: None,
            held_event: None,
            node: None,
        }
    }

    /// Bytes in the match log that are no entry.
    fn stray(&mut self, offset: i64, logged_at: Timestamp, entry: &[u8], why: Unreadable) -> Outputs {
        let mut settled = self.blank(logged_at, EventKind::Undecodable, OutcomeKind::Undecodable);
        settled.source = Some(SourcePosition {
            topic: topics::MATCH_LOG.to_owned(),
            partition: 0,
            offset,
        });
        settled.refused = Some(RefusedBytes {
            key: None,
            value: entry.to_vec(),
            reason: why.code().to_owned(),
        });
        Outputs {
            settled,
            residents: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn node_added(&mut self, logged_at: Timestamp, added: NodeAdded) -> Outputs {
        let node = NodeState {
            node_id: added.node_id,
            province: Some(added.province),
            public_key: added.public_key,
            retired: false,
            by: added.by,
            reason: None,
        };
        self.node_changed(logged_at, EventKind::NodeAdded, added.entry_id, node)
    }

    fn node_retired(&mut self, logged_at: Timestamp, retired: NodeRetired) -> Outputs {
        let known = self.nodes.get(&retired.node_id);
        let node = NodeState {
            province: known.and_then(|node| node.province.clone()),
            public_key: known.and_then(|node| node.public_key.clone()),
            node_id: retired.node_id,
            retired: true,
            by: retired.by,
            reason: Some(retired.reason),
        };
        self.node_changed(logged_at, EventKind::NodeRetired, retired.entry_id, node)
    }

    fn node_changed(
        &mut self,
        logged_at: Timestamp,
        kind: EventKind,
        entry: Uuid,
        node: NodeState,
    ) -> Outputs {
        let mut settled = self.blank(logged_at, kind, OutcomeKind::Recorded);
        settled.event_id = Some(entry);
        settled.node_id = Some(node.node_id.clone());
        self.nodes.insert(node.node_id.clone(), node.clone());
        settled.node = Some(node);
        Outputs {
            settled,
            residents: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn source_record(&mut self, logged_at: Timestamp, record: SourceRecord, entry: &[u8]) -> Outputs {
        let SourceRecord {
            source,
            appended_at,
            ruleset,
            content,
            ..
        } = record;
        let province = topics::province_of(&source.topic).unwrap_or_default().to_owned();
        let mut settled = self.blank(logged_at, EventKind::Undecodable, OutcomeKind::Undecodable);
        settled.source = Some(source);
        settled.appended_at = Some(appended_at);
        settled.province.clone_from(&province);
        settled.ruleset.clone_from(&ruleset);
        match content {
            Content::Undecodable(Undecodable { key, value, reason }) => {
                settled.refused = Some(RefusedBytes { key, value, reason });
            }
            Content::Decoded(decoded) => match IntakeEvent::from_record(&decoded.event) {
                Err(why) => {
                    let reason = why.code().to_owned();
                    settled.refused = Some(RefusedBytes {
                        key: None,
                        value: decoded.event,
                        reason,
                    });
                }
                Ok(event) => {
                    return self.event(
                        settled,
                        Arriving {
                            event,
                            decoded,
                            province,
                            appended_at,
                            ruleset,
                            entry,
                        },
                    );
                }
            },
        }
        Outputs {
            settled,
            residents: Vec::new(),
            notices: Vec::new(),
        }
    }

    fn event(&mut self, mut settled: EventSettled, arriving: Arriving<'_>) -> Outputs {
        let event = &arriving.event;
        let (kind, link) = match &event.body {
            Body::ApplicationSubmitted(_) => (EventKind::Application, None),
            Body::VerificationRecorded(_) => (EventKind::Verification, None),
            Body::ApplicationWithdrawn(_) => (EventKind::Withdrawal, None),
            Body::EventWithheld(body) => (EventKind::Withheld, Some(body.withheld_hash)),
        };
        let link = link.unwrap_or_else(|| Sha256::of(&arriving.decoded.event));
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
                settled.refused = Some(RefusedBytes {
                    key: Some(event.node_id.as_str().as_bytes().to_vec()),
                    value: arriving.decoded.event.clone(),
                    reason: "envelope.sequence-taken".to_owned(),
                });
                Verdict::rejected(OutcomeKind::Conflict, "envelope.sequence-taken")
            }
            Arrival::New { before_predecessor } => {
                settled.open_link = before_predecessor.then_some(event.previous_hash);
                let verdict = self.body(settled.sequence, &arriving, &mut effects);
                self.series_of(&event.node_id, event.epoch).count(verdict.outcome);
                verdict
            }
        };
        self.close(settled, &arriving, verdict, effects)
    }

    /// Puts together what a step hands on.
    fn close(
        &mut self,
        mut settled: EventSettled,
        arriving: &Arriving<'_>,
        verdict: Verdict,
        effects: Effects,
    ) -> Outputs {
        let event = &arriving.event;
        let mut notices = Vec::new();
        settled.outcome = verdict.outcome;
        settled.findings = verdict.findings;
        settled.resident_id = verdict.resident;
        // All are counted before any books are taken: those of one step must be the same everywhere.
        for (waiting, verdict) in &effects.released {
            self.series_of(&waiting.node_id, waiting.epoch)
                .recount(OutcomeKind::Held, verdict.outcome);
        }
        for (waiting, verdict) in effects.released {
            let released = self.release(
                waiting,
                verdict,
                settled.sequence,
                settled.logged_at,
                &mut notices,
            );
            settled.released.push(released);
        }
        settled.ledger = Some(self.books(&event.node_id, event.epoch));
        let row = settled.application_id.and_then(|id| self.applications.get(&id));
        if let Some(row) = row
            && row.resident.is_none()
            && !matches!(settled.outcome, OutcomeKind::Copy | OutcomeKind::Conflict)
        {
            settled.application = Some(row.row.clone());
        }
        let placed = row.is_some_and(|row| row.row.event_id == event.event_id);
        if matches!(settled.outcome, OutcomeKind::Held | OutcomeKind::Rejected) && !placed {
            settled.held_event = Some(arriving.entry.to_vec());
        }
        if matches!(
            settled.outcome,
            OutcomeKind::Loaded | OutcomeKind::Rejected | OutcomeKind::Held | OutcomeKind::Conflict
        ) {
            let notice = OutcomeNotice {
                sequence: settled.sequence,
                event_id: event.event_id,
                node_id: event.node_id.clone(),
                epoch: event.epoch,
                node_sequence: event.sequence,
                application_id: settled.application_id,
                revision: settled.revision,
                outcome: settled.outcome,
                findings: settled.findings.clone(),
                resident_id: settled.resident_id,
                settled_at: settled.logged_at,
            };
            notices.push((arriving.province.clone(), notice));
        }
        let mut person = effects.person;
        let touched = effects.residents.into_iter();
        let residents = touched
            .map(|(id, touch)| {
                self.resident_changed(settled.sequence, id, touch, event.event_id, &mut person)
            })
            .collect();
        Outputs {
            settled,
            residents,
            notices,
        }
    }

    fn release(
        &mut self,
        waiting: Waiting,
        verdict: Verdict,
        sequence: i64,
        settled_at: Timestamp,
        notices: &mut Vec<(String, OutcomeNotice)>,
    ) -> OutcomeChanged {
        let ledger = self.books(&waiting.node_id, waiting.epoch);
        let notice = OutcomeNotice {
            sequence,
            event_id: waiting.event_id,
            node_id: waiting.node_id.clone(),
            epoch: waiting.epoch,
            node_sequence: waiting.node_sequence,
            application_id: Some(waiting.application_id),
            revision: waiting.revision,
            outcome: verdict.outcome,
            findings: verdict.findings.clone(),
            resident_id: verdict.resident,
            settled_at,
        };
        notices.push((waiting.province, notice));
        OutcomeChanged {
            event_sequence: waiting.event_sequence,
            event_id: waiting.event_id,
            node_id: waiting.node_id,
            epoch: waiting.epoch,
            outcome: verdict.outcome,
            findings: verdict.findings,
            resident_id: verdict.resident,
            ledger,
        }
    }

    fn resident_changed(
        &self,
        sequence: i64,
        resident_id: Uuid,
        touch: Touch,
        last_event: Uuid,
        person: &mut Option<(Uuid, Applicant)>,
    ) -> ResidentChanged {
        let resident = self.residents.get(&resident_id);
        let members = resident
            .map(|resident| resident.members.clone())
            .unwrap_or_default();
        let applications: Vec<&Application> = members
            .iter()
            .filter_map(|id| self.applications.get(id))
            .collect();
        let golden = match (applications.as_slice(), person.take()) {
            ([only], Some((id, person)))
                if only.row.application_id == id && only.row.verifications.is_empty() =>
            {
                golden::of_one(only, person)
            }
            ([only], kept) if only.row.verifications.is_empty() => {
                *person = kept;
                golden::of_one(only, golden::person(only))
            }
            (many, kept) => {
                *person = kept;
                golden::of_many(many.iter().copied())
            }
        };
        let mut gained: Vec<_> = touch
            .gained
            .iter()
            .filter_map(|id| self.applications.get(id))
            .filter(|application| application.resident == Some(resident_id))
            .map(|application| application.row.clone())
            .collect();
        gained.dedup_by_key(|row| row.application_id);
        ResidentChanged {
            sequence,
            resident_id,
            is_new: touch.is_new,
            status: resident.map_or(ResidentStatus::Superseded, |resident| resident.status),
            redirect_to: resident.and_then(|resident| resident.redirect_to),
            folded_name: golden
                .values
                .get(Field::FullName)
                .map(normalise::fold::fold)
                .unwrap_or_default(),
            golden: golden.values,
            sources: golden.sources,
            members,
            stage: golden.stage,
            last_event,
            gained,
            edges: last_of_each(touch.edges),
        }
    }

    pub(crate) fn series_of(&mut self, node: &NodeId, epoch: Epoch) -> &mut Series {
        self.series
            .entry(node.clone())
            .or_default()
            .entry(epoch)
            .or_default()
    }

    fn books(&mut self, node: &NodeId, epoch: Epoch) -> LedgerState {
        self.series_of(node, epoch).books
    }
}

/// An edge cut and made again in one step is made.
fn last_of_each(mut edges: Vec<MatchEdge>) -> Vec<MatchEdge> {
    edges.reverse();
    let mut seen = std::collections::BTreeSet::new();
    edges.retain(|edge| seen.insert((edge.left, edge.right)));
    edges.reverse();
    edges
}

enum Turn {
    Now,
    Passed,
    Ahead(Position),
}

impl Verdict {
    pub fn without_resident(outcome: OutcomeKind, findings: Vec<Finding>) -> Self {
        Self {
            outcome,
            findings,
            resident: None,
        }
    }

    pub fn rejected(outcome: OutcomeKind, code: &str) -> Self {
        Self::without_resident(outcome, vec![Finding::overall(schemas::Severity::Reject, code)])
    }
}
