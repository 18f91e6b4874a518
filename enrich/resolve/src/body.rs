//! What each kind of event does to its application and to residents.

use crate::golden;
use crate::keys::Keys;
use crate::state::{Application, Link, Resident, Resolver};
use crate::step::{Arriving, Effects, Verdict};
use crate::waiting::Waiting;
use schemas::change::{ApplicationState, ApplicationStatus, MatchEdge, ResidentStatus, VerifiedField};
use schemas::codec::Event;
use schemas::event::{ApplicationSubmitted, Body, VerificationRecorded};
use schemas::finding::OutcomeKind;
use schemas::match_log::{Content, LogBody, MatchLogEntry, NormalisedValue};
use schemas::{Finding, IntakeEvent, Severity};
use uuid::Uuid;

/// Applications of one resident beyond which a person must look.
const MAX_CLUSTER: usize = 256;

/// A resident found for an application.
struct Candidate {
    resident: Uuid,
    link: Link,
}

impl Resolver {
    /// Applies the body of an event that is new in its series.
    pub(crate) fn body(&mut self, sequence: i64, arriving: &Arriving<'_>, effects: &mut Effects) -> Verdict {
        let findings = arriving.decoded.findings.clone();
        let rejected = findings
            .iter()
            .any(|finding| finding.severity == Severity::Reject);
        match &arriving.event.body {
            Body::ApplicationSubmitted(body) => self.submitted(sequence, arriving, body, findings, effects),
            Body::EventWithheld(_) => Verdict::rejected(OutcomeKind::Rejected, "envelope.withheld"),
            _ if rejected => Verdict::without_resident(OutcomeKind::Rejected, findings),
            Body::VerificationRecorded(_) | Body::ApplicationWithdrawn(_) => {
                let id = arriving.event.body.application_id().unwrap_or_default();
                match self.follow_up(id, &arriving.event, &arriving.decoded.changes, effects) {
                    Some(verdict) => Verdict {
                        findings: [findings, verdict.findings].concat(),
                        ..verdict
                    },
                    None => self.wait(
                        sequence,
                        arriving,
                        id,
                        None,
                        vec![hold("application.not-there-yet")],
                    ),
                }
            }
        }
    }

    fn submitted(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
        effects: &mut Effects,
    ) -> Verdict {
        if let Some(known) = self.applications.get(&body.application_id)
            && let Some(verdict) = older_or_repeated(known, body, &findings)
        {
            return match verdict.outcome {
                OutcomeKind::Held => self.wait(
                    sequence,
                    arriving,
                    body.application_id,
                    Some(body.revision),
                    verdict.findings,
                ),
                _ => verdict,
            };
        }
        let worst = findings
            .iter()
            .map(|finding| finding.severity)
            .min()
            .unwrap_or(Severity::Note);
        match worst {
            Severity::Reject => {
                self.put_aside(arriving, body, ApplicationStatus::Rejected, &findings);
                Verdict::without_resident(OutcomeKind::Rejected, findings)
            }
            Severity::Hold => self.hold(sequence, arriving, body, findings),
            Severity::Note => self.accept(sequence, arriving, body, findings, effects),
        }
    }

    fn hold(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
    ) -> Verdict {
        let verdict = self.wait(
            sequence,
            arriving,
            body.application_id,
            Some(body.revision),
            findings.clone(),
        );
        let status = match verdict.outcome {
            OutcomeKind::Held => ApplicationStatus::Held,
            _ => ApplicationStatus::Rejected,
        };
        self.put_aside(arriving, body, status, &findings);
        verdict
    }

    /// Keeps the row of an application that isn't in force, unless an earlier revision is or waits.
    fn put_aside(
        &mut self,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        status: ApplicationStatus,
        findings: &[Finding],
    ) {
        let known = self
            .applications
            .get(&body.application_id)
            .map(|known| known.row.status);
        let stays = match known {
            None | Some(ApplicationStatus::Rejected) => false,
            Some(ApplicationStatus::Held) => status == ApplicationStatus::Rejected,
            Some(ApplicationStatus::Loaded | ApplicationStatus::Withdrawn) => true,
        };
        // PostgreSQL's text can't hold what was written; the event itself is kept as bytes.
        let unstorable = findings
            .iter()
            .any(|finding| finding.code == "text.nul-character");
        if !stays && !unstorable {
            let row = row(arriving, body, status, findings.to_vec(), None);
            let application = Application {
                row,
                resident: None,
                keys: Keys::default(),
                link: None,
            };
            self.applications.insert(body.application_id, application);
        }
    }

