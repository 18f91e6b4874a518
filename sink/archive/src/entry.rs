//! One entry of the manifest: what a file holds, or what was gone before it could be archived.

use object_store::path::Path;
use schemas::Sha256;
use serde::{Deserialize, Serialize};

/// A stretch of one partition's offsets. The entries of a partition follow each other without a hole, and
/// each names the digest of the one before, so that one that was changed or taken away shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The cluster that the topic is of.
    pub cluster_id: String,
    /// The topic, namespace included.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// First offset.
    pub from: i64,
    /// First offset behind it.
    pub to: i64,
    /// The file; none when the topic no longer held these offsets.
    pub file: Option<File>,
    /// SHA-256 of the bytes of the entry before; zeros for the first one.
    pub previous: Sha256,
}

/// A file of records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it lies in the archive.
    pub path: String,
    /// Day of the records' append time, in Viet Nam.
    pub day: String,
    /// Records in it.
    pub records: u64,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
}

impl Entry {
    /// Its place in the archive.
    pub(crate) fn path(&self) -> Path {
        let folder = folder(&self.topic, self.partition);
        folder.join(format!("{:020}.json", self.from))
    }

    /// Its bytes.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec_pretty(self).expect("names, numbers and digests are JSON")
    }
}

/// All manifests.
pub(crate) fn root() -> Path {
    Path::from("manifest")
}

/// The manifest of one partition.
pub(crate) fn folder(topic: &str, partition: i32) -> Path {
    root().join(topic).join(partition.to_string())
}

/// Where a file of records lies. Named by its content, too: two archivers' files of the same offsets may
/// differ, and must not take each other's place.
pub(crate) fn file_path(
    topic: &str,
    partition: i32,
    day: &str,
    (from, to): (i64, i64),
    content: Sha256,
) -> Path {
    let digest = &content.to_string()[..16];
    Path::from("data")
        .join(topic)
        .join(partition.to_string())
        .join(day)
        .join(format!("{from:020}-{to:020}-{digest}.avro"))
}
