//! What kafka-lag-exporter would tell, under its names.

use super::text::Text;
use lag::{PartitionLag, Window};
use schemas::topics::Namespace;
use std::collections::BTreeMap;

/// Topics and groups have their full names here, as in other tools' dashboards.
pub(super) fn write(
    text: &mut Text,
    cluster: &str,
    namespace: &Namespace,
    window: &Window,
    lags: &[PartitionLag],
) {
    let committed = || lags.iter().filter(|lag| lag.committed_offset.is_some());
    let labels = |lag: &PartitionLag| {
        [
            cluster.to_owned(),
            namespace.full(&lag.group),
            namespace.full(&lag.topic),
            lag.partition.to_string(),
        ]
    };
    let by_partition = ["cluster_name", "group", "topic", "partition"];
    text.family(
        "kafka_consumergroup_group_offset",
        "The group's committed offset: the next to read.",
        by_partition,
        committed().filter_map(|lag| Some((labels(lag), lag.committed_offset? as f64))),
    );
    text.family(
        "kafka_consumergroup_group_lag",
        "Latest offset less the committed one; absent where nothing was committed.",
        by_partition,
        committed().map(|lag| (labels(lag), lag.lag as f64)),
    );
    text.family(
        "kafka_consumergroup_group_lag_seconds",
        "Age of the first record that waits; absent where it is unknown.",
        by_partition,
        committed().filter_map(|lag| Some((labels(lag), lag.lag_seconds?))),
    );
    let mut of_groups: BTreeMap<&str, (i64, i64, Option<f64>)> = BTreeMap::new();
    for lag in committed() {
        let (most, sum, oldest) = of_groups.entry(&lag.group).or_default();
        *most = lag.lag.max(*most);
        *sum += lag.lag;
        *oldest = oldest.unwrap_or(0.0).max(lag.lag_seconds.unwrap_or(0.0)).into();
    }
    let group = |name: &str| [cluster.to_owned(), namespace.full(name)];
    let by_group = ["cluster_name", "group"];
    text.family(
        "kafka_consumergroup_group_max_lag",
        "The highest lag of the group's partitions.",
        by_group,
        of_groups
            .iter()
            .map(|(name, (most, ..))| (group(name), *most as f64)),
    );
    text.family(
        "kafka_consumergroup_group_sum_lag",
        "Lag over the group's partitions.",
        by_group,
        of_groups
            .iter()
            .map(|(name, (_, sum, _))| (group(name), *sum as f64)),
    );
    text.family(
        "kafka_consumergroup_group_max_lag_seconds",
        "The highest known lag in seconds of the group's partitions.",
        by_group,
        of_groups
            .iter()
            .filter_map(|(name, (.., oldest))| Some((group(name), (*oldest)?))),
    );
    let ends = || window.last().into_iter().flat_map(|look| &look.ends);
    let place =
        |topic: &str, partition: i32| [cluster.to_owned(), namespace.full(topic), partition.to_string()];
    let by_place = ["cluster_name", "topic", "partition"];
    text.family(
        "kafka_partition_latest_offset",
        "First offset behind everything.",
        by_place,
        ends().map(|(p, ends)| (place(&p.topic, p.number), ends.end as f64)),
    );
    text.family(
        "kafka_partition_earliest_offset",
        "First offset that is still there.",
        by_place,
        ends().map(|(p, ends)| (place(&p.topic, p.number), ends.earliest as f64)),
    );
}
