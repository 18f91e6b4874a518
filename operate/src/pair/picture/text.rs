//! The picture for people, in lines that a terminal has room for.

use super::{Picture, RelativesRow, Side, ThresholdsRow};
use crate::table::{self, Cell, Table, Tone, grouped, wrapped};
use linkage::log_odds;
use std::fmt::Write as _;

/// Where what is told of one of the two begins.
const SIDE: usize = 7;
/// How far the rest of a long line is put in.
const LINE: usize = 2;
/// What three columns of figures and the gaps beside them take.
const FIGURES: usize = 29;

/// Columns that there is room for; without a terminal lines are as long as they are, for whoever looks through them.
fn room() -> usize {
    table::room().unwrap_or(usize::MAX)
}

/// The text in lines, all but the first put in by `indent`.
fn hanging(text: &str, indent: usize) -> String {
    let lines = wrapped(text, room().saturating_sub(indent));
    lines.join(&format!("\n{:indent$}", ""))
}

impl Side {
    fn told(&self) -> String {
        let resident = match &self.resident {
            None => "no resident".to_owned(),
            Some(resident) => format!(
                "resident {} at step {} ({}, {} applications)",
                resident.resident_id,
                resident.sequence,
                resident.status,
                resident.members.len()
            ),
        };
        format!(
            "application {} revision {}, {}, taken by {}\n{resident}",
            self.application_id, self.revision, self.status, self.node_id
        )
    }
}

impl Picture {
    /// The whole picture, for people.
    pub(crate) fn table(&self) -> String {
        let mut text = self.compared();
        // Writing to a String can't fail.
        let _ = write!(text, "\n{}\n", hanging(&self.verdict.says, 0));
        if let Some(apart) = &self.verdict.apart {
            let _ = write!(text, "\nwhat keeps them apart\n{}", apart.compared());
        }
        if self.cut {
            let more = "more hangs together with them than was looked at: match links no more than a hundred";
            text += &hanging(more, LINE);
            text += "\n";
        }
        if self.masked {
            text += "\nvalues are masked; --unmask --reason '…' shows them";
        }
        text
    }

    fn compared(&self) -> String {
        format!(
            "left   {}\nright  {}\n\n{}\n{}\n{}",
            hanging(&self.left.told(), SIDE),
            hanging(&self.right.told(), SIDE),
            self.side_by_side(),
            self.waterfall(),
            self.beside()
        )
    }

    fn side_by_side(&self) -> String {
        let mut table = Table::new(&["FIELD", "LEFT", "RIGHT", ""]);
        for row in &self.fields {
            let (mark, tone) = match (row.same, row.left.is_some() && row.right.is_some()) {
                (true, _) => ("=", Tone::Good),
                (false, true) => ("differs", Tone::Notice),
                (false, false) => ("", Tone::Plain),
            };
            table.row([
                Cell::text(row.field.name()),
                Cell::text(row.left.as_deref().unwrap_or("-")),
                Cell::text(row.right.as_deref().unwrap_or("-")),
                Cell::text(mark).toned(tone),
            ]);
        }
        table.render()
    }

    fn waterfall(&self) -> String {
        let mut table = Table::new(&["COMPARED", "HOW THEY AGREE", "BITS", "RARITY", "SUM"]);
        let compared = self.evidence.iter().map(|row| row.column.len()).max();
        let beside = compared.unwrap_or(0) + FIGURES;
        let mut row = |what: &str, says: String, bits: f64, rarity: Option<f64>, sum: f64| {
            let tone = if bits < 0.0 { Tone::Notice } else { Tone::Plain };
            let mut lines = wrapped(&says, room().saturating_sub(beside)).into_iter();
            table.row([
                Cell::text(what),
                Cell::text(lines.next().unwrap_or_default()),
                Cell::signed(bits).toned(tone),
                rarity.map_or_else(Cell::default, Cell::signed),
                Cell::signed(sum),
            ]);
            for line in lines {
                let rest = std::iter::repeat_n(Cell::default(), 3);
                table.row([Cell::default(), Cell::text(line)].into_iter().chain(rest));
            }
        };
        let before = format!("before: one of {} applications", grouped(self.records));
        row("", before, self.prior, None, self.prior);
        let mut sum = self.prior;
        for evidence in self.evidence.iter().filter(|row| row.level.is_some()) {
            sum = evidence.sum;
            let rarity = Some(evidence.rarity).filter(|rarity| *rarity != 0.0);
            row(
                &evidence.column,
                evidence.says.to_owned(),
                evidence.bits,
                rarity,
                sum,
            );
        }
        let RelativesRow { kind, bits } = self.relatives;
        if bits > 0.005 {
            sum -= bits;
            row(
                "",
                format!("what relatives explain, {kind} most"),
                -bits,
                None,
                sum,
            );
        }
        if (self.log_odds - sum).abs() > 0.005 {
            row(
                "",
                "what a rule leaves of it".to_owned(),
                self.log_odds - sum,
                None,
                self.log_odds,
            );
        }
        table.render()
    }

    fn beside(&self) -> String {
        let ThresholdsRow { link, review } = self.thresholds;
        let reached = match self.probability {
            p if p >= link => "it reaches the first",
            p if p >= review => "it reaches the second",
            _ => "it reaches neither",
        };
        let probability = format!(
            "probability {:.4} ({:+.2} bits); linked from {link} ({:+.2} bits), looked at from {review} ({:+.2} bits): {reached}",
            self.probability,
            self.log_odds,
            log_odds(link),
            log_odds(review)
        );
        let mut text = hanging(&probability, LINE) + "\n";
        let missing: Vec<&str> = self
            .evidence
            .iter()
            .filter(|row| row.level.is_none())
            .map(|row| row.column.as_str())
            .collect();
        let mut line = |what: &str, says: String| {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{}", hanging(&format!("{what}: {says}"), LINE));
        };
        if !missing.is_empty() {
            line("no value on one side or both", missing.join(", "));
        }
        line(
            "keys that bring them together",
            if self.keys.is_empty() {
                "none".to_owned()
            } else {
                self.keys.join("; ")
            },
        );
        line(
            "when they were compared",
            match (self.recorded_weight, &self.recorded_by) {
                (Some(weight), Some(by)) => format!("{weight:+.2} bits by the weights {by}"),
                _ => "no weight was kept".to_owned(),
            },
        );
        line(
            "weights in force",
            format!(
                "{}; {:.3} others of the same person an application; names counted among {} residents",
                self.weights, self.match_rate, self.sampled_residents
            ),
        );
        for rule in &self.rules {
            line("rule", (*rule).to_owned());
        }
        if let Some(decision) = self.decision {
            let by = self.decided_by.as_deref().unwrap_or("somebody");
            let reason = self.reason.as_deref().unwrap_or("no reason is known");
            line("decided", format!("{decision}, by {by} ({reason})"));
        }
        text
    }
}