    fn wait(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        application_id: Uuid,
        revision: Option<i32>,
        findings: Vec<Finding>,
    ) -> Verdict {
        if !self.waiting.has_room(&application_id) {
            return Verdict::rejected(OutcomeKind::Rejected, "application.too-many-waiting");
        }
        let event = &arriving.event;
        self.waiting.add(Waiting {
            event_sequence: sequence,
            application_id,
            event_id: event.event_id,
            node_id: event.node_id.clone(),
            epoch: event.epoch,
            node_sequence: event.sequence,
            province: arriving.province.clone(),
            revision,
            entry: if revision.is_none() {
                arriving.entry.to_vec()
            } else {
                Vec::new()
            },
        });
        Verdict::without_resident(OutcomeKind::Held, findings)
    }

    fn accept(
        &mut self,
        sequence: i64,
        arriving: &Arriving<'_>,
        body: &ApplicationSubmitted,
        findings: Vec<Finding>,
        effects: &mut Effects,
    ) -> Verdict {
        let id = body.application_id;
        let person = normalise::apply(&body.applicant, &arriving.decoded.changes);
        let keys = Keys::of(&person);
        let candidate = self.candidate(id, keys);
        let full = candidate
            .as_ref()
            .and_then(|found| self.residents.get(&found.resident));
        if full
            .is_some_and(|resident| resident.members.len() >= MAX_CLUSTER && !resident.members.contains(&id))
        {
            return self.hold(
                sequence,
                arriving,
                body,
                [findings, vec![hold("match.cluster-too-large")]].concat(),
            );
        }
        let known = self.applications.remove(&id);
        if let Some(known) = &known {
            self.index.remove(known.keys, id);
        }
        let before = known.as_ref().and_then(|known| known.resident);
        let alone = before
            .and_then(|resident| self.residents.get(&resident))
            .is_some_and(|r| r.members == [id]);
        let target = match (&candidate, before) {
            (Some(found), _) => found.resident,
            (None, Some(resident)) if alone => resident,
            (None, _) => golden::resident_id(
                arriving.appended_at,
                &schemas::Sha256::of(&arriving.decoded.event),
            ),
        };
        // An edge to the same application is replaced by the one that `join` makes: cut in one resident's
        // change and made in another's, which of the two stays would depend on the order of loading.
        if let Some(known) = &known
            && known.link.as_ref().map(|link| link.to) != candidate.as_ref().map(|found| found.link.to)
        {
            self.cut(known, effects);
        }
        if let Some(before) = before.filter(|&before| before != target) {
            self.leave(before, id, Some(target), effects);
        }
        let row = row(
            arriving,
            body,
            ApplicationStatus::Loaded,
            findings.clone(),
            known.as_ref(),
        );
        let link = candidate.map(|found| found.link);
        self.join(target, id, link.as_ref(), effects);
        self.index.insert(keys, id);
        self.applications.insert(
            id,
            Application {
                row,
                resident: Some(target),
                keys,
                link,
            },
        );
        effects.person = Some((id, person));
        self.release_waiting(id, body.revision, effects);
        // A withdrawal that had waited may just have taken it back.
        let resident = self
            .applications
            .get(&id)
            .and_then(|application| application.resident);
        Verdict {
            outcome: OutcomeKind::Loaded,
            findings,
            resident: resident.or(Some(target)),
        }
    }

    /// The resident that an application with these keys belongs to, by the thin rule.
    fn candidate(&self, id: Uuid, keys: Keys) -> Option<Candidate> {
        let same_number = keys
            .number
            .and_then(|key| self.oldest(id, key, "same-personal-number", 30_000, |_| true));
        same_number.or_else(|| {
            let numbers_agree = |resident: &Resident| {
                let numbers = resident
                    .members
                    .iter()
                    .filter_map(|member| self.applications.get(member)?.keys.number);
                keys.number
                    .is_none_or(|own| numbers.into_iter().all(|number| number == own))
            };
            keys.identity
                .and_then(|key| self.oldest(id, key, "same-name-birth-sex-province", 20_000, numbers_agree))
        })
    }

