//! A lane that owns every partition of `register.changes` from the beginning, and is fed by the test.

use super::arrivals;
use crate::arrival::Arrival;
use crate::fixture::cluster;
use crate::lane::Lane;
use crate::ownership::Ownership;
use crate::register::Register;
use crate::register::position;
use crate::settings::Limits;
use runtime::health::Health;
use runtime::kafka::{Partition, Record};
use runtime::{Fault, Stop};
use schemas::topics;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::{self, Sender};
use tokio::task::JoinHandle;

/// Room for whatever a test sends before it looks.
const CHUNKS: usize = 1000;

/// What a lane is fed by. Dropped, the lane ends when it has loaded what it got.
pub(super) struct Feed {
    sender: Sender<Vec<Arrival>>,
    ownership: Arc<Ownership>,
}

/// A lane that loads what it is fed, in small batches.
pub(super) fn lane(
    register: &Register,
    health: &Health,
    stop: &Stop,
) -> (Feed, JoinHandle<Result<(), Fault>>) {
    let cluster = cluster::namespace();
    let ownership = Ownership::new(register.clone(), cluster, Handle::current()).expect("ownership");
    ownership.begin(&partitions(), &vec![0; partitions().len()]);
    let ownership = Arc::new(ownership);
    let (sender, inbox) = mpsc::channel(CHUNKS);
    let limits = Limits {
        batch_rows: 20,
        load_timeout: Duration::from_secs(2),
        ..Limits::default()
    };
    let shared = (limits, health.clone(), stop.clone());
    let lane = Lane::new("lane-0", inbox, register.clone(), Arc::clone(&ownership), shared);
    (Feed { sender, ownership }, tokio::spawn(lane.run()))
}

impl Feed {
    /// Hands records over, a few at a time, and doesn't wait until they are loaded.
    pub(super) fn send(&self, records: &[Record]) {
        for records in records.chunks(7) {
            let mut chunk = arrivals(records);
            for arrival in &mut chunk {
                let tenure = self.ownership.tenure(&arrival.record.partition);
                arrival.tenure = tenure.expect("all partitions are owned").number;
            }
            self.sender
                .try_send(chunk)
                .expect("there is room, and the lane runs");
        }
    }
}

fn partitions() -> Vec<Partition> {
    (0..topics::CHANGES_PARTITIONS)
        .map(|number| Partition::new(topics::CHANGES, number))
        .collect()
}

/// The positions that a lane begins at.
pub(super) async fn positions_at_zero(register: &Register) {
    let mut conn = register.open().await.expect("a connection");
    let names = vec![topics::CHANGES.to_owned(); partitions().len()];
    position::ensure(&mut conn, &partitions(), "cluster", &names)
        .await
        .expect("positions");
}
