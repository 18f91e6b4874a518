//! Which consumer group of the pipeline reads which topics.

use schemas::topics::{self, CHANGES, GROUP_MATCH, GROUP_NORMALISE, GROUP_SINK, MATCH_LOG};

/// Each stage's group with the topics it reads for these provinces, first stage first.
pub(super) fn stages<'a>(
    provinces: impl Iterator<Item = &'a str> + Clone,
) -> [(&'static str, Vec<String>); 3] {
    let manifests = provinces.clone().map(topics::nodes);
    [
        (GROUP_NORMALISE, provinces.map(topics::applications).collect()),
        (GROUP_MATCH, vec![MATCH_LOG.to_owned()]),
        (
            GROUP_SINK,
            std::iter::once(CHANGES.to_owned()).chain(manifests).collect(),
        ),
    ]
}
