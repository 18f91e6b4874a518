//! The spool against a model of it: whatever is done to it, and wherever it is cut off, it holds
//! exactly what it answered for.

use ingest::acceptance::{Identity, check};
use ingest::spool::{Ahead, Appended, Limits, Spool};
use proptest::prelude::*;
use schemas::codec::Event;
use schemas::event::EventWithheld;
use schemas::finding::OutcomeKind;
use schemas::outcome::OutcomeNotice;
use schemas::{Body, IntakeEvent, NodeId, Sha256, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;
use uuid::Uuid;

#[derive(Clone, Debug)]
enum Action {
    /// Application, revision, content: some of them meet.
    Submit(Vec<(u8, u8, u8)>),
    Publish(u8),
    Withhold,
    Prune,
    /// The process dies: what is on the disk at this moment is all there is.
    Crash,
    Reopen,
    /// The centre turns out to have this many events more than the spool.
    CentreIsAhead(u8),
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let submissions = prop::collection::vec((0u8..8, 1u8..3, 0u8..2), 1..6);
    prop::collection::vec(
        prop_oneof![
            6 => submissions.prop_map(Action::Submit),
            3 => (1u8..5).prop_map(Action::Publish),
            1 => Just(Action::Withhold),
            1 => Just(Action::Prune),
            2 => Just(Action::Crash),
            1 => Just(Action::Reopen),
            1 => (1u8..3).prop_map(Action::CentreIsAhead),
        ],
        1..25,
    )
}

/// What the spool must hold.
#[derive(Default)]
struct Model {
    /// Content and event of each accepted application and revision.
    accepted: BTreeMap<(u8, u8), (u8, Uuid)>,
    /// Events of the current series that are not acknowledged, in order, and whether withheld.
    pending: Vec<(Uuid, bool)>,
    published: i64,
    closed: Vec<i64>,
}

fn node_id() -> NodeId {
    NodeId::parse("dien-bien-01").expect("an id")
}

fn limits() -> Limits {
    Limits {
        min_free_bytes: 0,
        keep: std::time::Duration::ZERO,
        ..Limits::default()
    }
}

fn submission((application, revision, content): (u8, u8, u8)) -> String {
    format!(
        r#"{{"application_id":"A{application}","revision":{revision},"form":{{"id":"CC01","version":"1"}},
            "channel":"ward_desk","service":"change","applicant":{{"full_name":"N{content}"}}}}"#
    )
}

