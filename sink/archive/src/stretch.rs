//! A partition's records on their way into one file.

use crate::container::{self, ArchivedRecord};
use crate::day;
use crate::entry::{Entry, File, file_path, folder};
use crate::place::Place;
use runtime::Fault;
use runtime::kafka::{Partition, Record};
use schemas::Sha256;
use std::time::Instant;

/// The end of a partition's manifest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// The next offset to archive.
    pub next: i64,
    /// Digest of the last entry.
    pub digest: Sha256,
    /// The cluster that the last entry is of.
    pub cluster_id: Option<String>,
}

impl Head {
    /// Reads where a partition's archive ends.
    pub(crate) async fn read(place: &Place, topic: &str, number: i32) -> Result<Self, Fault> {
        let entries = place.list(&folder(topic, number)).await?;
        let Some(path) = entries.last() else {
            return Ok(Self::default());
        };
        let bytes = place.get(path).await?.unwrap_or_default();
        let entry: Entry = serde_json::from_slice(&bytes).map_err(|_| {
            Fault::fatal(format!(
                "{path} in the archive is no manifest entry: put the right one back"
            ))
        })?;
        Ok(Self {
            next: entry.to,
            digest: Sha256::of(&bytes),
            cluster_id: Some(entry.cluster_id),
        })
    }
}

/// Records of one partition and one day, gathered for a file.
pub(crate) struct Stretch {
    pub partition: Partition,
    /// The topic, namespace included.
    pub topic: String,
    pub head: Head,
    records: Vec<ArchivedRecord>,
    bytes: usize,
    since: Instant,
}

impl Stretch {
    pub(crate) fn new(partition: Partition, topic: String, head: Head) -> Self {
        Self {
            partition,
            topic,
            head,
            records: Vec::new(),
            bytes: 0,
            since: Instant::now(),
        }
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn age(&self) -> std::time::Duration {
        if self.records.is_empty() {
            std::time::Duration::ZERO
        } else {
            self.since.elapsed()
        }
    }

    /// Whether a record is of another day than those gathered.
    pub(crate) fn ends_before(&self, record: &Record) -> bool {
        let first = self.records.first();
        first.is_some_and(|first| day::of(first.appended_at) != day::of(record.appended_at))
    }

    pub(crate) fn push(&mut self, record: Record) {
        if self.records.is_empty() {
            self.since = Instant::now();
        }
        self.bytes += record.value.len() + record.key.as_ref().map_or(0, Vec::len) + 32;
        self.records.push(record.into());
    }

    /// Archives what was gathered: the file, then the entry that makes it count. Returns how many records
    /// that were.
    ///
    /// # Errors
    /// Transient when somebody else has archived from this offset, or the place can't be reached: read the
    /// positions again, and go on from there.
    pub(crate) async fn archive(&mut self, place: &Place, cluster_id: &str) -> Result<u64, Fault> {
        let (Some(first), Some(last)) = (self.records.first(), self.records.last()) else {
            return Ok(0);
        };
        let (day, to) = (day::of(first.appended_at), last.offset + 1);
        let bytes = container::write(&self.records)?;
        let sha256 = Sha256::of(&bytes);
        let path = file_path(
            &self.topic,
            self.partition.number,
            &day,
            (self.head.next, to),
            sha256,
        );
        let file = File {
            path: path.to_string(),
            day,
            records: self.records.len() as u64,
            bytes: bytes.len() as u64,
            sha256,
        };
        place.put(&path, bytes).await?;
        let records = file.records;
        self.enter(place, cluster_id, to, Some(file)).await?;
        self.records.clear();
        self.bytes = 0;
        Ok(records)
    }

    /// Notes that the offsets up to `to` were gone before they could be archived.
    pub(crate) async fn note_lost(&mut self, place: &Place, cluster_id: &str, to: i64) -> Result<(), Fault> {
        self.enter(place, cluster_id, to, None).await
    }

    async fn enter(
        &mut self,
        place: &Place,
        cluster_id: &str,
        to: i64,
        file: Option<File>,
    ) -> Result<(), Fault> {
        let entry = Entry {
            cluster_id: cluster_id.to_owned(),
            topic: self.topic.clone(),
            partition: self.partition.number,
            from: self.head.next,
            to,
            file,
            previous: self.head.digest,
        };
        let bytes = entry.to_bytes();
        let digest = Sha256::of(&bytes);
        if !place.create(&entry.path(), bytes.clone()).await? {
            let winner = place.get(&entry.path()).await?.unwrap_or_default();
            // The same bytes are ours, whose answer was lost.
            if winner != bytes {
                Self::drop_file(place, &entry, &winner).await;
                return Err(Fault::transient(format!(
                    "{} was archived from offset {} by somebody else",
                    self.partition, entry.from
                )));
            }
        }
        self.head = Head {
            next: to,
            digest,
            cluster_id: Some(cluster_id.to_owned()),
        };
        Ok(())
    }

    /// Removes the file of an entry that lost, unless the one that won names the same.
    async fn drop_file(place: &Place, lost: &Entry, winner: &[u8]) {
        let theirs = serde_json::from_slice::<Entry>(winner)
            .ok()
            .and_then(|winner| winner.file);
        if let Some(ours) = &lost.file
            && theirs.is_none_or(|theirs| theirs.path != ours.path)
        {
            place.remove(&ours.path.as_str().into()).await;
        }
    }
}