    /// Of the residents under a key that `fits`, the oldest, through its first application there.
    fn oldest(
        &self,
        id: Uuid,
        key: crate::keys::Key,
        rule: &str,
        weight_millibits: i64,
        fits: impl Fn(&Resident) -> bool,
    ) -> Option<Candidate> {
        let block = self.index.block(key)?.iter().filter(|&&member| member != id);
        let placed = block.filter_map(|&to| {
            let resident = self.applications.get(&to)?.resident?;
            Some((resident, to))
        });
        let (resident, to) = placed
            .filter(|(resident, _)| self.residents.get(resident).is_some_and(&fits))
            .min()?;
        Some(Candidate {
            resident,
            link: Link {
                to,
                rule: rule.to_owned(),
                weight_millibits,
            },
        })
    }

    fn join(&mut self, target: Uuid, id: Uuid, link: Option<&Link>, effects: &mut Effects) {
        let touch = effects.residents.entry(target).or_default();
        touch.gained.push(id);
        touch.edges.extend(link.map(|link| edge(id, link, true)));
        let resident = self.residents.entry(target).or_insert_with(|| {
            touch.is_new = true;
            Resident {
                status: ResidentStatus::Active,
                redirect_to: None,
                members: Vec::new(),
            }
        });
        resident.status = ResidentStatus::Active;
        resident.redirect_to = None;
        if !resident.members.contains(&id) {
            resident.members.push(id);
        }
    }

    fn leave(&mut self, resident_id: Uuid, id: Uuid, redirect_to: Option<Uuid>, effects: &mut Effects) {
        effects.residents.entry(resident_id).or_default();
        if let Some(resident) = self.residents.get_mut(&resident_id) {
            resident.members.retain(|&member| member != id);
            if resident.members.is_empty() {
                resident.status = ResidentStatus::Superseded;
                resident.redirect_to = redirect_to;
            }
        }
    }

    /// Takes back the edge that linked an application to its resident.
    fn cut(&self, application: &Application, effects: &mut Effects) {
        if let (Some(link), Some(resident)) = (&application.link, application.resident) {
            let edges = &mut effects.residents.entry(resident).or_default().edges;
            edges.push(edge(application.row.application_id, link, false));
        }
    }

    fn release_waiting(&mut self, id: Uuid, revision: i32, effects: &mut Effects) {
        for waiting in self.waiting.take(&id) {
            let verdict = match waiting.revision {
                Some(held) if held > revision => {
                    self.waiting.add(waiting);
                    continue;
                }
                Some(_) => Verdict::rejected(OutcomeKind::Rejected, "application.corrected"),
                None => match follow_up_of(&waiting.entry) {
                    Some((event, changes)) => {
                        let verdict = self.follow_up(id, &event, &changes, effects);
                        verdict.unwrap_or_else(|| {
                            Verdict::rejected(OutcomeKind::Rejected, "application.unknown")
                        })
                    }
                    None => Verdict::rejected(OutcomeKind::Rejected, "envelope.malformed"),
                },
            };
            effects.released.push((waiting, verdict));
        }
    }

    /// Applies a verification or withdrawal; none when its application isn't in force yet.
    fn follow_up(
        &mut self,
        id: Uuid,
        event: &IntakeEvent,
        changes: &[NormalisedValue],
        effects: &mut Effects,
    ) -> Option<Verdict> {
        let application = self.applications.get_mut(&id)?;
        if application.row.status == ApplicationStatus::Withdrawn {
            return Some(Verdict::rejected(OutcomeKind::Rejected, "application.withdrawn"));
        }
        if let Body::VerificationRecorded(body) = &event.body {
            let resident = application.resident?;
            golden::verify(&mut application.row.verifications, verified(body, changes));
            application.row.stage = application.row.stage.max(body.stage);
            effects.residents.entry(resident).or_default().gained.push(id);
            return Some(Verdict {
                outcome: OutcomeKind::Loaded,
                findings: Vec::new(),
                resident: Some(resident),
            });
        }
        application.row.status = ApplicationStatus::Withdrawn;
        let withdrawn = application.clone();
        application.resident = None;
        application.link = None;
        self.index.remove(withdrawn.keys, id);
        self.cut(&withdrawn, effects);
        if let Some(resident) = withdrawn.resident {
            self.leave(resident, id, None, effects);
        }
        for waiting in self.waiting.take(&id) {
            effects.released.push((
                waiting,
                Verdict::rejected(OutcomeKind::Rejected, "application.withdrawn"),
            ));
        }
        Some(Verdict {
            outcome: OutcomeKind::Loaded,
            findings: Vec::new(),
            resident: withdrawn.resident,
        })
    }
}

