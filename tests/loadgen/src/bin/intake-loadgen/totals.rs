//! What was made or sent, and what became of it.

use crate::Format;
use crate::answer::{Answer, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// Counts of lines. `sent` is the sum of all that follow it, `refused` and `expected_refused` excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub sent: u64,
    pub accepted: u64,
    pub already_accepted: u64,
    pub conflict: u64,
    pub invalid: u64,
    pub too_large: u64,
    /// The node answered with a status that isn't known here.
    pub unknown: u64,
    /// No node took them until the deadline, or it refused the whole request.
    pub undelivered: u64,
    /// Conflict, invalid and too large together.
    pub refused: u64,
    /// Lines that a node has to refuse, by the generator.
    pub expected_refused: u64,
}

impl Counts {
    /// Counts one line's answer.
    pub fn count(&mut self, answer: &Answer) {
        self.sent += 1;
        match answer.status {
            Status::Accepted => self.accepted += 1,
            Status::AlreadyAccepted => self.already_accepted += 1,
            Status::Conflict => self.conflict += 1,
            Status::Invalid => self.invalid += 1,
            Status::TooLarge => self.too_large += 1,
            Status::SpoolFull | Status::Unavailable => self.undelivered += 1,
            Status::Unknown => self.unknown += 1,
        }
        self.refused = self.conflict + self.invalid + self.too_large;
    }

    /// Counts lines that nobody answered for.
    pub fn count_undelivered(&mut self, lines: u64) {
        self.sent += lines;
        self.undelivered += lines;
    }

    /// Adds another run of counts.
    pub fn add(&mut self, other: &Self) {
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.already_accepted += other.already_accepted;
        self.conflict += other.conflict;
        self.invalid += other.invalid;
        self.too_large += other.too_large;
        self.unknown += other.unknown;
        self.undelivered += other.undelivered;
        self.refused += other.refused;
        self.expected_refused += other.expected_refused;
    }
}

/// The end of a run.
#[derive(Debug, Default, Serialize)]
pub struct Totals {
    pub totals: Counts,
    pub seconds: f64,
    pub lines_per_second: f64,
    pub provinces: BTreeMap<String, Counts>,
}

impl Totals {
    /// Adds up the provinces over the seconds they took.
    pub fn of(provinces: BTreeMap<String, Counts>, seconds: f64) -> Self {
        let mut totals = Counts::default();
        provinces.values().for_each(|counts| totals.add(counts));
        let lines_per_second = if seconds > 0.0 {
            totals.sent as f64 / seconds
        } else {
            0.0
        };
        Self {
            totals,
            seconds,
            lines_per_second,
            provinces,
        }
    }

    /// Prints the totals to standard output.
    pub fn print(&self, format: Format) -> anyhow::Result<()> {
        match format {
            Format::Json => println!("{}", serde_json::to_string(self)?),
            Format::Table => self.print_table(),
        }
        Ok(())
    }

    fn print_table(&self) {
        let row = |name: &str, counts: &Counts| {
            let Counts {
                sent,
                accepted,
                already_accepted,
                refused,
                undelivered,
                unknown,
                ..
            } = counts;
            let failed = undelivered + unknown;
            println!(
                "{name:<16} {sent:>10} {accepted:>10} {already_accepted:>17} {refused:>10} {failed:>12}"
            );
        };
        println!(
            "{:<16} {:>10} {:>10} {:>17} {:>10} {:>12}",
            "province", "sent", "accepted", "already accepted", "refused", "undelivered"
        );
        self.provinces
            .iter()
            .for_each(|(province, counts)| row(province, counts));
        row("total", &self.totals);
        println!("{:.1} s, {:.0} lines/s", self.seconds, self.lines_per_second);
    }
}
