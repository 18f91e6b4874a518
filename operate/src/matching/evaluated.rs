//! What linking a table came to, and how it is told.

use super::unreadable::{self, Unreadable};
use crate::Report;
use crate::table::grouped;
use linkage::table::{Measured, Truth};
use serde::Serialize;

/// What linking the table came to. Without the truth there is no precision, recall, F1 and B-cubed.
#[derive(Debug, Serialize)]
pub struct Evaluated {
    #[serde(flatten)]
    pub measured: Option<Measures>,
    pub records: usize,
    pub clusters: usize,
    pub reviews: usize,
    pub review_per_1000: f64,
    /// Of the reviews whose truth is known, the share that is one person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_true_share: Option<f64>,
    pub threshold: f64,
    pub weights: String,
    pub blocking_keys: Vec<String>,
    pub pairs_per_record: f64,
    /// Times that a record was compared with the latest of a large block only.
    pub blocks_cut: u64,
    /// Records that were linked with none, because too many hang together with them.
    pub too_many_together: usize,
    pub not_compared: Vec<String>,
    /// Columns with something written that is no value of their comparator.
    pub unreadable: Vec<Unreadable>,
    pub seconds: f64,
    pub records_per_second: f64,
    /// Peak of this process.
    pub rss_bytes: Option<u64>,
}

/// How the linking agrees with the truth.
#[derive(Debug, Serialize)]
pub struct Measures {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    pub b_cubed: f64,
    pub b_cubed_precision: f64,
    pub b_cubed_recall: f64,
    /// Records whose person the truth names.
    pub records_with_truth: usize,
}

impl Measures {
    pub fn of(measured: &Measured, truth: &Truth) -> Self {
        Self {
            precision: measured.precision,
            recall: measured.recall,
            f1: measured.f1,
            b_cubed: measured.b_cubed,
            b_cubed_precision: measured.b_cubed_precision,
            b_cubed_recall: measured.b_cubed_recall,
            records_with_truth: truth.iter().flatten().count(),
        }
    }
}

impl Report for Evaluated {
    fn table(&self) -> String {
        let mut lines = Vec::new();
        let number = |count: usize| grouped(count as i64);
        if let Some(measured) = &self.measured {
            let Measures {
                precision,
                recall,
                f1,
                b_cubed,
                records_with_truth,
                ..
            } = measured;
            lines.push(format!(
                "precision {precision:.5}, recall {recall:.5}, F1 {f1:.5}, B-cubed {b_cubed:.5}"
            ));
            if *records_with_truth < self.records {
                lines.push(format!(
                    "measured over the {} records whose person is known",
                    number(*records_with_truth)
                ));
            }
        }
        let (records, clusters) = (number(self.records), number(self.clusters));
        lines.push(format!(
            "{records} records are {clusters} people (linked from {} on)",
            self.threshold
        ));
        let per_1000 = self.review_per_1000;
        let true_ones = self
            .review_true_share
            .map(|share| format!(", {:.0} % of them one person", 100.0 * share));
        let reviews = number(self.reviews);
        lines.push(format!(
            "{reviews} pairs to look at, {per_1000:.1} per 1 000 records{}",
            true_ones.unwrap_or_default()
        ));
        lines.push(format!(
            "{} records a second, making them included; memory at most {}",
            number(self.records_per_second as usize),
            self.rss_bytes
                .map_or("unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20)),
        ));
        let weights = &self.weights;
        lines.push(format!(
            "weights {weights}; {:.1} pairs compared a record, by",
            self.pairs_per_record
        ));
        lines.extend(self.blocking_keys.iter().map(|key| format!("  {key}")));
        if self.blocking_keys.is_empty() {
            lines.push("  no key: nothing was compared, name [blocking] keys".to_owned());
        }
        lines.extend(self.notes());
        lines.join("\n")
    }
}

impl Evaluated {
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.blocks_cut > 0 {
            let cut = grouped(self.blocks_cut as i64);
            notes.push(format!(
                "{cut} times a block was too large, and only its latest records were compared"
            ));
        }
        if self.too_many_together > 0 {
            let count = grouped(self.too_many_together as i64);
            notes.push(format!(
                "{count} records were linked with none: too many others hang together with them"
            ));
        }
        notes.extend(unreadable::notes(
            &self.unreadable,
            &self.not_compared,
            self.records,
        ));
        notes
    }
}
