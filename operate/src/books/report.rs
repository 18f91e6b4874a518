//! The books as they are shown.

use super::claim::Proof;
use super::numbers::{Beside, Numbers};
use super::rows::DeadLetters;
use crate::table::{Cell, Table, Tone, grouped};
use crate::{Ended, Report};
use serde::Serialize;
use uuid::Uuid;

/// The books of all provinces.
#[derive(Debug, Serialize)]
pub struct Books {
    /// Nothing is missing, doubled, forked, unreadable or without proof.
    pub balanced: bool,
    /// Nothing is pending or on the way either.
    pub settled: bool,
    /// Sums over all provinces.
    pub totals: Numbers,
    /// What is counted beside the totals.
    #[serde(flatten)]
    pub beside: Beside,
    /// One for each province.
    pub provinces: Vec<ProvinceBooks>,
    /// Records that are no events, by topic, reason and who refused them.
    pub undecodable: Vec<DeadLetters>,
    /// What keeps the books from balancing, and what is worth a look, in words.
    pub problems: Vec<String>,
}

/// The books of one province.
#[derive(Debug, Serialize)]
pub struct ProvinceBooks {
    /// Its slug.
    pub province: String,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// What is counted beside them.
    #[serde(flatten)]
    pub beside: Beside,
    /// One for each node.
    pub nodes: Vec<NodeBooks>,
    /// Each missing range.
    pub missing_ranges: Vec<MissingRange>,
}

/// The books of one node.
#[derive(Debug, Serialize)]
pub struct NodeBooks {
    /// The node.
    pub node_id: String,
    /// Its numbers, all epochs together.
    #[serde(flatten)]
    pub numbers: Numbers,
    /// What is counted beside them.
    #[serde(flatten)]
    pub beside: Beside,
    /// It was registered with `intakectl node add`.
    pub registered: bool,
    /// It was written off.
    pub retired: bool,
    /// Why it was.
    pub retired_because: Option<String>,
    /// Whether its word is proven by its registered key.
    pub claim: Proof,
    /// When its latest manifest came, RFC 3339.
    pub last_manifest_at: Option<String>,
    /// One for each epoch.
    pub epochs: Vec<EpochNumbers>,
}

/// The numbers of one epoch.
#[derive(Debug, Serialize)]
pub struct EpochNumbers {
    /// The epoch.
    pub epoch: Uuid,
    /// Its numbers.
    #[serde(flatten)]
    pub numbers: Numbers,
}

/// Sequences that are missing, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MissingRange {
    /// The node.
    pub node_id: String,
    /// The epoch.
    pub epoch: Uuid,
    /// First missing sequence.
    pub first: i64,
    /// Last missing sequence.
    pub last: i64,
}

/// Missing ranges listed in the table; JSON has all.
const MOST_RANGES: usize = 20;

impl Report for Books {
    fn table(&self) -> String {
        let mut table = Table::new(&[
            "PROVINCE", "CAPTURED", "PENDING", "TRANSIT", "MISSING", "RECEIVED", "LOADED", "REJECTED",
            "HELD", "DEAD",
        ]);
        for province in &self.provinces {
            table.row(row(&province.province, &province.numbers));
        }
        table.row(row("total", &self.totals));
        let mut text = table.render();
        let Beside {
            written_off,
            copies,
            conflicts,
            broken_links,
        } = self.beside;
        text += &format!(
            "\nbeside: {} copies, {} conflicts, {} broken links, {} written off\n",
            grouped(copies),
            grouped(conflicts),
            grouped(broken_links),
            grouped(written_off)
        );
        for province in &self.provinces {
            for range in province.missing_ranges.iter().take(MOST_RANGES) {
                text += &format!("missing: {range}\n");
            }
            let more = province.missing_ranges.len().saturating_sub(MOST_RANGES);
            if more > 0 {
                text += &format!(
                    "missing: {more} more ranges in {}, see -o json\n",
                    province.province
                );
            }
        }
        for problem in &self.problems {
            text += &format!("problem: {problem}\n");
        }
        text += match (self.balanced, self.settled) {
            (true, true) => "the books balance",
            (true, false) => "the books balance so far; events are still pending or on the way",
            (false, _) => "the books DO NOT balance",
        };
        text
    }

    fn ended(&self) -> Ended {
        if self.balanced {
            Ended::Fine
        } else {
            Ended::BooksDontMatch
        }
    }
}

fn row(name: &str, numbers: &Numbers) -> [Cell; 10] {
    let waiting =
        |number: i64| Cell::number(number).toned(if number > 0 { Tone::Notice } else { Tone::Plain });
    [
        Cell::text(name),
        Cell::number(numbers.captured),
        waiting(numbers.pending),
        waiting(numbers.in_transit),
        Cell::bad_number(numbers.missing),
        Cell::number(numbers.received),
        Cell::number(numbers.loaded),
        Cell::number(numbers.rejected),
        Cell::number(numbers.held),
        Cell::bad_number(numbers.dead_lettered),
    ]
}

impl std::fmt::Display for MissingRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            node_id,
            epoch,
            first,
            last,
        } = self;
        write!(f, "{node_id} epoch {epoch} sequence {first}")?;
        if first == last {
            Ok(())
        } else {
            write!(f, " to {last}")
        }
    }
}
