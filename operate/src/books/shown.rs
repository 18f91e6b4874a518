//! The books as a table.

use super::numbers::{Beside, Numbers};
use super::report::{Books, ProvinceBooks};
use super::silence::SilentNode;
use crate::table::{Cell, Table, Tone, grouped};
use crate::{Ended, Report};
use chrono::SecondsFormat;

/// Missing ranges listed in the table; JSON has all.
const MOST_RANGES: usize = 20;

impl Report for Books {
    fn table(&self) -> String {
        let mut text = match &self.day {
            Some(day) => format!(
                "what the centre received on {}, from {} to {}\n\n",
                day.date,
                day.period.from.to_rfc3339(),
                day.period.to.to_rfc3339()
            ),
            None => String::new(),
        };
        text += &self.numbers().render();
        text += &beside(&self.beside);
        for province in &self.provinces {
            text += &missing(province);
        }
        for silent in self.silent_nodes.iter().flatten() {
            let SilentNode {
                province,
                node_id,
                since,
            } = silent;
            let since = since.to_rfc3339_opts(SecondsFormat::Secs, true);
            text += &format!("silent: {node_id} in {province} since {since}\n");
        }
        for problem in &self.problems {
            text += &format!("problem: {problem}\n");
        }
        text + self.verdict()
    }

    fn ended(&self) -> Ended {
        if self.balanced {
            Ended::Fine
        } else {
            Ended::BooksDontMatch
        }
    }
}

impl Books {
    /// A row for each province; on a day, below it one for each node that something came from.
    fn numbers(&self) -> Table {
        let mut table = Table::new(&[
            "PROVINCE", "CAPTURED", "PENDING", "TRANSIT", "MISSING", "RECEIVED", "LOADED", "REJECTED",
            "HELD", "DEAD",
        ]);
        for province in &self.provinces {
            table.row(row(&province.province, &province.numbers));
            let delivered = province
                .nodes
                .iter()
                .filter(|node| self.day.is_some() && node.numbers.received > 0);
            for node in delivered {
                table.row(row(&format!("  {}", node.node_id), &node.numbers));
            }
        }
        table.row(row("total", &self.totals));
        table
    }

    const fn verdict(&self) -> &'static str {
        match (self.balanced, self.settled, self.day.is_some()) {
            (true, true, _) => "the books balance",
            (true, false, false) => "the books balance so far; events are still pending or on the way",
            (true, false, true) => {
                "the books balance so far; the day isn't over, or not all that came on it is loaded"
            }
            (false, _, _) => "the books DO NOT balance",
        }
    }
}

fn row(name: &str, numbers: &Numbers) -> [Cell; 10] {
    let waiting = |number: Option<i64>| {
        let tone = if number > Some(0) {
            Tone::Notice
        } else {
            Tone::Plain
        };
        Cell::optional_number(number).toned(tone)
    };
    [
        Cell::text(name),
        Cell::optional_number(numbers.captured),
        waiting(numbers.pending),
        waiting(numbers.in_transit),
        numbers
            .missing
            .map_or_else(|| Cell::optional_number(None), Cell::bad_number),
        Cell::number(numbers.received),
        Cell::number(numbers.loaded),
        Cell::number(numbers.rejected),
        Cell::number(numbers.held),
        Cell::bad_number(numbers.dead_lettered),
    ]
}

/// What is counted beside the table, as far as it is known.
fn beside(beside: &Beside) -> String {
    let Beside {
        written_off,
        copies,
        conflicts,
        broken_links,
    } = *beside;
    let counts = [
        (Some(copies), "copies"),
        (Some(conflicts), "conflicts"),
        (broken_links, "broken links"),
        (written_off, "written off"),
    ];
    let told = counts
        .iter()
        .filter_map(|(count, of)| Some(format!("{} {of}", grouped((*count)?))));
    format!("\nbeside: {}\n", told.collect::<Vec<_>>().join(", "))
}

fn missing(province: &ProvinceBooks) -> String {
    let ranges = &province.missing_ranges;
    let mut text = String::new();
    for range in ranges.iter().take(MOST_RANGES) {
        text += &format!("missing: {range}\n");
    }
    let more = ranges.len().saturating_sub(MOST_RANGES);
    if more > 0 {
        text += &format!(
            "missing: {more} more ranges in {}, see -o json\n",
            province.province
        );
    }
    text
}
