//! Follows the topics and archives what comes.

use crate::place::Place;
use crate::settings::Files;
use crate::stretch::{Head, Stretch};
use runtime::health::Health;
use runtime::kafka::{Cluster, Offsets, Partition, Record};
use runtime::retry::Backoff;
use runtime::{Fault, Stop};
use schemas::provinces::Provinces;
use schemas::topics;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::runtime::Handle;

const PATIENCE: Duration = Duration::from_millis(100);

/// How far the archiver goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// On and on, until it is stopped.
    Follow,
    /// To the ends of the topics as they are at the start.
    Once,
}

/// Archives the topics that hold what exists nowhere else. Blocking: keep it on a thread of its own.
pub struct Archiver {
    /// Where records come from.
    pub cluster: Cluster,
    /// Whose topics.
    pub provinces: Provinces,
    /// Where files go.
    pub place: Place,
    /// How files are made.
    pub files: Files,
    /// Go on where the topic no longer holds what should come next, and note what is lost.
    pub skip_lost: bool,
    /// Runs what waits for the place.
    pub handle: Handle,
    /// Where readiness is told.
    pub health: Health,
}

impl Archiver {
    /// Archives until a stop is asked for or, once, to the topics' ends. Returns how many records.
    ///
    /// # Errors
    /// Fatal when a topic no longer holds what should come next, is another one than the archive's, or the
    /// place refuses us. What was archived stays, and the next run goes on from there.
    pub fn run(&self, mode: Mode, stop: &Stop) -> Result<u64, Fault> {
        let (mut archived, mut backoff) = (0, Backoff::default());
        loop {
            let before = archived;
            match self.session(mode, stop, &mut archived) {
                Ok(()) => return Ok(archived),
                Err(fault) if fault.remedy().heals() && !stop.requested() => {
                    tracing::warn!(
                        remedy = fault.remedy().name(),
                        "archiving is interrupted: {fault}"
                    );
                    self.health.not_ready("archive", fault.to_string());
                    if archived > before {
                        backoff.reset();
                    }
                    backoff.pause_blocking(stop);
                }
                Err(fault) => return Err(fault),
            }
        }
    }

    /// From the positions as the archive has them, until something goes wrong.
    fn session(&self, mode: Mode, stop: &Stop, archived: &mut u64) -> Result<(), Fault> {
        let offsets = self.cluster.offsets()?;
        let cluster_id = offsets.cluster_id()?;
        let topics: Vec<String> = self
            .provinces
            .iter()
            .map(|province| topics::applications(&province.slug))
            .chain([topics::MATCH_LOG.to_owned()])
            .collect();
        let partitions = offsets.partitions(&topics)?;
        let mut stretches = self.stretches(&partitions, &offsets, &cluster_id)?;
        let bounds = offsets.boundaries(&partitions)?;
        let stable = bounds.iter().map(|bounds| bounds.stable);
        let ends: Vec<(Partition, i64)> = partitions.iter().cloned().zip(stable).collect();
        let starts: Vec<(Partition, i64)> = stretches
            .iter()
            .map(|(partition, stretch)| (partition.clone(), stretch.head.next))
            .collect();
        let reader = self.cluster.reader(&starts)?;
        self.health.ready("archive");
        while !stop.requested() {
            let polled = reader.poll(PATIENCE)?;
            if polled.is_none() && mode == Mode::Once && reader.reached(&ends)? {
                break;
            }
            if let Some(record) = polled {
                self.take(record, &mut stretches, &cluster_id, archived)?;
            }
            let every = self.files.every();
            for stretch in stretches.values_mut().filter(|stretch| stretch.age() >= every) {
                *archived += self.finish(stretch, &cluster_id)?;
            }
        }
        for stretch in stretches.values_mut() {
            *archived += self.finish(stretch, &cluster_id)?;
        }
        Ok(())
    }

    fn take(
        &self,
        record: Record,
        stretches: &mut BTreeMap<Partition, Stretch>,
        cluster_id: &str,
        archived: &mut u64,
    ) -> Result<(), Fault> {
        let Some(stretch) = stretches.get_mut(&record.partition) else {
            return Ok(());
        };
        if stretch.ends_before(&record) || stretch.bytes() >= self.files.file_bytes {
            *archived += self.finish(stretch, cluster_id)?;
        }
        stretch.push(record);
        if stretches.values().map(Stretch::bytes).sum::<usize>() > self.files.memory_bytes
            && let Some(largest) = stretches.values_mut().max_by_key(|stretch| stretch.bytes())
        {
            *archived += self.finish(largest, cluster_id)?;
        }
        Ok(())
    }

    fn finish(&self, stretch: &mut Stretch, cluster_id: &str) -> Result<u64, Fault> {
        let records = self.handle.block_on(stretch.archive(&self.place, cluster_id))?;
        if records > 0 {
            let Partition { topic, number } = &stretch.partition;
            metrics::counter!("intake_archive_records_total").increment(records);
            metrics::counter!("intake_archive_files_total").increment(1);
            metrics::gauge!("intake_archive_next_offset", "topic" => topic.clone(), "partition" => number.to_string())
                .set(stretch.head.next as f64);
        }
        Ok(records)
    }

    /// Where each partition goes on, after a look at whether it can.
    fn stretches(
        &self,
        partitions: &[Partition],
        offsets: &Offsets,
        cluster_id: &str,
    ) -> Result<BTreeMap<Partition, Stretch>, Fault> {
        let mut stretches = BTreeMap::new();
        for (partition, bounds) in partitions.iter().zip(offsets.boundaries(partitions)?) {
            let topic = self.cluster.namespace().full(&partition.topic);
            let head = self
                .handle
                .block_on(Head::read(&self.place, &topic, partition.number))?;
            let next = head.next;
            if head.cluster_id.as_ref().is_some_and(|known| known != cluster_id) {
                return Err(Fault::fatal(format!(
                    "the archive of {partition} is of another Kafka cluster: give this one a place of its own"
                )));
            }
            if next > bounds.end {
                return Err(Fault::fatal(format!(
                    "{partition} ends at offset {}, but its archive at {next}: the topic was made anew; give it a \
                     place of its own",
                    bounds.end
                )));
            }
            let mut stretch = Stretch::new(partition.clone(), topic, head);
            if next < bounds.earliest {
                if !self.skip_lost {
                    return Err(Fault::fatal(format!(
                        "{partition} begins at offset {} now, and its archive ends at {next}: what lay between was \
                         deleted before it was archived. To go on without it, and have that noted: --skip-lost",
                        bounds.earliest
                    )));
                }
                tracing::error!("{partition}: offsets {next} to {} are lost", bounds.earliest - 1);
                let noted = stretch.note_lost(&self.place, cluster_id, bounds.earliest);
                self.handle.block_on(noted)?;
            }
            stretches.insert(partition.clone(), stretch);
        }
        Ok(stretches)
    }
}
