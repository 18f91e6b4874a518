//! What was measured, as a table.

use anyhow::Result;
use std::time::{Duration, Instant};

/// One measurement.
#[derive(Default)]
pub struct Row {
    pub what: String,
    pub records: u64,
    pub took: Duration,
    /// Processor time of each process meanwhile.
    pub cost: Vec<(String, Duration)>,
    /// The limit it is compared with.
    pub limit: Option<&'static str>,
}

impl Row {
    fn rate(&self) -> f64 {
        self.records as f64 / self.took.as_secs_f64()
    }
}

/// How long records took from one moment to another.
pub struct Delays {
    pub what: String,
    /// Milliseconds, in any order.
    pub millis: Vec<f64>,
}

impl Delays {
    /// How long `work` takes, so many times.
    ///
    /// # Errors
    /// Its own.
    pub fn of(what: String, times: usize, mut work: impl FnMut() -> Result<()>) -> Result<Self> {
        let mut millis = Vec::with_capacity(times);
        for _ in 0..times {
            let started = Instant::now();
            work()?;
            millis.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        Ok(Self { what, millis })
    }

    /// The delay that this share of all of them stay within.
    pub fn percentile(&self, share: f64) -> f64 {
        let mut sorted = self.millis.clone();
        sorted.sort_by(f64::total_cmp);
        let at = (share * sorted.len() as f64).ceil() as usize;
        sorted.get(at.saturating_sub(1)).copied().unwrap_or(f64::NAN)
    }
}

#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
    delays: Vec<Delays>,
}

impl Report {
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells how far the run is.
    pub fn say(&self, text: &str) {
        eprintln!("bench: {text}");
    }

    pub fn add(&mut self, row: Row) {
        self.say(&format!("{}: {:.0} records/s", row.what, row.rate()));
        self.rows.push(row);
    }

    pub fn add_delays(&mut self, delays: Delays) {
        self.say(&format!("{}: p99 {:.2} ms", delays.what, delays.percentile(0.99)));
        self.delays.push(delays);
    }

    /// What was measured, as tables.
    pub fn print(&self) {
        if !self.rows.is_empty() {
            self.print_rates();
        }
        if !self.delays.is_empty() {
            self.print_delays();
        }
    }

    fn print_delays(&self) {
        println!("\n| delay | records | p50 ms | p95 ms | p99 ms | worst ms |");
        println!("|---|---:|---:|---:|---:|---:|");
        for delays in &self.delays {
            let [p50, p95, p99, worst] = [0.5, 0.95, 0.99, 1.0].map(|share| delays.percentile(share));
            println!(
                "| {} | {} | {p50:.2} | {p95:.2} | {p99:.2} | {worst:.2} |",
                delays.what,
                delays.millis.len()
            );
        }
    }

    /// Rates, ratios to the limit named beside each, and microseconds of processor time a record.
    fn print_rates(&self) {
        println!("\n| measured | records | s | records/s | ratio | microseconds of CPU a record |");
        println!("|---|---:|---:|---:|---|---|");
        for row in &self.rows {
            let ratio = row
                .limit
                .and_then(|name| Some((name, self.rows.iter().find(|other| other.what == name)?)));
            let ratio = ratio.map_or(String::new(), |(name, limit)| {
                format!("{:.2} of {name}", row.rate() / limit.rate())
            });
            let per_record = |took: &Duration| took.as_secs_f64() * 1e6 / row.records as f64;
            let cost: Vec<String> = row
                .cost
                .iter()
                .map(|(who, took)| format!("{who} {:.1}", per_record(took)))
                .collect();
            let total: f64 = row.cost.iter().map(|(_, took)| per_record(took)).sum();
            let cost = if cost.is_empty() {
                String::new()
            } else {
                format!("{} = {total:.1}", cost.join(", "))
            };
            println!(
                "| {} | {} | {:.1} | {:.0} | {ratio} | {cost} |",
                row.what,
                row.records,
                row.took.as_secs_f64(),
                row.rate()
            );
        }
    }
}
