//! Reading an archive: whether it is whole, and what it holds.

use crate::container::{self, ArchivedRecord};
use crate::entry::{self, Entry};
use crate::place::Place;
use object_store::path::Path;
use runtime::Fault;
use schemas::Sha256;
use serde::Serialize;
use std::collections::BTreeMap;

/// Problems named of each partition.
const MOST: usize = 20;

/// What an archive holds of one partition.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The topic, namespace included.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// First offset behind the archive.
    pub next_offset: i64,
    /// Files.
    pub files: u64,
    /// Records in them.
    pub records: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Offsets that were gone before they could be archived.
    pub lost: i64,
    /// What is wrong, in words; at most twenty.
    pub problems: Vec<String>,
}

/// Reads everything, and compares it with the manifest.
///
/// # Errors
/// When the place can't be read.
pub async fn check(place: &Place) -> Result<Vec<Report>, Fault> {
    let mut reports = Vec::new();
    for ((topic, partition), entries) in manifests(place).await? {
        let mut report = Report {
            topic,
            partition,
            ..Report::default()
        };
        let mut previous = Sha256::ZERO;
        for path in entries {
            let bytes = place.get(&path).await?.unwrap_or_default();
            match serde_json::from_slice::<Entry>(&bytes) {
                Ok(entry) => {
                    report.look_at(&path, &entry, previous);
                    if let Some(file) = &entry.file {
                        let content = place.get(&file.path.as_str().into()).await?;
                        report.look_into(&entry, content.as_deref());
                    }
                }
                Err(_) => report.problem(format!("{path} is no manifest entry")),
            }
            previous = Sha256::of(&bytes);
        }
        reports.push(report);
    }
    Ok(reports)
}

/// Hands on the archived records of a partition from an offset on, in order. `topic` is its full name,
/// namespace included.
///
/// # Errors
/// Data when a file isn't what its manifest says; what `each` returns; transient when the place can't be
/// read.
pub async fn read(
    place: &Place,
    topic: &str,
    partition: i32,
    from: i64,
    mut each: impl FnMut(ArchivedRecord) -> Result<(), Fault>,
) -> Result<(), Fault> {
    for path in place.list(&entry::folder(topic, partition)).await? {
        let entry = entry_at(place, &path).await?;
        let Some(file) = entry.file.filter(|_| entry.to > from) else {
            continue;
        };
        let content = place.get(&file.path.as_str().into()).await?;
        let content = content.filter(|content| Sha256::of(content) == file.sha256);
        let records = content.and_then(|content| container::read(&content));
        let records = records.ok_or_else(|| {
            Fault::data(format!(
                "{} in the archive is not what its manifest says",
                file.path
            ))
        })?;
        records
            .into_iter()
            .filter(|record| record.offset >= from)
            .try_for_each(&mut each)?;
    }
    Ok(())
}

/// The stretches of a partition's offsets that files hold, in order: the first of each, and the first behind it.
///
/// # Errors
/// Data when a manifest can't be read; transient when the place can't be read.
pub async fn segments(place: &Place, topic: &str, partition: i32) -> Result<Vec<(i64, i64)>, Fault> {
    let mut segments = Vec::new();
    for path in place.list(&entry::folder(topic, partition)).await? {
        let entry = entry_at(place, &path).await?;
        if entry.file.is_some() {
            segments.push((entry.from, entry.to));
        }
    }
    Ok(segments)
}

async fn entry_at(place: &Place, path: &Path) -> Result<Entry, Fault> {
    let bytes = place.get(path).await?.unwrap_or_default();
    serde_json::from_slice(&bytes)
        .map_err(|_| Fault::data(format!("{path} in the archive is no manifest entry")))
}

type Manifests = BTreeMap<(String, i32), Vec<Path>>;

async fn manifests(place: &Place) -> Result<Manifests, Fault> {
    let mut manifests = Manifests::new();
    for path in place.list(&entry::root()).await? {
        let parts: Vec<String> = path.parts().map(|part| part.as_ref().to_owned()).collect();
        if let [_, topic, partition, _] = parts.as_slice()
            && let Ok(partition) = partition.parse()
        {
            manifests
                .entry((topic.clone(), partition))
                .or_default()
                .push(path);
        }
    }
    Ok(manifests)
}

impl Report {
    fn look_at(&mut self, path: &Path, entry: &Entry, previous: Sha256) {
        if (&entry.topic, entry.partition) != (&self.topic, self.partition) || entry.path() != *path {
            self.problem(format!("{path} is an entry of another place"));
        }
        if entry.from != self.next_offset || entry.to <= entry.from {
            let (next, from, to) = (self.next_offset, entry.from, entry.to);
            self.problem(format!("after offset {next} an entry of {from} to {to} follows"));
        }
        if entry.previous != previous {
            self.problem(format!(
                "{path} does not follow the entry before it: one of them was changed"
            ));
        }
        self.next_offset = entry.to;
        if entry.file.is_none() {
            self.lost += entry.to - entry.from;
        }
    }

    fn look_into(&mut self, entry: &Entry, content: Option<&[u8]>) {
        let Some(file) = &entry.file else { return };
        let Some(content) = content else {
            self.problem(format!("{} is missing", file.path));
            return;
        };
        self.files += 1;
        self.bytes += content.len() as u64;
        if Sha256::of(content) != file.sha256 {
            self.problem(format!("{} was changed: its digest is another", file.path));
            return;
        }
        let Some(records) = container::read(content) else {
            self.problem(format!("{} can't be read", file.path));
            return;
        };
        let ascending = records.is_sorted_by(|a, b| a.offset < b.offset);
        let inside = records
            .iter()
            .all(|record| (entry.from..entry.to).contains(&record.offset));
        if records.len() as u64 != file.records || !ascending || !inside {
            self.problem(format!(
                "{} holds other offsets than its manifest says",
                file.path
            ));
        }
        self.records += records.len() as u64;
    }

    fn problem(&mut self, text: String) {
        if self.problems.len() < MOST {
            self.problems.push(text);
        }
    }
}
