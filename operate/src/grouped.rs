//! What waits, counted by what it has in common.

use crate::lag::age;
use crate::table::{Cell, Table};
use chrono::{DateTime, Utc};
use runtime::clock;
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Some that have a value in common.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    /// What they have in common; none where it isn't known.
    value: Option<String>,
    count: usize,
    oldest: DateTime<Utc>,
}

/// Groups what waits by its value, with the moment since when it does; the largest group first.
pub(crate) fn grouped(waiting: impl Iterator<Item = (Option<String>, DateTime<Utc>)>) -> Vec<Group> {
    let mut groups: BTreeMap<Option<String>, (usize, DateTime<Utc>)> = BTreeMap::new();
    for (value, since) in waiting {
        let (count, oldest) = groups.entry(value).or_insert((0, since));
        *count += 1;
        *oldest = since.min(*oldest);
    }
    let group = |(value, (count, oldest))| Group { value, count, oldest };
    let mut groups: Vec<Group> = groups.into_iter().map(group).collect();
    groups.sort_by_key(|group| Reverse(group.count));
    groups
}

/// A row for each group.
pub(crate) fn table(heading: &'static str, groups: &[Group]) -> String {
    let mut table = Table::new(&[heading, "COUNT", "OLDEST"]);
    let now = clock::now();
    for group in groups {
        let seconds = (now.0 - group.oldest.timestamp_millis()).max(0) as f64 / 1000.0;
        table.row([
            Cell::text(group.value.as_deref().unwrap_or("(unknown)")),
            Cell::number(group.count as i64),
            Cell::text(age(seconds)),
        ]);
    }
    table.render()
}
