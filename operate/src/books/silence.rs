//! Nodes that have not been heard of for long. Offline for a night is nothing, so it unbalances no books:
//! what such a node holds is not known here, and someone should go and see.

use super::rows::{ManifestRow, NodeRow};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A node that should have sent a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SilentNode {
    /// Slug of its province.
    pub province: String,
    /// The node.
    pub node_id: String,
    /// When its last manifest came, or, when none ever did, when it was registered.
    pub since: DateTime<Utc>,
}

/// Since when a node is silent, when that is before `limit`. None of a retired one, and of a publisher
/// that never sent a manifest but sends events.
pub(super) fn since(
    registered: Option<&NodeRow>,
    manifest: Option<&ManifestRow>,
    delivers: bool,
    limit: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    if registered.is_some_and(|node| node.retired) {
        return None;
    }
    let heard = match manifest {
        Some(manifest) => Some(manifest.appended_at),
        None if delivers => None,
        None => registered.and_then(|node| node.decided_at),
    };
    heard.filter(|at| *at < limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_begins_with_the_last_manifest_or_the_registration() {
        let at = |hour: i64| DateTime::from_timestamp(hour * 3600, 0);
        let node = |hour, retired| NodeRow {
            node_id: "dien-bien-01".to_owned(),
            province: Some("dien-bien".to_owned()),
            public_key: None,
            retired,
            reason: None,
            decided_at: at(hour),
        };
        let manifest = |hour| ManifestRow {
            province: "dien-bien".to_owned(),
            node_id: "dien-bien-01".to_owned(),
            appended_at: at(hour).expect("a moment"),
            claim: Vec::new(),
            signature: None,
        };
        let limit = at(10).expect("a moment");
        for (case, registered, manifest, delivers, expected) in [
            (
                "heard in time",
                Some(node(1, false)),
                Some(manifest(10)),
                true,
                None,
            ),
            ("silent", Some(node(1, false)), Some(manifest(9)), true, at(9)),
            ("silent and not registered", None, Some(manifest(9)), true, at(9)),
            ("retired", Some(node(1, true)), Some(manifest(9)), true, None),
            ("never heard of", Some(node(1, false)), None, false, at(1)),
            ("registered just now", Some(node(11, false)), None, false, None),
            ("without manifests", Some(node(1, false)), None, true, None),
            ("without manifests and not registered", None, None, true, None),
        ] {
            let told = since(registered.as_ref(), manifest.as_ref(), delivers, limit);
            assert_eq!(told, expected, "{case}");
        }
    }
}