struct Bench {
    folder: TempDir,
    spool: Option<Spool>,
    model: Model,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let spool = Spool::create(&folder.path().join("spool"), node_id(), limits()).expect("created");
        Self {
            folder,
            spool: Some(spool),
            model: Model::default(),
            now: Timestamp(1_790_000_000_000),
        }
    }

    fn spool(&self) -> &Spool {
        self.spool.as_ref().expect("open between actions")
    }

    fn open(&mut self) {
        let path = self.folder.path().join("spool");
        self.spool = Some(Spool::open(&path, node_id(), limits()).expect("opens again"));
    }

    fn step(&mut self, action: &Action) {
        self.now = self.now.plus_millis(1000);
        match action {
            Action::Submit(submissions) => self.submit(submissions),
            Action::Publish(count) => self.publish(i64::from(*count)),
            Action::Withhold => self.withhold(),
            Action::Prune => drop(self.spool().prune(self.now.plus_millis(1)).expect("prunes")),
            Action::Crash => {
                let copy = tempfile::tempdir().expect("a folder");
                copy_folder(&self.folder.path().join("spool"), &copy.path().join("spool"));
                self.spool = None;
                self.folder = copy;
                self.open();
            }
            Action::Reopen => {
                self.spool = None;
                self.open();
            }
            Action::CentreIsAhead(by) => self.fall_behind(i64::from(*by)),
        }
    }

    fn submit(&mut self, submissions: &[(u8, u8, u8)]) {
        let identity = Identity::of(&node_id());
        let news = submissions
            .iter()
            .map(|&submission_of| {
                check(submission(submission_of).as_bytes(), &identity).expect("well formed")
            })
            .collect();
        let answers = self.spool().append(news, self.now).expect("appends");
        for (&(application, revision, content), answer) in submissions.iter().zip(answers) {
            match (self.model.accepted.get(&(application, revision)), answer) {
                (None, Appended::Accepted(receipt)) => {
                    self.model
                        .accepted
                        .insert((application, revision), (content, receipt.event_id));
                    self.model.pending.push((receipt.event_id, false));
                }
                (Some((first, event)), Appended::AlreadyAccepted(receipt)) => {
                    assert_eq!((*first, *event), (content, receipt.event_id));
                }
                (Some((first, event)), Appended::Conflict(receipt)) => {
                    assert_ne!(*first, content);
                    assert_eq!(*event, receipt.event_id);
                }
                (model, answer) => panic!("answered {answer:?}, the model has {model:?}"),
            }
        }
    }

    fn publish(&mut self, count: i64) {
        let count = count.min(self.model.pending.len() as i64);
        if count > 0 {
            self.model.published += count;
            let sequence = self.model.published;
            self.spool()
                .mark_published(sequence, (0, sequence), self.now)
                .expect("marks");
            self.model.pending.drain(..count as usize);
        }
    }

    fn withhold(&mut self) {
        if let Some((_, withheld)) = self.model.pending.first_mut() {
            *withheld = true;
            self.spool()
                .withhold(self.model.published + 1, "message-too-large")
                .expect("withholds");
        }
    }

    fn fall_behind(&mut self, by: i64) {
        let (spool, captured) = (self.spool(), self.spool().head().captured);
        let notice = |sequence: i64| OutcomeNotice {
            sequence,
            event_id: Uuid::from_u128(sequence as u128),
            node_id: node_id(),
            epoch: spool.head().epoch,
            node_sequence: sequence,
            application_id: None,
            revision: None,
            outcome: OutcomeKind::Loaded,
            findings: Vec::new(),
            resident_id: None,
            settled_at: self.now,
        };
        spool
            .settle((1..=by).map(|more| notice(captured + more)).collect(), 1)
            .expect("settles");
        let ahead = spool.ahead().expect("the centre is ahead");
        assert_eq!((ahead.lowest, ahead.highest), (captured + 1, captured + by));
        spool.begin_epoch(Ahead { ..ahead }).expect("begins");
        self.model.closed.push(captured + by);
        self.model.published = 0;
    }

    fn verify(&self) {
        let (spool, model, head) = (self.spool(), &self.model, self.spool().head());
        assert_eq!(head.captured, model.published + model.pending.len() as i64);
        assert_eq!(head.accepted, model.accepted.len() as i64);
        assert_eq!(
            head.closed
                .iter()
                .map(|closed| closed.captured)
                .collect::<Vec<_>>(),
            model.closed
        );
        let mut link: Option<Sha256> = (model.published == 0).then_some(Sha256::ZERO);
        let pending = spool.pending(model.published + 1, usize::MAX).expect("reads");
        assert_eq!(pending.len(), model.pending.len());
        for (kept, (event_id, withheld)) in pending.iter().zip(&model.pending) {
            let event = IntakeEvent::decode(&kept.bytes).expect("an event");
            assert_eq!(
                (event.event_id, event.sequence, event.epoch),
                (*event_id, kept.sequence, head.epoch)
            );
            assert!(
                link.is_none_or(|link| link == event.previous_hash),
                "the chain holds"
            );
            link = Some(match event.body {
                Body::EventWithheld(EventWithheld { withheld_hash, .. }) => {
                    assert!(withheld);
                    withheld_hash
                }
                _ => Sha256::of(&kept.bytes),
            });
        }
        if !model.pending.is_empty() {
            assert_eq!(link, Some(head.head_hash));
        }
        for (_, event_id) in model.accepted.values() {
            assert!(
                spool.receipt_of_event(*event_id).expect("reads").is_some(),
                "receipts stay"
            );
        }
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("readable") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 50, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn it_holds_what_it_answered_for(actions in actions()) {
        let mut bench = Bench::new();
        for action in &actions {
            bench.step(action);
            bench.verify();
        }
    }
}

#[test]
fn a_full_spool_refuses_until_what_is_published_makes_room() {
    let folder = tempfile::tempdir().expect("a folder");
    let limits = Limits {
        max_bytes: 8_000,
        min_free_bytes: 0,
        ..Limits::default()
    };
    let spool = Spool::create(&folder.path().join("spool"), node_id(), limits).expect("created");
    let identity = Identity::of(&node_id());
    let offer = |application: u8| {
        let new = check(submission((application, 1, 0)).as_bytes(), &identity).expect("well formed");
        spool
            .append(vec![new], Timestamp(1_000))
            .expect("appends")
            .remove(0)
    };
    let refused = (0..100)
        .find(|&n| matches!(offer(n), Appended::Full(_)))
        .expect("full at last");
    let captured = spool.head().captured;
    assert_eq!(captured, i64::from(refused));
    assert!(
        matches!(offer(0), Appended::AlreadyAccepted(_)),
        "what it has, it still knows"
    );
    spool
        .mark_published(captured, (0, 0), Timestamp(2_000))
        .expect("marks");
    assert!(
        matches!(offer(refused), Appended::Accepted(_)),
        "published events make room before their time"
    );
}

#[test]
fn a_full_disk_refuses_and_keeps_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let limits = Limits {
        min_free_bytes: u64::MAX,
        ..Limits::default()
    };
    let spool = Spool::create(&folder.path().join("spool"), node_id(), limits).expect("created");
    let new = check(submission((1, 1, 0)).as_bytes(), &Identity::of(&node_id())).expect("well formed");
    let refusal = spool
        .append(vec![new], Timestamp(1))
        .expect_err("refused")
        .to_string();
    assert!(refusal.contains("free disk space"), "{refusal}");
    assert_eq!(spool.head().captured, 0);
}

#[test]
fn a_lost_or_damaged_spool_is_named_and_never_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("spool");
    let fault = |path: &Path| {
        Spool::open(path, node_id(), limits())
            .err()
            .expect("refused")
            .to_string()
    };
    assert!(fault(&path).contains("there is no spool"), "{}", fault(&path));
    drop(Spool::create(&path, node_id(), limits()).expect("created"));
    std::fs::remove_file(path.join("version")).expect("removed");
    assert!(fault(&path).contains("damaged"), "{}", fault(&path));
    assert!(
        Spool::create(&path, node_id(), limits()).is_err(),
        "never overwritten"
    );
}