/// What becomes of a revision that isn't newer than the known one; none when it is newer.
fn older_or_repeated(
    known: &Application,
    body: &ApplicationSubmitted,
    findings: &[Finding],
) -> Option<Verdict> {
    let outcome = match known.row.status {
        ApplicationStatus::Withdrawn => {
            return Some(Verdict::rejected(OutcomeKind::Rejected, "application.withdrawn"));
        }
        ApplicationStatus::Loaded => OutcomeKind::Loaded,
        ApplicationStatus::Rejected => OutcomeKind::Rejected,
        ApplicationStatus::Held => OutcomeKind::Held,
    };
    let noted = |code| {
        let findings = [findings, &[Finding::overall(Severity::Note, code)]].concat();
        Verdict {
            outcome,
            findings,
            resident: known.resident,
        }
    };
    match body.revision.cmp(&known.row.revision) {
        std::cmp::Ordering::Greater => None,
        std::cmp::Ordering::Equal if same_content(known, body) => Some(noted("application.repeated")),
        std::cmp::Ordering::Equal => Some(Verdict::rejected(
            OutcomeKind::Rejected,
            "application.revision-taken",
        )),
        std::cmp::Ordering::Less if outcome == OutcomeKind::Loaded => {
            Some(noted("application.superseded-revision"))
        }
        std::cmp::Ordering::Less => Some(Verdict::rejected(
            OutcomeKind::Rejected,
            "application.superseded-revision",
        )),
    }
}

fn same_content(known: &Application, body: &ApplicationSubmitted) -> bool {
    let stored = IntakeEvent::decode(&known.row.event).map(|event| event.body);
    matches!(stored, Ok(Body::ApplicationSubmitted(stored)) if stored == *body)
}

fn row(
    arriving: &Arriving<'_>,
    body: &ApplicationSubmitted,
    status: ApplicationStatus,
    findings: Vec<Finding>,
    known: Option<&Application>,
) -> ApplicationState {
    ApplicationState {
        application_id: body.application_id,
        revision: body.revision,
        status,
        stage: known.map_or(0, |known| known.row.stage),
        event_id: arriving.event.event_id,
        appended_at: arriving.appended_at,
        event: arriving.decoded.event.clone(),
        ruleset: arriving.ruleset.clone(),
        changes: arriving.decoded.changes.clone(),
        findings,
        verifications: known
            .map(|known| known.row.verifications.clone())
            .unwrap_or_default(),
    }
}

fn verified(body: &VerificationRecorded, changes: &[NormalisedValue]) -> impl Iterator<Item = VerifiedField> {
    body.findings.iter().map(|found| {
        let normal = changes
            .iter()
            .find(|change| change.field == found.field)
            .map(|change| change.value.clone());
        let value = found.value.clone().map(|written| normal.unwrap_or(written));
        VerifiedField {
            field: found.field,
            stage: body.stage,
            finding: found.finding,
            value,
        }
    })
}

/// The event of a waiting entry, with its normalised values.
fn follow_up_of(entry: &[u8]) -> Option<(IntakeEvent, Vec<NormalisedValue>)> {
    let LogBody::SourceRecord(record) = MatchLogEntry::decode(entry).ok()?.body else {
        return None;
    };
    let Content::Decoded(decoded) = record.content else {
        return None;
    };
    Some((IntakeEvent::decode(&decoded.event).ok()?, decoded.changes))
}

fn edge(right: Uuid, link: &Link, accepted: bool) -> MatchEdge {
    let Link {
        to,
        rule,
        weight_millibits,
    } = link.clone();
    MatchEdge {
        left: to,
        right,
        rule,
        weight_millibits,
        accepted,
    }
}

fn hold(code: &str) -> Finding {
    Finding::overall(Severity::Hold, code)
}
