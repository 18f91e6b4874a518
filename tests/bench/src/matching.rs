//! The matcher alone, on one core: steps a second with its rows on disk, its memory, its restore.

use crate::load::Events;
use crate::report::{Delays, Report, Row};
use anyhow::{Context, Result, bail};
use enrich::matching::DiskRows;
use resolve::restore::Restoring;
use resolve::{Applied, Outputs, Resolver};
use rules::Ruleset;
use schemas::codec::{Change, Event};
use schemas::match_log::{Content, Decoded, LogBody, MatchLogEntry, SourcePosition, SourceRecord};
use schemas::{IntakeEvent, Timestamp};
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Entries that are made before they are applied, and applied before their rows are written.
pub const BATCH: u64 = 4_000;
/// Steps whose changes are kept for a restore at most: beside more of them the state's memory can't be measured.
const RESTORED: u64 = 200_000;
const FIRST_APPEND: i64 = 1_790_000_000_000;

/// Entries of the match log as normalise would write them.
pub struct Entries {
    events: Events,
    ruleset: Ruleset,
    next_offset: HashMap<usize, i64>,
    count: i64,
}

impl Entries {
    pub fn of(seed: u64) -> Result<Self> {
        Ok(Self {
            events: Events::of(|_| true, seed)?,
            ruleset: Ruleset::default(),
            next_offset: HashMap::new(),
            count: 0,
        })
    }

    /// The next one.
    pub fn draw(&mut self) -> Result<Vec<u8>> {
        let published = self.events.draw()?;
        let (topic, node) = &self.events.topics[published.topic];
        let offset = self.next_offset.entry(published.topic).or_default();
        let appended_at = Timestamp(FIRST_APPEND + self.count);
        let event = IntakeEvent::decode(&published.bytes)?;
        let arrival = validate::Arrival {
            key: Some(node.as_str().as_bytes()),
            appended_at,
        };
        let examined = validate::event(&event, arrival, &self.ruleset);
        let entry = MatchLogEntry {
            body: LogBody::SourceRecord(SourceRecord {
                source: SourcePosition {
                    topic: topic.clone(),
                    partition: 0,
                    offset: *offset,
                },
                expected_offset: *offset,
                appended_at,
                ruleset: self.ruleset.name().to_owned(),
                content: Content::Decoded(Decoded {
                    event: published.bytes,
                    changes: examined.changes,
                    findings: examined.findings,
                }),
                headers: Vec::new(),
            }),
        };
        *offset += 1;
        self.count += 1;
        Ok(entry.encode()?)
    }
}

/// Measures steps, memory and a restore.
///
/// # Errors
/// When an entry isn't applied, which is a bug, or the disk is full.
pub fn measure(applications: u64, seed: u64, report: &mut Report) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut entries = Entries::of(seed)?;
    // Its own list is there before the matcher's memory is measured.
    let mut steps = vec![f64::NAN; applications as usize];
    let before = resident_bytes()?;
    let mut resolver = Resolver::keeping(Box::new(DiskRows::open(folder.path())?));
    let (mut took, mut kept) = (Duration::ZERO, Vec::new());
    let (mut offset, mut worked) = (0, Duration::ZERO);
    while (offset as u64) < applications {
        let count = BATCH.min(applications - offset as u64);
        let batch = (0..count).map(|_| entries.draw()).collect::<Result<Vec<_>>>()?;
        let begun = own_time()?;
        for entry in &batch {
            let started = Instant::now();
            let outputs = apply(&mut resolver, offset, entry)?;
            let step = started.elapsed();
            took += step;
            steps[offset as usize] = step.as_secs_f64() * 1_000.0;
            offset += 1;
            if applications <= RESTORED {
                kept.extend(changes(outputs));
            }
        }
        let started = Instant::now();
        resolver.settle_rows()?;
        took += started.elapsed();
        worked += own_time()?.saturating_sub(begun);
    }
    report.add(Row {
        what: "match: steps, rows on disk".to_owned(),
        records: applications,
        took,
        cost: vec![("match".to_owned(), worked)],
        ..Row::default()
    });
    report.add_delays(Delays {
        what: "match: one step".to_owned(),
        millis: steps,
    });
    for (what, count) in resolver.counts() {
        report.say(&format!("{what}: {count}"));
    }
    if kept.is_empty() {
        let each = resident_bytes()?.saturating_sub(before) / applications;
        report.say(&format!("{each} bytes of memory for each application"));
    }
    restore(resolver, kept, applications, report)
}

/// The next step of a state.
pub fn apply(resolver: &mut Resolver, offset: i64, entry: &[u8]) -> Result<Outputs> {
    match resolver.apply(offset, Timestamp(FIRST_APPEND + offset), entry) {
        Applied::Settled(outputs) => Ok(*outputs),
        _ => bail!("entry {offset} was not applied"),
    }
}

/// What a step writes to `register.changes`.
pub fn changes(outputs: Outputs) -> impl Iterator<Item = Change> {
    let residents = outputs.residents.into_iter();
    let residents = residents.map(|change| Change::Resident(Box::new(change)));
    std::iter::once(Change::Settled(Box::new(outputs.settled))).chain(residents)
}

/// Restores the state from the last change of each row, as the register would hand them in.
fn restore(resolver: Resolver, kept: Vec<Change>, applications: u64, report: &mut Report) -> Result<()> {
    if kept.is_empty() {
        return Ok(());
    }
    let sequence = resolver.sequence();
    drop(resolver);
    let folder = tempfile::tempdir()?;
    let started = Instant::now();
    let mut restoring = Restoring::keeping(Box::new(DiskRows::open(folder.path())?));
    for change in kept {
        restoring.change(change);
    }
    let put_together = Instant::now();
    let mut restored = restoring.finish();
    restored.settle_rows()?;
    let took = started.elapsed();
    report.add_delays(Delays {
        what: "match: what was restored is made a state".to_owned(),
        millis: vec![put_together.elapsed().as_secs_f64() * 1_000.0],
    });
    if restored.sequence() != sequence {
        bail!(
            "the restored state stands at {}, not {sequence}",
            restored.sequence()
        );
    }
    report.add(Row {
        what: "match: restore from changes".to_owned(),
        records: applications,
        took,
        cost: vec![("match".to_owned(), took)],
        ..Row::default()
    });
    Ok(())
}

/// Processor time of this thread, which others on the machine don't lengthen as they do the clock's.
fn own_time() -> Result<Duration> {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos = spent.split(' ').next().context("schedstat has three numbers")?;
    Ok(Duration::from_nanos(nanos.parse()?))
}

/// Memory of this process that is in use.
fn resident_bytes() -> Result<u64> {
    resident_bytes_of("self")
}

/// Memory of a process that is in use.
pub fn resident_bytes_of(process: &str) -> Result<u64> {
    const PAGE: u64 = 4096;
    let pages = std::fs::read_to_string(format!("/proc/{process}/statm"))?;
    let resident = pages.split(' ').nth(1).context("statm has two numbers")?;
    Ok(resident.parse::<u64>()? * PAGE)
}
