//! What was measured, as a table.

use std::time::Duration;

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

#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
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

    /// Rates, ratios to the limit named beside each, and microseconds of processor time a record.
    pub fn print(&self) {
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
