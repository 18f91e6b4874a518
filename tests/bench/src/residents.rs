//! The sink on one table of over 40 columns: residents inserted and updated, decoding included, beside a
//! raw COPY of the same rows into the same table with the same indexes.

use crate::cost::Servers;
use crate::limits;
use crate::load::Load;
use crate::report::{Report, Row};
use crate::stages::{Behind, drain, worker};
use anyhow::Result;
use normalise::fold::fold;
use rules::Thresholds;
use runtime::kafka::Cluster;
use schemas::change::{GoldenSource, ResidentChanged, ResidentStatus};
use schemas::codec::Event;
use schemas::provinces::DEFAULT_21;
use schemas::{Applicant, Field, Sha256, topics};
use std::time::Duration;
use tests::Ground;
use uuid::Uuid;

/// Sequences of later states begin here.
pub const FIRST_LATER: i64 = i64::MAX / 2;

/// Loads a resident for each application, then a later state of each.
pub fn measure(load: &Load, report: &mut Report) -> Result<()> {
    let ground = Ground::of(DEFAULT_21);
    let cluster = &ground.site.cluster;
    let offsets = cluster.offsets()?;
    let servers = Servers::find()?;
    let changes = [topics::CHANGES.to_owned()];
    for (what, is_new) in [("residents inserted", true), ("residents updated", false)] {
        publish(load, cluster, is_new, |change| Ok(change.encode()?))?;
        let behind = Behind::of(&offsets, cluster.group_offsets(topics::GROUP_SINK)?, &changes)?;
        report.add(Row {
            what: what.to_owned(),
            records: load.count(),
            limit: Some(limits::COPY_RESIDENT),
            ..drain(&mut worker(&ground, "sink"), &behind, &servers)
        });
    }
    limits::copy(
        limits::COPY_RESIDENT,
        &ground.site.database,
        &["resident"],
        1,
        load.count(),
        report,
    )
}

/// Publishes the first or a later state of each, keyed and encoded as `encode` does it.
///
/// # Errors
/// When a record is not taken.
pub fn publish(
    load: &Load,
    cluster: &Cluster,
    is_new: bool,
    encode: impl Fn(&ResidentChanged) -> Result<Vec<u8>>,
) -> Result<()> {
    let producer = cluster.producer()?;
    for (n, written) in load.applicants().enumerate() {
        let change = change(n as i64, &written?, is_new);
        producer.send(
            topics::CHANGES,
            change.resident_id.as_bytes(),
            &encode(&change)?,
            0,
        )?;
        if n % 500 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(Duration::from_secs(60))?;
    Ok(())
}

/// The state of the `n`th resident: its first one, or a later one.
fn change(n: i64, written: &Applicant, is_new: bool) -> ResidentChanged {
    let golden = written.normalised(&normalise::of_applicant(written, None, Thresholds::default()).changes);
    let (sequence, stage) = if is_new {
        (2 * n + 1, 0)
    } else {
        (FIRST_LATER + n, 1)
    };
    let application = Uuid::from_u128(n as u128);
    ResidentChanged {
        sequence,
        resident_id: resident_id(n),
        is_new,
        status: ResidentStatus::Active,
        redirect_to: None,
        folded_name: golden.get(Field::FullName).map(fold).unwrap_or_default(),
        golden,
        sources: vec![GoldenSource {
            application_id: application,
            revision: 1,
            fields: Vec::new(),
            differs: Vec::new(),
        }],
        members: vec![application],
        stage,
        last_event: application,
        gained: Vec::new(),
        moved: Vec::new(),
        edges: Vec::new(),
        reviews: Vec::new(),
    }
}

/// As match makes them: they sort by age, ten in a millisecond here.
fn resident_id(n: i64) -> Uuid {
    const AN_EVENING: i64 = 1_700_000_000_000;
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&(AN_EVENING + n / 10).to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&Sha256::of(&n.to_be_bytes()).0[..10]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}
