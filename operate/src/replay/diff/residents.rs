//! Residents that differ: who is there on one side only, and the fields of those on both.

use super::difference::{Difference, Kind};
use super::sides::Both;
use schemas::Field;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use uuid::Uuid;

/// The differences between residents that differ somehow.
pub(super) fn differences(rows: &[Both]) -> Vec<Difference> {
    let mut control = HashMap::new();
    let mut shadow = HashMap::new();
    for row in rows {
        for (side, of) in [(&row.control, &mut control), (&row.shadow, &mut shadow)] {
            of.extend(members(side.as_ref()).into_iter().map(|member| (member, row.id)));
        }
    }
    let mut found = Vec::new();
    for row in rows {
        match (&row.control, &row.shadow) {
            (Some(before), Some(after)) => found.extend(fields(row.id, before, after)),
            (Some(before), None) => found.push(left(row.id, &members(Some(before)), &shadow)),
            (None, Some(after)) => found.push(come(row.id, &members(Some(after)), &control)),
            (None, None) => {}
        }
    }
    found
}

/// The applications that a side's resident is made of.
pub(super) fn members(side: Option<&Value>) -> Vec<Uuid> {
    let listed = side.and_then(|side| side["members"].as_array());
    let ids = listed.into_iter().flatten();
    ids.filter_map(|id| id.as_str()?.parse().ok()).collect()
}

fn others(members: &[Uuid], of: &HashMap<Uuid, Uuid>) -> Vec<Uuid> {
    let found: BTreeSet<Uuid> = members
        .iter()
        .filter_map(|member| of.get(member))
        .copied()
        .collect();
    found.into_iter().collect()
}

fn left(id: Uuid, members: &[Uuid], shadow: &HashMap<Uuid, Uuid>) -> Difference {
    let others = others(members, shadow);
    let kind = match others.len() {
        0 => Kind::ResidentGone,
        1 => Kind::ResidentMerged,
        _ => Kind::ResidentSplit,
    };
    Difference {
        resident_id: Some(id),
        application_id: members.first().copied(),
        others,
        ..Difference::of(kind)
    }
}

fn come(id: Uuid, members: &[Uuid], control: &HashMap<Uuid, Uuid>) -> Difference {
    let others = others(members, control);
    let kind = match others.len() {
        0 => Kind::ResidentAdded,
        1 => Kind::ResidentSplit,
        _ => Kind::ResidentMerged,
    };
    Difference {
        resident_id: Some(id),
        application_id: members.first().copied(),
        others,
        ..Difference::of(kind)
    }
}

fn fields(id: Uuid, before: &Value, after: &Value) -> Vec<Difference> {
    let golden = Field::ALL.iter().map(|field| (field.name(), true));
    let others = ["status", "stage", "members", "provenance"].map(|name| (name, false));
    let changed = golden
        .chain(others)
        .filter(|(name, _)| before[*name] != after[*name]);
    let member = members(Some(after)).first().copied();
    changed
        .map(|(name, is_personal)| Difference {
            resident_id: Some(id),
            application_id: member,
            field: Some(name.to_owned()),
            before: text(&before[name]),
            after: text(&after[name]),
            is_personal,
            ..Difference::of(Kind::FieldChanged)
        })
        .collect()
}

/// A JSON value as a text; none for null.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn row(n: u128, control: Option<&[u128]>, shadow: Option<&[u128]>) -> Both {
        let side = |members: Option<&[u128]>| {
            members.map(|members| json!({ "members": members.iter().map(|&n| id(n)).collect::<Vec<_>>() }))
        };
        Both {
            id: id(n),
            control: side(control),
            shadow: side(shadow),
        }
    }

    fn kinds(rows: &[Both]) -> Vec<(u128, Kind, Vec<Uuid>)> {
        let found = differences(rows).into_iter();
        found
            .map(|one| {
                (
                    one.resident_id.expect("of a resident").as_u128(),
                    one.kind,
                    one.others,
                )
            })
            .collect()
    }

    #[test]
    fn who_is_merged_names_into_whom() {
        let rows = [row(1, Some(&[11]), Some(&[11, 12])), row(2, Some(&[12]), None)];
        assert_eq!(
            kinds(&rows),
            [
                (1, Kind::FieldChanged, vec![]),
                (2, Kind::ResidentMerged, vec![id(1)])
            ]
        );
    }

    #[test]
    fn who_is_split_off_names_from_whom() {
        let rows = [row(1, Some(&[11, 12]), Some(&[11])), row(2, None, Some(&[12]))];
        assert_eq!(
            kinds(&rows),
            [
                (1, Kind::FieldChanged, vec![]),
                (2, Kind::ResidentSplit, vec![id(1)])
            ]
        );
    }

    #[test]
    fn applications_that_belonged_to_nobody_make_somebody_and_the_other_way_round() {
        let rows = [row(1, None, Some(&[11])), row(2, Some(&[12]), None)];
        assert_eq!(
            kinds(&rows),
            [(1, Kind::ResidentAdded, vec![]), (2, Kind::ResidentGone, vec![])]
        );
    }
}
