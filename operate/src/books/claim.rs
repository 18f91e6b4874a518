//! What a node claims of its series, and whether it is the node that says so.

use super::balance::Claim;
use super::rows::{ManifestRow, NodeRow};
use ed25519_dalek::{Signature, VerifyingKey};
use schemas::codec::Event;
use schemas::manifest::NodeClaim;

/// Whether a node's word is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Signed with the registered key.
    Verified,
    /// The node or its key isn't registered, or it sent no manifest.
    Unverified,
    /// Not signed with the registered key: the claim isn't used.
    Forged,
}

/// Whether `manifest` is signed with the key that `node` registered.
pub(super) fn proof(manifest: &ManifestRow, node: Option<&NodeRow>) -> Proof {
    let Some(key) = node.and_then(|node| node.public_key.as_deref()) else {
        return Proof::Unverified;
    };
    let signed = || {
        let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
        let signature = Signature::from_slice(manifest.signature.as_deref()?).ok()?;
        key.verify_strict(&manifest.claim, &signature).ok()
    };
    if signed().is_some() {
        Proof::Verified
    } else {
        Proof::Forged
    }
}

/// What the manifest claims, series by series: the current one, then those that were closed. None
/// when the claim can't be read.
pub(super) fn claims(manifest: &ManifestRow) -> Option<Vec<Claim>> {
    let claim = NodeClaim::decode(&manifest.claim).ok()?;
    let current = Claim {
        epoch: claim.epoch,
        captured: claim.captured.max(0),
        published: claim.published.max(0),
        published_at: claim.published_partition.zip(claim.published_offset),
    };
    // A closed series ends with what was published of it: nothing is pending in it any more.
    let closed = claim.closed_epochs.iter().map(|closed| Claim {
        epoch: closed.epoch,
        captured: closed.captured.max(0),
        published: closed.captured.max(0),
        published_at: None,
    });
    Some(std::iter::once(current).chain(closed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};

    fn node(key: &SigningKey) -> NodeRow {
        NodeRow {
            node_id: "dien-bien-01".to_owned(),
            province: Some("dien-bien".to_owned()),
            public_key: Some(key.verifying_key().to_bytes().to_vec()),
            retired: false,
            reason: None,
            decided_at: None,
        }
    }

    #[test]
    fn only_the_registered_key_proves_a_claim() {
        let (key, other) = (SigningKey::from_bytes(&[7; 32]), SigningKey::from_bytes(&[8; 32]));
        let claim = b"claim".to_vec();
        let manifest = |signature| ManifestRow {
            province: "dien-bien".to_owned(),
            node_id: "dien-bien-01".to_owned(),
            appended_at: chrono::DateTime::UNIX_EPOCH,
            claim: claim.clone(),
            signature,
        };
        let signed = |key: &SigningKey| Some(key.sign(&claim).to_bytes().to_vec());
        for (signature, registered, expected) in [
            (signed(&key), Some(node(&key)), Proof::Verified),
            (signed(&other), Some(node(&key)), Proof::Forged),
            (None, Some(node(&key)), Proof::Forged),
            (Some(vec![1, 2, 3]), Some(node(&key)), Proof::Forged),
            (signed(&key), None, Proof::Unverified),
        ] {
            assert_eq!(proof(&manifest(signature), registered.as_ref()), expected);
        }
    }
}
