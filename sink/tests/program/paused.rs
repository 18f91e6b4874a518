//! What a member of a group has paused, over a rebalance.

use crate::fixture::history::History;
use crate::kafka::{Namespace, until};
use runtime::Fault;
use runtime::kafka::{Assignments, Consumer, ConsumerSpec, Partition};
use schemas::topics;
use std::collections::BTreeSet;
use std::time::Duration;

/// Starts every partition at its beginning.
struct FromTheBeginning;

impl Assignments for FromTheBeginning {
    fn starts(&self, owned: &[Partition]) -> Result<Vec<i64>, Fault> {
        Ok(vec![0; owned.len()])
    }

    fn lost(&self, _: &[Partition]) {}
}

type Member = Consumer<FromTheBeginning>;

fn join(namespace: &Namespace) -> Member {
    let spec = ConsumerSpec {
        group: "paused",
        topics: vec![topics::CHANGES.to_owned()],
        read_committed: true,
        session_timeout: Duration::from_secs(6),
    };
    namespace
        .cluster
        .consumer(&spec, FromTheBeginning)
        .expect("a member")
}

fn poll(member: &Member) -> Option<Partition> {
    let polled = member
        .poll(Duration::from_millis(20))
        .expect("the cluster has no trouble");
    polled.map(|record| record.partition)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_that_was_paused_when_it_was_lost_is_read_when_it_comes_back() {
    let namespace = Namespace::create().await;
    namespace.publish(&History::new(19, 4).steps(500));
    let all = topics::CHANGES_PARTITIONS as usize;
    tokio::task::block_in_place(|| {
        let first = join(&namespace);
        until("the first member owns everything", || {
            poll(&first);
            first.owned().len() == all
        });
        first.pause(&first.owned()).expect("paused");

        let second = join(&namespace);
        until("the second member has its share", || {
            poll(&first);
            poll(&second);
            !second.owned().is_empty() && first.owned().len() < all
        });
        drop(second);
        let mut read = BTreeSet::new();
        until("every partition is read again", || {
            read.extend(poll(&first));
            read.len() == all
        });
    });
    namespace.delete().await;
}
