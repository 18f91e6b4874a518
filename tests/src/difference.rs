//! In which rows two registers differ: keys and columns, never values.

use crate::Database;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Rows named of each table.
const MOST: usize = 5;

/// What the digest covers, by key. Moments at which a process worked differ between runs.
const TABLES: [(&str, &str); 6] = [
    (
        "resident",
        "SELECT resident_id::text, to_jsonb(r)::text FROM resident r",
    ),
    (
        "application",
        "SELECT application_id::text, to_jsonb(a)::text FROM application a",
    ),
    (
        "intake_event",
        "SELECT sequence::text, (to_jsonb(e) - '{matched_at,loaded_at}'::text[])::text FROM event_outcome_current e",
    ),
    (
        "node_ledger",
        "SELECT node_id || ' ' || epoch, to_jsonb(l)::text FROM node_ledger l",
    ),
    (
        "match_edge",
        "SELECT left_id || ' ' || right_id, to_jsonb(e)::text FROM match_edge e",
    ),
    (
        "review",
        "SELECT left_id || ' ' || right_id, to_jsonb(r)::text FROM review r",
    ),
];

/// A line for each of the first rows that differ.
pub fn between(first: &Database, second: &Database) -> String {
    let mut lines = Vec::new();
    for (table, query) in TABLES {
        let (first, second) = (rows(first, query), rows(second, query));
        let keys = first
            .keys()
            .chain(second.keys().filter(|key| !first.contains_key(*key)));
        let differing = keys.filter_map(|key| {
            let columns = columns(first.get(key), second.get(key))?;
            Some(format!("{table} {key}: {columns}"))
        });
        let all: Vec<String> = differing.collect();
        lines.extend(all.iter().take(MOST).cloned());
        if all.len() > MOST {
            lines.push(format!("{table}: {} rows in all", all.len()));
        }
    }
    lines.join("\n")
}

fn rows(database: &Database, query: &str) -> BTreeMap<String, Map<String, Value>> {
    let rows: Vec<(String, String)> = database.rows(query);
    let parsed = |(key, text): (String, String)| (key, serde_json::from_str(&text).expect("a row is JSON"));
    rows.into_iter().map(parsed).collect()
}

fn columns(first: Option<&Map<String, Value>>, second: Option<&Map<String, Value>>) -> Option<String> {
    match (first, second) {
        (Some(first), Some(second)) => {
            let names = first
                .iter()
                .filter(|(name, value)| second.get(*name) != Some(value));
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            (!names.is_empty()).then(|| names.join(", "))
        }
        (Some(_), None) => Some("only in the first".to_owned()),
        (None, Some(_)) => Some("only in the second".to_owned()),
        (None, None) => None,
    }
}
