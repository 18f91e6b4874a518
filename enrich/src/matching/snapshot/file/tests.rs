use super::super::footer::{Footer, Reached};
use super::super::refusal::Refusal;
use super::*;
use resolve::Waiting;
use resolve::restore::{Fold, Place, Registration, Row};
use schemas::change::{
    ApplicationState, ApplicationStatus, LedgerState, MatchEdge, MatchRules, NodeState, ResidentStatus,
    ReviewState, ReviewStatus,
};
use schemas::match_log::SourcePosition;
use schemas::{Epoch, NodeId, Timestamp};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use uuid::Uuid;

fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn node() -> NodeId {
    NodeId::parse("dien-bien-01").expect("an id")
}

fn epoch() -> Epoch {
    id(7)
}

fn application(n: u128, sequence: i64) -> Row {
    Row::Application {
        sequence,
        resident_id: Some(id(2)),
        state: ApplicationState {
            application_id: id(n),
            revision: 1,
            status: ApplicationStatus::Loaded,
            stage: 3,
            event_id: id(3),
            appended_at: Timestamp(2),
            first_appended_at: Timestamp(1),
            event: vec![9; 700],
            ruleset: "vn-1".to_owned(),
            changes: Vec::new(),
            findings: Vec::new(),
            verifications: Vec::new(),
        },
    }
}

fn one_of_each() -> Vec<Row> {
    let link = schemas::Sha256([3; 32]);
    let (by, reason) = ("a.admin".to_owned(), "2026-17".to_owned());
    vec![
        Row::Step(12),
        Row::Source(SourcePosition {
            topic: "intake.applications.dien-bien".to_owned(),
            partition: 2,
            offset: 9,
        }),
        Row::Node {
            sequence: 1,
            state: NodeState {
                node_id: node(),
                province: Some("dien-bien".to_owned()),
                public_key: Some(vec![1; 32]),
                retired: false,
                by: by.clone(),
                reason: None,
            },
        },
        Row::Registration(Registration {
            sequence: 1,
            entry_id: id(1),
            node_id: node(),
            retired: false,
            logged_at: Timestamp(5),
        }),
        Row::Entry {
            sequence: 2,
            entry_id: id(4),
        },
        Row::Rules {
            sequence: 3,
            rules: MatchRules {
                version: "vn-2".to_owned(),
                weights: "x = 1".to_owned(),
                link: 0.99,
                review: 0.1,
                by: by.clone(),
                reason: reason.clone(),
            },
        },
        Row::Books {
            sequence: 4,
            node_id: node(),
            epoch: epoch(),
            state: LedgerState::default(),
        },
        Row::Place(Place {
            sequence: 4,
            event_id: id(5),
            node_id: node(),
            epoch: epoch(),
            province: "dien-bien".to_owned(),
            node_sequence: 1,
            link,
            open_link: Some(link),
        }),
        Row::Waiting(Waiting {
            event_sequence: 5,
            application_id: id(6),
            event_id: id(7),
            node_id: node(),
            epoch: epoch(),
            node_sequence: 2,
            province: "dien-bien".to_owned(),
            revision: None,
            entry: vec![1, 2],
        }),
        Row::HeldEntry {
            event_sequence: 6,
            entry: vec![3],
        },
        Row::Released {
            event_sequence: 7,
            sequence: 8,
        },
        application(8, 9),
        Row::Resident {
            sequence: 9,
            resident_id: id(2),
            status: ResidentStatus::Provisional,
            redirect_to: Some(id(1)),
            members: vec![id(8)],
        },
        Row::Edge {
            sequence: 9,
            edge: MatchEdge {
                left: id(1),
                right: id(8),
                rule: "vn-2".to_owned(),
                weight_millibits: -1,
                accepted: true,
            },
        },
        Row::Review {
            sequence: 9,
            state: ReviewState {
                left: id(1),
                right: id(8),
                status: ReviewStatus::Same,
                weight_millibits: 7,
                opened: 8,
                by: Some(by),
                reason: Some(reason),
            },
        },
    ]
}

fn footer() -> Footer {
    Footer {
        schemas: Footer::schemas(),
        cluster_id: "c".to_owned(),
        topic: "register.changes".to_owned(),
        reached: vec![Reached {
            partition: 0,
            next: 3,
            witness: None,
        }],
        sequence: 12,
        rows: 0,
    }
}

fn written(folder: &Path, rows: &[Row]) -> PathBuf {
    let name = folder.join("one.snapshot");
    let mut writer = Writer::begin(folder.join("one.part")).expect("begun");
    rows.iter().for_each(|row| writer.row(row).expect("written"));
    writer.finish(footer(), &name).expect("finished");
    name
}

fn read(path: &Path) -> Result<Vec<Row>, Refusal> {
    let mut rows = Vec::new();
    Snapshot::open(path)?.each_row(|row| rows.push(row))?;
    Ok(rows)
}

#[test]
fn each_kind_of_row_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), &one_of_each());
    assert_eq!(read(&path).expect("read"), one_of_each());
    let mode = path.metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(Snapshot::open(&path).expect("opened").footer.rows, 15);
}

#[test]
fn a_byte_that_was_changed_or_cut_off_anywhere_is_found() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), &one_of_each());
    let whole = std::fs::read(&path).expect("read");
    for at in 0..whole.len() {
        let mut other = whole.clone();
        other[at] ^= 0x10;
        std::fs::write(&path, &other).expect("written");
        assert!(read(&path).is_err(), "byte {at} of {} was changed", whole.len());
    }
    for length in [0, 5, 12, 40, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).expect("written");
        assert!(read(&path).is_err(), "{length} bytes of {}", whole.len());
    }
}

#[test]
fn another_format_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), &[Row::Step(1)]);
    let mut bytes = std::fs::read(&path).expect("read");
    bytes[8] = 9;
    std::fs::write(&path, bytes).expect("written");
    let (written, known) = (9, FORMAT);
    assert_eq!(read(&path), Err(Refusal::Format { written, known }));
}

#[test]
fn the_next_one_keeps_what_nothing_replaces() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = written(folder.path(), &one_of_each());
    let mut since = Fold::default();
    since.take(application(8, 13));
    for event_sequence in [5, 6] {
        since.take(Row::Released {
            event_sequence,
            sequence: 13,
        });
    }
    let mut writer = Writer::begin(folder.path().join("two.part")).expect("begun");
    let base = Snapshot::open(&path).expect("opened");
    base.copy(&mut since, &mut writer)
        .expect("written")
        .expect("whole");
    let next = folder.path().join("two.snapshot");
    writer.finish(footer(), &next).expect("finished");
    let mut expected = one_of_each();
    expected.retain(|row| {
        !matches!(
            row,
            Row::Waiting(_) | Row::HeldEntry { .. } | Row::Application { .. }
        )
    });
    assert_eq!(read(&next).expect("read"), expected);
}
