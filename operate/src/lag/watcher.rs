//! Looks at the cluster again and again, and keeps what the lag engine needs.

use super::reading;
use super::stages::stages;
use crate::Settings;
use lag::{Contents, PartitionLag, ProvinceLag, Retention, Window};
use runtime::kafka::{Offsets, Partition};
use runtime::{Fault, clock};
use schemas::topics;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long what waits is read for at each look.
const PATIENCE: Duration = Duration::from_secs(2);

/// A window over the cluster, kept up by looking. Blocking: call it from a thread that may.
pub struct Watcher<'a> {
    settings: &'a Settings,
    offsets: Offsets,
    window: Window,
    retention: Retention,
    contents: BTreeMap<(String, Partition), Contents>,
}

impl<'a> Watcher<'a> {
    /// A watcher that remembers `span`.
    ///
    /// # Errors
    /// Fatal when a setting is wrong.
    pub fn new(settings: &'a Settings, span: Duration) -> Result<Self, Fault> {
        let kept = topics::all(&settings.provinces)
            .into_iter()
            .filter(|spec| !spec.compacted)
            .map(|spec| (spec.name, spec.retention_ms));
        Ok(Self {
            settings,
            offsets: settings.cluster()?.offsets()?,
            window: Window::new(span),
            retention: kept.collect(),
            contents: BTreeMap::new(),
        })
    }

    /// Looks once, and reads a part of what waits for the pipeline's groups. Where we may not read, ages
    /// are interpolated and shares unknown.
    ///
    /// # Errors
    /// Transient when the cluster doesn't answer; fatal when none of the pipeline's topics is there.
    pub fn look(&mut self) -> Result<(), Fault> {
        let look = self.offsets.look()?;
        self.window.push(look);
        let expected = self.expected();
        if expected.values().all(Vec::is_empty) {
            return Err(Fault::fatal(
                "none of the topics is there: make them with `intakectl topics apply --execute`, or check --namespace",
            ));
        }
        let mut waiting = Vec::new();
        let mut standing = Vec::new();
        for (group, partitions) in &expected {
            for partition in partitions {
                if let Some(point) = self.window.series(group, partition).last()
                    && point.lag() > 0
                {
                    standing.push((partition.clone(), point.next()));
                    waiting.push((group.clone(), partition.clone(), point.next(), point.ends.stable));
                }
            }
        }
        self.window.forget_passed(&standing);
        self.contents.clear();
        for ((group, partition), (contents, first)) in
            reading::read(&self.settings.kafka, &waiting, reading::SAMPLE, PATIENCE)?
        {
            self.window.note_first(partition.clone(), contents.from, first);
            self.contents.insert((group, partition), contents);
        }
        lag::settle(&mut self.contents);
        Ok(())
    }

    /// The looks so far.
    pub fn window(&self) -> &Window {
        &self.window
    }

    /// Where the cluster is asked.
    pub fn offsets(&self) -> &Offsets {
        &self.offsets
    }

    /// The lag of every group, the pipeline's also where they never committed.
    pub fn lags(&self) -> Vec<PartitionLag> {
        self.window
            .lags(&self.expected(), &self.retention, &self.contents)
    }

    /// `lags` by province, worst first.
    pub fn by_province(&self, lags: &[PartitionLag]) -> Vec<ProvinceLag> {
        let slugs = self
            .settings
            .provinces
            .iter()
            .map(|province| province.slug.as_str());
        let now = self.window.last().map_or_else(clock::now, |look| look.at);
        lag::by_province(lags, &self.contents, slugs, now)
    }

    /// What the pipeline's groups read, as far as it is there.
    fn expected(&self) -> BTreeMap<String, Vec<Partition>> {
        let provinces = self.settings.provinces.iter();
        let reads = stages(provinces.map(|province| province.slug.as_str()));
        let mut there: BTreeMap<&str, Vec<&Partition>> = BTreeMap::new();
        for partition in self.window.last().iter().flat_map(|look| look.ends.keys()) {
            there.entry(&partition.topic).or_default().push(partition);
        }
        let found = |topics: Vec<String>| -> Vec<Partition> {
            let partitions = topics.iter().filter_map(|topic| there.get(topic.as_str()));
            partitions
                .flatten()
                .map(|partition| (*partition).clone())
                .collect()
        };
        reads
            .into_iter()
            .map(|(group, topics)| (group.to_owned(), found(topics)))
            .collect()
    }
}
