//! Applications that differ: what was read of each field, and where they stand.

use super::difference::{Difference, Kind};
use super::residents::text;
use super::sides::Both;
use serde_json::Value;
use std::collections::BTreeMap;

/// The differences between applications that differ somehow.
pub(super) fn differences(rows: &[Both]) -> Vec<Difference> {
    rows.iter().flat_map(of).collect()
}

fn of(row: &Both) -> Vec<Difference> {
    let nothing = Value::Null;
    let (before, after) = (
        row.control.as_ref().unwrap_or(&nothing),
        row.shadow.as_ref().unwrap_or(&nothing),
    );
    let resident_id = after["resident_id"].as_str().or(before["resident_id"].as_str());
    let about = |kind| Difference {
        application_id: Some(row.id),
        resident_id: resident_id.and_then(|id| id.parse().ok()),
        ..Difference::of(kind)
    };
    let standing = ["status", "revision", "stage", "resident_id", "event_id"];
    let mut found: Vec<Difference> = standing
        .into_iter()
        .filter(|name| before[*name] != after[*name])
        .map(|name| Difference {
            field: Some(name.to_owned()),
            before: text(&before[name]),
            after: text(&after[name]),
            ..about(Kind::ApplicationChanged)
        })
        .collect();
    for list in ["changes", "verifications"] {
        let (was, is) = (by_field(&before[list]), by_field(&after[list]));
        let fields = was
            .keys()
            .chain(is.keys().filter(|field| !was.contains_key(*field)));
        for field in fields.filter(|field| was.get(*field) != is.get(*field)) {
            let value = |side: &BTreeMap<String, Value>| side.get(field).and_then(|one| text(&one["value"]));
            let rule = is
                .get(field)
                .or(was.get(field))
                .and_then(|one| text(&one["rule"]));
            found.push(Difference {
                field: Some(field.clone()),
                before: value(&was),
                after: value(&is),
                rule,
                is_personal: true,
                ..about(Kind::ReadingChanged)
            });
        }
    }
    found
}

/// The entries of a list by their field. The column is JSON within a text.
fn by_field(column: &Value) -> BTreeMap<String, Value> {
    let list: Vec<Value> = column
        .as_str()
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let named = list
        .into_iter()
        .filter_map(|one| Some((one["field"].as_str()?.to_owned(), one)));
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use uuid::Uuid;

    #[test]
    fn a_reading_that_changes_names_its_rule_and_a_value_that_is_gone_has_none() {
        let of_values = |changes: Value| json!({"status": "loaded", "changes": changes.to_string()});
        let row = Both {
            id: Uuid::nil(),
            control: Some(of_values(
                json!([{"field": "sex", "value": "nu", "rule": "sex.code"}]),
            )),
            shadow: Some(of_values(
                json!([{"field": "phone", "value": "1", "rule": "phone.digits"}]),
            )),
        };
        let found = differences(&[row]);
        let told: Vec<_> = found
            .iter()
            .map(|one| {
                (
                    one.field.as_deref(),
                    one.before.as_deref(),
                    one.after.as_deref(),
                    one.rule.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (Some("sex"), Some("nu"), None, Some("sex.code")),
                (Some("phone"), None, Some("1"), Some("phone.digits"))
            ]
        );
    }
}
